"""Adjust: every edit operation there is, by group."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.edits.operation import GROUPS, OPERATIONS, EditOperation

MENU = "Adjust"


def adjust_actions() -> tuple[Action, ...]:
    """One command an operation; imports the operations' files when first called."""
    ordered = sorted(OPERATIONS, key=lambda item: (GROUPS.index(item.group), item.title))
    return tuple(_action(operation) for operation in ordered)


def _action(operation: EditOperation) -> Action:
    def run(context: Context) -> None:
        context.studio.edits.add(operation.id)

    return Action(
        f"adjust.{operation.id}",
        operation.title,
        f"{MENU}/{operation.group.capitalize()}",
        run,
        icon=operation.icon,
        enabled=when.has_layer,
        tip=operation.tooltip,
    )
