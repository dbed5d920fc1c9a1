"""Pictures decoded once into a dataset folder that training maps into memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from studio.codec.read import PICTURE_SUFFIXES, read_pixels8
from studio.core.control import RunControl
from studio.core.files import atomic_folder, sha256_of, told_as_studio_error, write_json_atomic
from studio.core.image import Image, Pixels8, Rect, from_pixels8
from studio.engine.api import (
    DATASET_FILE,
    PIXELS_FILE,
    CropPolicy,
    DatasetEvent,
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    SkippedFile,
    read_dataset,
)
from studio.errors import StudioError

# Pictures that people do have in their folders and that cannot be read: named, not passed over.
_FOREIGN_SUFFIXES = frozenset(
    (
        *(".heic", ".heif", ".jxl", ".jp2", ".psd", ".xcf", ".kra", ".svg", ".eps", ".tga"),
        *(".exr", ".hdr", ".ico", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".raf"),
    )
)
_EVENT_INTERVAL = 0.05  # s between progress events
_DECODERS = min(4, os.cpu_count() or 1)
_GLANCE = 32  # px; the short side of the copy on which a smart crop is chosen
_NEARLY_BEST = 0.95  # windows with this share of the best one compete by how central they are


def build_dataset(spec: DatasetSpec, folder: Path, control: RunControl) -> Iterator[DatasetEvent]:
    """Decode the pictures of `spec` into `folder`, which is replaced once everything is done.

    Progress comes at most 20 times a second. Cancelling, or closing the iterator, leaves what was
    there before.

    Raises:
        StudioError: a source does not exist, or no picture could be read.
        Cancelled: `control` was cancelled.
    """
    files = find_pictures(spec.sources)
    with atomic_folder(folder) as temp:
        intake = _Intake()
        shown = 0.0
        with (
            (temp / PIXELS_FILE).open("wb") as out,
            contextlib.closing(_decoded(files, spec)) as pictures,
        ):
            for done, picture in enumerate(pictures, 1):
                control.check()
                taken = intake.take(picture)
                if taken is not None:
                    out.write(taken.tobytes())
                now = time.monotonic()
                if now - shown >= _EVENT_INTERVAL or done == len(files):
                    shown = now
                    thumbnail = None if taken is None else from_pixels8(taken)
                    yield DatasetProgress(done, len(files), thumbnail)
        intake.require_pictures()
        write_json_atomic(temp / DATASET_FILE, intake.describe(spec))
    yield DatasetReady(read_dataset(folder))


def find_pictures(sources: Sequence[Path]) -> list[Path]:
    """Files named in `sources`, and pictures in its folders, in an order that never changes.

    Hidden files and folders, and files that are no pictures by name, are passed over.

    Raises:
        StudioError: a source does not exist.
    """
    found: dict[Path, None] = {}
    for source in sources:
        root = Path(os.path.abspath(source))  # noqa: PTH100  (resolve() would follow links)
        if root.is_dir():
            found.update(dict.fromkeys(_pictures_below(root)))
        elif root.is_file():
            found[root] = None
        else:
            raise StudioError(
                f"There is no file or folder “{source}”.", "Check the path, or add it again."
            )
    if not found:
        names = ", ".join(source.name or str(source) for source in sources)
        raise StudioError(f"There are no pictures in “{names}”.", "Choose a folder of pictures.")
    return list(found)


def _pictures_below(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            suffix = Path(name).suffix.lower()
            is_picture = suffix in PICTURE_SUFFIXES or suffix in _FOREIGN_SUFFIXES
            if is_picture and not name.startswith("."):
                yield Path(folder, name)


@dataclass(frozen=True)
class _Picture:
    """One file after decoding: pixels ``[S, S, 3]``, or the reason why there are none."""

    path: Path
    digest: str = ""
    pixels: Pixels8 | None = None
    reason: str = ""


class _Intake:
    """Keeps the books of one build: what was taken in, what was not and why."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._skipped: list[SkippedFile] = []
        self._seen: dict[str, Path] = {}
        self._hash = hashlib.sha256()

    def take(self, picture: _Picture) -> Pixels8 | None:
        """The picture's pixels if it belongs into the dataset, else its reason is noted."""
        reason = picture.reason
        twin = self._seen.setdefault(picture.digest, picture.path) if picture.digest else None
        if not reason and twin != picture.path:
            reason = f"The same picture as “{twin.name if twin else ''}”."
        if reason or picture.pixels is None:
            self._skipped.append(SkippedFile(str(picture.path), reason))
            return None
        self._names.append(picture.path.name)
        self._hash.update(picture.pixels.tobytes())
        return picture.pixels

    def require_pictures(self) -> None:
        if self._names:
            return
        count = len(self._skipped)
        what = "The file" if count == 1 else f"None of the {count} files"
        verb = "could not be" if count == 1 else "could be"
        raise StudioError(f"{what} {verb} read as a picture.", self._skipped[0].reason)

    def describe(self, spec: DatasetSpec) -> dict[str, object]:
        return {
            "count": len(self._names),
            "size": spec.size,
            "channels": 3,
            "crop": spec.crop,
            "fingerprint": self._hash.hexdigest(),
            "names": self._names,
            "skipped": [{"path": item.path, "reason": item.reason} for item in self._skipped],
            "sources": [os.path.abspath(source) for source in spec.sources],  # noqa: PTH100
        }


def _decoded(files: Sequence[Path], spec: DatasetSpec) -> Generator[_Picture, None, None]:
    """Every file decoded, in order, a few ahead on threads: Pillow lets go of the lock."""
    pool = ThreadPoolExecutor(_DECODERS, "decode")
    pending: deque[Future[_Picture]] = deque()
    try:
        for path in files:
            pending.append(pool.submit(_decode, path, spec))
            if len(pending) > 2 * _DECODERS:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _decode(path: Path, spec: DatasetSpec) -> _Picture:
    try:
        with told_as_studio_error(f"“{path.name}” could not be read"):
            digest = sha256_of(path)
        pixels = _on_white(read_pixels8(path, at_least=2 * spec.size))
        return _Picture(path, digest, square(pixels, spec.size, spec.crop))
    except StudioError as error:
        return _Picture(path, reason=str(error))


def _on_white(pixels: Pixels8) -> Pixels8:
    """Grey, color or color with alpha as ``[H, W, 3]``."""
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:].astype(np.uint16)
        blended = pixels[..., :3] * alpha + 255 * (255 - alpha)
        return ((blended + 127) // 255).astype(np.uint8)
    return np.broadcast_to(pixels, (*pixels.shape[:2], 3))


def square(pixels: Pixels8, size: int, crop: CropPolicy) -> Pixels8:
    """``uint8 [H, W, 3]`` as ``[size, size, 3]`` under a crop policy, antialiased."""
    height, width = pixels.shape[:2]
    if crop == "fit":
        return _padded(_resized(pixels, *_fitted(height, width, size)), size)
    window = _central(height, width) if crop == "center" else _interesting(pixels)
    return _resized(pixels[window.slices], size, size)


def _resized(pixels: Pixels8, height: int, width: int) -> Pixels8:
    tensor = torch.from_numpy(np.array(pixels.transpose(2, 0, 1)))  # [H, W, C] -> [C, H, W]
    resized = functional.resize(tensor, [height, width], InterpolationMode.BICUBIC, antialias=True)
    return np.ascontiguousarray(resized.numpy().transpose(1, 2, 0))  # [C, H, W] -> [H, W, C]


def _fitted(height: int, width: int, size: int) -> tuple[int, int]:
    """Height and width whose longer side is `size`, with the same proportions."""
    longest = max(height, width)
    return max(1, round(height * size / longest)), max(1, round(width * size / longest))


def _padded(pixels: Pixels8, size: int) -> Pixels8:
    """The picture centered on a square in the mean color of its border."""
    height, width = pixels.shape[:2]
    canvas = np.empty((size, size, 3), np.uint8)
    canvas[:] = _border_mean(pixels).round()
    top, left = (size - height) // 2, (size - width) // 2
    canvas[Rect(left, top, width, height).slices] = pixels
    return canvas


def _central(height: int, width: int) -> Rect:
    side = min(height, width)
    return Rect((width - side) // 2, (height - side) // 2, side, side)


def _interesting(pixels: Pixels8) -> Rect:
    """The square window, as large as fits, that holds the most of what stands out.

    That is measured on a small copy, so that texture counts little: edges, and distance from the
    border's mean color. Among windows that are nearly as good, the most central one.
    """
    height, width = pixels.shape[:2]
    side = min(height, width)
    shrink = min(1.0, _GLANCE / side)
    small = _resized(pixels, max(1, round(height * shrink)), max(1, round(width * shrink)))
    share = _standing_out(small.astype(np.float32)).sum(axis=0 if width >= height else 1)
    total = np.concatenate([[0.0], np.cumsum(share, dtype=np.float64)])
    length = min(small.shape[:2])
    window = total[length:] - total[:-length]  # what the window that starts at each offset holds
    good = np.flatnonzero(window >= _NEARLY_BEST * window.max())
    middle = (len(window) - 1) / 2
    start = good[np.argmin(np.abs(good - middle))] / max(1, len(window) - 1)  # 0 to 1
    offset = round(float(start) * (max(height, width) - side))
    return Rect(offset, 0, side, side) if width >= height else Rect(0, offset, side, side)


def _standing_out(color: Image) -> NDArray[np.float32]:
    """How much each pixel of ``[H, W, 3]`` draws the eye, as ``[H, W]``."""
    energy: NDArray[np.float32] = np.linalg.norm(color - _border_mean(color), axis=2)
    energy[:, 1:] += np.linalg.norm(np.diff(color, axis=1), axis=2)
    energy[1:] += np.linalg.norm(np.diff(color, axis=0), axis=2)
    return energy


def _border_mean(pixels: NDArray[Any]) -> NDArray[Any]:
    border = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    mean: NDArray[Any] = np.concatenate(border).mean(axis=0)
    return mean
