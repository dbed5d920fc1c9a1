"""Adjust: every edit operation there is, by group."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.edits.operation import GROUPS, OPERATIONS, EditOperation

MENU = "Adjust"
# As in Photoshop and Krita, for those that hands know.
KEYS = {
    "levels": "Ctrl+L",
    "auto_levels": "Ctrl+Shift+L",
    "curves": "Ctrl+M",
    "hue_saturation": "Ctrl+U",
    "grayscale": "Ctrl+Shift+U",
    "color_balance": "Ctrl+B",
    "invert": "Ctrl+I",
}


def adjust_actions() -> tuple[Action, ...]:
    """One command an operation; imports the operations' files when first called."""
    ordered = sorted(OPERATIONS, key=lambda item: (GROUPS.index(item.group), item.title))
    return tuple(_action(operation) for operation in ordered)


def _action(operation: EditOperation) -> Action:
    def run(context: Context) -> None:
        context.shell.uncover_panel("edits")  # its settings are wanted next: they ask for room
        context.studio.edits.add(operation.id)

    return Action(
        f"adjust.{operation.id}",
        operation.title,
        f"{MENU}/{operation.group.capitalize()}",
        run,
        (KEYS[operation.id],) if operation.id in KEYS else (),
        icon=operation.icon,
        enabled=when.has_layer,
        tip=operation.tooltip,
    )
