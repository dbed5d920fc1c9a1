"""Two models of one shape as one: the average of their weights, of all levels or of fine ones."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import Tensor

from studio.engine.api import ModelCard
from studio.engine.checkpoint import (
    load_helpers,
    load_model,
    read_header,
    save_model,
    shape_of,
)
from studio.errors import StudioError


def blend_models(first: Path, second: Path, share: float, out: Path, from_px: int = 0) -> None:
    """Write to `out` the model whose weights are ``(1 - share) * first + share * second``.

    With `from_px` only levels of that side and finer ones are blended, and what is coarser stays
    the first's: its shapes with the other's colors and detail (Pinkney and Adler 2020, “Resolution
    dependent GAN interpolation”).

    What helped the nearer one to learn goes with it: the helpers of one moment belong together.

    Averages are good only between weights that one training came by, or a fine-tuning of them
    (Wortsman et al. 2022, “Model soups”): others are of one shape, but not of one mind.

    Raises:
        StudioError: one is no model, they differ in shape, there are no such levels, or the disk
            refused.
    """
    if not 0.0 <= share <= 1.0:
        raise StudioError(f"“{share:g}” is no share.", "Give a number from 0 to 1.")
    (model, card), (other, other_card) = load_model(first), load_model(second)
    weights, others = model.state_dict(), other.state_dict()
    if not _alike(card, other_card) or _shapes(weights) != _shapes(others):
        raise StudioError(
            f"“{first.name}” and “{second.name}” are models of different shapes.",
            "Choose two moments of one training.",
        )
    chosen = {name for name in weights if _level(name) >= from_px}
    if not chosen:
        raise StudioError(
            f"“{first.name}” has no level of {from_px} px that could be blended alone.",
            "Blend all levels; only style-based models can be taken apart.",
        )
    blended = {name: _between(weights[name], others[name], share) for name in chosen}
    model.load_state_dict({**weights, **blended})
    parents = [
        {"sha256": parent.sha256, "step": parent.step, "share": round(part, 6), "from_px": from_px}
        for parent, part in ((card, 1.0 - share), (other_card, share))
    ]
    helpers = load_helpers(first if share < 0.5 else second)
    save_model(out, model, helpers, {**read_header(first), "blend_of": parents})


def _level(weight: str) -> int:
    """The side in px of the level that a weight belongs to; 0 for what serves all levels."""
    found = re.match(r"levels\.(\d+)\.", weight)
    return int(found[1]) if found else 0


def _alike(one: ModelCard, other: ModelCard) -> bool:
    return one.family == other.family and shape_of(one) == shape_of(other)


def _shapes(weights: dict[str, Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in weights.items()}


def _between(one: Tensor, other: Tensor, share: float) -> Tensor:
    return torch.lerp(one, other, share) if one.is_floating_point() else one
