"""When a command can be used, in words that the table reads well with."""

from __future__ import annotations

from studio.app.studio import Studio
from studio.app.training_state import TrainingState
from studio.core.document import Group


def in_project(studio: Studio) -> bool:
    return studio.project.project is not None


def can_copy_project(studio: Studio) -> bool:
    """Not while training writes into its folder."""
    return in_project(studio) and not studio.training.active


def can_put_back(studio: Studio) -> bool:
    """Images that training uses must stay as they are."""
    return studio.dataset.can_put_back and not studio.training.active


def has_layer(studio: Studio) -> bool:
    return studio.documents.active_layer is not None


def has_edits(studio: Studio) -> bool:
    layer = studio.documents.active_layer
    return layer is not None and bool(layer.edits)


def has_layers(studio: Studio) -> bool:
    return bool(studio.documents.document.layers)


def can_export_again(studio: Studio) -> bool:
    return has_layers(studio) and studio.exchange.last_plan is not None


def has_group(studio: Studio) -> bool:
    return any(isinstance(layer, Group) for layer in studio.layers.selected)


def can_raise(studio: Studio) -> bool:
    return studio.layers.can_shift(1)


def can_lower(studio: Studio) -> bool:
    return studio.layers.can_shift(-1)


def has_selection(studio: Studio) -> bool:
    return studio.documents.document.selection is not None


def can_undo(studio: Studio) -> bool:
    return studio.documents.undo_stack.canUndo()


def can_redo(studio: Studio) -> bool:
    return studio.documents.undo_stack.canRedo()


def has_dataset(studio: Studio) -> bool:
    return studio.dataset.info is not None and not studio.dataset.busy


def can_train(studio: Studio) -> bool:
    return has_dataset(studio) and not studio.training.active


def is_training(studio: Studio) -> bool:
    """Running or paused: what pause and resume act on."""
    return studio.training.state in (TrainingState.RUNNING, TrainingState.PAUSED)


def can_stop(studio: Studio) -> bool:
    return studio.training.active and studio.training.state is not TrainingState.STOPPING


def has_model(studio: Studio) -> bool:
    return studio.latent.card is not None


def can_compare(studio: Studio) -> bool:
    return has_model(studio) and has_dataset(studio)


def has_generated_layer(studio: Studio) -> bool:
    layer = studio.documents.active_layer
    return layer is not None and layer.provenance.point is not None


def can_start_from_layer(studio: Studio) -> bool:
    card = studio.latent.card
    return card is not None and card.can_encode and has_layer(studio)


def can_vary_layer(studio: Studio) -> bool:
    return has_generated_layer(studio) or can_start_from_layer(studio)
