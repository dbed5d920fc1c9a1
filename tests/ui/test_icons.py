"""Every icon that something names has a drawing, and every drawing follows the rules of the set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPainter

from studio.edits.operation import OPERATIONS
from studio.ui import icons, theme

NAMES = sorted(icons.names())
TOOLS = """
move crop select-rect select-ellipse lasso wand brush eraser eyedropper hand zoom undo redo
save open new export import add remove trash duplicate eye eye-off up down play pause stop
dice star star-filled search settings close chevron-down chevron-right more grid pad
interpolate layers history image images model train text rotate flip scale translate fit lock
unlock info warning check place refresh encode
""".split()  # noqa: SIM905  (eighty quoted words are harder to read)


def inked(image: QImage) -> set[tuple[int, int]]:
    """The places of all pixels that are not transparent."""
    return {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 40
    }


@pytest.mark.parametrize("name", TOOLS)
def test_the_set_is_complete(name):
    assert name in NAMES


def test_every_edit_operation_has_an_icon():
    missing = {operation.icon for operation in OPERATIONS} - set(NAMES)
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_drawings_follow_one_grid(name):
    source = (theme.resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in source
    assert 'stroke="currentColor"' in source
    assert 'stroke-width="1.6"' in source
    assert 'stroke-linecap="round"' in source
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b", source)


@pytest.mark.parametrize("name", NAMES)
def test_drawings_have_ink_and_a_margin(qapp, name):
    places = inked(icons.pixmap(name, 48, QColor("white")).toImage())
    assert len(places) > 40
    assert all(1 <= x < 47 and 1 <= y < 47 for x, y in places)


def test_no_two_drawings_are_the_same():
    texts = [Path(theme.resources_dir() / "icons" / f"{n}.svg").read_text() for n in NAMES]
    twins = {n for n, text in zip(NAMES, texts, strict=True) if texts.count(text) > 1}
    assert twins <= {"search"}


def color_of(icon: QIcon, mode: QIcon.Mode, state: QIcon.State) -> str:
    image = icon.pixmap(QSize(48, 48), 1.0, mode, state).toImage()
    return image.pixelColor(24, 24).name().upper()


@pytest.mark.parametrize(
    ("mode", "state", "token"),
    [
        (QIcon.Mode.Normal, QIcon.State.Off, "icon"),
        (QIcon.Mode.Active, QIcon.State.Off, "text"),
        (QIcon.Mode.Disabled, QIcon.State.Off, "disabled"),
        (QIcon.Mode.Selected, QIcon.State.Off, "on_accent"),
        (QIcon.Mode.Normal, QIcon.State.On, "on_accent"),
    ],
)
def test_tint_follows_the_state(qapp, mode, state, token):
    assert color_of(icons.icon("add"), mode, state) == getattr(theme.DARK, token)


def test_tint_follows_the_theme(qapp):
    icon = icons.icon("add")
    qapp.setProperty("studioTheme", "light")
    try:
        assert color_of(icon, QIcon.Mode.Normal, QIcon.State.Off) == theme.LIGHT.icon
    finally:
        qapp.setProperty("studioTheme", None)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_on_the_accent_color_an_icon_is_light_in_every_theme(qapp, name):
    icon = icons.icon("add", on_accent=True)
    qapp.setProperty("studioTheme", name)
    try:
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active):
            assert color_of(icon, mode, QIcon.State.Off) == theme.LIGHT.on_accent
        assert color_of(icon, QIcon.Mode.Disabled, QIcon.State.Off) == theme.THEMES[name].disabled
    finally:
        qapp.setProperty("studioTheme", None)


def test_sharp_on_a_dense_screen(qapp):
    pixmap = icons.icon("grid").pixmap(QSize(18, 18), 2.0)
    assert pixmap.size() == QSize(36, 36)
    assert pixmap.devicePixelRatio() == 2.0
    assert icons.pixmap("grid", 18, QColor("white"), 2.0).size() == QSize(36, 36)


def test_a_missing_icon_is_a_ring_and_no_crash(qapp):
    image = icons.icon("no such icon").pixmap(24, 24).toImage()
    assert len(inked(image)) > 20


def test_icons_are_made_once(qapp):
    assert icons.icon("save") is icons.icon("save")


def test_icons_paint_into_any_rectangle(qapp):
    image = QImage(60, 30, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    icons.icon("stop").paint(painter, 0, 0, 60, 30)
    painter.end()
    assert all(15 <= x <= 45 for x, _ in inked(image))


def test_the_app_icon_has_its_own_colors(qapp):
    image = icons.app_icon().pixmap(64, 64).toImage()
    assert image.pixelColor(48, 12) != image.pixelColor(16, 48)
    assert image.pixelColor(0, 0).alpha() == 0


@pytest.mark.parametrize("size", [QSize(0, 0), QSize(18, 0)])
def test_no_room_for_an_icon_is_no_picture_and_no_complaint(qapp, qtlog, size):
    assert icons.icon("dice").pixmap(size, 1.0).isNull()
    assert not qtlog.records
