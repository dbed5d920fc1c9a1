"""Commands for painting: filling, and the two colors."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.core.param_values import Color
from studio.errors import StudioError

_MENU, _SECTION = "Edit", 2


def _fill(context: Context, color: Color) -> None:
    painting = context.studio.painting
    try:
        painting.fill_all(color)
    except StudioError as error:
        painting.tell(error)


ACTIONS = (
    Action(
        "paint.fill_foreground",
        "Fill with Foreground Color",
        _MENU,
        lambda context: _fill(context, context.studio.painting.box.foreground),
        ("Alt+Backspace",),
        "fill",
        _SECTION,
        enabled=when.has_layer,
        tip="Fill the selection, or the whole layer",
        canvas_only=True,
    ),
    Action(
        "paint.fill_background",
        "Fill with Background Color",
        _MENU,
        lambda context: _fill(context, context.studio.painting.box.background),
        ("Ctrl+Backspace",),
        section=_SECTION,
        enabled=when.has_layer,
        tip="Fill the selection, or the whole layer",
        canvas_only=True,
    ),
    Action(
        "paint.swap_colors",
        "Swap Foreground and Background Color",
        "",
        lambda context: context.studio.painting.box.swap(),
        ("X",),
        "swap",
        enabled=when.in_project,
    ),
    Action(
        "paint.reset_colors",
        "Reset Colors to Black and White",
        "",
        lambda context: context.studio.painting.box.reset(),
        ("D",),
        enabled=when.in_project,
    ),
)
