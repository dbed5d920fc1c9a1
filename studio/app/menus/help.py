"""Help: find a command, see the keys, see the log."""

from __future__ import annotations

from studio.app.action import Action

MENU = "Help"

ACTIONS = (
    Action(
        "help.palette",
        "Find a Command…",
        MENU,
        lambda context: context.shell.show_dialog("palette"),
        ("Ctrl+K",),
        "command",
    ),
    Action(
        "help.shortcuts",
        "Keyboard Shortcuts",
        MENU,
        lambda context: context.shell.show_dialog("shortcuts"),
        ("F1",),
        "keyboard",
    ),
    Action("help.show_log", "Show Log", MENU, lambda context: context.shell.show_log(), section=1),
    Action(
        "help.about",
        "About Latent Studio",
        MENU,
        lambda context: context.shell.show_dialog("about"),
        icon="info",
        section=1,
    ),
)
