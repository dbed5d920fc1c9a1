"""Model: training, and pictures out of what was learned."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.layer_variations import VariationSettings, vary_layer
from studio.app.menus import when
from studio.app.menus.file import import_models
from studio.app.studio import Studio
from studio.app.training_state import TrainingState

MENU = "Model"


def _pause_text(studio: Studio) -> str:
    paused = studio.training.state is TrainingState.PAUSED
    return "Resume Training" if paused else "Pause Training"


def _pause_or_resume(context: Context) -> None:
    training = context.studio.training
    if training.state is TrainingState.PAUSED:
        training.resume()
    else:
        training.pause()


def _random(context: Context) -> None:
    latent = context.studio.latent
    latent.go_to_seed(latent.random_seed())


def _favorite(context: Context) -> None:
    latent = context.studio.latent
    latent.toggle_favorite(latent.state.point)


def _nearest(context: Context) -> None:
    latent = context.studio.latent
    latent.comparison_wanted.emit(latent.state.point)


def _import(context: Context) -> None:
    file = context.shell.ask_model()
    if file is not None:
        import_models(context, [file])


def _open_in_explorer(context: Context) -> None:
    context.studio.latent.open_layer(context.studio.documents.active_id)
    context.shell.show_panel("explorer")


def _vary(context: Context) -> None:
    settings = context.shell.ask_params("Variations", VariationSettings(), lambda _shown: None)
    if settings is not None:
        vary_layer(context.studio, settings)


ACTIONS = (
    Action(
        "model.train",
        "Train",
        MENU,
        lambda context: context.shell.start_training(),
        ("Ctrl+Shift+T",),
        "train",
        enabled=when.can_train,
    ),
    Action(
        "model.pause",
        "Pause Training",
        MENU,
        _pause_or_resume,
        icon="pause",
        enabled=when.is_training,
        text=_pause_text,
    ),
    Action(
        "model.stop",
        "Stop and Keep",
        MENU,
        lambda context: context.studio.training.stop(),
        icon="stop",
        enabled=when.can_stop,
    ),
    Action(
        "model.import",
        "Import Model…",
        MENU,
        _import,
        icon="model",
        tip="A model from elsewhere: the studio's own, or a .pkl of StyleGAN2 or 3",
    ),
    Action(
        "model.place",
        "Place on Canvas",
        MENU,
        lambda context: context.studio.latent.place_on_canvas(),
        ("Ctrl+Return",),
        "place",
        1,
        enabled=when.has_model,
    ),
    Action(
        "model.random",
        "Surprise Me",
        MENU,
        _random,
        ("Ctrl+R",),
        "dice",
        1,
        enabled=when.has_model,
    ),
    Action(
        "model.favorite",
        "Keep as Favorite",
        MENU,
        _favorite,
        ("Ctrl+Shift+B",),
        "star",
        1,
        enabled=when.has_model,
    ),
    Action(
        "model.nearest",
        "Nearest of Your Images",
        MENU,
        _nearest,
        icon="compare",
        section=1,
        enabled=when.can_compare,
    ),
    Action(
        "model.open_layer",
        "Open Layer in Explorer",
        MENU,
        _open_in_explorer,
        ("Ctrl+Shift+Return",),
        "model",
        2,
        enabled=when.has_generated_layer,
    ),
    Action(
        "model.start_from_layer",
        "Start from This Layer",
        MENU,
        lambda context: context.studio.start_from_layer(),
        icon="encode",
        section=2,
        enabled=when.can_start_from_layer,
    ),
    Action(
        "model.vary_layer",
        "Variations of This Layer…",
        MENU,
        _vary,
        icon="dice",
        section=2,
        enabled=when.can_vary_layer,
        tip="Layers with what the model makes near to this one, to choose from.",
    ),
    Action(
        "model.copy_look",
        "Copy Look",
        MENU,
        lambda context: context.studio.looks.copy(),
        icon="palette",
        section=2,
        enabled=when.has_generated_layer,
        tip="Colors and detail of this layer, for another one of the same model.",
    ),
    Action(
        "model.paste_look",
        "Paste Look",
        MENU,
        lambda context: context.studio.looks.paste(),
        icon="style",
        section=2,
        enabled=lambda studio: studio.looks.can_paste,
        tip="The colors and detail that were copied, on the shape of this layer.",
    ),
)
