"""Commands for painting: they have keys, and the palette shows them; no menu does."""

from __future__ import annotations

from studio.app.action import Action
from studio.app.menus import when

ACTIONS = (
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
