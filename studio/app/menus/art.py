"""Adjust, Art: what makes a new layer of the active one, and takes its time."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.edits.tracing import Tracing
from studio.engine.api import TextureSettings, UpscaleSettings

MENU = "Adjust/Art"


def _style(context: Context) -> None:
    context.shell.show_panel("style")


def _grow(context: Context) -> None:
    settings = context.shell.ask_params("Grow texture", TextureSettings(), _show_nothing)
    if settings is not None:
        context.studio.art.grow(settings)


def _upscale(context: Context) -> None:
    settings = context.shell.ask_params("Upscale layer", UpscaleSettings(), _show_nothing)
    if settings is not None:
        info = context.studio.dataset.info
        context.studio.art.upscale(settings, info.folder if info else None)


def _vectorize(context: Context) -> None:
    settings = context.shell.ask_params("Vectorize to SVG", Tracing(), _show_nothing)
    layer = context.studio.documents.active_layer
    if settings is None or layer is None:
        return
    if file := context.shell.ask_drawing_file(layer.name):
        context.studio.art.vectorize(file, settings)


def _show_nothing(_settings: object) -> None:
    """It takes seconds: what comes of it is seen when it is made."""


ACTIONS = (
    Action("art.style", "Style Transfer…", MENU, _style, icon="style", enabled=when.has_layer),
    Action("art.grow", "Grow Texture…", MENU, _grow, icon="grid", enabled=when.has_layer),
    Action(
        "art.upscale",
        "Upscale…",
        MENU,
        _upscale,
        icon="scale",
        enabled=when.has_layer,
        tip="Twice or four times as large, by a network that learns from your pictures.",
    ),
    Action(
        "art.vectorize",
        "Vectorize to SVG…",
        MENU,
        _vectorize,
        icon="vectorize",
        enabled=when.has_layer,
        tip="Draw the layer in few flat colors with smooth outlines.",
    ),
)
