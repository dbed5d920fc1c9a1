"""The tokens keep their promises, and the style sheet has no holes."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPushButton

from studio.ui import theme

THEMES = list(theme.THEMES.values())
SURFACES = ("background", "panel", "well", "well_raised")
TEXTS = ("text", "secondary", "link", "good", "attention", "bad")


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(look, text, surface):
    assert theme.contrast(getattr(look, text), getattr(look, surface)) >= 4.5


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "field"),
        ("secondary", "field"),
        ("text", "field_hover"),
        ("text", "selection"),
        ("secondary", "selection"),
        ("on_accent", "accent_fill"),
        ("on_accent", "accent_hover"),
    ],
)
def test_text_can_be_read_on_controls(look, text, ground):
    assert theme.contrast(getattr(look, text), getattr(look, ground)) >= 4.5


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
def test_accent_and_icons_stand_out(look):
    assert theme.contrast(look.accent, look.panel) >= 3.0
    assert theme.contrast(look.handle, look.panel) >= 3.0
    assert theme.contrast(look.icon, look.panel) >= 4.5


def test_contrast_agrees_with_wcag():
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
def test_every_token_is_a_color(look):
    for token, value in asdict(look).items():
        if token != "name":
            assert re.fullmatch(r"#[0-9A-F]{6}", value), token
            assert look.color(token) == QColor(value)


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
def test_style_sheet_is_filled_in(look):
    sheet = theme.style_sheet(look)
    assert "$" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert sheet.count("{") == sheet.count("}")
    for path in re.findall(r'url\("([^"]+)"\)', sheet):
        assert theme.resources_dir().joinpath(path).is_file()


def test_style_sheet_holds_no_color_of_its_own():
    source = (theme.resources_dir() / "theme" / "studio.qss").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", source) == []


def test_qt_can_parse_the_style_sheet(dressed, qtlog):
    """Qt only warns of what it cannot parse; the log must stay empty."""
    assert [record.message for record in qtlog.records] == []
    assert dressed.styleSheet()


def test_apply_changes_the_theme_while_running(dressed):
    assert theme.current() is theme.DARK
    theme.apply(dressed, theme.LIGHT)
    assert theme.current() is theme.LIGHT
    window = dressed.palette().color(QPalette.ColorRole.Window)
    assert window == QColor(theme.LIGHT.panel)


def test_kinds_reach_the_button(dressed, qtbot):
    button = QPushButton("Go")
    qtbot.addWidget(button)
    theme.restyle(button, kind="primary")
    button.resize(80, 30)
    middle_left = button.grab().toImage().pixelColor(6, 15)
    assert middle_left == QColor(theme.DARK.accent_fill)


def test_fonts(qapp):
    assert theme.ui_font().pixelSize() == 12
    assert theme.ui_font(11).pixelSize() == 11
    assert theme.tabular_font().featureTags()


def test_fade():
    faded = theme.fade(QColor("#3D6DF2"), 0.5)
    assert (faded.red(), faded.alphaF()) == (0x3D, pytest.approx(0.5, abs=0.01))
