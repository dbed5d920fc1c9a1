"""Latent points as tensors: where a point is in z and in w, and which style each level gets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.latent import Anchor, LatentPoint, Vector, z_of_seed
from studio.engine.family import Model, Noise, Shape
from studio.engine.prompts import encode_captions, encode_classes
from studio.errors import StudioError


def has_mapping(model: Model) -> bool:
    """Whether there is a w behind z."""
    return type(model).mapping is not Model.mapping


class Place:
    """One point in the latent space of one model: a row for each of its anchors.

    Points are never computed together: what is made of one does not depend on its company.
    """

    def __init__(
        self, model: Model, shape: Shape, point: LatentPoint, device: torch.device
    ) -> None:
        self._model = model
        self._shape = shape
        self._point = point
        self._device = device
        self._mapped = has_mapping(model)
        self._weights = torch.tensor(point.weights, device=device)  # [R]
        condition = condition_of(shape, point.anchors)
        self._prompts = model.embed(None if condition is None else condition.to(device))  # [R, E]

    def z(self) -> Tensor:
        """``[latent_dim]``, at the length that independent normal vectors would have.

        Raises:
            StudioError: an anchor is in w, from which there is no way back to z.
        """
        if self._mapped and any(_is_in_w(anchor) for anchor in self._point.anchors):
            raise StudioError("This point is known in w only.", "Ask for its w.")
        rows = torch.stack([self._row(anchor)[0] for anchor in self._point.anchors])
        length = self._weights.square().sum().sqrt()
        z: Tensor = self._weights @ rows / length.clamp(min=1e-6)
        return z

    def w(self) -> Tensor:
        """``[style_levels, D]``: the anchors alone, neither truncated nor steered.

        With a mapping network the anchors are mapped and then blended; without, they blend in z.
        """
        levels = self._model.style_levels
        if not self._mapped:
            prompt = self._blended_prompt()
            return self._model.mapping(self.z()[None], prompt).expand(levels, -1)
        rows = torch.stack([self._anchor_w(row) for row in range(len(self._point.anchors))])
        w: Tensor = torch.tensordot(self._weights, rows, dims=1)
        return w

    def styles(self) -> Tensor:
        """``[style_levels, D]``: what each level gets, truncated and steered.

        Truncation 1 leaves a w, 0 gives the center (Karras et al. 2019).
        """
        styles = self._pulled(self.w())
        for slide in self._point.slides:
            move = torch.from_numpy(self._checked(slide.vector)).to(styles)
            reach = self._in(slide.levels.first, slide.levels.end)[:, None]
            styles[:, : len(move)] += move * slide.amount * reach
        for mix in self._point.mixes if self._model.style_levels > 1 else ():
            other = Place(self._model, self._shape, mix.point, self._device).styles()
            share = self._in(mix.levels.first, mix.levels.end)[:, None] * mix.share
            styles = torch.lerp(styles, other, share.to(styles))
        return styles

    def _pulled(self, w: Tensor) -> Tensor:
        """``w [style_levels, D]`` pulled towards the center, which takes many mappings to find."""
        if self._point.truncation == 1.0:
            return w.clone()
        center = self._center().to(w.device)
        styles = torch.where(self._truncated()[:, None], center, w)
        return styles + (w - center) * self._point.truncation * self._truncated()[:, None]

    def _truncated(self) -> Tensor:
        """Which levels truncation reaches, ``bool [style_levels]``."""
        end = self._point.cutoff
        return self._in(0, self._model.style_levels if end is None else end)

    def _in(self, first: int, end: int) -> Tensor:
        """The levels of a range, ``bool [style_levels]``; a model with one style has it in all."""
        levels = torch.arange(self._model.style_levels, device=self._device)
        if len(levels) == 1:
            return torch.ones_like(levels, dtype=torch.bool)
        return (levels >= first) & (levels < end)

    def _center(self) -> Tensor:
        """``[1, D]``."""
        if not self._mapped:
            return self._model.center(self._blended_prompt())
        center = self._model.center(self._prompts)
        return center if self._prompts is None else (self._weights @ center)[None]

    def _blended_prompt(self) -> Tensor | None:
        return None if self._prompts is None else (self._weights @ self._prompts)[None]

    def _anchor_w(self, row: int) -> Tensor:
        """``[style_levels, D]``."""
        anchor = self._point.anchors[row]
        vectors = self._row(anchor)
        if not _is_in_w(anchor):
            prompt = None if self._prompts is None else self._prompts[row : row + 1]
            vectors = self._model.mapping(vectors, prompt)
        return vectors.expand(self._model.style_levels, -1)

    def _row(self, anchor: Anchor) -> Tensor:
        """The anchor's own numbers, ``[1 or style_levels, latent_dim]``."""
        dimension = self._model.latent_dim
        if anchor.seed is not None:
            return torch.from_numpy(z_of_seed(anchor.seed, dimension))[None].to(self._device)
        numbers = np.array(anchor.vector, np.float32)
        if anchor.space != "w+":
            rows = self._checked(numbers)[None]
        else:
            rows = self._checked(numbers, max(1, len(numbers) // dimension)).reshape(-1, dimension)
        return torch.from_numpy(_fitted(rows, self._model.style_levels)).to(self._device)

    def _checked(self, vector: Vector, rows: int = 1) -> Vector:
        """The vector, writable.

        Raises:
            StudioError: it is of another length than the model's.
        """
        wanted = rows * self._model.latent_dim
        if len(vector) != wanted:
            raise StudioError(
                f"This place in latent space has {len(vector)} numbers; the model wants {wanted}.",
                "Choose the model that the picture was made with.",
            )
        return vector.copy()


def _fitted(rows: NDArray[np.float32], levels: int) -> NDArray[np.float32]:
    """The w of some levels for a model of `levels`: finer ones are left out, or like the last."""
    if len(rows) in (1, levels):
        return rows
    if levels == 1:
        mean: NDArray[np.float32] = rows.mean(axis=0, keepdims=True)
        return mean
    return rows[np.minimum(np.arange(levels), len(rows) - 1)]


def _is_in_w(anchor: Anchor) -> bool:
    return anchor.seed is None and anchor.space != "z"


def condition_of(shape: Shape, anchors: Sequence[Anchor]) -> Tensor | None:
    """What the anchors are asked for; without a class, their seed chooses one.

    Raises:
        StudioError: the model has no such class.
    """
    if shape.classes:
        names = [a.prompt or shape.classes[(a.seed or 0) % len(shape.classes)] for a in anchors]
        return encode_classes(names, shape.classes)
    return encode_captions([a.prompt for a in anchors], shape.words) if shape.words else None


def noise_of(points: Sequence[LatentPoint], device: torch.device) -> Noise:
    """Noise that depends on each point's own seed and strength."""
    generators = [torch.Generator().manual_seed(point.noise_seed) for point in points]

    def noise(batch: int, height: int, width: int, own: Tensor | None = None, /) -> Tensor:
        assert batch == len(generators)
        planes = [
            own[None] * point.noise
            if own is not None and point.noise_seed == 0
            else torch.randn(1, height, width, generator=generator).to(device) * point.noise
            for point, generator in zip(points, generators, strict=True)
        ]
        return torch.stack(planes)

    return noise
