"""A picture painted with the patches of another: in its style.

Coarse to fine: at each size every patch is replaced by one of the example's that looks like it, and
the overlaps are averaged, over and over (Elad & Milanfar 2017, "Style transfer via texture
synthesis"). What the painter did at each size, from the composition to the bristles, thus comes
from the painting itself. Large pictures are worked over tile by tile at the end, with the painting
at a size at which its strokes are crisp.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from studio.core.color_transport import matched_moments, transport
from studio.core.control import RunControl
from studio.core.image import Image, join_alpha, split_alpha, to_rgba
from studio.core.oklab import from_oklab, to_oklab
from studio.engine import machine
from studio.engine.api.art import LARGEST_PAINTING, Painted, StyleSettings
from studio.engine.patch_field import SIDE, Example, PatchField
from studio.errors import StudioError

_WEIGHTS = np.array([1.0, 3.0, 3.0], np.float32)  # of lightness and color in what looks alike
_START = 256  # px of the longest side at which painting starts, with no strength
_PULL = 0.5  # of the photograph against the paint, with no strength
_FINE = 200 * 200  # px from which on a size is worked over less often
_SOFT, _CRISP = 2.0, 1.0  # px: how patches blend on the way, and in the end
_LARGE = 720 * 720  # px from which on a size is worked over tile by tile
_CRISP_SIDE = 768  # px of a picture's side up to which the painting grows with it
_TILE = 384  # px: what is searched for such a tile fits the caches of a processor
_HALO = 16  # px around a tile that are searched with it
_PREVIEW = 768  # px of the longest side of what is shown on the way
_FIRST_ROUNDS, _ROUNDS = 5, 2  # of searching, while nothing is known and from then on
_PASSES, _FINE_PASSES = 4, 2  # over each size


@dataclass(frozen=True)
class _Material:
    """A picture in weighted Oklab ``[3, H, W]``, and where it is opaque ``[H, W]``."""

    lab: Tensor
    opaque: Tensor

    @classmethod
    def of(cls, image: Image) -> _Material:
        color, alpha = split_alpha(to_rgba(image))
        assert alpha is not None
        lab = to_oklab(color) * _WEIGHTS
        return cls(torch.from_numpy(lab).permute(2, 0, 1), torch.from_numpy(alpha[..., 0]) > 0.99)

    @property
    def colors(self) -> Tensor:
        """Those of opaque places: ``[N, 3]``."""
        return self.lab[:, self.opaque].T

    def resized(self, height: int, width: int) -> _Material:
        return _Material(
            _resized(self.lab, height, width),
            _resized(self.opaque[None].float(), height, width)[0] > 0.99,
        )


@dataclass(frozen=True)
class _Task:
    """What is painted in the palette's colors ``[3, H, W]``, and how much of it is mixed in.

    `shares` of its size are worked at one after the other, rising; up to the share `crisp` the
    painting grows with it.
    """

    guide: Tensor
    shares: tuple[float, ...]
    crisp: float
    pull: float
    seed: int


def stylize(
    content: Image, style: Image, settings: StyleSettings, control: RunControl
) -> Iterator[Painted]:
    """See `studio.engine.api.Engine.stylize`."""
    machine.claim_side_threads()
    height, width = content.shape[:2]
    work = min(1.0, LARGEST_PAINTING / max(height, width))
    material = _Material.of(content)
    small = material.resized(max(SIDE, round(height * work)), max(SIDE, round(width * work)))
    size = (small.lab.shape[1], small.lab.shape[2])
    example = _styled_example(_Material.of(style), size, settings.scale)
    task = _Task(
        _recolored(small, example.colors),
        _shares(_START * 0.25**settings.strength / max(size)),
        _CRISP_SIDE / max(size),
        _PULL * (1.0 - settings.strength),
        settings.seed,
    )
    for lab, share in _paint(example, task, control):
        own = small.lab if settings.keep_colors else None
        whole = share == 1.0
        yield Painted(_finished(lab, content, own) if whole else _preview(lab, own), share)


def _paint(example: _Material, task: _Task, control: RunControl) -> Iterator[tuple[Tensor, float]]:
    """The picture after each size or tile, and the share of the work that is done.

    Raises:
        Cancelled: `control` asked for it.
    """
    generator = torch.Generator().manual_seed(task.seed)
    picture, field, before = task.guide, None, None
    total = sum(share**2 for share in task.shares)
    done = 0.0
    for share in task.shares:
        guide = _resized(task.guide, *_at(task.guide.shape[1:], share, SIDE))
        size = (guide.shape[1], guide.shape[2])
        source = _source(example, min(share, task.crisp), before, generator)
        if field is None or before is None:
            picture, rounds = guide, _FIRST_ROUNDS
            field = PatchField.scattered(source, size, generator)
        else:
            picture, rounds = _mixed(_resized(picture, *size), guide, task.pull), _ROUNDS
            field = field.enlarged(size, source.growth_since(before))
        large = size[0] * size[1] >= _LARGE
        passes = _passes(size[0] * size[1])
        for left in reversed(range(passes)):
            if large:
                for part in _by_tiles(field, picture, source, generator, control):
                    yield picture, (done + share**2 * part) / total
            else:
                field = field.improved(picture, source, generator, control, rounds)
            finished = share == 1.0 and left == 0
            picture = field.painted(source, _CRISP if finished else _SOFT)
            if not finished:
                picture = _mixed(picture, guide, task.pull)
            rounds = _ROUNDS
        before = source
        done += share**2
        yield picture, done / total


def _passes(pixels: int) -> int:
    if pixels >= _LARGE:
        return 1
    return _PASSES if pixels < _FINE else _FINE_PASSES


def _source(
    example: _Material, share: float, before: Example | None, generator: torch.Generator
) -> Example:
    """The painting at a share of its size; the one before, if that has this size already."""
    height, width = _at(example.lab.shape[1:], share, 2 * SIDE)
    if before is not None and (before.height, before.width) == (height, width):
        return before
    reduced = example.resized(height, width)
    return Example(reduced.lab, reduced.opaque, generator)


def _by_tiles(
    field: PatchField,
    picture: Tensor,
    source: Example,
    generator: torch.Generator,
    control: RunControl,
) -> Iterator[float]:
    """Improve a field in place; tells after each tile of the share that was done before it.

    Each place is searched for by itself, so that no edge shows: the picture is painted when all
    are done.
    """
    height, width = field.rows.shape
    places = [(y, x) for y in range(0, height, _TILE) for x in range(0, width, _TILE)]
    for number, (y, x) in enumerate(places):
        top, left = max(0, y - _HALO), max(0, x - _HALO)
        at = (slice(top, y + _TILE + _HALO), slice(left, x + _TILE + _HALO))
        part = field.part(*at).improved(picture[:, *at], source, generator, control, _ROUNDS)
        inner = part.part(slice(y - top, y - top + _TILE), slice(x - left, x - left + _TILE))
        field.put(inner, y, x)
        yield number / len(places)


def _shares(first: float) -> tuple[float, ...]:
    """Sizes from `first` of the result's to all of it, each about twice as large as the last."""
    first = min(first, 0.5)
    steps = max(1, round(math.log2(1.0 / first)))
    return (*(first ** (1.0 - step / steps) for step in range(steps)), 1.0)


def _at(size: torch.Size | tuple[int, ...], share: float, least: int) -> tuple[int, int]:
    return max(least, round(size[0] * share)), max(least, round(size[1] * share))


def _mixed(picture: Tensor, guide: Tensor, pull: float) -> Tensor:
    return (picture + pull * guide) / (1.0 + pull)


def _styled_example(style: _Material, size: tuple[int, int], scale: float) -> _Material:
    """The painting, as large against the picture as its strokes shall be."""
    _require_patches(style)
    height, width = style.lab.shape[1:]
    growth = min(scale * max(size), LARGEST_PAINTING) / max(height, width)
    return style.resized(*_at((height, width), growth, 2 * SIDE))


def _require_patches(material: _Material) -> None:
    opaque = material.opaque[None, None].float()
    whole = min(material.lab.shape[1:]) >= 2 * SIDE and bool(
        (functional.avg_pool2d(opaque, SIDE, 1) == 1.0).any()
    )
    if not whole:
        raise StudioError(
            "There is too little to see in the picture to copy from.",
            f"Choose one with opaque parts of at least {2 * SIDE} by {2 * SIDE} px.",
        )


def _recolored(content: _Material, palette: Tensor) -> Tensor:
    """The content in the palette's colors; what is transparent does not count."""
    moved = content.lab.clone()
    if content.opaque.any():
        colors = content.colors.numpy()
        recolor = transport(colors, palette.numpy())
        moved[:, content.opaque] = torch.from_numpy(recolor(colors)).T
    return moved


def _finished(lab: Tensor, content: Image, own: Tensor | None) -> Image:
    """Paint as a picture of the content's size and transparency, in its `own` colors if given."""
    _, alpha = split_alpha(content)
    lab = _resized(lab, *content.shape[:2])
    if own is not None:
        lab = _in_colors_of(lab, _Material.of(content).lab)
    return join_alpha(_to_rgb(lab), alpha)


def _preview(lab: Tensor, own: Tensor | None) -> Image:
    """The same, small and soon."""
    share = min(1.0, _PREVIEW / max(lab.shape[1:]))
    lab = _resized(lab, *_at(lab.shape[1:], share, 1))
    return _to_rgb(lab if own is None else _in_colors_of(lab, _resized(own, *lab.shape[1:])))


def _in_colors_of(lab: Tensor, own: Tensor) -> Tensor:
    """Its lightness, with the contrast of `own`, and the colors of that."""
    painted = lab[:1].flatten(1).T.numpy()
    light = matched_moments(painted, own[:1].flatten(1).T.numpy())(painted)
    return torch.cat([torch.from_numpy(light).T.reshape(1, *lab.shape[1:]), own[1:]])


def _to_rgb(lab: Tensor) -> Image:
    return from_oklab((lab.permute(1, 2, 0).numpy() / _WEIGHTS).astype(np.float32))


def _resized(planes: Tensor, height: int, width: int) -> Tensor:
    """``[C, H, W]`` at another size, antialiased."""
    if planes.shape[1:] == (height, width):
        return planes
    return functional.interpolate(planes[None], (height, width), mode="bilinear", antialias=True)[0]
