"""What this program is, and which version."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from studio.app.crash import about_machine
from studio.paths import data_dir
from studio.ui import icons
from studio.ui.dialogs.sheet import Sheet, text_label


class AboutSheet(Sheet):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Latent Studio", parent)
        self.setMinimumWidth(420)
        picture = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        picture.setPixmap(icons.app_icon().pixmap(72, 72))
        self.body.addWidget(picture)
        self.body.addWidget(
            text_label(
                "An image studio that learns from your own pictures, on your own machine. "
                "Nothing leaves it: there is no network code in this program."
            )
        )
        self.body.addWidget(text_label(about_machine(), "secondary"))
        self.body.addWidget(text_label(f"Your data: {data_dir()}", "secondary"))
        self.body.addWidget(text_label("Apache License 2.0", "secondary"))
        self.add_close_button()
