"""Small pictures of files, read in a lane: for lists that must not wait for the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from studio.app.lanes import Job, Lane
from studio.app.qimage import qimage_of_pixels8
from studio.codec.read import read_pixels8
from studio.core.control import RunControl
from studio.errors import StudioError

Found = tuple[Path, QImage]


def load_thumbnails(
    lane: Lane, files: Sequence[Path], side: int, show: Callable[[Path, QImage], None]
) -> Job[Found]:
    """Read `files` one after the other, each at least `side` px high and wide; bad ones never come.

    Cancel the job when nobody looks any more.
    """

    def work(control: RunControl) -> Iterator[Found]:
        for file in files:
            control.check()
            try:
                yield file, read_thumbnail(file, side)
            except StudioError:
                continue  # a list without one of its pictures is still a list

    return lane.submit(Job(work, on_event=lambda found: show(*found)))


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
