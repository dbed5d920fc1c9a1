"""The engine itself, as the rest of the studio knows it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, cast

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.params import ParamSpec
from studio.engine.api.art import Painted, StyleSettings, TextureSettings, UpscaleSettings
from studio.engine.api.dataset import DatasetEvent, DatasetSpec
from studio.engine.api.doctor import ExaminationEvent
from studio.engine.api.models import FamilyCard, Generator, Importing
from studio.engine.api.steering import Inverted
from studio.engine.api.training import TrainingEvent, TrainingRun
from studio.engine.health.report import Nearest


class Engine(Protocol):
    """The way in; made by `load_engine` on a worker, because that imports torch."""

    def families(self) -> Sequence[FamilyCard]: ...

    def settings(self, family: str) -> Sequence[ParamSpec]:
        """Everything that can be chosen of a family: the names and values of a run's `config`.

        Raises:
            StudioError: there is no such family.
        """
        ...

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

    def examine(self, dataset: Path, control: RunControl) -> Iterator[ExaminationEvent]:
        """What may be wrong with a dataset's pictures, and which changes they can bear.

        Findings come as they are made, the last event is the whole `Examination`.

        Raises:
            StudioError: there is no dataset, or it is damaged.
            Cancelled: `control` was cancelled.
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

    def import_model(self, file: Path, out: Path, control: RunControl) -> Iterator[Importing]:
        """Write the model of another program's `file` to `out` as the studio has them.

        Nothing that the file holds is ever run.

        Raises:
            Cancelled: `control` was cancelled; nothing is written.
            StudioError: it cannot be read, is not to be trusted, or the disk refused.
        """
        ...

    def blend(self, first: Path, second: Path, share: float, out: Path, from_px: int = 0) -> None:
        """Write a model whose weights are those of two models, `share` (0 to 1) of the second's.

        With `from_px` only in levels of that side in px and finer ones.

        Raises:
            StudioError: they are not of one shape, have no such levels, or the disk refused.
        """
        ...

    def tune(
        self, model: Path, image: Image, point: LatentPoint, out: Path, control: RunControl
    ) -> Iterator[Inverted]:
        """Write to `out` the model with weights that make `image` (any size) of `point`.

        What it makes of others stays about as it is. The last event has the picture as it became.

        Raises:
            Cancelled: `control` was cancelled; nothing is written.
            StudioError: not a model file, the point is not of that model, or the disk refused.
        """
        ...

    def nearest(self, dataset: Path, pictures: Sequence[Image]) -> Sequence[Nearest]:
        """The training picture of `dataset` that each of the pictures (any size) is nearest to,
        as it is or mirrored.

        The first time for a dataset takes a moment, further ones some milliseconds.

        Raises:
            StudioError: there is no dataset, it is damaged, or has too few pictures to tell.
        """
        ...

    def stylize(
        self, content: Image, style: Image, settings: StyleSettings, control: RunControl
    ) -> Iterator[Painted]:
        """Paint `content` in the manner of `style`, both of any size; the last event is the result.

        Raises:
            StudioError: `style` is too small or too transparent to take patches from.
            Cancelled: `control` was cancelled.
        """
        ...

    def grow_texture(
        self, example: Image, settings: TextureSettings, control: RunControl
    ) -> Iterator[Painted]:
        """More of a texture, in any size; the last event is the result.

        Raises:
            StudioError: `example` is too small or too transparent to take patches from.
            Cancelled: `control` was cancelled.
        """
        ...

    def upscale(
        self,
        image: Image,
        examples: Sequence[Image],
        settings: UpscaleSettings,
        control: RunControl,
    ) -> Iterator[Painted]:
        """`image` larger; what is learned from are itself and `examples`. The last event has it.

        Raises:
            StudioError: it would be too large.
            Cancelled: `control` was cancelled.
        """
        ...


def load_engine() -> Engine:
    """The real engine. Imports torch (seconds): call it on a worker, never before first paint."""
    runtime = importlib.import_module("studio.engine.runtime")
    return cast("Engine", runtime.TorchEngine())
