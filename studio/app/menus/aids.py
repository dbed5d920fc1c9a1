"""View: guides, grid and snapping."""

from __future__ import annotations

from collections.abc import Callable

from studio.app.action import Action, Context
from studio.app.canvas_aids import Grid
from studio.app.menus import when
from studio.app.studio import Studio

MENU = "View"


def _has_guides(studio: Studio) -> bool:
    guides = studio.aids.guides
    return bool(guides.x or guides.y)


def _ask_spacing(context: Context) -> None:
    aids = context.studio.aids
    before = aids.on
    aids.change(grid=True)
    grid = context.shell.ask_params(
        "Grid", Grid(before.spacing), lambda params: aids.change(spacing=params.spacing)
    )
    if grid is None:
        aids.change(grid=before.grid, spacing=before.spacing)


def _is_on(name: str) -> Callable[[Context], bool]:
    return lambda context: bool(getattr(context.studio.aids.on, name))


def _toggle(name: str, title: str, shortcut: str) -> Action:
    def run(context: Context) -> None:
        aids = context.studio.aids
        aids.change(**{name: not getattr(aids.on, name)})

    return Action(
        f"view.{name}",
        title,
        MENU,
        run,
        (shortcut,),
        section=1,
        enabled=when.in_project,
        checked=_is_on(name),
    )


ACTIONS = (
    _toggle("guides", "Guides", "Ctrl+;"),
    _toggle("grid", "Grid", "Ctrl+'"),
    _toggle("snapping", "Snap to Edges, Guides and Grid", "Ctrl+Shift+;"),
    Action(
        "view.grid_spacing", "Grid Spacing…", MENU, _ask_spacing, section=1, enabled=when.in_project
    ),
    Action(
        "view.clear_guides",
        "Clear Guides",
        MENU,
        lambda context: context.studio.aids.clear_guides(),
        section=1,
        enabled=_has_guides,
        tip="Drag guides from the rulers",
    ),
)
