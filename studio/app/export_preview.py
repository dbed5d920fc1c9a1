"""What an export would be like: how large each file, and what its pixels come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.export_plan import ExportPlan, Subject, picture_of
from studio.app.lanes import Lane, LatestWins
from studio.app.qimage import qimage_of_pixels8, to_qimage
from studio.codec.read import read_bytes
from studio.codec.write import ICONS, encode_icon, encode_image
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.core.image import Image
from studio.errors import StudioError
from studio.project.recipe import document_recipe


@dataclass(frozen=True, slots=True)
class Measured:
    """One of the sizes, in its order; `image` is what the file shows, of the largest one only."""

    place: int
    width: int
    height: int
    nbytes: int
    image: QImage | None = None


class ExportPreview(QObject):
    """Encodes as the export would, newest plan first. Lives in the GUI thread.

    Emits `measured(Measured)` for each size, and `failed(StudioError)` where there is nothing to
    export.
    """

    measured = Signal(Measured)
    failed = Signal(StudioError)

    def __init__(
        self, document: Document, layer: Layer | None, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._layer = layer
        self._latest: LatestWins[Measured] = LatestWins(lane)
        self._pictures: dict[Subject, Image] = {}

    def request(self, plan: ExportPlan) -> None:
        """Measure another plan; what is still being measured of the one before is dropped."""

        def work(control: RunControl) -> Iterator[Measured]:
            yield from self._measure(plan, control)

        self._latest.request(work, self.measured.emit, on_failed=self._tell)

    def cancel(self) -> None:
        self._latest.cancel()

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit(error)

    # In the lane's thread.

    def _measure(self, plan: ExportPlan, control: RunControl) -> Iterator[Measured]:
        outputs = list(plan.outputs(self._picture(plan.subject, control), control))
        largest = max(range(len(outputs)), key=lambda place: outputs[place].shape[:2])
        recipe = document_recipe(self._document) if plan.subject == "canvas" else None
        shared = len(encode_icon(plan.suffix, ())) if plan.is_icon else 0
        for place, output in enumerate(outputs):
            control.check()
            data = (
                encode_icon(plan.suffix, [output])
                if plan.is_icon
                else encode_image(plan.suffix, output, recipe, plan.options)
            )
            nbytes = len(data) - (shared if place else 0)  # an icon has one head for all
            image = _shown(data, plan.suffix, output) if place == largest else None
            yield Measured(place, output.shape[1], output.shape[0], nbytes, image)

    def _picture(self, subject: Subject, control: RunControl) -> Image:
        if subject not in self._pictures:
            self._pictures[subject] = picture_of(self._document, subject, self._layer, control)
        return self._pictures[subject]


def _shown(data: bytes, suffix: str, output: Image) -> QImage:
    """As a viewer shows it, with what compression did to it."""
    if suffix in (".png", ".tif", *ICONS):
        return to_qimage(output)
    return qimage_of_pixels8(read_bytes(data, "preview"))
