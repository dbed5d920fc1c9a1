"""Another layer of the document, chosen by its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.core.document import Layer
from studio.core.param_values import LayerRef
from studio.ui.widgets.captions import caption, captioned_row
from studio.ui.widgets.option_rows import CalmComboBox


class LayerRow(QWidget):
    """Label and list of layers. Emits `changed(LayerRef)`, then `committed(LayerRef)`."""

    changed = Signal(LayerRef)
    committed = Signal(LayerRef)

    def __init__(
        self, label: str, value: LayerRef, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._value = value
        self._layers: tuple[tuple[str, str], ...] = ()  # id and name, the topmost first
        self.combo = CalmComboBox()
        self.combo.setAccessibleName(label)
        self.combo.setPlaceholderText("Choose a layer…")
        self.setFocusProxy(self.combo)
        self.setToolTip(tip)
        captioned_row(caption(label), self).addWidget(self.combo, 1)
        self.combo.activated.connect(self._activated)

    def offer(self, layers: Sequence[Layer]) -> None:
        """The layers to choose from, from bottom to top."""
        found = tuple((layer.id, layer.name) for layer in reversed(layers))
        if found != self._layers:
            self._layers = found
            self.combo.clear()
            for layer_id, name in found:
                self.combo.addItem(name, layer_id)
            self.set_value(self._value)

    def value(self) -> LayerRef:
        return self._value

    def set_value(self, value: LayerRef) -> None:
        """Show another layer; emits nothing. One that is not there shows as none."""
        self._value = value
        self.combo.setCurrentIndex(self.combo.findData(value.layer))

    def _activated(self) -> None:
        self._value = LayerRef(str(self.combo.currentData()))
        self.changed.emit(self._value)
        self.committed.emit(self._value)
