"""Model: the selection filled with what the model makes."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.studio import Studio

MENU = "Model"


def _can_fill(studio: Studio) -> bool:
    return when.has_model(studio) and when.has_selection(studio)


def _fill_alike(context: Context) -> None:
    context.studio.model_fill.fill()


def _fill_shown(context: Context) -> None:
    studio = context.studio
    studio.model_fill.fill(studio.latent.state.point)


ACTIONS = (
    Action(
        "model.fill_selection",
        "Fill Selection to Fit",
        MENU,
        _fill_alike,
        icon="encode",
        section=1,
        enabled=_can_fill,
        tip="Search the model for a picture that suits what is around the selection.",
    ),
    Action(
        "model.fill_shown",
        "Fill Selection with This Picture",
        MENU,
        _fill_shown,
        icon="place",
        section=1,
        enabled=_can_fill,
        tip="Blend the explorer's picture into the selection.",
    ),
)
