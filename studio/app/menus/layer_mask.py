"""Layer, Mask and Lock: what of the active layer shows, and what of it may change."""

from __future__ import annotations

from functools import partial

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.studio import Studio
from studio.core.document import Group, Lock

_MASK, _LOCK = "Layer/Mask", "Layer/Lock"
_SECTION = 3


def _has_mask(studio: Studio) -> bool:
    layer = studio.documents.active_layer
    return layer is not None and layer.mask is not None


def _can_mask(studio: Studio) -> bool:
    return when.has_layer(studio) and not _has_mask(studio)


def _can_apply(studio: Studio) -> bool:
    return _has_mask(studio) and not isinstance(studio.documents.active_layer, Group)


def _is_enabled(context: Context) -> bool:
    layer = context.studio.documents.active_layer
    return layer is not None and layer.mask is not None and layer.mask_enabled


def _edit(context: Context) -> None:
    documents = context.studio.documents
    documents.set_mask_active(not documents.mask_active)


def _is_locked(lock: Lock, context: Context) -> bool:
    layer = context.studio.documents.active_layer
    return layer is not None and lock in layer.locks


def _lock(lock: Lock, context: Context) -> None:
    context.studio.layers.toggle_lock(lock)


def _lock_action(lock: Lock, title: str, shortcuts: tuple[str, ...], tip: str) -> Action:
    return Action(
        f"layer.lock_{lock}",
        title,
        _LOCK,
        partial(_lock, lock),
        shortcuts,
        section=_SECTION,
        enabled=when.has_layer,
        checked=partial(_is_locked, lock),
        canvas_only=bool(shortcuts),
        tip=tip,
    )


ACTIONS = (
    Action(
        "layer.mask_add",
        "Add Mask",
        _MASK,
        lambda context: context.studio.layers.add_mask(),
        icon="mask",
        section=_SECTION,
        enabled=_can_mask,
        tip="Show of the layer what is selected; all of it where nothing is",
    ),
    Action(
        "layer.mask_hide",
        "Add Mask That Hides All",
        _MASK,
        lambda context: context.studio.layers.add_mask(hidden=True),
        section=_SECTION,
        enabled=_can_mask,
    ),
    Action(
        "layer.mask_edit",
        "Paint on Mask",
        _MASK,
        _edit,
        ("Ctrl+\\",),
        section=_SECTION,
        enabled=_has_mask,
        checked=lambda context: context.studio.documents.mask_active,
        tip="White shows, black hides",
    ),
    Action(
        "layer.mask_invert",
        "Invert Mask",
        _MASK,
        lambda context: context.studio.layers.invert_mask(),
        section=_SECTION,
        enabled=_has_mask,
    ),
    Action(
        "layer.mask_enabled",
        "Mask Is On",
        _MASK,
        lambda context: context.studio.layers.toggle_mask(),
        section=_SECTION,
        enabled=_has_mask,
        checked=_is_enabled,
    ),
    Action(
        "layer.mask_apply",
        "Apply Mask",
        _MASK,
        lambda context: context.studio.layers.apply_mask(),
        section=_SECTION,
        enabled=_can_apply,
        tip="Make what the mask hides transparent, and take the mask away",
    ),
    Action(
        "layer.mask_remove",
        "Remove Mask",
        _MASK,
        lambda context: context.studio.layers.remove_mask(),
        section=_SECTION,
        enabled=_has_mask,
    ),
    _lock_action("all", "Lock Everything", ("/",), "Nothing of the layer can be changed"),
    _lock_action("position", "Lock Position", (), "The layer cannot be moved"),
    _lock_action("alpha", "Lock Transparency", (), "Paint stays where the layer has pixels"),
)
