"""The look of the studio: colors and type as values, and how they reach Qt.

Widgets name what they are with dynamic properties and the style sheet does the rest:
``kind`` of a button (``primary``, ``link``, ``quiet``, ``icon``), ``role`` of a label (``heading``,
``title``, ``secondary``, ``good``, ``attention``, ``bad``) and ``surface`` of a widget
(``panel``, ``well``, ``card``, ``bar``). Painted widgets ask `current` for colors.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from studio.paths import resources_dir

UI_PX = 12
SECONDARY_PX = 11
TITLE_PX = 20

# Tried in turn where the platform has no UI font of its own (a bare X server, offscreen).
FALLBACK_FAMILIES = ("Inter", "Cantarell", "Noto Sans", "Segoe UI", "DejaVu Sans")
_GENERIC_FAMILIES = {"", "sans", "sans serif", "sans-serif", "helvetica", "system-ui"}

_PROPERTY = "studioTheme"


@dataclass(frozen=True, slots=True)
class Theme:
    """Every color of the studio, as ``#rrggbb``.

    Text colors reach a contrast of 4.5:1 on `background`, `panel` and both wells; `text` and
    `secondary` on `field` and `selection` too, `on_accent` on `accent_fill`.
    """

    name: str
    background: str
    panel: str
    well: str
    well_raised: str
    field: str
    field_hover: str
    hairline: str
    selection: str
    text: str
    secondary: str
    disabled: str
    icon: str
    accent: str
    accent_fill: str
    accent_hover: str
    on_accent: str
    handle: str
    checker: str
    checker_other: str
    link: str
    good: str
    attention: str
    bad: str

    def color(self, token: str) -> QColor:
        """The color of a token by its name, e.g. ``accent``.

        Raises:
            AttributeError: there is no such token.
        """
        return QColor(str(getattr(self, token)))


DARK = Theme(
    name="dark",
    background="#17181C",
    panel="#1D1F24",
    well="#111215",
    well_raised="#15161A",
    field="#262930",
    field_hover="#2E323B",
    hairline="#30343D",
    selection="#202941",
    text="#D6D8DE",
    secondary="#8B90A0",
    disabled="#5A5F6C",
    icon="#AEB2BE",
    accent="#3D6DF2",
    accent_fill="#3B6BF0",  # one step darker than the accent: white text reaches 4.5:1 on it
    accent_hover="#3464E6",
    on_accent="#FFFFFF",
    handle="#EEF0F5",
    checker="#4B4E56",  # calm around bright pictures, and neither black nor white drowns in it
    checker_other="#43464D",
    link="#6F95FF",
    good="#57C785",
    attention="#E2C08A",
    bad="#E5646E",
)

LIGHT = Theme(
    name="light",
    background="#ECEDF1",
    panel="#F7F8FA",
    well="#E1E3E8",
    well_raised="#E6E8EC",
    field="#FFFFFF",
    field_hover="#F0F2F6",
    hairline="#D2D5DD",
    selection="#D5DFFB",
    text="#1E2128",
    secondary="#575D6B",
    disabled="#A2A7B3",
    icon="#4A4F5C",
    accent="#3D6DF2",
    accent_fill="#3464E6",
    accent_hover="#2A57D2",
    on_accent="#FFFFFF",
    handle="#3D6DF2",
    checker="#DCDEE3",
    checker_other="#CDD0D7",
    link="#2450C8",
    good="#176B3B",
    attention="#7A5200",
    bad="#B52A36",
)

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def apply(app: QApplication, theme: Theme = DARK) -> None:
    """Dress the whole application; may be called again to change the theme while it runs."""
    app.setProperty(_PROPERTY, theme.name)
    app.setStyle("Fusion")
    app.setFont(ui_font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))


def current() -> Theme:
    """The theme that was applied last; the dark one before that."""
    app = QApplication.instance()
    return THEMES.get(str(app.property(_PROPERTY)), DARK) if app else DARK


def style_sheet(theme: Theme) -> str:
    """``resources/theme/studio.qss`` with this theme's colors in it."""
    folder = resources_dir() / "theme"
    template = Template((folder / "studio.qss").read_text(encoding="utf-8"))
    sizes = {"ui_px": UI_PX, "secondary_px": SECONDARY_PX, "title_px": TITLE_PX}
    return template.substitute(asdict(theme), **sizes, folder=folder.as_posix())


def ui_font(px: int = UI_PX) -> QFont:
    """The system's UI font at a size in px, or a good sans serif where there is none."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if font.family().lower() in _GENERIC_FAMILIES or not QFontInfo(font).exactMatch():
        font = QFont(_fallback_family() or font.family())
    font.setPixelSize(px)
    return font


@cache  # asking for all families takes milliseconds, and every painted text asks for its font
def _fallback_family() -> str:
    installed = set(QFontDatabase.families())
    return next((name for name in FALLBACK_FAMILIES if name in installed), "")


def tabular_font(px: int = UI_PX) -> QFont:
    """The UI font with figures of equal width, so that changing numbers do not dance."""
    font = ui_font(px)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def restyle(widget: QWidget, **properties: str | bool) -> None:
    """Set dynamic properties (``kind``, ``role``, …) on a widget that may already be shown."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colors, 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    c = QColor(color)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def _palette(theme: Theme) -> QPalette:
    """For what the style sheet does not reach: dialogs of Qt, painted widgets, disabled text."""
    role = QPalette.ColorRole
    palette = QPalette()
    colors = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.PlaceholderText: theme.secondary,
        role.Button: theme.field,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_accent,
        role.ToolTipBase: theme.field,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent_fill,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.link,
        role.LinkVisited: theme.link,
        role.Mid: theme.hairline,
        role.Dark: theme.background,
        role.Shadow: theme.well,
    }
    for color_role, color in colors.items():
        palette.setColor(color_role, QColor(color))
    for color_role in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, color_role, QColor(theme.disabled))
    return palette


def fade(color: QColor, alpha: float) -> QColor:
    """The same color with an opacity from 0 to 1."""
    faded = QColor(color)
    faded.setAlphaF(alpha)
    return faded
