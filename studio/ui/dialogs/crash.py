"""Tells of an unexpected error, with everything there is to copy."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.app.crash import CrashReport
from studio.ui import theme
from studio.ui.dialogs.sheet import Sheet

NOW = (
    "Something went wrong that should not have",
    "Your work was saved beside the project first. You can most likely go on.",
)
LAST_TIME = (
    "The studio ended unexpectedly last time",
    "What was done after the last autosave is lost; the project offers the rest when it opens.",
)


class CrashSheet(Sheet):
    """`texts` are title and sentence: `NOW` or `LAST_TIME`."""

    def __init__(
        self, report: CrashReport, texts: tuple[str, str] = NOW, parent: QWidget | None = None
    ) -> None:
        super().__init__(texts[0], parent, texts[1])
        self.setMinimumSize(640, 380)
        self._details = report.details
        box = QPlainTextEdit(report.details, readOnly=True)
        box.setFont(theme.tabular_font(theme.SECONDARY_PX))
        self.body.addWidget(box, 1)
        self.copy_button = self.add_button("Copy details")
        self.copy_button.clicked.connect(self._copy)
        self.add_close_button()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self.copy_button.setText("Copied")
