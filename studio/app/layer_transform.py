"""Scaling and turning a layer by hand: which edit step is set, and where the layer then lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from studio.app.document_session import DocumentSession
from studio.core.document import EditStep, Layer, new_id
from studio.core.image import Rect

LEAST_PERCENT, MOST_PERCENT = 1.0, 800.0  # the limits of the `scale` operation


def angle_of(session: DocumentSession, layer: Layer) -> float:
    """Degrees by which the layer is turned; 0 where turning it would add a step."""
    step = _last_geometric(session, layer, "rotate")
    return float(step.params["angle"]) if step is not None else 0.0


def turn_layer(session: DocumentSession, layer: Layer, angle: float, step_id: str = "") -> None:
    """Turn `layer` to `angle` degrees about its middle; merges until `end_gesture`.

    `step_id` names the step if one has to be added: the same through one gesture.
    """
    angle = round((angle + 180.0) % 360.0 - 180.0, 1)
    turned = _with_step(session, layer, "rotate", {"angle": angle}, step_id)
    _commit(session, turned, "Rotate layer")


def fit_layer(
    session: DocumentSession, layer: Layer, seen: Rect, target: Rect, step_id: str = ""
) -> None:
    """Scale and move `layer`, which appears at `seen`, to appear at `target`.

    `layer` is what it was when the gesture began, so that rounding does not add up; `step_id` as
    for `turn_layer`.
    """
    step = _last_geometric(session, layer, "scale")
    width, height = (step.params["width"], step.params["height"]) if step else (100.0, 100.0)
    params = {
        "width": _percent(width * target.width / seen.width),
        "height": _percent(height * target.height / seen.height),
    }
    scaled = _with_step(session, layer, "scale", params, step_id)
    # Scaling keeps the middle where it is; the rest is the layer's place.
    x = layer.x + round(target.x + target.width / 2 - seen.x - seen.width / 2)
    y = layer.y + round(target.y + target.height / 2 - seen.y - seen.height / 2)
    _commit(session, replace(scaled, x=x, y=y), "Scale layer")


def _percent(value: float) -> float:
    return round(min(MOST_PERCENT, max(LEAST_PERCENT, value)), 2)


def _commit(session: DocumentSession, layer: Layer, text: str) -> None:
    document = session.document.update_layer(layer.id, lambda _: layer)
    session.commit(document, text, f"{text} {layer.id}")


def _with_step(
    session: DocumentSession,
    layer: Layer,
    operation: str,
    params: Mapping[str, Any],
    step_id: str,
) -> Layer:
    """The layer with params of its last geometric step set, or with such a step added."""
    step = _last_geometric(session, layer, operation)
    if step is not None:
        return layer.with_step(step.id, params={**step.params, **params})
    added = EditStep(operation, params, id=step_id or new_id())
    return replace(layer, edits=(*layer.edits, added))


def _last_geometric(session: DocumentSession, layer: Layer, operation: str) -> EditStep | None:
    """The layer's last step that moves pixels, if it is a use of `operation`."""
    for step in reversed(layer.edits):
        if step.enabled and session.operation(step.operation).geometric:
            return step if step.operation == operation else None
    return None
