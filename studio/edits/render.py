"""Evaluating a layer's edits: at any preview size, from the first changed step on."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from studio.core.control import Cancelled, RunControl
from studio.core.document import Document, EditStep, Group, Layer
from studio.core.image import Image, Rect, to_rgba
from studio.core.params import from_json, to_json
from studio.core.raster import Raster
from studio.edits.operation import OPERATIONS, EditContext, EditOperation, Placed
from studio.edits.pixels import premultiplied, resized, straight
from studio.edits.render_cache import RenderCache, Rendered, kept
from studio.errors import StudioError

log = logging.getLogger(__name__)

# How many px the `fine` steps of a preview are worked out on, and those of a draft: a picture that
# has more at half size, and so on. 4096 by 4096 are more than most cameras have.
FINE, DRAFT = 2**24, 2**20

# What makes a layer's pixels, at whatever level: its raster and its steps. Compare with ``==``.
LayerKey: TypeAlias = Hashable
# What the members of a group make, by level.
Composed: TypeAlias = Callable[[int], Rendered]


def render_layer(  # noqa: PLR0913  (what a picture is made of, each with a default)
    layer: Layer,
    scale_level: int = 0,
    control: RunControl | None = None,
    cache: RenderCache | None = None,
    document: Document | None = None,
    fine_pixels: int = FINE,
    composed: Composed | None = None,
) -> Rendered:
    """`layer` with its enabled edits at ``1 / 2**scale_level`` of full size.

    A layer without edits keeps its raster as it is, in 8 bits where it was. A step that fails is
    left out and named in `problems`. `document` has the layers that steps may refer to.
    Operations that are `fine` are worked out at the first size that has no more than `fine_pixels`,
    and then shrunk; with less than `FINE` this is a draft, unless `cache` has what is exact.
    `composed` is what the edits work on in place of the raster: for a group, what its members make.

    Raises:
        Cancelled: `control` asked for it.
    """
    control = control or RunControl()
    scene = _Scene(document or Document(), scale_level, control, cache, fine_pixels=fine_pixels)
    return scene.rendered(layer) if composed is None else scene.edited(layer, composed)


def has_draft(layer: Layer, scale_level: int) -> bool:
    """Whether `layer` at that level is sooner shown by a draft than as it will be."""
    steps, _ = _usable(step for step in layer.edits if step.enabled)
    levels = (_working_level(layer.raster, steps, scale_level, most) for most in (FINE, DRAFT))
    return len(set(levels)) > 1


def layer_key(layer: Layer, document: Document) -> LayerKey:
    """Equal for layers that look alike: the same pixels and edits, down to layers referred to."""
    return _Scene(document, 0, RunControl(), None).key(layer)


def render_mask(
    layer: Layer,
    scale_level: int = 0,
    control: RunControl | None = None,
    cache: RenderCache | None = None,
    fine_pixels: int = FINE,
    composed: Composed | None = None,
) -> Rendered | None:
    """The mask of `layer`, one channel, moved as its edits move its pixels; None: all shows.

    `fine_pixels` and `composed` as in `render_layer`.

    Raises:
        Cancelled: `control` asked for it.
    """
    if layer.shown_mask is None:
        return None
    moves = tuple(step for step in layer.edits if moves_pixels(step))
    masked = replace(layer, raster=layer.shown_mask, edits=moves)
    if not masked.is_edited:
        composed = None
    around = None if composed is None else _mask_around(layer, layer.shown_mask, composed, cache)
    rendered = render_layer(
        masked, scale_level, control, cache, fine_pixels=fine_pixels, composed=around
    )
    if rendered.raster.channels == 1:
        return rendered
    # Turned pictures get alpha; beside them nothing shows, and grey is the same in each channel.
    return replace(rendered, raster=Raster.from_image(rendered.raster.read()[..., :1]))


def _mask_around(
    group: Layer, mask: Raster, composed: Composed, cache: RenderCache | None
) -> Composed:
    """What a group's mask shows of what its members make, so that both are moved alike."""

    def cut(level: int) -> Rendered:
        whole = composed(level)
        area = whole.raster.rect.translated(
            round(whole.x - group.x * 0.5**level), round(whole.y - group.y * 0.5**level)
        )

        def shown() -> Rendered:
            return Rendered(Raster.from_image(mask.level(level).read(area)), 0.0, 0.0)

        # Wherever the group was moved since.
        return replace(kept(cache, (mask, level, area), shown), x=whole.x, y=whole.y)

    return cut


def moves_pixels(step: EditStep) -> bool:
    """Whether the step takes pixels elsewhere, so that masks have to follow."""
    if step.operation not in OPERATIONS:
        return False
    operation = OPERATIONS[step.operation]
    return operation.geometric and not operation.surrounds


def surrounds(step: EditStep) -> bool:
    """Whether the step lays something around what is seen, and so around what a mask shows."""
    return step.operation in OPERATIONS and OPERATIONS[step.operation].surrounds


def _working_level(raster: Raster, steps: Iterable[EditStep], level: int, most: int) -> int:
    """At which level steps are worked out for `level`: if one is fine, with up to `most` px."""
    if not any(OPERATIONS[step.operation].fine for step in steps):
        return level
    pixels = raster.width * raster.height
    return next((n for n in range(level) if pixels <= most * 4**n), level)


def apply_steps(
    image: Image,
    steps: Iterable[EditStep],
    control: RunControl | None = None,
    document: Document | None = None,
) -> Placed:
    """`image` at full size with all enabled `steps`, and where its corner moved to.

    Raises:
        StudioError: a step names an unknown operation or bad params.
        Cancelled: `control` asked for it.
    """
    scene = _Scene(document or Document(), 0, control or RunControl(), None)
    placed = Placed(image)
    for step in steps:
        if step.enabled:
            placed = scene.apply(placed, step)
    return placed


@dataclass(frozen=True)
class _Scene:
    """What layers are rendered with. `path` holds the ids of those being rendered, for loops."""

    document: Document
    level: int
    control: RunControl
    cache: RenderCache | None
    path: tuple[str, ...] = ()
    fine_pixels: int = FINE
    within: tuple[float, float] | None = None  # of masks that are larger than the picture

    def rendered(self, layer: Layer) -> Rendered:
        steps, problems = _usable(step for step in layer.edits if step.enabled)
        scene = replace(self, path=(*self.path, layer.id))
        level = scene.working_level(layer.raster, steps)
        scene = replace(scene, level=level)
        rendered = _Rendering(scene, layer.raster, problems, self.cache).run(steps)
        coarser = self.level - level
        scale = 0.5**self.level
        return Rendered(
            rendered.raster.level(coarser),
            rendered.x * 0.5**coarser + layer.x * scale,
            rendered.y * 0.5**coarser + layer.y * scale,
            tuple(problems),
        )

    def edited(self, layer: Layer, composed: Composed) -> Rendered:
        """What the members of a group make, or what else is `composed`, with the layer's edits."""
        steps, problems = _usable(step for step in layer.edits if step.enabled)
        level = _working_level(layer.raster, steps, self.level, self.fine_pixels)
        whole, scale = composed(level), 0.5**level
        steps = steps if not whole.raster.rect.is_empty else []
        place = whole.x - layer.x * scale, whole.y - layer.y * scale
        within = place if isinstance(layer, Group) else None
        scene = replace(self, path=(*self.path, layer.id), level=level, within=within)
        rendered = _Rendering(scene, whole.raster, problems, self.cache, whole.raster).run(steps)
        coarser = self.level - level
        return Rendered(
            rendered.raster.level(coarser),
            (rendered.x + whole.x) * 0.5**coarser,
            (rendered.y + whole.y) * 0.5**coarser,
            (*whole.problems, *problems),
        )

    def working_level(self, raster: Raster, steps: list[EditStep]) -> int:
        exact = _working_level(raster, steps, self.level, FINE)
        keys = tuple(map(self.step_key, steps))
        if self.cache is not None and self.cache.get((raster, exact, keys)) is not None:
            return exact
        return _working_level(raster, steps, self.level, self.fine_pixels)

    def picture(self, layer_id: str) -> Image:
        """The pixels of another layer, for a step that refers to it."""
        if layer_id in self.path:
            raise StudioError("The layer it refers to works with this one.", "Choose another one.")
        if not self.document.has_layer(layer_id):
            raise StudioError("The layer it refers to is not there.", "Choose another one.")
        layer = self.document.layer(layer_id)
        if isinstance(layer, Group):
            raise StudioError("It refers to a group, not to a layer.", "Choose another one.")
        return self.rendered(layer).raster.read()

    def apply(self, placed: Placed, step: EditStep) -> Placed:
        operation = OPERATIONS[step.operation]
        image, x, y = placed
        mask = None if step.mask is None else self.mask_of(step.mask, placed)
        scale = 0.5**self.level
        context = EditContext(mask, scale, _rng(step), self.control, self.picture)
        result = operation(image, step.params, context)
        shows = _share(operation, mask, step.opacity)
        if shows is not None:
            result = result._replace(image=_mixed(image, result.image, shows))
        return Placed(result.image, x + result.x, y + result.y)

    def mask_of(self, mask: Raster, placed: Placed) -> Image:
        """What a step's mask says of the picture that enters it."""
        image, x, y = placed
        if self.within is None:
            return _fitted(mask, self.level, image)
        height, width, _ = image.shape
        area = Rect(round(self.within[0] + x), round(self.within[1] + y), width, height)
        return mask.level(self.level).read(area)

    def key(self, layer: Layer) -> LayerKey:
        scene = replace(self, path=(*self.path, layer.id))
        steps = tuple(scene.step_key(step) for step in layer.edits if step.enabled)
        made_of = scene.members_key(layer) if isinstance(layer, Group) else layer.raster
        around = any(step.enabled and surrounds(step) for step in layer.edits)
        return made_of, steps, layer.shown_mask if around else None

    def members_key(self, group: Group) -> Hashable:
        """What makes the picture of a group."""
        return self.document.passes_through(group), tuple(
            (self.key(it), it.x, it.y, it.opacity, it.visible, it.blend, it.shown_mask, it.clipped)
            for it in self.document.members(group.id)
        )

    def step_key(self, step: EditStep) -> Hashable:
        """What makes the step's result."""
        params = json.dumps(dict(step.params), sort_keys=True, default=repr)
        others = tuple(self._key_of(layer) for layer in sorted(step.references))
        return step.operation, params, step.id, step.mask, step.opacity, others

    def _key_of(self, layer_id: str) -> LayerKey:
        if layer_id in self.path or not self.document.has_layer(layer_id):
            return None
        return self.key(self.document.layer(layer_id))


@dataclass
class _Rendering:
    """One evaluation of a stack on one thread; adds to `problems` what fails."""

    scene: _Scene
    source: Raster
    problems: list[str]
    cache: RenderCache | None
    start: Raster | None = None  # `source` at the scene's level, where it knows no other

    def run(self, steps: list[EditStep]) -> Rendered:
        keys = tuple(self.scene.step_key(step) for step in steps)
        done, rendered = self._longest_known(keys)
        if done == len(steps):
            return rendered
        placed = Placed(rendered.raster.read(), rendered.x, rendered.y)
        for count, step in enumerate(steps[done:], start=done + 1):
            self.scene.control.check()
            placed = self._tried(placed, step)
            if self.cache is not None or count == len(steps):
                rendered = Rendered(Raster.from_image(placed.image), placed.x, placed.y)
                self._keep(keys[:count], rendered)
        return rendered

    def _longest_known(self, keys: tuple[Hashable, ...]) -> tuple[int, Rendered]:
        """How many of the first steps are in the cache, and their result."""
        level = self.scene.level
        if self.cache is not None:
            for count in range(len(keys), 0, -1):
                found = self.cache.get((self.source, level, keys[:count]))
                if found is not None:
                    return count, found
        return 0, Rendered(self.start or self.source.level(level), 0.0, 0.0)

    def _keep(self, keys: tuple[Hashable, ...], rendered: Rendered) -> None:
        if self.cache is not None:
            self.cache.put((self.source, self.scene.level, keys), rendered)

    def _tried(self, placed: Placed, step: EditStep) -> Placed:
        """The next picture, or the same one if the step fails."""
        try:
            return self.scene.apply(placed, step)
        except Cancelled:
            raise
        except Exception as error:
            expected = isinstance(error, StudioError)
            if not expected:
                log.exception("edit step %s failed", step.operation)
            reason = str(error) if expected else f"{type(error).__name__}: {error}"
            self.problems.append(_left_out(step, reason))
            self.cache = None  # what follows is not this stack's result, and may succeed next time
            return placed


def _usable(steps: Iterable[EditStep]) -> tuple[list[EditStep], list[str]]:
    """The steps that name a known operation and legal params, and what is wrong with the others."""
    usable: list[EditStep] = []
    problems: list[str] = []
    for step in steps:
        try:
            checked(step)
            usable.append(step)
        except StudioError as error:
            problems.append(_left_out(step, error.message))
    return usable, problems


def checked(step: EditStep) -> EditStep:
    """The step with all its params, as JSON data.

    Raises:
        StudioError: the operation is unknown or its params are not legal.
    """
    params = from_json(OPERATIONS[step.operation].params_type, step.params)
    return replace(step, params=to_json(params))


def _share(operation: EditOperation, mask: Image | None, opacity: float) -> Image | None:
    """How much of the result shows, per px or everywhere ``[H or 1, W or 1, 1]``; None: all."""
    if operation.geometric:
        return None
    shows = None if operation.fills_mask else mask
    if opacity < 1.0:
        full = np.ones((1, 1, 1), np.float32)
        shows = (full if shows is None else shows) * np.float32(opacity)
    return shows


def _fitted(mask: Raster, level: int, image: Image) -> Image:
    """The mask at the picture's size: an earlier step may have changed since it was drawn."""
    height, width, _ = image.shape
    return resized(mask.level(level).read()[..., :1], height, width)


def _mixed(before: Image, after: Image, shows: Image) -> Image:
    """`after` where `shows` is 1, `before` where it is 0."""
    if before.shape[2] != after.shape[2]:
        before, after = to_rgba(before), to_rgba(after)
    start = premultiplied(before)
    return straight(start + (premultiplied(after) - start) * shows)


def _rng(step: EditStep) -> np.random.Generator:
    """Randomness that belongs to the step: the same each time, another in the next step."""
    return np.random.default_rng(zlib.crc32(step.id.encode()))


def _left_out(step: EditStep, reason: str) -> str:
    known = step.operation in OPERATIONS
    title = OPERATIONS[step.operation].title if known else step.operation
    return f"“{title}” is left out: {reason}"
