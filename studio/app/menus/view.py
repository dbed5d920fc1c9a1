"""View: zoom, docks, theme; and the tools of the canvas."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Protocol

from studio.app.action import Action, Context
from studio.app.menus import when

MENU = "View"


class Panel(Protocol):
    """What is needed of a dock."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def icon(self) -> str: ...


class CanvasTool(Panel, Protocol):
    """What is needed of a tool of the canvas."""

    @property
    def shortcut(self) -> str: ...


def _walk(step: int, context: Context) -> None:
    context.shell.walk_panels(step)


ACTIONS = (
    Action(
        "view.fit",
        "Fit in Window",
        MENU,
        lambda context: context.shell.fit(),
        ("0", "Ctrl+0"),
        "fit",
        enabled=when.in_project,
    ),
    Action(
        "view.100",
        "Actual Size",
        MENU,
        lambda context: context.shell.set_zoom(1.0),
        ("1", "Ctrl+1"),
        enabled=when.in_project,
    ),
    Action(
        "view.zoom_in",
        "Zoom In",
        MENU,
        lambda context: context.shell.zoom_in(),
        ("Ctrl+=", "Ctrl++"),
        "zoom",
        enabled=when.in_project,
    ),
    Action(
        "view.zoom_out",
        "Zoom Out",
        MENU,
        lambda context: context.shell.zoom_out(),
        ("Ctrl+-",),
        enabled=when.in_project,
    ),
    Action(
        "view.toggle_docks",
        "Show or Hide All Panels",
        MENU,
        lambda context: context.shell.toggle_docks(),
        ("Tab",),
        section=2,
        enabled=when.in_project,
        canvas_only=True,
    ),
    *(
        Action(
            f"view.{name}_panel",
            f"Go to {name.capitalize()} Panel",
            MENU,
            partial(_walk, step),
            (keys,),
            section=2,
            enabled=when.in_project,
        )
        for name, step, keys in (("next", 1, "F6"), ("previous", -1, "Shift+F6"))
    ),
    Action(
        "view.reset_layout",
        "Reset Layout",
        MENU,
        lambda context: context.shell.reset_layout(),
        section=2,
        enabled=when.in_project,
    ),
)


def theme_actions() -> tuple[Action, ...]:
    return tuple(_theme_action(name) for name in ("dark", "light"))


def _theme_action(name: str) -> Action:
    return Action(
        f"view.theme_{name}",
        f"{name.title()} Theme",
        MENU,
        lambda context: context.shell.set_theme(name),
        section=4,
        checked=lambda context: context.shell.theme() == name,
    )


def panel_actions(panels: Iterable[Panel]) -> tuple[Action, ...]:
    """One command a panel that shows or hides it."""
    return tuple(_panel_action(panel) for panel in panels)


def _panel_action(panel: Panel) -> Action:
    return Action(
        f"view.{panel.id}",
        f"{panel.title} Panel",
        MENU,
        lambda context: context.shell.toggle_panel(panel.id),
        icon=panel.icon,
        section=3,
        enabled=when.in_project,
        checked=lambda context: context.shell.panel_shown(panel.id),
    )


def tool_actions(tools: Iterable[CanvasTool]) -> tuple[Action, ...]:
    """One command a tool; the rail and the palette show them, no menu does."""
    return tuple(_tool_action(tool) for tool in tools)


def _tool_action(tool: CanvasTool) -> Action:
    return Action(
        f"tool.{tool.id}",
        f"{tool.title} Tool",
        "",
        lambda context: context.shell.pick_tool(tool.id),
        (tool.shortcut,) if tool.shortcut else (),
        tool.icon,
        enabled=when.in_project,
        checked=lambda context: context.shell.tool() == tool.id,
    )
