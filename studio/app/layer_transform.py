"""Scaling and turning a layer by hand: which edit step is set, and where the layer then lies.

A layer that is handled lies in an upright box, is scaled in it, and then turned about its middle:
the last steps that move pixels are `scale` and then `rotate`, where there are such steps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from studio.app.document_session import DocumentSession
from studio.core.document import EditStep, Layer, new_id
from studio.core.image import Rect
from studio.core.params import ParamSpec, specs
from studio.edits.operation import OPERATIONS
from studio.edits.render import moves_pixels, surrounds


class LayerBox(NamedTuple):
    """Where a layer's handles are: an upright rectangle, turned clockwise about its middle."""

    rect: Rect
    angle: float


def most_percent() -> float:
    """How much the `scale` operation can enlarge."""
    return float(_scale_specs()["width"].high or math.inf)


def turn_step(layer: Layer) -> EditStep | None:
    """The step that turning the layer sets; None where it would add one."""
    steps = _geometric_steps(layer)
    return steps[-1] if steps and steps[-1].operation == "rotate" else None


def quad_step(layer: Layer) -> EditStep | None:
    """The step that moving the layer's corners sets; None where it would add one."""
    steps = _geometric_steps(layer)
    return steps[-1] if steps and steps[-1].operation == "free_transform" else None


def angle_of(layer: Layer) -> float:
    """Degrees by which the layer's box is turned."""
    step = turn_step(layer)
    return float(step.params["angle"]) if step is not None else 0.0


def turn_layer(session: DocumentSession, layer: Layer, angle: float, step_id: str = "") -> None:
    """Turn `layer` to `angle` degrees about its middle; merges until `end_gesture`.

    `step_id` names the step if one has to be added: the same through one gesture.
    """
    _commit(session, turned(layer, round(angle, 1), step_id), "Rotate layer")


def turned(layer: Layer, angle: float, step_id: str = "") -> Layer:
    """`layer` turned to `angle` degrees about its middle; `step_id` as for `turn_layer`."""
    params = {"angle": round((angle + 180.0) % 360.0 - 180.0, 3)}
    step = turn_step(layer)
    if step is not None:
        return layer.with_step(step.id, params=params)
    return _inserted(layer, EditStep("rotate", params, id=step_id or new_id()))


def fit_layer(
    session: DocumentSession, layer: Layer, seen: Rect, target: Rect, step_id: str = ""
) -> Rect:
    """Scale and move `layer`, whose box is `seen`, so that its box becomes `target`.

    `target` is given in the turned frame of `seen`. `layer` is what it was when the gesture began,
    so that rounding does not add up; `step_id` as for `turn_layer`. Returns the box that it gets:
    beyond the limits of `scale` it stays where it is held.
    """
    step = _scale_step(layer)
    width, height = (step.params["width"], step.params["height"]) if step else (100.0, 100.0)
    across = _fit("width", width, (seen.x, seen.width), (target.x, target.width))
    down = _fit("height", height, (seen.y, seen.height), (target.y, target.height))
    # Scaling and turning keep the middle where it is; the rest is the layer's place.
    dx = across.start + across.length / 2 - seen.x - seen.width / 2
    dy = down.start + down.length / 2 - seen.y - seen.height / 2
    turn = math.radians(angle_of(layer))
    x = layer.x + round(dx * math.cos(turn) - dy * math.sin(turn))
    y = layer.y + round(dx * math.sin(turn) + dy * math.cos(turn))
    params = {"width": round(across.percent, 2), "height": round(down.percent, 2)}
    _commit(session, replace(_scaled(layer, step, params, step_id), x=x, y=y), "Scale layer")
    return Rect(*(round(edge) for edge in (across.start, down.start, across.length, down.length)))


class _Fitted(NamedTuple):
    """One axis of a box: how much it is scaled, and where it then is, in px."""

    percent: float
    start: float
    length: float


def _fit(
    name: str, percent: float, seen: tuple[float, float], target: tuple[float, float]
) -> _Fitted:
    """From `seen` (start, length), which `percent` made, towards `target`, as far as may be."""
    limits = _scale_specs()[name]
    wanted = percent * target[1] / seen[1]
    got = min(limits.high or math.inf, max(limits.low or 0.0, wanted))
    if got == wanted:
        return _Fitted(got, *target)
    length = seen[1] * got / percent
    way = (length - seen[1]) / (target[1] - seen[1])
    return _Fitted(got, seen[0] + (target[0] - seen[0]) * way, length)


def _scale_specs() -> dict[str, ParamSpec]:
    return {spec.name: spec for spec in specs(OPERATIONS["scale"].params_type)}


def _scaled(layer: Layer, step: EditStep | None, params: Mapping[str, Any], step_id: str) -> Layer:
    if step is not None:
        return layer.with_step(step.id, params={**step.params, **params})
    added = EditStep("scale", params, id=step_id or new_id())
    return _inserted(layer, added, before=turn_step(layer))


def without_surrounds(layer: Layer) -> Layer:
    """The layer as it is handled: without the steps that lie around what was moved last."""
    steps = _geometric_steps(layer)
    moved = layer.edits.index(steps[-1]) + 1 if steps else 0
    inner = tuple(step for step in layer.edits[moved:] if not surrounds(step))
    return replace(layer, edits=(*layer.edits[:moved], *inner))


def _inserted(layer: Layer, step: EditStep, before: EditStep | None = None) -> Layer:
    """With a step more: `before` one, or at the end of what moves the layer itself."""
    if before is None:
        kept = {other.id for other in without_surrounds(layer).edits}
        before = next((other for other in layer.edits if other.id not in kept), None)
    at = len(layer.edits) if before is None else layer.edits.index(before)
    return replace(layer, edits=(*layer.edits[:at], step, *layer.edits[at:]))


def _commit(session: DocumentSession, layer: Layer, text: str) -> None:
    document = session.document.update_layer(layer.id, lambda _: layer)
    session.commit(document, text, f"{text} {layer.id}")


def _scale_step(layer: Layer) -> EditStep | None:
    steps = _geometric_steps(layer)
    if turn_step(layer) is not None:
        steps.pop()
    return steps[-1] if steps and steps[-1].operation == "scale" else None


def _geometric_steps(layer: Layer) -> list[EditStep]:
    """The steps that move pixels, in the order of their use."""
    return [step for step in layer.edits if step.enabled and moves_pixels(step)]
