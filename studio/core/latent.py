"""Where a picture is in a model's latent space, as plain data that needs no model to exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

LatentSpace: TypeAlias = Literal["z", "w"]
Vector: TypeAlias = NDArray[np.float32]

_SPOKEN = 40  # characters of a prompt in the name of a point


def z_of_seed(seed: int, dimension: int) -> Vector:
    """The z that belongs to a seed: ``RandomState(seed).randn``, the convention of NVIDIA's tools.

    Returns:
        ``float32 [dimension]``, standard normal.
    """
    state = np.random.RandomState(seed % 2**32)
    z: Vector = state.randn(1, dimension)[0].astype(np.float32)
    return z


@dataclass(frozen=True, slots=True)
class Anchor:
    """A fixed place in latent space: a seed, or a vector in z or in w.

    `prompt` is the class or the caption asked for, where the model can be asked.
    """

    seed: int | None = None
    vector: tuple[float, ...] = ()
    space: LatentSpace = "z"
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class LatentPoint:
    """A weighted blend of anchors, from which a model makes one picture.

    A single seed, a drag on the pad (four seeds), an interpolation (two) and an encoded photograph
    (a vector) are all this one type. A model with a mapping network blends in w; one without
    blends in z and restores the length that independent normal vectors would have.
    """

    anchors: tuple[Anchor, ...]
    weights: tuple[float, ...] = (1.0,)
    truncation: float = 1.0
    noise_seed: int = 0

    def __post_init__(self) -> None:
        if not self.anchors or len(self.anchors) != len(self.weights):
            raise ValueError("a latent point needs as many weights as anchors, and at least one")

    @classmethod
    def of_seed(cls, seed: int, truncation: float = 1.0, prompt: str = "") -> LatentPoint:
        return cls((Anchor(seed=seed, prompt=prompt),), (1.0,), truncation)

    @classmethod
    def of_vector(
        cls,
        vector: Vector | Sequence[float],
        space: LatentSpace = "z",
        truncation: float = 1.0,
        prompt: str = "",
    ) -> LatentPoint:
        values = tuple(float(value) for value in vector)
        return cls((Anchor(vector=values, space=space, prompt=prompt),), (1.0,), truncation)

    @classmethod
    def blend(cls, points: Sequence[LatentPoint], weights: Sequence[float]) -> LatentPoint:
        """The weighted blend of points; weights are normalized to sum 1, zero ones are dropped.

        Truncation is blended too; the noise is that of the heaviest point.
        """
        total = float(sum(weights))
        shares: dict[Anchor, float] = {}
        truncation = 0.0
        for point, weight in zip(points, weights, strict=True):
            truncation += point.truncation * weight / total
            for anchor, inner in zip(point.anchors, point.weights, strict=True):
                shares[anchor] = shares.get(anchor, 0.0) + inner * weight / total
        kept = {anchor: share for anchor, share in shares.items() if abs(share) > 1e-6}
        heaviest = points[int(np.argmax(weights))]
        return cls(tuple(kept), tuple(kept.values()), truncation, heaviest.noise_seed)

    def with_truncation(self, truncation: float) -> LatentPoint:
        return replace(self, truncation=truncation)

    def with_prompt(self, prompt: str) -> LatentPoint:
        """The same place, all of its anchors asked for `prompt`."""
        anchors = tuple(replace(anchor, prompt=prompt) for anchor in self.anchors)
        return replace(self, anchors=anchors)

    def asked(self, prompt: str) -> LatentPoint:
        """The same place; anchors that are asked for nothing are asked for `prompt`."""
        anchors = tuple(a if a.prompt else replace(a, prompt=prompt) for a in self.anchors)
        return replace(self, anchors=anchors)

    @property
    def prompt(self) -> str:
        """What all anchors are asked for; nothing where they differ."""
        prompts = {anchor.prompt for anchor in self.anchors}
        return prompts.pop() if len(prompts) == 1 else ""

    def fits(self, dimension: int) -> bool:
        """Whether it is a place for a model whose latents have `dimension` numbers."""
        return all(a.seed is not None or len(a.vector) == dimension for a in self.anchors)

    def asks_only_for(self, prompts: Collection[str] | None) -> bool:
        """Whether a model that knows these can be asked for it; None stands for any words."""
        return prompts is None or all(not a.prompt or a.prompt in prompts for a in self.anchors)

    @property
    def seed(self) -> int | None:
        """The seed, where the point is a single one."""
        return self.anchors[0].seed if len(self.anchors) == 1 else None

    def describe(self) -> str:
        """A short name for layers and tips: ``seed 417``, ``apple, seed 3``, ``blend of 4``."""
        if len(self.anchors) > 1:
            where = f"blend of {len(self.anchors)}"
        else:
            where = f"seed {self.seed}" if self.seed is not None else "from a picture"
        prompt = shorten(self.prompt, _SPOKEN, placeholder="…")
        return f"{prompt}, {where}" if prompt else where

    def to_json(self) -> dict[str, Any]:
        return {
            "anchors": [_anchor_to_json(anchor) for anchor in self.anchors],
            "weights": list(self.weights),
            "truncation": self.truncation,
            "noise_seed": self.noise_seed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LatentPoint:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: the data is not a latent point.
        """
        anchors = tuple(
            Anchor(
                seed=None if a.get("seed") is None else int(a["seed"]),
                vector=tuple(float(v) for v in a.get("vector", ())),
                space="w" if a.get("space") == "w" else "z",
                prompt=str(a.get("prompt", "")),
            )
            for a in data["anchors"]
        )
        weights = tuple(float(weight) for weight in data["weights"])
        return cls(anchors, weights, float(data["truncation"]), int(data["noise_seed"]))


def _anchor_to_json(anchor: Anchor) -> dict[str, Any]:
    place: dict[str, Any] = (
        {"seed": anchor.seed}
        if anchor.seed is not None
        else {"vector": list(anchor.vector), "space": anchor.space}
    )
    return {**place, "prompt": anchor.prompt} if anchor.prompt else place
