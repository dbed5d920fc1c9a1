"""Layers: what the picture is made of, topmost first, and how each part is laid over the rest."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.core.change import DocumentChange
from studio.core.document import BlendMode, Layer
from studio.ui import icons
from studio.ui.layers.layer_list import LayerList
from studio.ui.panel import PanelInfo
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import CalmComboBox

BLEND_MODES: tuple[BlendMode, ...] = get_args(BlendMode)


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
        self.blend.addItems([mode.capitalize() for mode in BLEND_MODES])
        self.blend.setAccessibleName("Blend mode")
        self.blend.setToolTip("How the layer is laid over those below")
        self.opacity = LabeledSlider("Opacity", NumberRange(0, 100, 1, "%"), 100, tip="Opacity")
        self.opacity.label.hide()  # next to the blend mode it explains itself
        self.add = IconButton("add", "Add an empty layer")
        self.duplicate = IconButton("duplicate", "Duplicate the layer")
        self.remove = IconButton("trash", "Remove the layer")
        self._lay_out()
        self._connect()
        self._show_active()

    def _lay_out(self) -> None:
        looks = QHBoxLayout()
        looks.setContentsMargins(14, 8, 10, 0)
        looks.setSpacing(4)
        looks.addWidget(self.blend)
        looks.addSpacing(4)
        looks.addWidget(self.opacity, 1)
        looks.addStretch()  # the buttons stay right while there is nothing to set
        for button in (self.add, self.duplicate, self.remove):
            looks.addWidget(button)
        self._stack = QStackedWidget()
        self._stack.setMinimumHeight(76)  # two rows
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(looks)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        documents = self._documents
        self.blend.activated.connect(self._set_blend)
        self.opacity.changed.connect(
            lambda percent: documents.set_opacity(documents.active_id, percent / 100)
        )
        self.opacity.committed.connect(lambda _percent: documents.end_gesture())
        self.add.clicked.connect(documents.add_empty_layer)
        self.duplicate.clicked.connect(lambda: documents.duplicate_layer(documents.active_id))
        self.remove.clicked.connect(lambda: documents.remove_layer(documents.active_id))
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
            nearest = menu.addAction(icons.icon("compare"), "Nearest of your images")
            nearest.triggered.connect(lambda: self._studio.likeness.compare_layer(layer))
            menu.addSeparator()
        rename = menu.addAction(icons.icon("edit"), "Rename")
        rename.triggered.connect(lambda: self.list.rename(layer.id))
        copy = menu.addAction(icons.icon("duplicate"), "Duplicate")
        copy.triggered.connect(lambda: self._documents.duplicate_layer(layer.id))
        menu.addSeparator()
        remove = menu.addAction(icons.icon("trash"), "Remove")
        remove.triggered.connect(lambda: self._documents.remove_layer(layer.id))
        return menu

    def _show_menu(self, layer_id: str, position: QPoint) -> None:
        menu = self.layer_menu(self._documents.document.layer(layer_id))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _set_blend(self, place: int) -> None:
        self._documents.set_blend(self._documents.active_id, BLEND_MODES[place])

    def _follow(self, change: DocumentChange) -> None:
        if change.layers:
            self._show_active()

    def _show_active(self) -> None:
        """The looks of the active layer; without one there is nothing to set."""
        layer = self._documents.active_layer
        has_layers = bool(self._documents.document.layers)
        self._stack.setCurrentIndex(1 if has_layers else 0)
        for widget in (self.blend, self.opacity, self.duplicate, self.remove):
            widget.setEnabled(layer is not None)
        self.blend.setVisible(has_layers)
        self.opacity.setVisible(has_layers)
        if layer is not None:
            self.blend.setCurrentIndex(BLEND_MODES.index(layer.blend))
            self.opacity.set_value(layer.opacity * 100)


PANEL = PanelInfo("layers", "Layers", "layers", "right middle", 0, LayersPanel)
