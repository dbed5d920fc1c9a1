"""Models without torch: files that hold a card alone, and pictures that follow the latent."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.control import RunControl
from studio.core.direction import Direction, DirectionKind
from studio.core.image import Image
from studio.core.latent import LatentPoint, LatentSpace, Vector, z_of_seed
from studio.core.steering import bytes_of
from studio.engine.api import (
    MODEL_KEY,
    DirectionsFound,
    Dragged,
    DragTask,
    FamilyCard,
    Inverted,
    ModelCard,
)
from studio.errors import StudioError

LATENT_DIM = 8
FAMILY_CARDS = (
    FamilyCard(
        "stylegan", "Style GAN", "Sharp and inventive.", has_mapping=True, blends_by_level=True
    ),
    FamilyCard("vae", "Variational autoencoder", "Soft but steady.", can_encode=True),
)


class FakeGenerator:
    """Implements `Generator`: a slope between two colors, which follow the latent smoothly.

    Prompts move the latent; alpha is a hole in the middle.
    """

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        self.asked: list[tuple[int, int | None]] = []

    def sample(
        self,
        points: Sequence[LatentPoint],
        size: int | None = None,
        control: RunControl | None = None,
    ) -> list[Image]:
        """Pictures of the asked size; `asked` notes how many of which size were wanted."""
        self.asked.append((len(points), size))
        pictures = []
        for vector in self.vectors(points, "z"):
            if control is not None:
                control.check()
            pictures.append(_slope(vector, self.card, size or self.card.size))
        return pictures

    def invert(
        self, image: Image, control: RunControl, known: Image | None = None
    ) -> Iterator[Inverted]:
        """The point whose colors are the mean color of the picture's halves; half way at first.

        A model that cannot encode takes three steps.
        """
        middle = image.shape[1] // 2
        halves = (image[:, :middle, :3], image[:, middle:, :3])
        means = np.concatenate([half.mean(axis=(0, 1)) for half in halves])
        vector = np.zeros(LATENT_DIM, np.float32)
        vector[:6] = np.arctanh(np.clip(2 * means - 1, -0.999, 0.999))
        for share in (1.0,) if self.card.can_encode else (0.0, 0.5, 1.0):
            control.check()
            point = LatentPoint.of_vector(vector * share)
            made = self.sample([point])[0]
            yield Inverted(share, point, made, share, np.broadcast_to(means[:3], made.shape))

    def directions(self, control: RunControl) -> Iterator[DirectionsFound]:
        """Along the first three numbers, one after the other."""
        kinds: tuple[DirectionKind, ...] = ("measured", "principal", "factor")
        found: tuple[Direction, ...] = ()
        for place, kind in enumerate(kinds):
            control.check()
            numbers = bytes_of(np.eye(LATENT_DIM)[place])
            found += (Direction(f"{kind}:{place}", kind.title(), kind, numbers, 0.5),)
            yield DirectionsFound((place + 1) / len(kinds), found)

    def drag(self, task: DragTask, control: RunControl) -> Iterator[Dragged]:
        """Along the first number, in three steps; handles go straight to their targets."""
        for share in (0.0, 0.5, 1.0):
            control.check()
            vector = self.vectors([task.point], "w")[0] + np.eye(LATENT_DIM)[0] * share
            point = LatentPoint.of_vector(vector)
            handles = tuple(
                (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
                for (x0, y0), (x1, y1) in task.moves
            )
            yield Dragged(share, point, self.sample([point])[0], handles)

    def feature_maps(self, point: LatentPoint, level: int) -> list[Image]:
        """As many channels as the latent has numbers, each even."""
        numbers = (np.tanh(self.vectors([point], "w")[0]) + 1.0) / 2.0
        return [np.full((4, 4, 1), number, np.float32) for number in numbers]

    def teach(
        self, name: str, more: Sequence[LatentPoint], less: Sequence[LatentPoint]
    ) -> Direction:
        if not more or not less:
            raise StudioError("These are too few to learn from.", "Mark some of both.")
        means = [np.mean(self.vectors(points, "w"), axis=0) for points in (more, less)]
        return Direction(f"taught:{name}", name, "taught", bytes_of(means[0] - means[1]), 0.75)

    def vectors(self, points: Sequence[LatentPoint], space: LatentSpace) -> list[Vector]:
        for point in points:
            if not point.asks_only_for(self.card.prompts):
                raise StudioError(
                    f"This model knows no class “{point.prompt}”.", "Ask for another."
                )
        return [_vector(point) for point in points]


def read_model(model: Path) -> ModelCard:
    """The card of a file written by `FakeEngine.train` or `make_model`.

    Raises:
        StudioError: it is no such file.
    """
    data = model.read_bytes()
    try:
        length = int.from_bytes(data[:8], "little")
        header = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][MODEL_KEY])
    except (ValueError, KeyError) as error:
        raise StudioError(f"“{model.name}” is not a model file.", "Choose another.") from error
    del header["family_title"]
    for ancestry in ("blend_of", "tuned_from"):
        header.pop(ancestry, None)
    header |= {name: tuple(header[name]) for name in ("classes", "words")}
    return ModelCard(**{**header, "path": model, "sha256": hashlib.sha256(data).hexdigest()})


def make_model(path: Path, family: str = "vae", size: int = 32, **facts: Any) -> Path:
    """A model file without training; `facts` are other things that its card says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    card = ModelCard(
        path=path,
        sha256="",
        family=family,
        size=size,
        height=size,
        width=size,
        channels=3,
        latent_dim=LATENT_DIM,
        step=0,
        images=0,
        seconds=0.0,
        dataset_name="pictures",
        dataset_fingerprint="",
        can_encode=family == "vae",
        has_mapping=family == "stylegan",
    )
    return write_card(replace(card, **facts))


def write_card(card: ModelCard, **more: Any) -> Path:
    """A safetensors file without tensors: 8 bytes of length, then JSON."""
    facts: dict[str, Any] = {**asdict(card), **more}
    del facts["path"], facts["sha256"], facts["abilities"]
    titles = {family.id: family.title for family in FAMILY_CARDS}
    facts["family_title"] = titles.get(card.family, card.family)
    header = json.dumps({"__metadata__": {MODEL_KEY: json.dumps(facts)}}).encode()
    card.path.unlink(missing_ok=True)  # what is kept may be a link to it
    card.path.write_bytes(len(header).to_bytes(8, "little") + header)
    return card.path


def _vector(point: LatentPoint) -> Vector:
    total = np.zeros(LATENT_DIM, np.float32)
    for anchor, weight in zip(point.anchors, point.weights, strict=True):
        vector = (
            np.asarray(anchor.vector, np.float32)
            if anchor.seed is None
            else z_of_seed(anchor.seed, LATENT_DIM)
        )
        asked = z_of_seed(zlib.crc32(anchor.prompt.encode()), LATENT_DIM)
        total += np.float32(weight) * (vector + asked * bool(anchor.prompt))
    total *= np.float32(point.truncation)
    for slide in point.slides:
        total += slide.vector * np.float32(slide.amount)
    return total


def _slope(vector: Vector, card: ModelCard, size: int) -> Image:
    """``float32 [H, W, C]`` from the first to the second color, left to right."""
    height, width = (side * size // card.size for side in (card.height, card.width))
    first, second = (0.5 + 0.5 * np.tanh(part) for part in (vector[:3], vector[3:6]))
    x = np.linspace(0.0, 1.0, width, dtype=np.float32)
    row = first + x[:, None] * (second - first)
    image = np.broadcast_to(row, (height, width, 3)).astype(np.float32)
    if card.channels < 4:
        return image
    alpha = np.ones((height, width, 1), np.float32)
    alpha[height // 4 : -height // 4, width // 4 : -width // 4] = 0.0
    return np.concatenate([image, alpha], axis=2)
