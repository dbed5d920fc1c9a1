"""The engine behind the contract. Importing this imports torch: only `load_engine` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.params import ParamSpec, specs
from studio.engine import machine
from studio.engine.api import (
    DatasetEvent,
    DatasetSpec,
    ExaminationEvent,
    FamilyCard,
    Importing,
    Inverted,
    Nearest,
    Painted,
    StyleSettings,
    TextureSettings,
    TrainingEvent,
    TrainingRun,
    UpscaleSettings,
)
from studio.engine.blend import blend_models
from studio.engine.dataset import build_dataset
from studio.engine.doctor.examine import examine_dataset
from studio.engine.family import FAMILIES
from studio.engine.generator import LoadedGenerator
from studio.engine.importer import import_model
from studio.engine.nearest import nearest_in
from studio.engine.painting import stylize
from studio.engine.quilting import grow_texture
from studio.engine.trainer import train
from studio.engine.tuning import tune_model
from studio.engine.upscaling import upscale


class TorchEngine:
    """Implements `studio.engine.api.Engine`; stateless, so any thread may use it."""

    def families(self) -> Sequence[FamilyCard]:
        return [family.card for family in FAMILIES]

    def settings(self, family: str) -> Sequence[ParamSpec]:
        return specs(FAMILIES[family].config_type)

    def devices(self) -> Sequence[str]:
        return machine.devices()

    def build_dataset(
        self, spec: DatasetSpec, folder: Path, control: RunControl
    ) -> Iterator[DatasetEvent]:
        return build_dataset(spec, folder, control)

    def examine(self, dataset: Path, control: RunControl) -> Iterator[ExaminationEvent]:
        return examine_dataset(dataset, control)

    def train(self, run: TrainingRun, control: RunControl) -> Iterator[TrainingEvent]:
        return train(run, control)

    def load(self, model: Path, device: str = "auto") -> LoadedGenerator:
        return LoadedGenerator.load(model, device)

    def import_model(self, file: Path, out: Path, control: RunControl) -> Iterator[Importing]:
        return import_model(file, out, control)

    def blend(self, first: Path, second: Path, share: float, out: Path, from_px: int = 0) -> None:
        blend_models(first, second, share, out, from_px)

    def tune(
        self, model: Path, image: Image, point: LatentPoint, out: Path, control: RunControl
    ) -> Iterator[Inverted]:
        return tune_model(model, image, point, out, control)

    def nearest(self, dataset: Path, pictures: Sequence[Image]) -> Sequence[Nearest]:
        return nearest_in(dataset, pictures)

    def stylize(
        self, content: Image, style: Image, settings: StyleSettings, control: RunControl
    ) -> Iterator[Painted]:
        return stylize(content, style, settings, control)

    def grow_texture(
        self, example: Image, settings: TextureSettings, control: RunControl
    ) -> Iterator[Painted]:
        return grow_texture(example, settings, control)

    def upscale(
        self,
        image: Image,
        examples: Sequence[Image],
        settings: UpscaleSettings,
        control: RunControl,
    ) -> Iterator[Painted]:
        return upscale(image, examples, settings, control)
