"""What cannot be used at the moment says why."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

_TOLD = "heldBack"


def hold_back(widget: QWidget, reason: str) -> None:
    """Disable `widget` while there is a `reason`, told below what its tooltips say anyway."""
    _tell(widget, reason)
    for part in widget.findChildren(QWidget):
        if part.toolTip():  # the others show that of what they are in
            _tell(part, reason)
    widget.setEnabled(not reason)


def _tell(widget: QWidget, reason: str) -> None:
    own = widget.toolTip().removesuffix(widget.property(_TOLD) or "")
    told = f"\n{reason}" if own and reason else reason
    widget.setProperty(_TOLD, told)
    widget.setToolTip(own + told)
