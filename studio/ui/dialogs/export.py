"""How and where pictures are exported: format, sizes and looks, with what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.export_plan import (
    FORMATS,
    PRESETS,
    WRITE_SPECS,
    ExportPlan,
    Subject,
    with_options,
)
from studio.app.export_preview import ExportPreview, Measured
from studio.app.spoken import spoken_bytes
from studio.core.params import to_json
from studio.errors import StudioError
from studio.ui.dialogs import files
from studio.ui.dialogs.export_sizes import ExportSizes
from studio.ui.dialogs.sheet import Sheet, text_label
from studio.ui.widgets.captions import caption, captioned_row
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.param_form import ParamForm
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.segmented_control import SegmentedControl

SUBJECTS: Mapping[Subject, str] = {"canvas": "Canvas", "layer": "Layer", "selection": "Selection"}
_MISSING: Mapping[Subject, str] = {
    "layer": "No layer is chosen.",
    "selection": "Nothing is selected.",
}
_SAMPLING = {"smooth": "Smooth", "nearest": "Hard pixels"}
_ICON_SIZES = {".ico": "Windows icon: 16 to 256", ".icns": "App icon: 16 to 1024"}
_PREVIEW = 300  # px
_PATIENCE_MS = 150  # after the last change, until it is measured


class ExportSheet(Sheet):
    """`plan` is what was chosen. What it comes to is measured while one chooses."""

    def __init__(
        self,
        plan: ExportPlan,
        subjects: Mapping[Subject, bool],
        preview: ExportPreview,
        parent: QWidget | None = None,
    ) -> None:
        """`subjects` are what can be exported at the moment."""
        super().__init__("Export", parent)
        self._folder = plan.folder
        self._options = plan.options
        self._preview = preview
        preview.setParent(self)
        self._nbytes: dict[int, int] = {}
        self._soon = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._soon.timeout.connect(self._measure)
        self._make_fields(plan, subjects)
        self._lay_out()
        self._connect()
        self._follow_format()
        self._tell()
        self._soon.start(0)

    @property
    def plan(self) -> ExportPlan:
        return ExportPlan(
            self._folder,
            self.name.text().strip(),
            self.format.value(),
            cast("Subject", self.subject.value()),
            self.sizes.sizes(),
            self.sampling.value() == "nearest",
            self._options,
        )

    def set_folder(self, folder: Path) -> None:
        self._folder = folder
        self._tell()

    def done(self, result: int) -> None:
        self._soon.stop()
        self._preview.cancel()
        super().done(result)

    # --- Parts ---

    def _make_fields(self, plan: ExportPlan, subjects: Mapping[Subject, bool]) -> None:
        self.format = SegmentedControl({key: item.title for key, item in FORMATS.items()})
        self.format.set_value(plan.suffix)
        self.subject = SegmentedControl({str(key): title for key, title in SUBJECTS.items()})
        for subject, possible in subjects.items():
            hold_back(self.subject.button(subject), "" if possible else _MISSING[subject])
        self.subject.set_value(plan.subject if subjects[plan.subject] else "canvas")
        self.sizes = ExportSizes(plan.sizes)
        self.sampling = SegmentedControl(_SAMPLING, "nearest" if plan.nearest else "smooth")
        self.form = ParamForm(WRITE_SPECS, to_json(plan.options))
        self.name = QLineEdit(plan.name)
        self._folder_button = QPushButton()
        self._folder_button.setAutoDefault(False)
        self._sentence = text_label("", "secondary")
        self.view = PictureView("What the file shows", side=_PREVIEW)
        self._facts = QLabel("", alignment=Qt.AlignmentFlag.AlignHCenter)
        self._facts.setProperty("role", "secondary")
        self._warning = text_label("", "attention")
        self.add_button("Cancel").clicked.connect(self.reject)
        self.export_button = self.add_button("Export", "primary")

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.view)
        left.addWidget(self._facts)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.format)
        right.addWidget(self._sentence)
        right.addWidget(_row("What", self.subject))
        right.addWidget(_row("Sizes", self.sizes))
        right.addWidget(_row("Scaling", self.sampling))
        right.addWidget(self.form)
        right.addStretch(1)
        right.addWidget(self._warning)
        place = QHBoxLayout()
        place.addWidget(self.name, 1)
        place.addWidget(self._folder_button)
        right.addLayout(place)
        across = QHBoxLayout()
        across.setSpacing(24)
        across.addLayout(left)
        across.addLayout(right, 1)
        self.body.addLayout(across)
        self.setMinimumWidth(860)

    def _connect(self) -> None:
        self.format.changed.connect(self._change_format)
        self.subject.changed.connect(self._changed)
        self.sizes.changed.connect(self._changed)
        self.sampling.changed.connect(self._changed)
        self.form.changed.connect(self._change_options)
        self.name.textChanged.connect(self._tell)
        self._folder_button.clicked.connect(self._ask_folder)
        self._preview.measured.connect(self._show_measured)
        self._preview.failed.connect(self._show_failure)
        self.export_button.clicked.connect(self.accept)

    # --- What changes ---

    def _change_format(self, suffix: str) -> None:
        if suffix in _ICON_SIZES:
            self.sizes.set_sizes(PRESETS[_ICON_SIZES[suffix]])
        self._follow_format()
        self._changed()

    def _follow_format(self) -> None:
        shown = FORMATS[self.format.value()].options
        for spec in WRITE_SPECS:
            self.form.row(spec.name).setVisible(spec.name in shown)

    def _change_options(self, values: dict[str, Any]) -> None:
        self._options = with_options(self._options, values)
        self._changed()

    def _changed(self) -> None:
        self._tell()
        self._soon.start()

    def _ask_folder(self) -> None:
        if chosen := files.ask_folder(self, "Export to", self._folder):
            self.set_folder(chosen)

    # --- What is told ---

    def _tell(self) -> None:
        problem = self.sizes.problem()
        files = () if problem else self.plan.files
        existing = sum(file.exists() for file in files)
        self._sentence.setText(FORMATS[self.format.value()].sentence)
        self._warning.setText(problem or _replaced(existing, len(files)))
        self._warning.setVisible(bool(problem or existing))
        self._folder_button.setText(f"in {self._folder.name or self._folder}…")
        self._folder_button.setToolTip(str(self._folder))
        what = "Replace" if existing else "Export"
        self.export_button.setText(f"{what} {len(files)} files" if len(files) > 1 else what)
        self.export_button.setEnabled(bool(self.name.text().strip()) and not problem)

    def _measure(self) -> None:
        if self.sizes.problem():
            self._preview.cancel()
            return
        self.sizes.clear_facts()
        self._nbytes = {}
        self._facts.setText("Measuring…")
        self._preview.request(self.plan)

    def _show_measured(self, found: Measured) -> None:
        self.sizes.show_facts(found.place, found.width, found.height, found.nbytes)
        self._nbytes[found.place] = found.nbytes
        count = len(self._nbytes)
        total = spoken_bytes(sum(self._nbytes.values()))
        self._facts.setText(total if count == 1 else f"{count} sizes · {total}")
        if found.image is not None:
            self._show_picture(found.image)

    def _show_picture(self, image: QImage) -> None:
        """As wide as the column; what is told of it follows right below."""
        size = image.size().scaled(_PREVIEW, _PREVIEW, Qt.AspectRatioMode.KeepAspectRatio)
        self.view.setFixedHeight(max(1, size.height()))
        self.view.set_image(image)

    def _show_failure(self, error: StudioError) -> None:
        self._facts.setText("")
        self.view.set_image(None)
        self._warning.setText(str(error))
        self._warning.show()
        self.export_button.setEnabled(False)


def _replaced(existing: int, count: int) -> str:
    if not existing:
        return ""
    if count == 1:
        return "The file exists and is replaced."
    return f"{existing} of {count} files exist and are replaced."


def _row(label: str, widget: QWidget) -> QWidget:
    row = QWidget()
    name = caption(label)
    name.setContentsMargins(0, 6, 0, 0)  # beside the first line of what may be several
    across = captioned_row(name, row)
    across.setAlignment(name, Qt.AlignmentFlag.AlignTop)
    across.addWidget(widget, 1)
    return row
