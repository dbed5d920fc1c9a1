"""From latent points to pictures and back, with a loaded model."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from studio.core.control import RunControl
from studio.core.direction import Direction
from studio.core.image import Image
from studio.core.latent import Anchor, LatentPoint, LatentSpace, Vector
from studio.core.steering import bytes_of
from studio.engine.api import Abilities, DirectionsFound, Dragged, DragTask, Inverted, ModelCard
from studio.engine.bending import bent
from studio.engine.checkpoint import load_model, shape_of
from studio.engine.directions import W_SAMPLES, draw, find_directions, in_deviations, taught
from studio.engine.dragging import drag
from studio.engine.family import Model, Shape, shown
from studio.engine.features import features_of_model
from studio.engine.inversion import invert
from studio.engine.latents import Place, condition_of, has_mapping, noise_of
from studio.engine.machine import claim_side_threads, resolve_device
from studio.engine.nearness import told
from studio.engine.pictures import to_batch, to_images
from studio.errors import StudioError

LEAST_MARKS = 4  # examples on each side of a taught slider
_COMPLETIONS = 3  # rounds in which an encoder sees what it made itself in what is not known
_PIXELS_TOGETHER = 1 << 17  # 32 pictures of 64 px; more at once take no less time, but more memory


class LoadedGenerator:
    """A model and its card; implements `studio.engine.api.Generator`. Use it from one thread."""

    def __init__(self, model: Model, card: ModelCard, device: torch.device) -> None:
        self._device = device
        self._model = model.to(device).to(memory_format=torch.channels_last)
        self._shape = shape_of(card)
        self.card = replace(card, abilities=self._abilities())

    @classmethod
    def load(cls, path: Path, device: str = "auto") -> LoadedGenerator:
        """Load, and make one picture so that the first one asked for comes as fast as the rest.

        Raises:
            StudioError: not a model file of ours, or damaged; no such device.
        """
        model, card = load_model(path)
        claim_side_threads()
        return cls(model, card, resolve_device(device))

    def sample(
        self,
        points: Sequence[LatentPoint],
        size: int | None = None,
        control: RunControl | None = None,
    ) -> list[Image]:
        return synthesize_points(self._model, self._shape, points, self._device, size, control)

    def invert(
        self, image: Image, control: RunControl, known: Image | None = None
    ) -> Iterator[Inverted]:
        target = to_batch(image, self._shape).to(self._device)
        sure = None if known is None else _coverage(known, self._shape).to(self._device)
        if self.card.can_encode:
            control.check()
            yield self._encoded(target) if sure is None else self._completed(target, sure)
        else:
            features = features_of_model(self.card.path)
            features = None if features is None else features.to(self._device)
            yield from invert(self._model, self._shape, target, features, control, sure)

    def _completed(self, target: Tensor, known: Tensor) -> Inverted:
        """What is not known is what the model makes of the rest, over and over."""
        found = self._encoded(target)
        for _ in range(_COMPLETIONS):
            assert found.image is not None
            made = to_batch(found.image, self._shape).to(self._device)
            found = self._encoded(torch.lerp(made, target, known))
        return found

    @torch.inference_mode()
    def _encoded(self, batch: Tensor) -> Inverted:
        """The point of the picture ``batch [1, C, H, W]``, under the class that suits it best."""
        prompts = self._shape.classes or ("",)
        condition = condition_of(self._shape, [Anchor(prompt=prompt) for prompt in prompts])
        embedded = self._model.embed(None if condition is None else condition.to(self._device))
        z = self._model.encode(batch.repeat(len(prompts), 1, 1, 1), embedded)
        points = [
            LatentPoint.of_vector(row, prompt=prompt)
            for row, prompt in zip(z.cpu().numpy(), prompts, strict=True)
        ]
        point = min(points, key=lambda point: self._distance(point, batch))
        made = _synthesize(self._model, self._shape, point, self._device)
        return told(1.0, point, made, batch)

    def _distance(self, point: LatentPoint, batch: Tensor) -> float:
        """Of what is made at a point to the picture ``batch [1, C, H, W]``."""
        made = _synthesize(self._model, self._shape, point, self._device)
        return float((made - batch).square().mean())

    @torch.inference_mode()
    def vectors(self, points: Sequence[LatentPoint], space: LatentSpace) -> list[Vector]:
        places = [Place(self._model, self._shape, point, self._device) for point in points]
        if space == "w+":
            found = [place.styles().flatten() for place in places]
        elif space == "w" and has_mapping(self._model):
            found = [place.w().mean(dim=0) for place in places]
        else:
            found = [place.z() for place in places]
        return [vector.cpu().numpy() for vector in found]

    def directions(self, control: RunControl) -> Iterator[DirectionsFound]:
        return find_directions(self._model, self._shape, self._device, control)

    def teach(
        self, name: str, more: Sequence[LatentPoint], less: Sequence[LatentPoint]
    ) -> Direction:
        if min(len(more), len(less)) < LEAST_MARKS:
            raise StudioError(
                f"{len(more)} and {len(less)} examples are too few to learn from.",
                f"Mark {LEAST_MARKS} or more that have it, and as many that do not.",
            )
        sample = draw(self._model, self._shape, self._device, W_SAMPLES)
        axis, accuracy = taught(sample, self._means(more), self._means(less))
        numbers = bytes_of(in_deviations(axis, sample))
        return Direction(f"taught:{uuid.uuid4().hex[:8]}", name, "taught", numbers, accuracy)

    @torch.inference_mode()
    def feature_maps(self, point: LatentPoint, level: int) -> list[Image]:
        seen: list[Tensor] = []

        def see(_stage: object, _inputs: object, output: Tensor | tuple[Tensor, ...]) -> None:
            features = output[0] if isinstance(output, tuple) else output
            seen.append(shown(self._model, features)[0].float())

        with self._model.stages[level].register_forward_hook(see):
            _synthesize(self._model, self._shape, point, self._device)
        maps = seen[0] - seen[0].amin(dim=(1, 2), keepdim=True)
        maps = maps / maps.amax(dim=(1, 2), keepdim=True).clamp(min=1e-6)
        return list(maps[..., None].cpu().numpy())

    def drag(self, task: DragTask, control: RunControl) -> Iterator[Dragged]:
        if not self.card.abilities.levels:
            raise StudioError(
                "Points of this model's pictures cannot be dragged.",
                "Choose a model of another family, or a larger one.",
            )
        return drag(self._model, self._shape, self._device, task, control)

    def _means(self, points: Sequence[LatentPoint]) -> list[Vector]:
        """Each point's w, steered as it is seen, as the mean over its levels."""
        dimension = self.card.latent_dim
        wide = [
            vector.reshape(self._model.style_levels, -1) for vector in self.vectors(points, "w+")
        ]
        return [styles.mean(axis=0)[:dimension] for styles in wide]

    @torch.inference_mode()
    def _abilities(self) -> Abilities:
        """Seen while one picture is made."""
        sides: list[int] = []

        def see(_stage: object, _inputs: object, output: Tensor | tuple[Tensor, ...]) -> None:
            features = output[0] if isinstance(output, tuple) else output
            sides.append(min(shown(self._model, features).shape[-2:]))

        with ExitStack() as stack:
            for stage in self._model.stages:
                stack.callback(stage.register_forward_hook(see).remove)
            _synthesize(self._model, self._shape, LatentPoint.of_seed(0), self._device)
        return Abilities(tuple(sides), self._model.style_levels, self._model.noisy)


def _coverage(known: Image, shape: Shape) -> Tensor:
    """``[H, W, 1]`` as ``[1, 1, H, W]``, cropped and resized as a picture is."""
    opaque = to_batch(known.repeat(3, axis=2), shape)[:, :1]
    return (opaque + 1.0) / 2.0


@torch.inference_mode()
def synthesize_points(
    model: Model,
    shape: Shape,
    points: Sequence[LatentPoint],
    device: torch.device,
    size: int | None = None,
    control: RunControl | None = None,
) -> list[Image]:
    """One *Image* a point; `control` can cancel between them.

    Each is made alone: together with others it would differ in its last bits, and large ones take
    no longer.

    Raises:
        Cancelled: `control` was cancelled.
        StudioError: a point does not belong to this model.
    """
    images: list[Image] = []
    for point in points:
        if control is not None:
            control.check()
        images += to_images(_synthesize(model, shape, point, device, size))
    return images


@torch.inference_mode()
def synthesize_together(
    model: Model, shape: Shape, points: Sequence[LatentPoint], device: torch.device
) -> list[Image]:
    """One *Image* a point, equal but for last bits to that of `synthesize_points`.

    Takes a third of the time: for pictures that are glanced at or measured. Points have no regions.

    Raises:
        StudioError: a point does not belong to this model.
    """
    images: list[Image] = []
    together = max(1, _PIXELS_TOGETHER // (shape.height * shape.width))
    for start in range(0, len(points), together):
        some = points[start : start + together]
        w = torch.stack([Place(model, shape, point, device).styles() for point in some])
        styles = w if model.style_levels > 1 else w[:, 0]
        images += to_images(model.synthesize(styles, noise_of(some, device)))
    return images


def _synthesize(
    model: Model,
    shape: Shape,
    point: LatentPoint,
    device: torch.device,
    size: int | None = None,
) -> Tensor:
    """The picture of a point, ``[1, C, H, W]``."""
    region = point.region if model.stages else None
    rows = [point] if region is None else [point, region.point]
    w = torch.stack([Place(model, shape, row, device).styles() for row in rows])  # [R, L, D]
    if region is not None and model.style_levels > 1:
        w[1, : region.level] = w[0, : region.level]
    with bent(model, rows, region):
        styles = w if model.style_levels > 1 else w[:, 0]
        return model.synthesize(styles, noise_of(rows, device), size)[:1]
