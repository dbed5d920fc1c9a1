"""From a request to everything that a run needs: checked, built, and restored or begun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from studio.core.params import from_json, to_json
from studio.engine.api import DatasetInfo, TrainingRun, open_dataset
from studio.engine.checkpoint import load_model, load_state, read_card
from studio.engine.family import FAMILIES, ModelFamily, Shape
from studio.engine.folder import RunFolder
from studio.engine.machine import (
    check_precision,
    claim_training_threads,
    resolve_device,
    resolve_precision,
)
from studio.engine.state import TrainingState
from studio.errors import StudioError

_SIZES = tuple(8 << i for i in range(8))  # px; networks halve and double
_HOMES = ("home", "Users")  # folders whose folders are named after a person
_SIZES_HINT = f"Choose one of: {', '.join(map(str, _SIZES))}."


@dataclass(frozen=True)
class Setup:
    """A run that is ready to begin. `warnings` are sentences for the person."""

    family: ModelFamily[Any]
    config: Any
    shape: Shape
    dataset: DatasetInfo
    folder: RunFolder
    state: TrainingState
    threads: int
    resumed: bool
    warnings: tuple[str, ...]

    def identity(self) -> dict[str, Any]:
        """What must be the same when the run is resumed."""
        return {
            "family": self.family.id,
            "config": to_json(self.config),
            "size": self.shape.size,
            "channels": self.shape.channels,
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


def prepare(run: TrainingRun) -> Setup:
    """Build what `run` asks for, and its folder.

    Raises:
        StudioError: the request cannot be carried out; says what to change.
    """
    dataset, pixels = open_dataset(run.dataset)
    shape = Shape(run.size or dataset.size, dataset.channels)
    check(run, shape)
    if dataset.size % shape.size:
        raise StudioError(
            f"The pictures are {dataset.size} px; a training cannot make {shape.size} px of them.",
            "Choose their size or a smaller one.",
        )
    family = FAMILIES[run.family]
    config = from_json(family.config_type, run.config)
    device = resolve_device(run.device)
    threads = claim_training_threads()
    state = TrainingState(family, config, shape, pixels, seed=run.seed, device=device)
    folder = RunFolder(run.out)
    setup = Setup(family, config, shape, dataset, folder, state, threads, run.resume, ())
    warnings = _resume(setup) if run.resume else _begin(setup, run)
    folder.prepare(state.log_bytes, anew=not run.resume)
    return replace(setup, warnings=tuple(warnings))


def check(run: TrainingRun, shape: Shape) -> None:
    """Everything about `run` that can be checked before its pictures of `shape` are there.

    Raises:
        StudioError: the request cannot be carried out; says what to change.
    """
    _check_budget(run)
    if shape.size not in _SIZES:
        raise StudioError(f"Nothing can be trained at {shape.size} px.", _SIZES_HINT)
    from_json(FAMILIES[run.family].config_type, run.config)
    check_precision(run.precision)
    resolve_device(run.device)
    if run.resume and not RunFolder(run.out).has_state:
        raise StudioError(f"There is no training to go on with in “{run.out}”.", "Start a new one.")
    if run.start_from is not None:
        _check_kinship(run.start_from, run.family, shape)


def public_name(source: str) -> str:
    """The last name of a path; model files are shared, so a home folder has none, nor has a drive.

    Projects travel, so the path may be one of another system.
    """
    path = source.replace("\\", "/").rstrip("/")
    parent, _, name = path.rpartition("/")
    is_home = path == Path.home().as_posix() or parent.rpartition("/")[2] in _HOMES
    return "" if is_home or name.endswith(":") else name


def _check_kinship(model: Path, family: str, shape: Shape) -> None:
    card = read_card(model)
    if (card.family, card.size, card.channels) != (family, *shape):
        raise StudioError(
            f"“{model.name}” is a {card.family} model of {card.size} px, "
            f"not {family} of {shape.size} px.",
            "Train the same family at the same size, or start from nothing.",
        )


def _check_budget(run: TrainingRun) -> None:
    if run.minutes is None and run.steps is None:
        raise StudioError("The training has no end.", "Give a number of minutes or steps.")
    if (run.minutes is not None and not run.minutes > 0) or (
        run.steps is not None and run.steps <= 0
    ):
        raise StudioError("The training would end before it begins.", "Give it more time.")


def _begin(setup: Setup, run: TrainingRun) -> list[str]:
    """A new run, from noise or from a model."""
    setup.state.precision = resolve_precision(run.precision, setup.state.device)
    if run.start_from is None:
        return []
    model, _card = load_model(run.start_from)
    share = setup.state.take_over(model.state_dict())
    return [f"Started from “{run.start_from.name}”: {share:.0%} of its kind of weights fit."]


def _resume(setup: Setup) -> list[str]:
    """Go on from the last checkpoint, or from the one before if that is damaged."""
    folder = setup.folder
    try:
        _restore(setup, *load_state(folder.last))
    except StudioError as error:
        if not folder.previous.exists():
            raise
        _restore(setup, *load_state(folder.previous))
        step = setup.state.step
        return [f"{error.message} Training goes on from the checkpoint before it, at step {step}."]
    return []


def _restore(setup: Setup, tensors: dict[str, torch.Tensor], facts: dict[str, Any]) -> None:
    for name, ours in setup.identity().items():
        if facts.get(name) != ours:
            raise StudioError(
                f"The training in “{setup.folder.path}” was begun with another "
                f"{name.replace('_', ' ')}.",
                "Go on with the same pictures and settings, or start a new one.",
            )
    setup.state.restore(tensors, facts)
