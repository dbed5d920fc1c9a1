"""From latent points to pictures and back, with a loaded model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import Anchor, LatentPoint, LatentSpace, Vector, z_of_seed
from studio.engine.api import ModelCard
from studio.engine.checkpoint import load_model
from studio.engine.family import Model, Noise, Shape
from studio.engine.machine import resolve_device
from studio.engine.pictures import to_batch, to_images
from studio.errors import StudioError

_CHUNK = 16  # pictures at a time: bounds the memory, and how long a cancel takes


class LoadedGenerator:
    """A model and its card; implements `studio.engine.api.Generator`. Use it from one thread."""

    def __init__(self, model: Model, card: ModelCard, device: torch.device) -> None:
        self.card = card
        self._device = device
        self._model = model.to(device).to(memory_format=torch.channels_last)

    @classmethod
    def load(cls, path: Path, device: str = "auto") -> LoadedGenerator:
        """Load, and make one picture so that the first one asked for comes as fast as the rest.

        Raises:
            StudioError: not a model file of ours, or damaged; no such device.
        """
        model, card = load_model(path)
        generator = cls(model, card, resolve_device(device))
        generator.sample([LatentPoint.of_seed(0)])
        return generator

    def sample(
        self,
        points: Sequence[LatentPoint],
        size: int | None = None,
        control: RunControl | None = None,
    ) -> list[Image]:
        return synthesize_points(self._model, points, self._device, size, control)

    @torch.inference_mode()
    def encode(self, image: Image) -> LatentPoint:
        if not self.card.can_encode:
            raise StudioError(
                f"The model “{self.card.path.stem}” cannot start from a picture.",
                "Train a family that can encode, such as the VAE.",
            )
        batch = to_batch(image, Shape(self.card.size, self.card.channels))
        z = self._model.encode(batch.to(self._device))
        return LatentPoint.of_vector(z[0].cpu().numpy())

    @torch.inference_mode()
    def vectors(self, points: Sequence[LatentPoint], space: LatentSpace) -> list[Vector]:
        if space == "z" or not self.card.has_mapping:
            return [_blend_z(self._model, point) for point in points]
        return list(_blend_w(self._model, points, self._device).cpu().numpy())


@torch.inference_mode()
def synthesize_points(
    model: Model,
    points: Sequence[LatentPoint],
    device: torch.device,
    size: int | None = None,
    control: RunControl | None = None,
) -> list[Image]:
    """One *Image* a point, in chunks; `control` can cancel between them.

    Raises:
        Cancelled: `control` was cancelled.
        StudioError: a point does not belong to this model.
    """
    images: list[Image] = []
    for start in range(0, len(points), _CHUNK):
        if control is not None:
            control.check()
        chunk = points[start : start + _CHUNK]
        w = _truncated(model, _blend_w(model, chunk, device), chunk)
        images += to_images(model.synthesize(w, _noise_of(chunk, device), size))
    return images


def _truncated(model: Model, w: Tensor, points: Sequence[LatentPoint]) -> Tensor:
    """Pull each w towards the center: 1 leaves it, 0 gives the center (Karras et al. 2019)."""
    strength = torch.tensor([[point.truncation] for point in points], device=w.device)
    center = model.center().to(w.device)
    return center + (w - center) * strength


def _blend_w(model: Model, points: Sequence[LatentPoint], device: torch.device) -> Tensor:
    """The points as ``w [B, D]``, before truncation.

    With a mapping network the anchors are mapped and then blended; without, they blend in z.
    """
    if not _has_mapping(model):
        z = np.stack([_blend_z(model, point) for point in points])
        return torch.from_numpy(z).to(device)
    rows = [_anchor_w(model, anchor, device) for point in points for anchor in point.anchors]
    weights = torch.zeros(len(points), len(rows))
    place = 0
    for row, point in enumerate(points):
        weights[row, place : place + len(point.anchors)] = torch.tensor(point.weights)
        place += len(point.anchors)
    return weights.to(device) @ torch.stack(rows)


def _has_mapping(model: Model) -> bool:
    return type(model).mapping is not Model.mapping


def _anchor_w(model: Model, anchor: Anchor, device: torch.device) -> Tensor:
    vector = torch.from_numpy(_vector(model, anchor)).to(device)
    is_w = anchor.seed is None and anchor.space == "w"
    return vector if is_w else model.mapping(vector[None])[0]


def _blend_z(model: Model, point: LatentPoint) -> Vector:
    """The anchors blended in z, at the length that independent normal vectors would have.

    Raises:
        StudioError: an anchor is in w, from which there is no way back to z.
    """
    if _has_mapping(model) and any(a.seed is None and a.space == "w" for a in point.anchors):
        raise StudioError("This point is known in w only.", "Ask for its w.")
    weights = np.array(point.weights, np.float32)
    blend = weights @ np.stack([_vector(model, anchor) for anchor in point.anchors])
    length = float(np.sqrt(np.square(weights).sum()))
    z: Vector = (blend / max(length, 1e-6)).astype(np.float32)
    return z


def _vector(model: Model, anchor: Anchor) -> Vector:
    """The anchor's own vector.

    Raises:
        StudioError: it is of another length than the model's.
    """
    if anchor.seed is not None:
        return z_of_seed(anchor.seed, model.latent_dim)
    if len(anchor.vector) != model.latent_dim:
        raise StudioError(
            f"This place in latent space has {len(anchor.vector)} numbers; "
            f"the model wants {model.latent_dim}.",
            "Choose the model that the picture was made with.",
        )
    return np.array(anchor.vector, np.float32)


def _noise_of(points: Sequence[LatentPoint], device: torch.device) -> Noise:
    """Noise that depends on each point's own seed, whatever it is computed together with."""
    generators = [torch.Generator().manual_seed(point.noise_seed) for point in points]

    def noise(batch: int, side: int) -> Tensor:
        assert batch == len(generators)
        planes = [torch.randn(1, side, side, generator=generator) for generator in generators]
        return torch.stack(planes).to(device)

    return noise
