"""What becomes of every image: its shape, which part of it is taken, its transparency."""

from __future__ import annotations

from dataclasses import replace
from math import gcd

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.dataset_session import DatasetSession
from studio.ui.widgets.option_rows import CalmComboBox, CheckRow
from studio.ui.widgets.segmented_control import SegmentedControl

_CROPS = {"center": "Center", "smart": "Smart", "subject": "Subject", "fit": "Fit"}
_CROP_HELP = {
    "center": "Takes the middle of each image.",
    "smart": "Moves to what stands out of each image.",
    "subject": "Moves to what stands out, and close to it.",
    "fit": "Keeps the whole image and fills up what is missing.",
}
_SHAPE_TIP = (
    "Shape of what is learned and made, width to height.\n"
    "Auto: that of most images, or square where they differ."
)
_ALPHA_TIP = "Learn which parts are clear, for icons and cut-outs. Otherwise they become white."


class FramingForm(QWidget):
    """Three choices, with a sentence on what the crop does. Each takes the images in again."""

    def __init__(self, dataset: DatasetSession) -> None:
        super().__init__()
        self._dataset = dataset
        self.shape = CalmComboBox()
        self.shape.setAccessibleName("Shape")
        self.shape.setToolTip(_SHAPE_TIP)
        self.shape.addItem("Auto", None)
        for across, down in dataset.aspects:
            self.shape.addItem(_spoken(across, down), (across, down))
        self.alpha = CheckRow("Keep transparency", value=False, tip=_ALPHA_TIP)
        self.crop = SegmentedControl({crop: _CROPS[crop] for crop in dataset.crop_policies})
        self.crop.setAccessibleName("Crop")
        for crop in dataset.crop_policies:
            self.crop.button(crop).setToolTip(_CROP_HELP[crop])
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setProperty("role", "secondary")
        self._lay_out()
        self.shape.activated.connect(self._take_shape)
        self.alpha.changed.connect(
            lambda keep: dataset.reframe(replace(dataset.framing, alpha=keep))
        )
        self.crop.changed.connect(lambda crop: dataset.reframe(replace(dataset.framing, crop=crop)))
        dataset.changed.connect(self._follow)
        self._follow()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.shape, 1)
        row.addWidget(self.alpha)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.crop)
        column.addWidget(self.sentence)

    def set_terse(self, terse: bool) -> None:
        """Leave the sentence to the tooltips, where pictures need its room."""
        self.sentence.setVisible(not terse)

    def _take_shape(self, place: int) -> None:
        aspect = self.shape.itemData(place)
        self._dataset.reframe(replace(self._dataset.framing, aspect=aspect))

    def _follow(self) -> None:
        """Transparency is asked about only where there is any."""
        framing, info = self._dataset.framing, self._dataset.info
        self.crop.set_value(framing.crop)
        self.sentence.setText(_CROP_HELP[framing.crop])
        places = {self.shape.itemData(place): place for place in range(self.shape.count())}
        self.shape.setCurrentIndex(places.get(framing.aspect, 0))
        if self._dataset.busy or info is None:
            return
        found = f"Auto · {_spoken_frame(info.width, info.height)}"
        self.shape.setItemText(0, found if framing.aspect is None else "Auto")
        self.alpha.set_value(info.channels == 4)
        self.alpha.setVisible(info.transparent > 0 or info.channels == 4)
        clear = f"{info.transparent:,} of {info.count:,} images have clear parts."
        self.alpha.setToolTip(f"{clear}\n{_ALPHA_TIP}")


def _spoken_frame(width: int, height: int) -> str:
    divisor = gcd(width, height)
    return _spoken(width // divisor, height // divisor).lower()


def _spoken(across: int, down: int) -> str:
    return "Square" if across == down else f"{across}:{down}"
