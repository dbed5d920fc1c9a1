"""Adjust: every edit operation there is, by group."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.edits.operation import OPERATIONS, EditOperation

MENU = "Adjust"
GROUPS = {
    "geometry": "Geometry",
    "color": "Color",
    "filter": "Filter",
    "restore": "Restore",
    "art": "Art",
}


def adjust_actions() -> tuple[Action, ...]:
    """One command an operation; imports the operations' files when first called."""
    groups = list(GROUPS)
    ordered = sorted(OPERATIONS, key=lambda item: (groups.index(item.group), item.title))
    return tuple(_action(operation) for operation in ordered)


def _action(operation: EditOperation) -> Action:
    def run(context: Context) -> None:
        context.studio.add_edit(operation.id)

    return Action(
        f"adjust.{operation.id}",
        operation.title,
        f"{MENU}/{GROUPS[operation.group]}",
        run,
        icon=operation.icon,
        enabled=when.has_layer,
        tip=operation.tooltip,
    )
