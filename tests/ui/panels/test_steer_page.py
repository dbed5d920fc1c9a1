"""The Steer page, worked with the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui.explorer.pages.steer import SteerPage
from studio.ui.explorer.steering.bends import BendsPart
from studio.ui.explorer.steering.drag import DragPart
from studio.ui.explorer.steering.region import RegionPart
from studio.ui.explorer.steering.sliders import SlidersPart
from studio.ui.explorer.steering.styles import StylesPart
from studio.ui.explorer.steering.teach import TeachPart
from studio.ui.panels.explorer import PANEL, ExplorerPanel
from tests.support.studios import open_model, show_panel
from tests.support.waiting import wait_for, wait_until_calm

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ExplorerPanel:
    open_model(studio, qtbot, "stylegan")
    return show_panel(PANEL, ExplorerPanel, studio, qtbot, 356, 900)


@pytest.fixture
def page(panel: ExplorerPanel, studio: Studio, qtbot: QtBot) -> SteerPage:
    panel.explorer.tabs.changed.emit("steer")
    page = panel.explorer.pages["steer"]
    assert isinstance(page, SteerPage)
    wait_for(qtbot, lambda: studio.steering.directions.directions)
    wait_until_calm(qtbot, studio)
    studio.documents.undo_stack.clear()
    return page


def part(page: SteerPage, name: str, kind: type) -> object:
    page.show_part(name)
    found = page.part
    assert isinstance(found, kind)
    return found


def test_entering_the_page_finds_sliders_and_dragging_one_steers(
    page: SteerPage, studio: Studio
) -> None:
    sliders = part(page, "sliders", SlidersPart)
    assert set(sliders.rows) == {"measured:0", "principal:1", "factor:2"}
    row = sliders.rows["measured:0"]
    bar = row.slider.slider
    QTest.mouseClick(bar, LEFT, pos=QPoint(bar.width() - 4, bar.height() // 2))
    assert studio.steering.point.amount("measured:0") == 4.0
    QTest.mouseDClick(row.slider.label, LEFT)
    assert not studio.steering.point.slides
    QTest.mouseClick(row.lock, LEFT)
    assert studio.steering.is_locked(row.direction)
    assert "click to end that" in row.lock.toolTip()


def test_the_menu_of_a_slider_limits_its_levels(page: SteerPage, studio: Studio) -> None:
    sliders = part(page, "sliders", SlidersPart)
    menu = sliders.rows["measured:0"].menu()
    fine = next(action for action in menu.actions() if "fine" in action.text())
    fine.trigger()
    assert studio.steering.directions.direction("measured:0").levels == (3, 4)
    assert set(sliders.rows) == {"measured:0", "principal:1", "factor:2"}


def test_a_style_is_taken_from_a_favorite_and_given_back(page: SteerPage, studio: Studio) -> None:
    studio.latent.toggle_favorite(LatentPoint.of_seed(7))
    styles = part(page, "styles", StylesPart)
    styles.menu("fine").actions()[0].trigger()
    group = styles.groups["fine"]
    assert studio.steering.point.mixes[0].point == LatentPoint.of_seed(7)
    assert group.slot.point == LatentPoint.of_seed(7)
    QTest.mouseClick(group.own, LEFT)
    assert not studio.steering.point.mixes


def test_bends_are_rows_with_what_they_need(page: SteerPage, studio: Studio) -> None:
    bends = part(page, "bends", BendsPart)
    studio.steering.add_bend("flip_x")
    studio.steering.add_bend("rotate")
    flip, rotate = bends.rows
    assert flip.amount.isHidden()
    assert not rotate.amount.isHidden()
    rotate.level.changed.emit(1.0)
    assert studio.steering.point.bends[1].level == 0
    QTest.mouseClick(rotate.up, LEFT)
    assert [row.kind for row in bends.rows] == ["rotate", "flip_x"]
    QTest.mouseClick(bends.rows[0].remove, LEFT)
    assert [row.kind for row in bends.rows] == ["flip_x"]


def test_a_region_is_painted_on_the_picture(page: SteerPage, studio: Studio) -> None:
    region = part(page, "region", RegionPart)
    view = region.view
    assert view.isVisible()
    assert page.view.isHidden()
    frame = view.frame()

    def at(x: float, y: float) -> QPoint:
        return QPointF(frame.x() + x * frame.width(), frame.y() + y * frame.height()).toPoint()

    QTest.mousePress(view, LEFT, pos=at(0.2, 0.5))
    QTest.mouseMove(view, at(0.8, 0.5))
    QTest.mouseRelease(view, LEFT, pos=at(0.8, 0.5))
    assert studio.steering.point.region is not None
    inside = studio.steering.point.region.places
    assert inside[32, 32] == inside[32, 14] == 255
    assert inside[10, 32] == 0
    assert studio.documents.undo_stack.count() == 1
    QTest.mouseClick(view, RIGHT, pos=at(0.5, 0.5))
    assert studio.steering.point.region.places[32, 32] == 0
    QTest.mouseClick(region.clear, LEFT)
    assert studio.steering.point.region is None


def test_points_are_pulled_and_the_picture_follows(
    page: SteerPage, studio: Studio, qtbot: QtBot
) -> None:
    drag = part(page, "drag", DragPart)
    view = drag.view
    assert not drag.go.isEnabled()

    def at(x: float, y: float) -> QPoint:
        frame = view.frame()
        return QPointF(frame.x() + x * frame.width(), frame.y() + y * frame.height()).toPoint()

    for y in (0.3, 0.7):
        QTest.mousePress(view, LEFT, pos=at(0.2, y))
        QTest.mouseMove(view, at(0.6, y))
        QTest.mouseRelease(view, LEFT, pos=at(0.6, y))
    QTest.mouseClick(view, RIGHT, pos=at(0.6, 0.7))
    ((start, end),) = studio.drags.moves
    assert start == pytest.approx((0.2, 0.3), abs=0.02)
    assert end == pytest.approx((0.6, 0.3), abs=0.02)
    drag.mode.changed.emit("free")
    QTest.mouseClick(view, LEFT, pos=at(0.5, 0.5))
    assert studio.drags.free is not None
    before = studio.steering.point
    QTest.mouseClick(drag.go, LEFT)
    wait_until_calm(qtbot, studio)
    assert studio.drags.progress is None
    assert studio.drags.moves == ()
    assert studio.steering.point != before
    assert studio.documents.undo_stack.undoText() == "Drag points"


def test_a_slider_is_taught_by_clicks(page: SteerPage, studio: Studio, qtbot: QtBot) -> None:
    teach = part(page, "teach", TeachPart)
    wait_until_calm(qtbot, studio)
    for place in range(8):
        center = teach.sheet.cell(place).center().toPoint()
        QTest.mouseClick(teach.sheet, LEFT if place < 4 else RIGHT, pos=center)
    assert teach.count.text() == "4 more, 4 less"
    assert not teach.learn.isEnabled()  # it has no name yet
    teach.name.setText("Round")
    QTest.mouseClick(teach.learn, LEFT)
    wait_until_calm(qtbot, studio)
    assert studio.steering.directions.directions[0].name == "Round"


def test_only_what_the_model_is_able_to_is_offered(
    page: SteerPage, studio: Studio, qtbot: QtBot
) -> None:
    assert not page.tabs.button("styles").isHidden()
    page.show_part("styles")
    open_model(studio, qtbot, "vae")
    assert page.tabs.button("styles").isHidden()
    assert page.tabs.value() == "sliders"


def test_what_was_looked_for_and_what_is_missed_can_be_seen(
    page: SteerPage, studio: Studio, qtbot: QtBot
) -> None:
    row = page.reached
    assert row.isHidden()
    with qtbot.waitSignal(studio.inversion.found):
        studio.inversion.start_from(lambda _control: np.full((8, 8, 3), 0.5, np.float32), "Fog")
    wait_until_calm(qtbot, studio)
    assert not row.isHidden()
    assert row.score.text() == "100% reached"
    reached = studio.inversion.reached
    assert reached is not None
    QTest.mouseClick(row.look.button("missed"), LEFT)
    assert page.view.image() is reached.missed
    QTest.mouseClick(row.look.button("wanted"), LEFT)
    assert page.view.image() is reached.wanted
    studio.steering.add_bend("rotate")
    assert row.look.value() == "found"
    wait_until_calm(qtbot, studio)
    assert page.view.image() is studio.latent.preview


def test_channels_are_picked_by_what_they_see(
    page: SteerPage, studio: Studio, qtbot: QtBot
) -> None:
    bends = part(page, "bends", BendsPart)
    studio.steering.add_bend("multiply")
    (row,) = bends.rows
    QTest.mouseClick(row.pick, LEFT)
    sheet = row.picker.sheet
    wait_for(qtbot, lambda: sheet.height() > 20)
    QTest.mouseClick(sheet, LEFT, pos=sheet.cell(3).center().toPoint())
    QTest.mouseClick(sheet, LEFT, pos=sheet.cell(1).center().toPoint())
    assert studio.steering.point.bends[0].channels == (1, 3)
    assert row.picker.told.text() == "2 of 8 picked"
    assert not row.share.isEnabled()
    studio.documents.undo_stack.undo()
    assert studio.steering.point.bends[0].channels == (3,)
