"""What a latent point carries beside its place: amounts along directions, and bends of features.

All are frozen values. Long vectors are kept as bytes: exact, compact in JSON, quick to compare.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_MOST_LEVELS = 64  # more than any network has: doubling sides, that is a picture of 2**64 px


class LevelRange(NamedTuple):
    """Levels of a generator from `first` to before `end`, the coarsest being 0; all by default."""

    first: int = 0
    end: int = _MOST_LEVELS

    @property
    def is_all(self) -> bool:
        return self == ALL_LEVELS

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> LevelRange:
        first, end = map(int, data)
        return cls(first, end)


ALL_LEVELS = LevelRange()


def level_groups(count: int) -> Mapping[str, LevelRange]:
    """`count` levels in three parts, as far as there are so many: layout, shapes, and detail."""
    first, second = -(-count // 3), -(-2 * count // 3)
    bounds = {"coarse": (0, first), "middle": (first, second), "fine": (second, count)}
    return {name: LevelRange(*bound) for name, bound in bounds.items() if bound[0] < bound[1]}


@dataclass(frozen=True, slots=True)
class Slide:
    """How far a point is moved along a direction: `amount` times ``float32 [latent_dim]``.

    `direction` names it for whoever shows sliders; `numbers` are its vector's bytes, so that the
    point needs nothing else. The move is one of w, in `levels` only.
    """

    direction: str
    numbers: bytes = field(repr=False)
    amount: float = 0.0
    levels: LevelRange = ALL_LEVELS

    @property
    def vector(self) -> NDArray[np.float32]:
        return vector_of(self.numbers)

    def fits(self, dimension: int) -> bool:
        """Whether it is one of a model whose latents have `dimension` numbers."""
        return len(self.numbers) == 4 * dimension

    def to_json(self) -> dict[str, Any]:
        return {
            "direction": self.direction,
            "numbers": to_text(self.numbers),
            "amount": self.amount,
            **levels_to_json(self.levels),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Slide:
        numbers = from_text(data["numbers"])
        vector_of(numbers)
        return cls(str(data["direction"]), numbers, float(data["amount"]), levels_from_json(data))


class BendKind(NamedTuple):
    """One operation on features: its title, and the limits of its amount.

    `neutral` is the amount that changes nothing; without `step` there is no amount to choose.
    """

    title: str
    low: float = 0.0
    high: float = 1.0
    neutral: float = 0.0
    start: float = 1.0
    step: float = 0.0
    unit: str = ""


BEND_KINDS: Mapping[str, BendKind] = {
    "translate_x": BendKind("Move sideways", -1.0, 1.0, 0.0, 0.25, 0.01),
    "translate_y": BendKind("Move up or down", -1.0, 1.0, 0.0, 0.25, 0.01),
    "rotate": BendKind("Rotate", -180.0, 180.0, 0.0, 30.0, 1.0, "°"),
    "scale": BendKind("Scale", 0.25, 4.0, 1.0, 1.5, 0.01),
    "flip_x": BendKind("Flip sideways"),
    "flip_y": BendKind("Flip upside down"),
    "erode": BendKind("Erode", 0.0, 8.0, 0.0, 1.0, 1.0),
    "dilate": BendKind("Dilate", 0.0, 8.0, 0.0, 1.0, 1.0),
    "threshold": BendKind("Threshold", -3.0, 3.0, -3.0, 0.0, 0.05, "σ"),
    "multiply": BendKind("Multiply", -4.0, 4.0, 1.0, 2.0, 0.05),
    "blank": BendKind("Blank"),
}
"""Translations are in widths or heights of the picture, radii in places of the level."""


@dataclass(frozen=True, slots=True)
class Bend:
    """An operation on the features of one level: network bending (Broad et al. 2021).

    `share` of the channels are bent; `seed` chooses which. Where there are picked `channels`, it is
    those.
    """

    kind: str
    level: int = 0
    amount: float = 0.0
    share: float = 1.0
    seed: int = 0
    channels: tuple[int, ...] = ()

    def with_toggled(self, channel: int) -> Bend:
        """With one more channel picked, or one less."""
        picked = set(self.channels) ^ {channel}
        return replace(self, channels=tuple(sorted(picked)))

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Bend:
        kind = str(data["kind"])
        if kind not in BEND_KINDS:
            raise ValueError(f"no bend “{kind}”")
        level, seed = int(data["level"]), int(data["seed"])
        channels = tuple(int(channel) for channel in data.get("channels", ()))
        return cls(kind, level, float(data["amount"]), float(data["share"]), seed, channels)


def bytes_of(vector: NDArray[Any] | Sequence[float]) -> bytes:
    """A vector as the bytes of its float32 numbers, little-endian."""
    return np.asarray(vector, "<f4").tobytes()


def vector_of(numbers: bytes) -> NDArray[np.float32]:
    """The inverse of `bytes_of`.

    Raises:
        ValueError: not the bytes of float32 numbers, or not all of them finite.
    """
    vector: NDArray[np.float32] = np.frombuffer(numbers, "<f4")
    if not np.isfinite(vector).all():
        raise ValueError("numbers that are none")
    return vector


def to_text(data: bytes) -> str:
    """Bytes as text for JSON."""
    return base64.b64encode(data).decode()


def from_text(text: str) -> bytes:
    """The inverse of `to_text`.

    Raises:
        ValueError: it is not base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def levels_to_json(levels: LevelRange) -> dict[str, Any]:
    """What is said of levels; nothing where it is all of them."""
    return {} if levels.is_all else {"levels": list(levels)}


def levels_from_json(data: Mapping[str, Any]) -> LevelRange:
    """The inverse of `levels_to_json`."""
    return LevelRange.from_json(data["levels"]) if "levels" in data else ALL_LEVELS
