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
from studio.engine.checkpoint import load_model, shape_of
from studio.engine.family import Model, Noise, Shape
from studio.engine.machine import resolve_device
from studio.engine.pictures import to_batch, to_images
from studio.engine.prompts import encode_captions, encode_classes
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
        shape = shape_of(self.card)
        return synthesize_points(self._model, shape, points, self._device, size, control)

    @torch.inference_mode()
    def encode(self, image: Image) -> LatentPoint:
        if not self.card.can_encode:
            raise StudioError(
                f"The model “{self.card.path.stem}” cannot start from a picture.",
                "Train a family that can encode, such as the VAE.",
            )
        shape = shape_of(self.card)
        prompts = shape.classes or ("",)
        batch = to_batch(image, shape).to(self._device)
        condition = _condition(shape, [Anchor(prompt=prompt) for prompt in prompts])
        embedded = self._model.embed(None if condition is None else condition.to(self._device))
        z = self._model.encode(batch.repeat(len(prompts), 1, 1, 1), embedded)
        points = [
            LatentPoint.of_vector(row, prompt=prompt)
            for row, prompt in zip(z.cpu().numpy(), prompts, strict=True)
        ]
        return min(points, key=lambda point: self._distance(point, batch))

    def _distance(self, point: LatentPoint, batch: Tensor) -> float:
        """Of what is made at a point to the picture ``batch [1, C, H, W]``."""
        w = _Blend(self._model, shape_of(self.card), [point], self._device).w()
        made = self._model.synthesize(w, _noise_of([point], self._device))
        return float((made - batch).square().mean())

    @torch.inference_mode()
    def vectors(self, points: Sequence[LatentPoint], space: LatentSpace) -> list[Vector]:
        shape = shape_of(self.card)
        if space == "z" or not self.card.has_mapping:
            blends = [_Blend(self._model, shape, [point], self._device) for point in points]
            return [blend.z()[0].cpu().numpy() for blend in blends]
        untouched = [point.with_truncation(1.0) for point in points]
        w = _Blend(self._model, shape, untouched, self._device).w()
        return list(w.cpu().numpy())


@torch.inference_mode()
def synthesize_points(
    model: Model,
    shape: Shape,
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
        w = _Blend(model, shape, chunk, device).w()
        images += to_images(model.synthesize(w, _noise_of(chunk, device), size))
    return images


class _Blend:
    """Points as tensors: a row for each anchor, and how the points blend the rows."""

    def __init__(
        self, model: Model, shape: Shape, points: Sequence[LatentPoint], device: torch.device
    ) -> None:
        anchors = [anchor for point in points for anchor in point.anchors]
        self._model = model
        self._mapped = [anchor.seed is None and anchor.space == "w" for anchor in anchors]
        vectors = np.stack([_vector(model, anchor) for anchor in anchors])
        self._rows = torch.from_numpy(vectors).to(device)  # [R, D]
        condition = _condition(shape, anchors)
        self._prompts = model.embed(None if condition is None else condition.to(device))  # [R, E]
        self._weights = _block_diagonal(points).to(device)  # [P, R]
        self._strength = torch.tensor([[point.truncation] for point in points], device=device)

    def w(self) -> Tensor:
        """The points as ``w [P, D]``, pulled towards the center by their truncation.

        1 leaves them, 0 gives the center (Karras et al. 2019). With a mapping network the anchors
        are mapped and then blended; without, they blend in z.
        """
        if has_mapping(self._model):
            w, center = self._weights @ self._anchors_w(), self._anchors_center()
        else:
            prompts = None if self._prompts is None else self._weights @ self._prompts
            w, center = self._model.mapping(self.z(), prompts), self._model.center(prompts)
        center = center.to(w.device)
        return center + (w - center) * self._strength

    def z(self) -> Tensor:
        """The anchors blended in z, at the length that independent normal vectors would have.

        Raises:
            StudioError: an anchor is in w, from which there is no way back to z.
        """
        if has_mapping(self._model) and any(self._mapped):
            raise StudioError("This point is known in w only.", "Ask for its w.")
        length = self._weights.square().sum(dim=1, keepdim=True).sqrt()
        z: Tensor = self._weights @ self._rows / length.clamp(min=1e-6)
        return z

    def _anchors_w(self) -> Tensor:
        mapped = torch.tensor(self._mapped, device=self._rows.device)[:, None]
        w: Tensor = torch.where(mapped, self._rows, self._model.mapping(self._rows, self._prompts))
        return w

    def _anchors_center(self) -> Tensor:
        center = self._model.center(self._prompts)
        return center if self._prompts is None else self._weights @ center.to(self._weights.device)


def _block_diagonal(points: Sequence[LatentPoint]) -> Tensor:
    """The weights of all anchors: a row for each point, zero where the anchor is another's."""
    weights = [torch.tensor([point.weights]) for point in points]
    blocks: Tensor = torch.block_diag(*weights)  # type: ignore[no-untyped-call]
    return blocks


def has_mapping(model: Model) -> bool:
    """Whether there is a w behind z."""
    return type(model).mapping is not Model.mapping


def _condition(shape: Shape, anchors: Sequence[Anchor]) -> Tensor | None:
    """What the anchors are asked for; without a class, their seed chooses one.

    Raises:
        StudioError: the model has no such class.
    """
    if shape.classes:
        names = [a.prompt or shape.classes[(a.seed or 0) % len(shape.classes)] for a in anchors]
        return encode_classes(names, shape.classes)
    return encode_captions([a.prompt for a in anchors], shape.words) if shape.words else None


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

    def noise(batch: int, height: int, width: int) -> Tensor:
        assert batch == len(generators)
        planes = [torch.randn(1, height, width, generator=generator) for generator in generators]
        return torch.stack(planes).to(device)

    return noise
