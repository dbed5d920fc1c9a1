"""Starting from a model instead of from noise: which settings and which weights are taken over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core.files import spoken_name
from studio.engine.api import Warned, recipe
from studio.engine.checkpoint import load_helpers, load_model, read_card
from studio.engine.inheritance import Inheritance
from studio.engine.state import TrainingState
from studio.errors import StudioError

_LEAST = 1 / 3  # of the networks; with less, training begins from noise in all but name
_LEVEL = re.compile(r"\.(?:levels|down|up)\.(\d+)\.")
_SILENT = ("model", "discriminator", "conv", "style")  # names that say nothing to a person


def check_kinship(model: Path, family: str) -> None:
    """Raise `StudioError` unless `model` is one of that family."""
    card = read_card(model)
    if card.family != family:
        raise StudioError(
            f"“{spoken_name(model)}” is a {card.family} model, not {family}.",
            "Train the same family, or start from nothing.",
        )


def settings_from(model: Path) -> Mapping[str, Any]:
    """The settings of a run that starts from `model`, where nothing else is asked for.

    They are the model's own, so that its weights fit, and what the recipe says of fine-tuning;
    whether prompts are learned depends on the new pictures.
    """
    card = read_card(model)
    own = {name: value for name, value in card.config.items() if name != "prompt"}
    better = recipe("fine-tune").config
    return {name: better.get(name, value) for name, value in own.items()}


def start_from(state: TrainingState, path: Path) -> Warned:
    """Take over what fits of the model in `path`; returns how much that was.

    Raises:
        StudioError: hardly anything fits, or the file is damaged.
    """
    model, card = load_model(path)
    found = state.take_over(model, load_helpers(path))
    name = card.dataset_name or spoken_name(path)
    if found.share < _LEAST:
        raise StudioError(
            f"Only {found.share:.0%} of the network could be taken over from “{name}”.",
            "Leave capacity and latent size as they are there, or start from nothing.",
        )
    told = [f"{found.share:.0%} of the network taken over from “{name}”"]
    if found.fresh:
        told.append(f"new: {', '.join(_spoken(found.fresh, state.config))}")
    if _must_learn(state, found):
        state.configure(replace(state.config, freeze=0))
        told.append("so no level of the discriminator is frozen")
    return Warned("; ".join(told) + ".", good=found.share >= 1.0 and len(told) == 1)


def _must_learn(state: TrainingState, found: Inheritance) -> bool:
    """Whether something is to be frozen that is new."""
    frozen = {module for part in state.frozen() for module in part.modules()}
    return any(state.networks.get_submodule(name) in frozen for name in found.fresh)


def _spoken(fresh: Iterable[str], config: Any) -> Iterator[str]:
    """What is new, each thing once, in words for a person."""
    patch = getattr(config, "patch", 1)
    yield from dict.fromkeys(_thing(name, patch) for name in fresh)


def _thing(name: str, patch: int) -> str:
    if "rgb" in name:
        return "colors"
    octave = _LEVEL.search(name)
    if octave:
        return f"the level of {int(octave[1]) * patch} px"
    telling = [part for part in name.split(".") if part not in _SILENT and not part.isdigit()]
    return telling[-1].replace("_", " ")
