"""Small pictures of files, read in a lane: for lists that must not wait for the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from studio.app.lanes import Job, Lane
from studio.app.qimage import qimage_of_pixels8
from studio.codec.read import read_pixels8
from studio.core.control import RunControl
from studio.engine.api import open_dataset
from studio.errors import StudioError

Found = tuple[Path, QImage]
OF_DATASET = 6


def load_thumbnails(
    lane: Lane, files: Sequence[Path], side: int, show: Callable[[Path, QImage], None]
) -> Job[Found]:
    """Read `files` one after the other, each at least `side` px high and wide; bad ones never come.

    The folder of a dataset may stand for a file: `OF_DATASET` of its pictures come.
    Cancel the job when nobody looks any more.
    """

    def work(control: RunControl) -> Iterator[Found]:
        for file in files:
            control.check()
            try:
                for image in _pictures(file, side):
                    yield file, image
            except StudioError:
                continue  # a list without one of its pictures is still a list

    return lane.submit(Job(work, on_event=lambda found: show(*found)))


def _pictures(file: Path, side: int) -> Iterator[QImage]:
    if file.is_dir():
        yield from (qimage_of_pixels8(picture) for picture in _spread(open_dataset(file)[1]))
    else:
        yield read_thumbnail(file, side)


def _spread(pixels: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Evenly from the first to the last, so that neighbors that look alike do not stand alone."""
    for place in np.linspace(0, len(pixels) - 1, min(OF_DATASET, len(pixels))).round():
        yield np.ascontiguousarray(pixels[int(place)])


def read_thumbnail(file: Path, side: int) -> QImage:
    """A picture file whose shorter side is `side` px, or less where the file is smaller.

    Raises:
        StudioError: the file is not a readable picture.
    """
    pixels = read_pixels8(file, at_least=side)
    # Strides first: they cost nothing, and smooth scaling of what is left is quick.
    stride = max(1, min(pixels.shape[:2]) // (4 * side))
    image = qimage_of_pixels8(np.ascontiguousarray(pixels[::stride, ::stride]))
    if min(image.width(), image.height()) <= side:
        return image
    return image.scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
