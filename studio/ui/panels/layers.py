"""Layers: what the picture is made of, topmost first, and how each part is laid over the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, get_args

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from studio.app.layer_variations import VariationSettings, vary_layer
from studio.app.studio import Studio
from studio.core.change import DocumentChange
from studio.core.document import BlendMode, Group, Layer, Lock
from studio.ui import icons
from studio.ui.layers.layer_list import LayerList
from studio.ui.layers.listed_layer import ROW
from studio.ui.panel import PanelInfo
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import CalmComboBox

_Row: TypeAlias = tuple[str, str, Callable[[], None]]  # icon, text, what it does

LEAST_ROWS = 2.5  # in view: that it goes on is seen
BLEND_MODES: tuple[BlendMode, ...] = get_args(BlendMode)
_LOCKS: tuple[tuple[Lock, str, str], ...] = (
    ("alpha", "alpha", "Lock transparency: paint stays where the layer has pixels"),
    ("position", "move", "Lock position"),
    ("all", "lock", "Lock everything"),
)


class LayersPanel(QWidget):
    """The list; above it the looks of the active layer and the usual buttons. GUI thread."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._documents = studio.documents
        self.list = LayerList(studio)
        self.empty = EmptyState(
            "layers", "No layers yet", "Place a picture from the explorer, or drop a file here."
        )
        self.blend = CalmComboBox()
        self._modes: tuple[BlendMode | None, ...] = ()
        self._offer_modes(BLEND_MODES)
        self.blend.setAccessibleName("Blend mode")
        self.blend.setToolTip("How the layer is laid over those below")
        self.opacity = LabeledSlider("Opacity", NumberRange(0, 100, 1, "%"), 100, tip="Opacity")
        self.opacity.label.hide()  # next to the blend mode it explains itself
        self.locks = {lock: IconButton(icon, tip) for lock, icon, tip in _LOCKS}
        for button in self.locks.values():
            button.setCheckable(True)
        self.add_mask = IconButton("mask", "Add a mask of what is selected, or one that shows all")
        self.add_group = IconButton("folder", "Put the selected layers into a group")
        self.add = IconButton("add", "Add an empty layer")
        self.duplicate = IconButton("duplicate", "Duplicate the selected layers")
        self.remove = IconButton("trash", "Remove the selected layers")
        self._lay_out()
        self._connect()
        self._show_active()

    def _lay_out(self) -> None:
        looks = QHBoxLayout()
        looks.setContentsMargins(14, 8, 14, 0)
        looks.setSpacing(8)
        looks.addWidget(self.blend)
        looks.addWidget(self.opacity, 1)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(10, 0, 10, 0)
        buttons.setSpacing(2)
        for lock in self.locks.values():
            buttons.addWidget(lock)
        buttons.addStretch(1)
        for button in (self.add_mask, self.add_group, self.add, self.duplicate, self.remove):
            buttons.addWidget(button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(looks)
        column.addLayout(buttons)
        column.addWidget(self._stack, 1)
        above = looks.sizeHint().height() + buttons.sizeHint().height() + 2 * column.spacing()
        self.setMinimumHeight(above + round(LEAST_ROWS * ROW))

    def _connect(self) -> None:
        documents = self._documents
        self.blend.activated.connect(self._set_blend)
        self.opacity.changed.connect(
            lambda percent: self._studio.layers.set_opacity(documents.active_id, percent / 100)
        )
        self.opacity.committed.connect(lambda _percent: documents.end_gesture())
        self.add.clicked.connect(documents.add_empty_layer)
        layers = self._studio.layers
        for lock, button in self.locks.items():
            button.clicked.connect(lambda _on, lock=lock: self._toggle_lock(lock))
        self.add_mask.clicked.connect(self._add_mask)
        self.add_group.clicked.connect(layers.group)
        self.duplicate.clicked.connect(layers.duplicate)
        self.remove.clicked.connect(layers.remove)
        self.list.opened.connect(self._studio.latent.open_layer)
        self.list.menu_requested.connect(self._show_menu)
        documents.changed.connect(self._follow)
        documents.active_changed.connect(lambda _id: self._show_active())

    def layer_menu(self, layer: Layer) -> QMenu:
        """What can be done with a layer."""
        menu = QMenu(self)
        if layer.provenance.point is not None:
            steer = menu.addAction(icons.icon("grid"), "Open in explorer")
            steer.triggered.connect(lambda: self._studio.latent.open_layer(layer.id))
            vary = menu.addAction(icons.icon("dice"), "Four variations")
            vary.triggered.connect(lambda: vary_layer(self._studio, VariationSettings()))
            nearest = menu.addAction(icons.icon("compare"), "Nearest of your images")
            nearest.triggered.connect(lambda: self._studio.likeness.compare_layer(layer))
            menu.addSeparator()
        for section in self._menu_rows(layer):
            for icon, text, slot in section:
                action = menu.addAction(text)
                if icon:
                    action.setIcon(icons.icon(icon))
                action.triggered.connect(lambda _checked=False, slot=slot: slot())
            menu.addSeparator()
        return menu

    def _menu_rows(self, layer: Layer) -> tuple[tuple[_Row, ...], ...]:
        layers = self._studio.layers
        several = len(layers.selected) > 1
        single = "Merge group" if isinstance(layer, Group) else "Merge down"
        clip = "Release clipping" if layer.clipped else "Clip to below"
        switch = "Switch mask off" if layer.mask_enabled else "Switch mask on"
        masking: tuple[_Row, ...] = (("mask", "Add mask", self._add_mask),)
        if layer.mask is not None:
            masking = (
                ("mask", switch, layers.toggle_mask),
                ("", "Invert mask", layers.invert_mask),
                ("", "Remove mask", layers.remove_mask),
            )
        merging: tuple[_Row, ...] = (
            (("", "Merge layers" if several else single, layers.merge),)
            if layers.can_merge()
            else ()
        )
        return (
            (
                ("edit", "Rename", lambda: self.list.rename(layer.id)),
                ("duplicate", "Duplicate", layers.duplicate),
                ("folder", "Group", layers.group),
                ("clip-down", clip, layers.toggle_clipped),
            ),
            masking,
            (*merging, ("trash", "Remove", layers.remove)),
        )

    def _show_menu(self, layer_id: str, position: QPoint) -> None:
        menu = self.layer_menu(self._documents.document.layer(layer_id))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _set_blend(self, place: int) -> None:
        self._studio.layers.set_blend(self._modes[place])

    def _offer_modes(self, modes: tuple[BlendMode | None, ...]) -> None:
        if modes != self._modes:
            self._modes = modes
            self.blend.clear()
            self.blend.addItems([mode.capitalize() if mode else "Pass through" for mode in modes])

    def _add_mask(self) -> None:
        self._studio.layers.add_mask()

    def _toggle_lock(self, lock: Lock) -> None:
        self._studio.layers.toggle_lock(lock)
        self._show_active()

    def _follow(self, change: DocumentChange) -> None:
        if change.layers:
            self._show_active()

    def _show_active(self) -> None:
        """The looks of the active layer; without one there is nothing to set."""
        layer = self._documents.active_layer
        has_layers = bool(self._documents.document.layers)
        self._stack.setCurrentIndex(1 if has_layers else 0)
        unchosen = "" if layer is not None else "Choose a layer first."
        for widget in (self.blend, self.opacity, *self.locks.values(), self.duplicate, self.remove):
            hold_back(widget, unchosen)
        masked = layer is not None and layer.mask is not None
        hold_back(self.add_mask, "It has a mask already." if masked else unchosen)
        tools: list[QWidget] = [self.blend, self.opacity, self.add_mask, self.add_group]
        for shown in (*tools, *self.locks.values()):
            shown.setVisible(has_layers)
        if layer is not None:
            self._show_looks(layer)

    def _show_looks(self, layer: Layer) -> None:
        group = layer if isinstance(layer, Group) and not layer.is_edited else None
        self._offer_modes(BLEND_MODES if group is None else (None, *BLEND_MODES))
        passes = group is not None and group.pass_through
        self.blend.setCurrentIndex(self._modes.index(None if passes else layer.blend))
        self.opacity.set_value(layer.opacity * 100)
        for lock, button in self.locks.items():
            button.setChecked(lock in layer.locks)


PANEL = PanelInfo("layers", "Layers", "layers", "right middle", 0, LayersPanel)
