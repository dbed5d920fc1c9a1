"""Datasets: what to take in, what came of it, and the files of a finished one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.files import read_json
from studio.core.image import Image
from studio.errors import StudioError

CropPolicy: TypeAlias = Literal["center", "smart", "fit"]
CROP_POLICIES: tuple[CropPolicy, ...] = ("center", "smart", "fit")
SIZES = (32, 64, 128, 256)
PIXELS_FILE = "images.u8"
DATASET_FILE = "dataset.json"


@dataclass(frozen=True)
class DatasetSpec:
    """Which pictures to take in, and how; `sources` are files and folders with all they hold."""

    sources: tuple[Path, ...]
    size: int = 64
    crop: CropPolicy = "center"


@dataclass(frozen=True)
class SkippedFile:
    """A file that was not taken in, and why, in words for a person."""

    path: str
    reason: str


@dataclass(frozen=True)
class DatasetInfo:
    """A finished dataset folder: ``images.u8`` (``uint8 [N, size, size, C]``) and ``dataset.json``.

    `fingerprint` is the sha256 of the pixels. `names` are file names, index by index; `sources`
    are what it was built from.
    """

    folder: Path
    count: int
    size: int
    channels: int
    crop: CropPolicy
    fingerprint: str
    names: tuple[str, ...]
    skipped: tuple[SkippedFile, ...]
    sources: tuple[str, ...] = ()


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
            channels=int(data["channels"]),
            crop=data["crop"],
            fingerprint=str(data["fingerprint"]),
            names=tuple(data["names"]),
            skipped=tuple(SkippedFile(item["path"], item["reason"]) for item in data["skipped"]),
            sources=tuple(data.get("sources", ())),
        )
        expected = info.count * info.size**2 * info.channels
        complete = (folder / PIXELS_FILE).stat().st_size == expected > 0
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        raise _damaged_dataset(folder) from error
    if not complete:
        raise _damaged_dataset(folder)
    return info


def open_dataset(folder: Path) -> tuple[DatasetInfo, NDArray[np.uint8]]:
    """A finished dataset and its pixels ``uint8 [N, size, size, C]``, mapped read-only.

    Raises:
        StudioError: there is none, or it is damaged.
    """
    info = read_dataset(folder)
    shape = (info.count, info.size, info.size, info.channels)
    return info, np.memmap(folder / PIXELS_FILE, np.uint8, "r", shape=shape)


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
