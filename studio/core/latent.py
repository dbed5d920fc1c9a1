"""Where a picture is in a model's latent space, as plain data that needs no model to exist."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import shorten
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from studio.core.steering import (
    ALL_LEVELS,
    Bend,
    LevelRange,
    Slide,
    from_text,
    levels_from_json,
    levels_to_json,
    to_text,
)

LatentSpace: TypeAlias = Literal["z", "w", "w+"]
Vector: TypeAlias = NDArray[np.float32]

MASK_SIDE = 64  # places along each side of the mask of a region
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
    """A fixed place in latent space: a seed, or a vector in z, in w, or in w+.

    A vector in w+ is a w for each level, the coarsest first, one behind the other. `prompt` is the
    class or the caption asked for, where the model can be asked.
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

    What follows steers it further, in this order: truncation (of the levels before `cutoff` only,
    if that is given), `slides`, `mixes`; then, while the picture is made, noise times `noise`,
    `bends` one after the other, and `region`. A model ignores what it has no means for.
    """

    anchors: tuple[Anchor, ...]
    weights: tuple[float, ...] = (1.0,)
    truncation: float = 1.0
    noise_seed: int = 0
    cutoff: int | None = None
    noise: float = 1.0
    slides: tuple[Slide, ...] = ()
    mixes: tuple[StyleMix, ...] = ()
    bends: tuple[Bend, ...] = ()
    region: Region | None = None

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
        prompt: str = "",
    ) -> LatentPoint:
        values = tuple(float(value) for value in vector)
        return cls((Anchor(vector=values, space=space, prompt=prompt),))

    @classmethod
    def blend(cls, points: Sequence[LatentPoint], weights: Sequence[float]) -> LatentPoint:
        """The weighted blend of points; weights are normalized to sum 1, zero ones are dropped.

        All amounts are blended too; what cannot be is that of the heaviest point.
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
        parts = [(p, w / total) for p, w in zip(points, weights, strict=True)]
        return replace(
            heaviest,
            anchors=tuple(kept),
            weights=tuple(kept.values()),
            truncation=truncation,
            noise=sum(point.noise * share for point, share in parts),
            slides=_blended_slides(parts),
            bends=_blended_bends(heaviest, parts),
        )

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

    @property
    def all_points(self) -> tuple[LatentPoint, ...]:
        """This point and those that it takes styles from or shows in a region."""
        others = [mix.point for mix in self.mixes]
        others += [self.region.point] if self.region else []
        return (self, *(point for other in others for point in other.all_points))

    def fits(self, dimension: int) -> bool:
        """Whether it is a place for a model whose latents have `dimension` numbers."""
        points = self.all_points
        anchors = [anchor for point in points for anchor in point.anchors]
        slides = [slide for point in points for slide in point.slides]
        return all(_anchor_fits(a, dimension) for a in anchors) and all(
            slide.fits(dimension) for slide in slides
        )

    def asks_only_for(self, prompts: Collection[str] | None) -> bool:
        """Whether a model that knows these can be asked for it; None stands for any words."""
        anchors = [anchor for point in self.all_points for anchor in point.anchors]
        return prompts is None or all(not a.prompt or a.prompt in prompts for a in anchors)

    def with_slide(self, slide: Slide) -> LatentPoint:
        """Moved along a direction by the slide's amount, in place of any other; 0 is none."""
        others = tuple(s for s in self.slides if s.direction != slide.direction)
        return replace(self, slides=(*others, slide) if slide.amount else others)

    def amount(self, direction: str) -> float:
        """How far it is moved along a direction."""
        return sum(slide.amount for slide in self.slides if slide.direction == direction)

    @property
    def unsteered(self) -> LatentPoint:
        """The same place and noise, without slides, mixes, bends and region."""
        return replace(self, slides=(), mixes=(), bends=(), region=None)

    @property
    def is_steered(self) -> bool:
        return self != self.unsteered

    @property
    def seed(self) -> int | None:
        """The seed, where the point is a single one."""
        return self.anchors[0].seed if len(self.anchors) == 1 else None

    def describe(self) -> str:
        """A short name for layers and tips: ``seed 417``, ``apple, seed 3``, ``blend of 4``.

        ``, steered`` follows where the point is.
        """
        if len(self.anchors) > 1:
            where = f"blend of {len(self.anchors)}"
        else:
            where = f"seed {self.seed}" if self.seed is not None else "from a picture"
        if self.is_steered:
            where += ", steered"
        prompt = shorten(self.prompt, _SPOKEN, placeholder="…")
        return f"{prompt}, {where}" if prompt else where

    def to_json(self) -> dict[str, Any]:
        return {
            "anchors": [_anchor_to_json(anchor) for anchor in self.anchors],
            "weights": list(self.weights),
            "truncation": self.truncation,
            "noise_seed": self.noise_seed,
            **self._steering_to_json(),
        }

    def _steering_to_json(self) -> dict[str, Any]:
        """Only what is there: most points are not steered."""
        told: dict[str, Any] = {}
        if self.cutoff is not None:
            told["cutoff"] = self.cutoff
        if self.noise != 1.0:
            told["noise"] = self.noise
        for name, values in (("slides", self.slides), ("mixes", self.mixes), ("bends", self.bends)):
            if values:
                told[name] = [value.to_json() for value in values]
        if self.region is not None:
            told["region"] = self.region.to_json()
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LatentPoint:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: the data is not a latent point.
        """
        return cls(
            tuple(_anchor_from_json(anchor) for anchor in data["anchors"]),
            tuple(float(weight) for weight in data["weights"]),
            float(data["truncation"]),
            int(data["noise_seed"]),
            None if data.get("cutoff") is None else int(data["cutoff"]),
            float(data.get("noise", 1.0)),
            tuple(Slide.from_json(slide) for slide in data.get("slides", ())),
            tuple(StyleMix.from_json(mix) for mix in data.get("mixes", ())),
            tuple(Bend.from_json(bend) for bend in data.get("bends", ())),
            Region.from_json(data["region"]) if data.get("region") else None,
        )


@dataclass(frozen=True, slots=True)
class StyleMix:
    """Some levels take their styles from another point (Karras et al. 2019, section 3.1).

    `share` is how much of the other's style they take: 1 replaces their own.
    """

    point: LatentPoint
    levels: LevelRange = ALL_LEVELS
    share: float = 1.0

    def to_json(self) -> dict[str, Any]:
        told = {"point": self.point.to_json(), "share": self.share}
        return {**told, **levels_to_json(self.levels)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StyleMix:
        point = LatentPoint.from_json(data["point"])
        return cls(point, levels_from_json(data), float(data["share"]))


@dataclass(frozen=True, slots=True)
class Region:
    """Inside `mask` another point counts, from `level` up: their features are blended there.

    `mask` is ``uint8 [MASK_SIDE, MASK_SIDE]`` as bytes, over the whole picture; 255 is inside.
    `feather` softens its edge: a standard deviation, in shorter sides of the picture.
    """

    mask: bytes = field(repr=False)
    point: LatentPoint
    level: int = 0
    feather: float = 0.03

    def __post_init__(self) -> None:
        if len(self.mask) != MASK_SIDE**2:
            raise ValueError(f"a region's mask has {MASK_SIDE} x {MASK_SIDE} places")

    @property
    def places(self) -> NDArray[np.uint8]:
        """The mask as ``uint8 [MASK_SIDE, MASK_SIDE]``, read-only."""
        return np.frombuffer(self.mask, np.uint8).reshape(MASK_SIDE, MASK_SIDE)

    def to_json(self) -> dict[str, Any]:
        return {
            "mask": to_text(zlib.compress(self.mask, 9)),
            "point": self.point.to_json(),
            "level": self.level,
            "feather": self.feather,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Region:
        point = LatentPoint.from_json(data["point"])
        return cls(_unpacked(data["mask"]), point, int(data["level"]), float(data["feather"]))


def _unpacked(text: str) -> bytes:
    """A mask from its text; never more than a mask is unpacked, whatever the text claims."""
    try:
        return zlib.decompressobj().decompress(from_text(text), MASK_SIDE**2 + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _anchor_fits(anchor: Anchor, dimension: int) -> bool:
    if anchor.seed is not None:
        return True
    levels, rest = divmod(len(anchor.vector), dimension)
    return rest == 0 and levels >= 1 and (levels == 1 or anchor.space == "w+")


_Shares: TypeAlias = Sequence[tuple[LatentPoint, float]]


def _blended_slides(parts: _Shares) -> tuple[Slide, ...]:
    """All slides of all parts; those along one direction, in the same levels, become one."""
    merged: dict[tuple[bytes, LevelRange], Slide] = {}
    for point, share in parts:
        for slide in point.slides:
            key = slide.numbers, slide.levels
            before = merged[key].amount if key in merged else 0.0
            merged[key] = replace(slide, amount=before + slide.amount * share)
    return tuple(slide for slide in merged.values() if abs(slide.amount) > 1e-6)


def _blended_bends(heaviest: LatentPoint, parts: _Shares) -> tuple[Bend, ...]:
    """The heaviest point's bends; their amounts are blended where all points bend alike."""
    alike = all(_without_amounts(point) == _without_amounts(heaviest) for point, _ in parts)
    if not alike:
        return heaviest.bends
    columns = zip(*(point.bends for point, _ in parts), strict=True)
    shares = [share for _, share in parts]
    return tuple(
        replace(same[0], amount=sum(b.amount * s for b, s in zip(same, shares, strict=True)))
        for same in columns
    )


def _without_amounts(point: LatentPoint) -> list[Bend]:
    return [replace(bend, amount=0.0) for bend in point.bends]


def _anchor_to_json(anchor: Anchor) -> dict[str, Any]:
    place: dict[str, Any] = (
        {"seed": anchor.seed}
        if anchor.seed is not None
        else {"vector": list(anchor.vector), "space": anchor.space}
    )
    return {**place, "prompt": anchor.prompt} if anchor.prompt else place


def _anchor_from_json(data: Mapping[str, Any]) -> Anchor:
    space = data.get("space", "z")
    return Anchor(
        seed=None if data.get("seed") is None else int(data["seed"]),
        vector=tuple(float(value) for value in data.get("vector", ())),
        space=space if space in get_args(LatentSpace) else "z",
        prompt=str(data.get("prompt", "")),
    )
