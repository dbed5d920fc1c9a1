"""From a request to everything that a run needs: checked, built, and restored or begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from studio.core.params import completed, from_json, to_json
from studio.engine.api import DatasetInfo, TrainingRun, Warned, open_dataset, read_examination
from studio.engine.batches import Batches
from studio.engine.checkpoint import load_state, settled_config
from studio.engine.distributed import Team
from studio.engine.family import ARCHITECTURES, FAMILIES, ModelFamily, Shape
from studio.engine.fine_tuning import check_kinship, settings_from, start_from
from studio.engine.folder import RunFolder
from studio.engine.machine import (
    check_precision,
    claim_training_threads,
    resolve_device,
    resolve_precision,
)
from studio.engine.prompts import encode_captions, vocabulary
from studio.engine.state import TrainingState
from studio.errors import StudioError

_SIZES = tuple(8 << i for i in range(8))  # px; networks halve and double
_HOMES = ("home", "Users")  # folders whose folders are named after a person
_HELD_OUT = 10  # one picture in so many is not trained on, to measure by
_FEWEST_TO_HOLD_OUT = 20
_SIZES_HINT = f"Choose one of: {', '.join(map(str, _SIZES))}."


@dataclass(frozen=True)
class Setup:
    """A run that is ready to begin.

    `training` and `held_out` are indices of the pictures to train on and of those to measure by;
    `config` is what was asked for (the state's may have been changed since); `warnings` are
    sentences for the person.
    """

    family: ModelFamily[Any]
    config: Any
    size: int
    shape: Shape
    dataset: DatasetInfo
    folder: RunFolder
    state: TrainingState
    threads: int
    training: Tensor
    held_out: Tensor
    early_stop: bool
    resumed: bool
    warnings: tuple[Warned, ...]

    def identity(self) -> dict[str, Any]:
        """What must be the same when the run is resumed."""
        return {
            "family": self.family.id,
            "config": to_json(self.config),
            "size": self.size,
            **{name: _plain(value) for name, value in self.shape._asdict().items()},
            "dataset_fingerprint": self.dataset.fingerprint,
        }

    def model_header(self) -> dict[str, Any]:
        """What the model file says of itself."""
        sources = self.dataset.sources or (self.dataset.folder.name,)
        return {
            **self.identity(),
            "family_title": self.family.card.title,
            "latent_dim": self.state.model.latent_dim,
            "step": self.state.step,
            "images": self.state.images,
            "seconds": round(self.state.seconds, 3),
            "dataset_name": public_name(sources[0]),
        }


def prepare(run: TrainingRun, team: Team | None = None) -> Setup:
    """Build what `run` asks for, and its folder.

    Those who follow in a team leave the folder alone, and the state as if the run had not begun.

    Raises:
        StudioError: the request cannot be carried out; says what to change.
    """
    dataset, pixels = open_dataset(run.dataset)
    size = run.size or dataset.size
    check(run, size)
    family = FAMILIES[run.family]
    config = from_json(family.config_type, {**_inherited_settings(run), **run.config})
    shape = _shape(dataset, size, config.prompt)
    team = team or Team()
    device = team.device(resolve_device(run.device))
    threads = claim_training_threads()
    training, held_out = _told_apart(dataset, shape)
    batches = Batches(
        pixels, training, run.seed, dataset.size // size, condition_of(dataset, shape)
    )
    state = TrainingState(family, config, shape, batches, seed=run.seed, device=device)
    folder = RunFolder(run.out)
    setup = Setup(
        family=family,
        config=config,
        size=size,
        shape=shape,
        dataset=dataset,
        folder=folder,
        state=state,
        threads=threads,
        training=training,
        held_out=held_out,
        early_stop=run.early_stop,
        resumed=run.resume,
        warnings=(),
    )
    if not team.leads:
        return setup
    warnings = _of_no_class(dataset, shape)
    warnings += _resume(setup) if run.resume else _begin(setup, run)
    folder.prepare(state.log_bytes, anew=not run.resume)
    return replace(setup, warnings=tuple(warnings))


def split(count: int) -> tuple[Tensor, Tensor]:
    """Indices of the pictures to train on and of those to measure by, in order.

    Every tenth is held out, chosen by chance that depends on `count` alone; of too few, none.
    """
    if count < _FEWEST_TO_HOLD_OUT:
        return torch.arange(count), torch.arange(0)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(count))
    held_out = count // _HELD_OUT
    return order[held_out:].sort().values, order[:held_out].sort().values


def _told_apart(dataset: DatasetInfo, shape: Shape) -> tuple[Tensor, Tensor]:
    """`split`; where classes are learned, without pictures of none: they show nothing of any.

    Raises:
        StudioError: too few are left to train on.
    """
    parts = split(dataset.count)
    if not shape.classes:
        return parts
    known = torch.tensor(dataset.labels) >= 0
    training, held_out = (part[known[part]] for part in parts)
    if not len(training):
        raise StudioError("None of the pictures to train on has a class.", "Sort in more of them.")
    return training, held_out


def _of_no_class(dataset: DatasetInfo, shape: Shape) -> list[Warned]:
    """Tells of pictures that are not trained on, if there are any."""
    count = dataset.labels.count(-1) if shape.classes else 0
    if not count:
        return []
    what = "1 picture is" if count == 1 else f"{count} pictures are"
    return [Warned(f"{what} of no class and left out.")]


def _shape(dataset: DatasetInfo, size: int, prompt: str) -> Shape:
    """What is to be learned of `dataset` at a size.

    Raises:
        StudioError: the dataset has no such size or prompts.
    """
    if dataset.size % size:
        raise StudioError(
            f"The pictures are {dataset.size} px; a training cannot make {size} px of them.",
            "Choose their size or a smaller one.",
        )
    reduce = dataset.size // size
    if prompt == "classes" and len(dataset.classes) < 2:
        raise StudioError(
            "These pictures are of one class only.",
            "Sort them into one folder for each class, or add a metadata.csv with a “category”.",
        )
    words = vocabulary(dataset.captions) if prompt == "captions" else ()
    if prompt == "captions" and not words:
        raise StudioError(
            "These pictures have no captions.",
            "Put a text file of the same name beside each, or add a metadata.csv with a “caption”.",
        )
    return Shape(
        dataset.height // reduce,
        dataset.width // reduce,
        dataset.channels,
        dataset.classes if prompt == "classes" else (),
        words,
    )


def condition_of(dataset: DatasetInfo, shape: Shape) -> Tensor | None:
    """The condition of each picture (see `studio.engine.prompts`), where prompts are learned."""
    if shape.classes:
        return torch.tensor(dataset.labels)
    return encode_captions(dataset.captions, shape.words) if shape.words else None


def check(run: TrainingRun, size: int) -> None:
    """Everything about `run` that can be checked before its pictures are there.

    Raises:
        StudioError: the request cannot be carried out; says what to change.
    """
    _check_budget(run)
    if size not in _SIZES:
        raise StudioError(f"Nothing can be trained at {size} px.", _SIZES_HINT)
    _check_family(run.family)
    from_json(FAMILIES[run.family].config_type, run.config)
    check_precision(run.precision)
    resolve_device(run.device)
    if run.resume and not RunFolder(run.out).has_state:
        raise StudioError(f"There is no training to go on with in “{run.out}”.", "Start a new one.")
    if run.start_from is not None and not run.resume:
        check_kinship(run.start_from, run.family)


def _check_family(family: str) -> None:
    if family in ARCHITECTURES and family not in FAMILIES:
        title = ARCHITECTURES[family].card.title
        raise StudioError(
            f"A {title} model is here to make pictures; it cannot learn.",
            "Train another family, or start from a model that was trained here.",
        )


def public_name(source: str) -> str:
    """The last name of a path; model files are shared, so a home folder has none, nor has a drive.

    Projects travel, so the path may be one of another system.
    """
    path = source.replace("\\", "/").rstrip("/")
    parent, _, name = path.rpartition("/")
    is_home = path == Path.home().as_posix() or parent.rpartition("/")[2] in _HOMES
    return "" if is_home or name.endswith(":") else name


def _inherited_settings(run: TrainingRun) -> Mapping[str, Any]:
    """What the settings are that the request leaves open, if not the defaults."""
    folder = RunFolder(run.out)
    if run.resume:
        return settled_config(run.family, folder.last, folder.previous)
    return {} if run.start_from is None else settings_from(run.start_from)


def _plain(value: Any) -> Any:
    """As JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value


def _check_budget(run: TrainingRun) -> None:
    if run.minutes is None and run.steps is None:
        raise StudioError("The training has no end.", "Give a number of minutes or steps.")
    if (run.minutes is not None and not run.minutes > 0) or (
        run.steps is not None and run.steps <= 0
    ):
        raise StudioError("The training would end before it begins.", "Give it more time.")


def _begin(setup: Setup, run: TrainingRun) -> list[Warned]:
    """A new run, from noise or from a model."""
    if setup.config.mirror == "auto":
        mirror = "yes" if _mirroring_is_safe(setup.dataset.folder) else "no"
        setup.state.configure(replace(setup.config, mirror=mirror))
    setup.state.precision = resolve_precision(run.precision, setup.state.device)
    return [] if run.start_from is None else [start_from(setup.state, run.start_from)]


def _mirroring_is_safe(dataset: Path) -> bool:
    """Whether the doctor has looked at the pictures and found that it is."""
    examination = read_examination(dataset)
    return examination is not None and any(
        advice.change == "mirror" and advice.safe for advice in examination.advice
    )


def _resume(setup: Setup) -> list[Warned]:
    """Go on from the last checkpoint, or from the one before if that is damaged."""
    folder = setup.folder
    try:
        _restore(setup, *load_state(folder.last))
    except StudioError as error:
        if not folder.previous.exists():
            raise
        _restore(setup, *load_state(folder.previous))
        step = setup.state.step
        before = f"Training goes on from the checkpoint before it, at step {step}."
        return [Warned(f"{error.message} {before}")]
    return []


def _restore(setup: Setup, tensors: dict[str, torch.Tensor], facts: dict[str, Any]) -> None:
    facts = {**facts, "config": completed(type(setup.config), facts.get("config", {}))}
    for name, ours in setup.identity().items():
        if facts.get(name) != ours:
            raise StudioError(
                f"The training in “{setup.folder.path}” was begun with another "
                f"{name.replace('_', ' ')}.",
                "Go on with the same pictures and settings, or start a new one.",
            )
    setup.state.restore(tensors, facts)
