"""The engine's contract, free of torch: values, events and protocols.

Whoever iterates decides where it runs: a QThread, the command line, a test. Stop iterating (close
the iterator) and the engine cleans up and writes its checkpoint.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.files import read_json
from studio.core.image import Image
from studio.core.latent import LatentPoint, LatentSpace, Vector
from studio.errors import StudioError

CropPolicy: TypeAlias = Literal["center", "smart", "fit"]
CROP_POLICIES: tuple[CropPolicy, ...] = ("center", "smart", "fit")
FinishReason: TypeAlias = Literal["budget", "stopped", "diverged"]
SIZES = (32, 64, 128, 256)
PIXELS_FILE = "images.u8"
DATASET_FILE = "dataset.json"


# --- Datasets ------------------------------------------------------------------------------------


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


# --- Training ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """A ready choice of family and settings under a name that a designer understands."""

    id: str
    title: str
    summary: str
    family: str
    config: Mapping[str, Any] = field(default_factory=dict)
    minutes: float = 10.0


RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "quick-vae",
        "Quick VAE",
        "Soft but steady. Shows your pictures within a minute and can start from any of them.",
        "vae",
        minutes=5.0,
    ),
    Recipe(
        "quick-gan",
        "Quick GAN",
        "Sharp and inventive. Needs more minutes, gives new pictures in the style of yours.",
        "stylegan",
        minutes=10.0,
    ),
)


def recipe(recipe_id: str) -> Recipe:
    """The recipe of that id.

    Raises:
        KeyError: there is none.
    """
    return next(item for item in RECIPES if item.id == recipe_id)


@dataclass(frozen=True)
class TrainingRun:
    """The complete request: everything that matters is in here, so it can be stored and repeated.

    `out` receives ``model.safetensors`` (EMA weights), the resume state, ``log.jsonl`` and
    ``samples/``. The budget is `minutes` of training or `steps`, whichever ends first.
    """

    dataset: Path
    out: Path
    family: str
    size: int = 0  # px; 0: as the dataset is; smaller: the pictures are reduced when read
    config: Mapping[str, Any] = field(default_factory=dict)
    minutes: float | None = None
    steps: int | None = None
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"
    start_from: Path | None = None
    resume: bool = False

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        return {k: str(v) if isinstance(v, Path) else v for k, v in data.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainingRun:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError: the data is not a run.
        """
        start = data.get("start_from")
        return cls(
            **{
                **data,
                "dataset": Path(data["dataset"]),
                "out": Path(data["out"]),
                "start_from": None if start is None else Path(start),
            }
        )


@dataclass(frozen=True)
class Progress:
    """Where a run is. `images` counts pictures seen; `passes` is that over the dataset's size.

    `fraction` of the budget is done; `seconds` is training time so far, resumed parts included.
    """

    step: int
    images: int
    passes: float
    seconds: float
    images_per_second: float
    fraction: float
    seconds_left: float


@dataclass(frozen=True)
class Started:
    """Sent once the networks stand: what will be trained, where, and on how much."""

    family: str
    device: str
    parameters: int
    images: int
    size: int
    resumed_at: int = 0


@dataclass(frozen=True)
class StepDone:
    """At most 20 a second. `losses` are named mean values since the last one."""

    progress: Progress
    losses: Mapping[str, float]


@dataclass(frozen=True)
class Sampled:
    """Pictures of the same latents each time, from the EMA weights: a grid, row by row."""

    progress: Progress
    images: tuple[Image, ...]


@dataclass(frozen=True)
class Checkpointed:
    progress: Progress
    model: Path


@dataclass(frozen=True)
class Warned:
    text: str


@dataclass(frozen=True)
class Finished:
    """The last event of every run that was not killed; `model` can be loaded."""

    reason: FinishReason
    progress: Progress
    model: Path


TrainingEvent: TypeAlias = Started | StepDone | Sampled | Checkpointed | Warned | Finished


# --- Models --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FamilyCard:
    """What is said of a model family before any model of it exists."""

    id: str
    title: str
    summary: str
    can_encode: bool = False
    has_mapping: bool = False


@dataclass(frozen=True)
class ModelCard:
    """What a model file's header says. `sha256` identifies the file; `latent_dim` is z's length."""

    path: Path
    sha256: str
    family: str
    size: int
    channels: int
    latent_dim: int
    step: int
    images: int
    seconds: float
    dataset_name: str
    dataset_fingerprint: str
    can_encode: bool
    has_mapping: bool
    config: Mapping[str, Any] = field(default_factory=dict)


class Generator(Protocol):
    """A loaded model. Calls are not thread-safe: use it from one lane."""

    card: ModelCard

    def sample(
        self,
        points: Sequence[LatentPoint],
        size: int | None = None,
        control: RunControl | None = None,
    ) -> list[Image]:
        """One *Image* a point. `size` below the model's asks for a quick preview of that side,
        where the model can make one more cheaply; the result may be larger than asked.
        """
        ...

    def encode(self, image: Image) -> LatentPoint:
        """The latent point that reproduces `image` best (any size; it is cropped and resized).

        Raises:
            StudioError: the model has no encoder.
        """
        ...

    def vectors(self, points: Sequence[LatentPoint], space: LatentSpace) -> list[Vector]:
        """The points as vectors in `space`, for distances and maps."""
        ...


class Engine(Protocol):
    """The way in; made by `load_engine` on a worker, because that imports torch."""

    def families(self) -> Sequence[FamilyCard]: ...

    def devices(self) -> Sequence[str]:
        """What can be trained on here, best first: ``cuda``, ``mps``, ``cpu``."""
        ...

    def build_dataset(
        self, spec: DatasetSpec, folder: Path, control: RunControl
    ) -> Iterator[DatasetEvent]:
        """Decode pictures into `folder` (replaced when done); the last event is `DatasetReady`.

        Raises:
            StudioError: no picture could be read, or a source does not exist.
            Cancelled: `control` was cancelled; nothing is left behind.
        """
        ...

    def train(self, run: TrainingRun, control: RunControl) -> Iterator[TrainingEvent]:
        """Train; the last event is `Finished`. Closing the iterator writes the checkpoint.

        Raises:
            StudioError: the request cannot be carried out; says what to change.
        """
        ...

    def load(self, model: Path, device: str = "auto") -> Generator:
        """Load a model for generating.

        Raises:
            StudioError: not a model file of ours, or damaged.
        """
        ...


def load_engine() -> Engine:
    """The real engine. Imports torch (seconds): call it on a worker, never before first paint."""
    runtime = importlib.import_module("studio.engine.runtime")
    return cast("Engine", runtime.TorchEngine())
