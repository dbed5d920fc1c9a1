"""A sheet with a form of declared parameters, whose effect is seen while it is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from studio.core.params import from_json, specs, to_json
from studio.ui.dialogs.sheet import Sheet
from studio.ui.widgets.param_form import ParamForm

_FROM_RIGHT, _FROM_TOP = 24, 120  # px


class ParamSheet(Sheet):
    """Calls `show` with the params as they are, at once and at every change.

    It lies in the upper right of its parent, where it hides little of what is shown.
    """

    def __init__(
        self, title: str, params: Any, show: Callable[[Any], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self.setMinimumWidth(340)
        self._type = type(params)
        self._show = show
        self.form = ParamForm(specs(self._type), to_json(params))
        self.form.changed.connect(self._changed)
        self.body.addWidget(self.form)
        self.add_button("Cancel").clicked.connect(self.reject)
        self.add_button("OK", "primary").clicked.connect(self.accept)
        show(params)

    @property
    def params(self) -> Any:
        """The params as they are set."""
        return from_json(self._type, self.form.values())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            corner = parent.mapToGlobal(parent.rect().topRight())
            self.move(corner - QPoint(self.width() + _FROM_RIGHT, -_FROM_TOP))

    def _changed(self) -> None:
        self._show(self.params)
