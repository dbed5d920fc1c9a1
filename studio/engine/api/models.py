"""Models: what is said of them, and what a loaded one can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from studio.core.control import RunControl
from studio.core.direction import Direction
from studio.core.image import Image
from studio.core.latent import LatentPoint, LatentSpace, Vector
from studio.engine.api.steering import DirectionsFound, Dragged, DragTask, Inverted

MODEL_KEY = "latent_studio.model"  # of the safetensors header; under it is the model's own, as JSON
MODEL_SUFFIX = ".safetensors"
MODEL_FILE = f"model{MODEL_SUFFIX}"  # what a run makes, and each moment that it keeps
FOREIGN_SUFFIXES = (".pkl",)  # of other programs' models, which can be imported


@dataclass(frozen=True)
class FamilyCard:
    """What is said of a model family before any model of it exists.

    Two models of one that `blends_by_level` can be blended from a side in px on.
    """

    id: str
    title: str
    summary: str
    can_encode: bool = False
    has_mapping: bool = False
    blends_by_level: bool = False


@dataclass(frozen=True)
class Abilities:
    """What of a `LatentPoint` a loaded model heeds.

    `levels` are the shorter sides of the features of each level that can be bent, in places, the
    coarsest first; `styles` says how many levels have a style of their own.
    """

    levels: tuple[int, ...] = ()
    styles: int = 1
    noise: bool = False

    @property
    def mixes(self) -> bool:
        """Whether levels can take their styles from different points."""
        return self.styles > 1


@dataclass(frozen=True)
class ModelCard:
    """What a model file's header says. `sha256` identifies the file; `latent_dim` is z's length.

    `size` px is nominal, `height` and `width` are those of its pictures. A model that takes prompts
    knows `classes` or, if it was trained on captions, `words`. `abilities` are known once it is
    loaded.
    """

    path: Path
    sha256: str
    family: str
    size: int
    height: int
    width: int
    channels: int
    latent_dim: int
    step: int
    images: int
    seconds: float
    dataset_name: str
    dataset_fingerprint: str
    can_encode: bool
    has_mapping: bool
    config: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    abilities: Abilities = Abilities()

    @property
    def prompts(self) -> tuple[str, ...] | None:
        """What it can be asked for; None where any words will do."""
        return None if self.words else self.classes


@dataclass(frozen=True)
class Importing:
    """How far an import is, from 0 to 1."""

    share: float


class Generator(Protocol):
    """A loaded model. Calls are not thread-safe: use it from one lane."""

    card: ModelCard

    def sample(
        self,
        points: Sequence[LatentPoint],
        size: int | None = None,
        control: RunControl | None = None,
    ) -> list[Image]:
        """One *Image* a point. `size` below the model's asks for a quick preview of that side,
        where the model can make one more cheaply; the result may be larger than asked.
        """
        ...

    def invert(
        self, image: Image, control: RunControl, known: Image | None = None
    ) -> Iterator[Inverted]:
        """Search for the point that reproduces `image` best (any size; it is cropped and resized).

        Only what is `known` ``[H, W, 1]`` (1 there, 0 elsewhere) counts; None: all of it.

        A model with an encoder knows at once; others take some hundred steps, and tell of them.
        The last event has the best point.

        Raises:
            Cancelled: `control` was cancelled.
        """
        ...

    def vectors(self, points: Sequence[LatentPoint], space: LatentSpace) -> list[Vector]:
        """The points as vectors in `space`, for distances and maps.

        z and w are of the anchors alone; w+ is all that the picture is made from, the styles of
        all levels one behind the other.
        """
        ...

    def directions(self, control: RunControl) -> Iterator[DirectionsFound]:
        """Search for directions that mean something: at once, and while pictures are measured.

        Raises:
            Cancelled: `control` was cancelled.
        """
        ...

    def teach(
        self, name: str, more: Sequence[LatentPoint], less: Sequence[LatentPoint]
    ) -> Direction:
        """The direction from pictures that have `less` of something to those that have `more`.

        Raises:
            StudioError: there are too few of either to tell.
        """
        ...

    def feature_maps(self, point: LatentPoint, level: int) -> list[Image]:
        """What each channel of a level sees in a point's picture, ``float32 [h, w, 1]``.

        From 0 to 1 in each; before that level is bent, after all that comes earlier.
        """
        ...

    def drag(self, task: DragTask, control: RunControl) -> Iterator[Dragged]:
        """Change a point until its picture is as the task says, or can come no nearer.

        Bends and the region of the point are not seen meanwhile.

        Raises:
            Cancelled: `control` was cancelled.
            StudioError: the model's features cannot be followed.
        """
        ...
