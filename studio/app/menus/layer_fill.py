"""Layer, New Fill Layer: layers that are one color or one gradient, and can be changed later."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.studio import Studio
from studio.core.fill import Fill, GradientFill, Shape, SolidFill
from studio.core.param_values import Color, Gradient
from studio.core.params import param

_MENU = "Layer/New Fill Layer"


@dataclass(frozen=True)
class SolidParams:
    color: Color = param((0.5, 0.5, 0.5), "Color")

    def fill(self) -> Fill:
        return SolidFill((*self.color, 1.0))


@dataclass(frozen=True)
class GradientParams:
    colors: Gradient = param(Gradient(((0.0, (0.0, 0.0, 0.0)), (1.0, (1.0, 1.0, 1.0)))), "Colors")
    shape: Shape = param("linear", "Shape", choices=("linear", "radial"))
    angle: float = param(0.0, "Angle", -180.0, 180.0, 1.0, "°", help="0 runs from top to bottom.")
    scale: float = param(100.0, "Length", 1.0, 400.0, 1.0, "%", soft_high=200.0)

    def fill(self) -> Fill:
        stops = tuple((at, (*color, 1.0)) for at, color in self.colors.stops)
        x, y = math.sin(math.radians(self.angle)), math.cos(math.radians(self.angle))
        reach = self.scale / 200.0
        middle, end = (0.5, 0.5), (0.5 - x * reach, 0.5 + y * reach)
        start = middle if self.shape == "radial" else (0.5 + x * reach, 0.5 - y * reach)
        return GradientFill(stops, self.shape, start, end)


def _params_of(fill: Fill) -> SolidParams | GradientParams:
    """What the form shows of a fill: `fill` of it gives the fill back, alpha aside."""
    if isinstance(fill, SolidFill):
        return SolidParams(fill.color[:3])
    stops = tuple((at, color[:3]) for at, color in fill.stops)
    dx, dy = fill.end[0] - fill.start[0], fill.end[1] - fill.start[1]
    length = math.hypot(dx, dy) * (2.0 if fill.shape == "radial" else 1.0)
    angle = math.degrees(math.atan2(-dx, dy))
    scale = min(400.0, max(1.0, length * 100.0))
    return GradientParams(Gradient(stops), fill.shape, round(angle, 1), round(scale, 1))


def _adder(title: str, params: Any) -> Callable[[Context], None]:
    def add(context: Context) -> None:
        layers = context.studio.layers
        trial = layers.begin_fill(f"New {title.lower()} layer")
        chosen = context.shell.ask_params(
            title, params, lambda shown: layers.try_new_fill(trial, shown.fill(), title)
        )
        if not chosen:
            trial.cancel()

    return add


def _change(context: Context) -> None:
    layer = context.studio.documents.active_layer
    if layer is None or layer.fill is None:
        return
    layers = context.studio.layers
    trial = layers.begin_fill("Change fill")
    if not context.shell.ask_params(
        layer.name,
        _params_of(layer.fill),
        lambda shown: layers.try_fill(trial, layer, shown.fill()),
    ):
        trial.cancel()


def _has_fill(studio: Studio) -> bool:
    layer = studio.documents.active_layer
    return layer is not None and layer.fill is not None


ACTIONS = (
    Action(
        "layer.fill_solid",
        "Solid Color…",
        _MENU,
        _adder("Solid color", SolidParams()),
        icon="fill",
        enabled=when.in_project,
    ),
    Action(
        "layer.fill_gradient",
        "Gradient…",
        _MENU,
        _adder("Gradient", GradientParams()),
        icon="gradient",
        enabled=when.in_project,
    ),
    Action("layer.fill_change", "Change Fill…", "Layer", _change, section=3, enabled=_has_fill),
)
