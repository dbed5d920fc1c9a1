"""An `Engine` without torch: deterministic pictures, scripted training, failures on request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from studio.codec.read import read_head
from studio.core.control import RunControl
from studio.core.files import sha256_of
from studio.core.image import Image, Pixels8, from_pixels8
from studio.core.latent import LatentPoint
from studio.core.params import ParamSpec, param, specs
from studio.engine.api import (
    DATASET_FILE,
    PIXELS_FILE,
    Abilities,
    Checkpointed,
    DatasetEvent,
    DatasetInfo,
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    Examination,
    ExaminationEvent,
    Examining,
    FamilyCard,
    Finished,
    FinishReason,
    Generator,
    Importing,
    Inverted,
    Measured,
    ModelCard,
    Nearest,
    Painted,
    Progress,
    Sampled,
    SkippedFile,
    Started,
    StepDone,
    StyleSettings,
    TextureSettings,
    TrainingEvent,
    TrainingRun,
    UpscaleSettings,
    Verdict,
    frame_of,
    read_dataset,
)
from studio.engine.keeping import keep
from studio.engine.labels import Note, Notes, captions_of, classes_of
from studio.errors import StudioError
from tests.support.fake_generator import (
    FAMILY_CARDS,
    LATENT_DIM,
    FakeGenerator,
    make_model,
    read_model,
    write_card,
)
from tests.support.health import report_of, write_sheet

SHEET = 16
THREADS = 3


@dataclass(frozen=True)
class FakeConfig:
    """What can be chosen of every family of `FakeEngine`."""

    batch: int = param(16, "Batch", 2, 256, help="Pictures a step.")
    rate: float = param(0.002, "Learning rate", 1e-5, 0.02, advanced=True)
    prompt: str = param("none", "Prompt", choices=("none", "classes", "captions"))
    tileable: bool = param(False, "Seamless")


class FakeEngine:
    """Implements `studio.engine.api.Engine`. Files it writes can be stored, copied and loaded.

    Training takes `steps` steps (the run's own number if it has one), with a sheet of samples on
    every other one. `fail` maps ``"dataset"``, ``"train"``, ``"load"`` or ``"stylize"`` to what is
    raised there; training fails half-way. With `verdicts`, each sheet is measured and kept: the
    first gets the first verdict, all after the last one the last. `copies` is what `nearest` says.
    `runs` and `loaded` tell what was asked for.
    """

    def __init__(self, steps: int = 6, fail: Mapping[str, Exception] | None = None) -> None:
        self.steps = steps
        self.fail = dict(fail or {})
        self.examination = Examination((), ())
        self.verdicts: tuple[Verdict, ...] = ()
        self.copies = False
        self.runs: list[TrainingRun] = []
        self.loaded: list[Path] = []

    def families(self) -> Sequence[FamilyCard]:
        return FAMILY_CARDS

    def settings(self, family: str) -> Sequence[ParamSpec]:
        return specs(FakeConfig)

    def devices(self) -> Sequence[str]:
        return ("cpu",)

    def build_dataset(
        self, spec: DatasetSpec, folder: Path, control: RunControl
    ) -> Iterator[DatasetEvent]:
        files = [file for source in spec.sources for file in _files_in(source)]
        notes = Notes(spec.sources, files)
        taken: dict[str, Pixels8] = {}
        digests: dict[str, str] = {}
        said: dict[str, Note] = {}
        skipped: list[SkippedFile] = []
        left_out = {item.digest: item.reason for item in spec.exclude}
        for done, file in enumerate(files, start=1):
            control.check()
            self._fail_if_asked("dataset")
            digest = sha256_of(file)
            if digest in left_out:
                why = f"Left out by you ({left_out[digest]})."
                skipped.append(SkippedFile(str(file), why, digest))
                continue
            try:
                taken[file.name] = _framed(file, spec)
            except OSError:
                skipped.append(SkippedFile(str(file), "It is not a picture."))
                yield DatasetProgress(done, len(files))
            else:
                digests[file.name] = digest
                said[file.name] = notes.of(file)
                yield DatasetProgress(done, len(files), from_pixels8(taken[file.name]))
        if not taken:
            raise StudioError("No picture could be read.", "Choose other files.")
        info = _dataset_info(folder, spec, taken, tuple(skipped), tuple(digests.values()))
        classes, labels = classes_of(list(said.values()))
        captions = captions_of(list(said.values()))
        info = replace(info, classes=classes, labels=labels, captions=captions)
        info = replace(info, transparent=sum(_has_alpha(file) for file in files))
        _write_dataset(info, taken)
        yield DatasetReady(info)

    def examine(self, dataset: Path, control: RunControl) -> Iterator[ExaminationEvent]:
        read_dataset(dataset)
        yield Examining(0.5)
        self._fail_if_asked("examine")
        yield from self.examination.findings
        yield self.examination

    def train(self, run: TrainingRun, control: RunControl) -> Iterator[TrainingEvent]:
        self.runs.append(run)
        info = read_dataset(run.dataset)
        steps = run.steps or self.steps
        card = _card(run, info, step=0)
        generator = FakeGenerator(card)
        yield Started(run.family, "cpu", THREADS, 1_000, info.count, info.size)
        reason: FinishReason = "budget"
        step = 0
        while step < steps:
            if not control.wait_while_paused():
                reason = "stopped"
                break
            step += 1
            if step > steps // 2:
                self._fail_if_asked("train")
            progress = _progress(step, steps, info)
            losses = {"loss": 1.0 / step}
            _log(run, progress, {"losses": losses})
            yield StepDone(progress, losses)
            if step % 2:
                points = [LatentPoint.of_seed(seed) for seed in range(SHEET)]
                images = generator.sample(points)
                yield Sampled(progress, tuple(images))
                if self.verdicts:
                    yield self._measure(run, info, progress, images)
        progress = _progress(step, steps, info)
        model = _write_model(run, info, step)
        yield Checkpointed(progress, model)
        yield Finished(reason, progress, model)

    def _measure(
        self, run: TrainingRun, info: DatasetInfo, progress: Progress, images: Sequence[Image]
    ) -> Measured:
        count = progress.step // 2
        report = report_of(3.0 - 0.5 * count)
        model = _write_model(run, info, progress.step)
        state, sheet = run.out / "resume.safetensors", run.out / "sheet.png"
        state.write_bytes(b"state")
        write_sheet(sheet, images)
        keep(run.out, model, state, sheet, progress, report.ratio)
        _log(run, progress, {"health": report.to_json()})
        return Measured(progress, report, self.verdicts[min(count, len(self.verdicts) - 1)])

    def import_model(self, file: Path, out: Path, control: RunControl) -> Iterator[Importing]:
        """In two steps; whatever the file holds, a model of StyleGAN comes of it."""
        yield Importing(0.5)
        control.check()
        self._fail_if_asked("import")
        make_model(out, "stylegan", seconds=float(len(file.stem)))  # another one for each name
        yield Importing(1.0)

    def blend(self, first: Path, second: Path, share: float, out: Path, from_px: int = 0) -> None:
        shares = zip((read_model(first), read_model(second)), (1.0 - share, share), strict=True)
        parents = [{"step": card.step, "share": part, "from": from_px} for card, part in shares]
        write_card(replace(read_model(first), path=out), blend_of=parents)

    def tune(
        self, model: Path, image: Image, point: LatentPoint, out: Path, control: RunControl
    ) -> Iterator[Inverted]:
        """In two steps; the second is the picture itself."""
        self._fail_if_asked("tune")
        card = read_model(model)
        made = FakeGenerator(card).sample([point])[0]
        for share, near in ((0.5, made), (1.0, image)):
            control.check()
            yield Inverted(share, point, near, share, image)
        write_card(replace(card, path=out), tuned_from={"sha256": card.sha256, "step": card.step})

    def nearest(self, dataset: Path, pictures: Sequence[Image]) -> Sequence[Nearest]:
        """Always the second picture of the dataset."""
        read_dataset(dataset)
        return [Nearest(1, 0.1 if self.copies else 1.0, self.copies) for _picture in pictures]

    def load(self, model: Path, device: str = "auto") -> Generator:
        self._fail_if_asked("load")
        self.loaded.append(model)
        card = read_model(model)
        able = Abilities((4, 8, 16, 32), 4 if card.has_mapping else 1, noise=card.has_mapping)
        return FakeGenerator(replace(card, abilities=able))

    def stylize(
        self, content: Image, style: Image, settings: StyleSettings, control: RunControl
    ) -> Iterator[Painted]:
        """The content in the style's mean color, first at half the size."""
        color = style[..., :3].mean(axis=(0, 1)) * content[..., :3]
        result = np.concatenate([color, content[..., 3:]], axis=2).astype(np.float32)
        for share, image in ((0.5, result[::2, ::2]), (1.0, result)):
            control.check()
            self._fail_if_asked("stylize")
            yield Painted(image, share)

    def grow_texture(
        self, example: Image, settings: TextureSettings, control: RunControl
    ) -> Iterator[Painted]:
        """The example over and over."""
        control.check()
        height, width = example.shape[:2]
        times = (-(-settings.height // height), -(-settings.width // width), 1)
        yield Painted(np.tile(example, times)[: settings.height, : settings.width], 1.0)

    def upscale(
        self,
        image: Image,
        examples: Sequence[Image],
        settings: UpscaleSettings,
        control: RunControl,
    ) -> Iterator[Painted]:
        """Every px as a block."""
        factor = int(settings.factor)
        yield Painted(image, 0.5)
        yield Painted(image.repeat(factor, axis=0).repeat(factor, axis=1), 1.0)

    def _fail_if_asked(self, where: str) -> None:
        if where in self.fail:
            raise self.fail[where]


def _files_in(source: Path) -> list[Path]:
    if source.is_dir():
        return sorted(path for path in source.rglob("*") if path.is_file())
    if source.exists():
        return [source]
    raise StudioError(f"“{source.name}” does not exist.", "Choose another folder.")


def _framed(file: Path, spec: DatasetSpec) -> Pixels8:
    height, width = frame_of(spec.size, spec.aspect or (1, 1))
    with PillowImage.open(file) as picture:
        mode = "RGBA" if spec.alpha else "RGB"
        return np.asarray(picture.convert(mode).resize((width, height)))


def _has_alpha(file: Path) -> bool:
    try:
        return read_head(file).has_alpha
    except StudioError:
        return False


def _dataset_info(
    folder: Path,
    spec: DatasetSpec,
    taken: Mapping[str, Pixels8],
    skipped: tuple[SkippedFile, ...],
    digests: tuple[str, ...],
) -> DatasetInfo:
    height, width, channels = next(iter(taken.values())).shape
    return DatasetInfo(
        folder=folder,
        count=len(taken),
        size=spec.size,
        height=height,
        width=width,
        channels=channels,
        crop=spec.crop,
        fingerprint=hashlib.sha256(b"".join(map(np.ndarray.tobytes, taken.values()))).hexdigest(),
        names=tuple(taken),
        skipped=skipped,
        sources=tuple(str(source) for source in spec.sources),
        digests=digests,
        exclude=spec.exclude,
        trim=spec.trim,
        aspect=spec.aspect,
        alpha=spec.alpha,
    )


def _write_dataset(info: DatasetInfo, taken: Mapping[str, Pixels8]) -> None:
    info.folder.mkdir(parents=True, exist_ok=True)
    (info.folder / PIXELS_FILE).write_bytes(np.stack(list(taken.values())).tobytes())
    (info.folder / DATASET_FILE).write_text(json.dumps({**asdict(info), "folder": ""}))


def _progress(step: int, steps: int, info: DatasetInfo) -> Progress:
    images = step * 8
    return Progress(
        step=step,
        images=images,
        passes=images / info.count,
        seconds=step * 0.5,
        images_per_second=16.0,
        fraction=step / steps,
        seconds_left=(steps - step) * 0.5,
    )


def _log(run: TrainingRun, progress: Progress, told: Mapping[str, Any]) -> None:
    run.out.mkdir(parents=True, exist_ok=True)
    line = {**asdict(progress), **told}
    with (run.out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _card(run: TrainingRun, info: DatasetInfo, step: int) -> ModelCard:
    return ModelCard(
        path=run.out / "model.safetensors",
        sha256="",
        family=run.family,
        size=info.size,
        height=info.height,
        width=info.width,
        channels=info.channels,
        latent_dim=LATENT_DIM,
        step=step,
        images=step * 8,
        seconds=step * 0.5,
        dataset_name=info.folder.name,
        dataset_fingerprint=info.fingerprint,
        can_encode=run.family == "vae",
        has_mapping=run.family == "stylegan",
        config=dict(run.config),
        classes=info.classes if run.config.get("prompt") == "classes" else (),
    )


def _write_model(run: TrainingRun, info: DatasetInfo, step: int) -> Path:
    run.out.mkdir(parents=True, exist_ok=True)
    return write_card(_card(run, info, step))
