"""Datasets: what to take in, what came of it, and the files of a finished one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.files import read_json
from studio.core.image import Image
from studio.errors import StudioError

CropPolicy: TypeAlias = Literal["center", "smart", "subject", "fit"]
CROP_POLICIES: tuple[CropPolicy, ...] = ("center", "smart", "subject", "fit")
Aspect: TypeAlias = tuple[int, int]  # width to height, in small whole numbers
ASPECTS: tuple[Aspect, ...] = (
    *((1, 1), (5, 4), (4, 3), (3, 2), (16, 9)),
    *((4, 5), (3, 4), (2, 3), (9, 16)),
)
SIZES = (32, 64, 128, 256, 512, 1024)
PIXELS_FILE = "images.u8"
DATASET_FILE = "dataset.json"


@dataclass(frozen=True)
class LeftOut:
    """A picture that a person left out, by the sha256 of its file, and the word for why."""

    digest: str
    reason: str


@dataclass(frozen=True)
class DatasetSpec:
    """Which pictures to take in, and how; `sources` are files and folders with all they hold.

    `size` px is the side of a square; another `aspect` gives a frame of about that area
    (`frame_of`). With `alpha`, transparency is kept. None leaves either to what most pictures are.
    `exclude` are pictures that a person left out; those in `trim`, by the sha256 of their files,
    lose their black or white bars.
    """

    sources: tuple[Path, ...]
    size: int = 64
    crop: CropPolicy = "center"
    aspect: Aspect | None = (1, 1)
    alpha: bool | None = False
    exclude: tuple[LeftOut, ...] = ()
    trim: tuple[str, ...] = ()


def frame_of(size: int, aspect: Aspect) -> tuple[int, int]:
    """Height and width in px of pictures of a size and aspect: each halves as often as `size`.

    The larger power of two times the aspect whose area is at most one and a half of the square.
    """
    across, down = aspect
    unit = size
    while unit > 1 and unit * unit * across * down > 1.5 * size * size:
        unit //= 2
    return down * unit, across * unit


@dataclass(frozen=True)
class SkippedFile:
    """A file that was not taken in, and why, in words for a person.

    `digest` is set where a person left it out, and can take it back.
    """

    path: str
    reason: str
    digest: str = ""


@dataclass(frozen=True)
class DatasetInfo:
    """A finished dataset folder: ``images.u8`` (``uint8 [N, H, W, C]``) and ``dataset.json``.

    `size` is the nominal side of `DatasetSpec`, `height` and `width` are the pictures' own.
    `fingerprint` is the sha256 of the pixels. `names` are file names, index by index; so are
    `labels`, which count into `classes` (-1: of no class), and `captions`, each empty where there
    are none. `sources`, `aspect` and `alpha` are the spec's. `transparent` counts the pictures
    that have clear parts, kept or not.

    `digests` (sha256 of the files) and `source_sizes` (width and height in px before the crop;
    large JPEGs are reduced first, to no less than twice `size`) go picture by picture too; they
    are empty in folders from before there was a doctor. `exclude` and `trim` are the spec's.
    """

    folder: Path
    count: int
    size: int
    height: int
    width: int
    channels: int
    crop: CropPolicy
    fingerprint: str
    names: tuple[str, ...]
    skipped: tuple[SkippedFile, ...]
    sources: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    labels: tuple[int, ...] = ()
    captions: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    source_sizes: tuple[tuple[int, int], ...] = ()
    exclude: tuple[LeftOut, ...] = ()
    trim: tuple[str, ...] = ()
    aspect: Aspect | None = (1, 1)
    alpha: bool | None = False
    transparent: int = 0

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of all the pixels: ``(N, H, W, C)``."""
        return self.count, self.height, self.width, self.channels


def read_dataset(folder: Path) -> DatasetInfo:
    """What a finished dataset folder says of itself.

    Raises:
        StudioError: there is none, or it is damaged.
    """
    data = read_json(folder / DATASET_FILE)
    try:
        info = DatasetInfo(
            folder=folder,
            count=int(data["count"]),
            size=int(data["size"]),
            height=int(data.get("height", data["size"])),
            width=int(data.get("width", data["size"])),
            channels=int(data["channels"]),
            crop=data["crop"],
            fingerprint=str(data["fingerprint"]),
            names=tuple(data["names"]),
            skipped=tuple(SkippedFile(**item) for item in data["skipped"]),
            sources=tuple(data.get("sources", ())),
            classes=tuple(data.get("classes", ())),
            labels=tuple(int(label) for label in data.get("labels", ())),
            captions=tuple(data.get("captions", ())),
            digests=tuple(data.get("digests", ())),
            source_sizes=tuple((int(w), int(h)) for w, h in data.get("source_sizes", ())),
            exclude=tuple(LeftOut(**item) for item in data.get("exclude", ())),
            trim=tuple(data.get("trim", ())),
            aspect=_aspect(data.get("aspect", (1, 1))),
            alpha=data.get("alpha", False),
            transparent=int(data.get("transparent", 0)),
        )
        complete = (folder / PIXELS_FILE).stat().st_size == math.prod(info.shape) > 0
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        raise _damaged_dataset(folder) from error
    if not complete:
        raise _damaged_dataset(folder)
    return info


def open_dataset(folder: Path) -> tuple[DatasetInfo, NDArray[np.uint8]]:
    """A finished dataset and its pixels ``uint8 [N, H, W, C]``, mapped read-only.

    Raises:
        StudioError: there is none, or it is damaged.
    """
    info = read_dataset(folder)
    return info, np.memmap(folder / PIXELS_FILE, np.uint8, "r", shape=info.shape)


def _aspect(data: Sequence[int] | None) -> Aspect | None:
    return None if data is None else (int(data[0]), int(data[1]))


def _damaged_dataset(folder: Path) -> StudioError:
    return StudioError(f"The dataset “{folder.name}” is damaged.", "Take the pictures in again.")


@dataclass(frozen=True)
class DatasetProgress:
    """One picture was looked at; `thumbnail` is its ``uint8``-exact *Image* if it was taken in."""

    done: int
    total: int
    thumbnail: Image | None = None


@dataclass(frozen=True)
class DatasetReady:
    info: DatasetInfo


DatasetEvent: TypeAlias = DatasetProgress | DatasetReady
