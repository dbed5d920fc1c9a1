"""Frames out: a film, an animated picture, numbered pictures, or one sheet with its index."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from studio.codec.metadata import SOFTWARE, SourceType, xmp_packet
from studio.codec.mp4 import Mp4Muxer
from studio.codec.muxers import GifMuxer, Muxer, PngMuxer, WebpMuxer, ticks
from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.files import atomic_write, write_json_atomic
from studio.core.image import Image
from studio.errors import StudioError

ANIMATED: dict[str, Callable[[BinaryIO, Image, Fraction, str], Muxer]] = {
    ".gif": GifMuxer,
    ".png": PngMuxer,
    ".apng": PngMuxer,
    ".webp": WebpMuxer,
    ".mp4": Mp4Muxer,
}
MOST_FPS = 1000
_MOST_SHEET_PIXELS = 1 << 28


def write_animation(
    path: Path,
    frames: Iterable[Image],
    fps: float = 25.0,
    control: RunControl | None = None,
    *,
    source: SourceType = "",
) -> int:
    """Write `frames` as they come, in the format of the suffix; returns how many there were.

    Each one is kept, also where two look alike, and the whole lasts ``frames / fps`` seconds to
    the format's grain (1/100 s in a GIF, 1/1000 s in a WebP). It plays over and over; of an MP4
    the player decides. `source` marks generated pixels.

    Raises:
        StudioError: no such format, no frame, frames of unlike sizes, a rate that the format
            does not have, or the disk refused.
        Cancelled: `control` was cancelled; nothing was written.
    """
    muxer = ANIMATED.get(path.suffix.lower())
    if muxer is None:
        raise StudioError(
            f"Animations cannot be written as “{path.suffix or path.name}”.",
            f"Choose one of: {', '.join(ANIMATED)}.",
        )
    if not 0 < fps <= MOST_FPS:
        raise StudioError(f"“{fps:g}” is no frame rate.", f"Give 1 to {MOST_FPS} frames a second.")
    first, alike = _alike(frames, control or RunControl())
    with atomic_write(path) as temp, temp.open("r+b") as file:
        return _mux(muxer(file, first, _rate(fps), xmp_packet(source)), alike)


def write_sequence(
    folder: Path,
    name: str,
    frames: Iterable[Image],
    control: RunControl | None = None,
    source: SourceType = "",
) -> list[Path]:
    """Write each frame as ``<name>_0001.png`` and so on into `folder`, which must exist.

    Raises:
        StudioError: no frame, frames of unlike sizes, or the disk refused.
        Cancelled: `control` was cancelled; the frames until then are there.
    """
    _first, alike = _alike(frames, control or RunControl())
    files = []
    for number, frame in enumerate(alike, start=1):
        files.append(folder / f"{name}_{number:04}.png")
        write_image(files[-1], frame, source=source)
    return files


def write_sprite_sheet(
    path: Path,
    frames: Iterable[Image],
    fps: float = 25.0,
    control: RunControl | None = None,
    *,
    source: SourceType = "",
) -> Path:
    """Write all frames side by side in one picture, and ``<name>.json`` that tells where each is.

    The index is what game engines read (the array form of TexturePacker and Aseprite): rectangles
    in px, durations in ms. The sheet is nearly square. Returns the index file.

    Raises:
        StudioError: no frame, frames of unlike sizes, too many for one picture, or the disk
            refused.
        Cancelled: `control` was cancelled; nothing was written.
    """
    _first, alike = _alike(frames, control or RunControl())
    pictures = _bounded(alike)
    columns = math.ceil(math.sqrt(len(pictures)))
    write_image(path, _sheet(pictures, columns), source=source)
    index = path.with_suffix(".json")
    write_json_atomic(index, _sheet_index(path, pictures, columns, fps))
    return index


def _mux(muxer: Muxer, frames: Iterable[Image]) -> int:
    count = 0
    for frame in frames:
        muxer.add(frame)
        count += 1
    muxer.finish()
    return count


def _alike(frames: Iterable[Image], control: RunControl) -> tuple[Image, Iterator[Image]]:
    """The first frame, and all of them, each looked at when its turn comes."""
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        raise StudioError("There are no frames to write.", "Add at least one keyframe.")
    return first, _checked(itertools.chain([first], rest), first.shape, control)


def _checked(
    frames: Iterable[Image], shape: tuple[int, ...], control: RunControl
) -> Iterator[Image]:
    for number, frame in enumerate(frames, start=1):
        control.check()
        if frame.shape != shape:
            raise StudioError(
                f"Frame {number} is not of the size and kind of the first.",
                "Make all frames of one size.",
            )
        yield frame


def _bounded(frames: Iterable[Image]) -> list[Image]:
    pictures: list[Image] = []
    for frame in frames:
        pictures.append(frame)
        if len(pictures) * frame.shape[0] * frame.shape[1] > _MOST_SHEET_PIXELS:
            raise StudioError(
                f"More than {len(pictures) - 1} frames do not fit into one sheet.",
                "Write fewer or smaller frames, or a PNG sequence.",
            )
    return pictures


def _rate(fps: float) -> Fraction:
    """Frames a second as cameras have them: 29.97 is 30000 / 1001."""
    return Fraction(fps).limit_denominator(1001)


def _sheet(pictures: Sequence[Image], columns: int) -> Image:
    height, width, channels = pictures[0].shape
    rows = math.ceil(len(pictures) / columns)
    sheet = np.zeros((rows * height, columns * width, channels), np.float32)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        sheet[row * height :, column * width :][:height, :width] = picture
    return sheet


def _sheet_index(path: Path, pictures: Sequence[Image], columns: int, fps: float) -> dict[str, Any]:
    height, width, channels = pictures[0].shape
    rows = math.ceil(len(pictures) / columns)
    return {
        "frames": [
            {
                "filename": f"{path.stem} {number}",
                "frame": {
                    "x": number % columns * width,
                    "y": number // columns * height,
                    "w": width,
                    "h": height,
                },
                "rotated": False,
                "trimmed": False,
                "spriteSourceSize": {"x": 0, "y": 0, "w": width, "h": height},
                "sourceSize": {"w": width, "h": height},
                "duration": ticks(number, _rate(fps), 1000),
            }
            for number in range(len(pictures))
        ],
        "meta": {
            "app": SOFTWARE,
            "image": path.name,
            "format": "RGBA8888" if channels == 4 else "RGB888",
            "size": {"w": columns * width, "h": rows * height},
            "scale": "1",
            "frameRate": fps,
        },
    }
