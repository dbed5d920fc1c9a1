"""How and where the picture is exported: format, name, folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from studio.ui.dialogs.sheet import Sheet, text_label
from studio.ui.widgets.segmented_control import SegmentedControl

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".webp": "WebP", ".tif": "TIFF"}
_SENTENCES = {
    ".png": "Lossless, with transparency. Carries its recipe: opens again as a variation.",
    ".jpg": "Small, for photographs. Transparent places become white.",
    ".webp": "Small, with transparency, for the web.",
    ".tif": "Lossless, for print and other programs.",
}


class ExportSheet(Sheet):
    """`file` is where the picture goes."""

    def __init__(self, name: str, size: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__("Export picture", parent)
        self.setMinimumWidth(460)
        self._folder = _pictures_folder()
        self.format = SegmentedControl(FORMATS)
        self.format.changed.connect(self._tell)
        self._sentence = text_label("", "secondary")
        self.name = QLineEdit(name)
        self.name.textChanged.connect(self._tell)
        self._folder_button = QPushButton()
        self._folder_button.clicked.connect(self._ask_folder)
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self._folder_button)
        self.body.addWidget(text_label(f"{size[0]} × {size[1]} px, flattened", "secondary"))
        self.body.addWidget(self.format)
        self.body.addWidget(self._sentence)
        self.body.addLayout(row)
        self.add_button("Cancel").clicked.connect(self.reject)
        self.export_button = self.add_button("Export", "primary")
        self.export_button.clicked.connect(self.accept)
        self._tell()

    @property
    def file(self) -> Path:
        return self._folder / f"{self.name.text().strip()}{self.format.value()}"

    def set_folder(self, folder: Path) -> None:
        self._folder = folder
        self._tell()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Export to", str(self._folder))
        if chosen:
            self.set_folder(Path(chosen))

    def _tell(self) -> None:
        replaces = self.file.exists()
        note = " The file exists and is replaced." if replaces else ""
        self._sentence.setText(_SENTENCES[self.format.value()] + note)
        self._folder_button.setText(f"in {self._folder.name or self._folder}…")
        self._folder_button.setToolTip(str(self._folder))
        self.export_button.setText("Replace" if replaces else "Export")
        self.export_button.setEnabled(bool(self.name.text().strip()))


def _pictures_folder() -> Path:
    place = QStandardPaths.StandardLocation.PicturesLocation
    folder = Path(QStandardPaths.writableLocation(place))
    return folder if folder.is_dir() else Path.home()
