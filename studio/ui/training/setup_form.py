"""What is asked before training: recipe, size, prompt, seams, device, minutes.

Everything else is folded away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.app.recipe_wishes import can_keep_transparency, obstacle, patience, too_small
from studio.app.studio import Studio
from studio.ui.training.advanced import AdvancedSettings
from studio.ui.training.words import device_name
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.fitted_scroll import FittedScroll
from studio.ui.widgets.link import link
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import CalmComboBox, CheckRow

if TYPE_CHECKING:
    from studio.engine.api import Recipe

LABEL_WIDTH = 72
MINUTES = NumberRange(1, 24 * 60, 1, "min", soft_high=60)
DEFAULT_SIZE = 64
_PROMPT_TIP = "What the model can be asked for: the classes of your images, or words"
_SEAMLESS_TIP = "Pictures repeat without a seam: for textures and patterns"


class SetupForm(QWidget):
    """A few choices, which scroll where there is little height, and the button that starts.

    Emits `back_requested()`.

    What was chosen stays for the next run. What to ask for later is asked only where the images
    bring classes or captions.
    """

    back_requested = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._dataset, self._training = studio.dataset, studio.training
        self.recipe = _combo("Recipe", [(r.title, r) for r in self._training.recipes])
        self.summary = QLabel(wordWrap=True)
        self.summary.setProperty("role", "secondary")
        self.obstacle = QLabel(wordWrap=True)
        self.obstacle.setProperty("role", "attention")
        self.keep_transparency = link("Take them in with transparency")
        self.model = _combo("Model", [])
        self.side = _combo("Size", [(f"{size} px", size) for size in self._training.sizes])
        self.too_small = QLabel(wordWrap=True)
        self.too_small.setProperty("role", "attention")
        self.patience = QLabel(wordWrap=True)
        self.patience.setProperty("role", "secondary")
        self.take_in_larger = link("")
        self.prompt = _combo("Prompt", [])
        self.prompt.setToolTip(_PROMPT_TIP)
        self._sized_for: object = None  # the model whose size was taken last
        self.seamless = CheckRow("Seamless", value=False, tip=_SEAMLESS_TIP)
        self.device = _combo("Device", [])
        self.minutes = NumberField(MINUTES, self._training.recipes[0].minutes)
        self.minutes.setAccessibleName("Minutes")
        self.start = QPushButton("Start training")
        self.start.setProperty("kind", "primary")
        self.advanced = AdvancedSettings(self._training, asked_above=("prompt", "tileable"))
        self.back = link("Back to the last training")
        self._lay_out()
        self._connect()
        self.side.setCurrentIndex(max(0, self.side.findData(DEFAULT_SIZE)))
        self._show_models()
        self._show_devices()
        self._show_recipe()

    def _lay_out(self) -> None:
        self._form = form = QFormLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(_label("Recipe"), self.recipe)
        form.addRow(self.summary)
        form.addRow(self.obstacle)
        form.addRow(self.keep_transparency)
        form.addRow(_label("Model"), self.model)
        form.addRow(_label("Size"), self.side)
        form.addRow(self.too_small)
        form.addRow(self.take_in_larger)
        form.addRow(self.patience)
        form.addRow(_label("Prompt"), self.prompt)
        form.addRow(_label(""), self.seamless)
        form.addRow(_label("Device"), self.device)
        minutes = _label("Minutes")
        minutes.setToolTip("Drag to change. Training can go on longer afterwards.")
        self.minutes.attach(minutes)
        form.addRow(minutes, self.minutes)
        choices, foot = QWidget(), QVBoxLayout()
        column = QVBoxLayout(choices)
        column.setContentsMargins(14, 6, 14, 6)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.advanced)
        foot.setContentsMargins(14, 6, 14, 14)
        foot.setSpacing(12)
        foot.addWidget(self.start)
        foot.addWidget(self.back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(FittedScroll(choices))
        whole.addLayout(foot)

    def _connect(self) -> None:
        self.recipe.currentIndexChanged.connect(self._take_recipe)
        self.model.currentIndexChanged.connect(self._show_recipe)
        self.model.currentIndexChanged.connect(self._take_size)
        self.keep_transparency.clicked.connect(self._keep_transparency)
        self.side.currentIndexChanged.connect(self._show_dataset)
        self.take_in_larger.clicked.connect(self._take_in_larger)
        self._studio.models_changed.connect(self._show_models)
        self.device.activated.connect(self._take_device)
        self.start.clicked.connect(self.start_training)
        self.back.clicked.connect(self.back_requested)
        self.minutes.changed.connect(self._show_patience)
        self._training.devices_changed.connect(self._show_devices)
        self._training.recipe_suggested.connect(self._take_suggestion)
        self._training.changed.connect(self._show_dataset)
        self._dataset.changed.connect(self._show_dataset)
        self._dataset.changed.connect(lambda: self._show_prompts(self.prompt.currentData()))

    def start_training(self) -> None:
        """Start with what is chosen, if it can be done."""
        info = self._dataset.info
        if info is None or not self.start.isEnabled():
            return
        recipe = self._chosen_recipe()
        model = self.model.currentData() if recipe.fine_tunes else None
        origin = model.path if model else None
        self._training.start(recipe, info, self.side.currentData(), self.minutes.value(), origin)

    def _chosen_recipe(self) -> Recipe:
        """The recipe with what was chosen beside it."""
        recipe: Recipe = self.recipe.currentData()
        family, _config = self._starting_point()
        chosen = {"prompt": self.prompt.currentData(), "tileable": self.seamless.value()}
        return replace(recipe, family=family, config={**self.advanced.values(), **chosen})

    def _starting_point(self) -> tuple[str, Mapping[str, Any]]:
        """Family and settings of the recipe, or of the model that it goes on from."""
        recipe, model = self.recipe.currentData(), self.model.currentData()
        if recipe.fine_tunes and model is not None:
            better = {name: recipe.config.get(name, own) for name, own in model.config.items()}
            return model.family_id, better
        return recipe.family, recipe.config

    def _take_suggestion(self, recipe_id: str) -> None:
        ids = [recipe.id for recipe in self._training.recipes]
        if recipe_id in ids:
            self.recipe.setCurrentIndex(ids.index(recipe_id))

    def _take_recipe(self) -> None:
        self._show_recipe()
        self.minutes.set_value(self.recipe.currentData().minutes)
        self._take_size()

    def _take_size(self) -> None:
        """A model goes on at its own size, unless another is chosen afterwards."""
        model = self.model.currentData()
        if not self.recipe.currentData().fine_tunes or model in (None, self._sized_for):
            return
        self._sized_for = model
        if (place := self.side.findData(model.size)) >= 0:
            self.side.setCurrentIndex(place)

    def _show_recipe(self) -> None:
        recipe: Recipe = self.recipe.currentData()
        family, config = self._starting_point()
        self.summary.setText(recipe.summary)
        self._form.setRowVisible(self.model, recipe.fine_tunes)
        self.seamless.set_value(config.get("tileable", False))
        self.advanced.set_recipe(family, config)
        self._show_prompts(config.get("prompt", "none"))
        self._show_dataset()

    def _show_prompts(self, chosen: str) -> None:
        """What the images can be asked for by; `chosen` if it is among that, else nothing."""
        info = self._dataset.info
        self.prompt.clear()
        self.prompt.addItem("Nothing", "none")
        if info is not None and info.classes:
            self.prompt.addItem(f"Class · {len(info.classes)}", "classes")
        if info is not None and info.captions:
            self.prompt.addItem("Words of captions", "captions")
        self.prompt.setCurrentIndex(max(0, self.prompt.findData(chosen)))
        self._form.setRowVisible(self.prompt, self.prompt.count() > 1)

    def _show_models(self) -> None:
        """What can be gone on from: models that say what they are, and that were trained here."""
        chosen = self.model.currentText()
        self.model.clear()
        for model in self._studio.models:
            if model.family_id and not model.imported:
                self.model.addItem(model.name, model)
        self.model.setCurrentIndex(max(0, self.model.findText(chosen)))

    def _keep_transparency(self) -> None:
        self._dataset.reframe(replace(self._dataset.framing, alpha=True))

    def _take_in_larger(self) -> None:
        self._dataset.reframe(replace(self._dataset.framing, size=self.side.currentData()))

    def _take_device(self) -> None:
        self._training.device = self.device.currentData()
        self._show_patience()

    def _show_devices(self) -> None:
        devices = self._training.devices
        best = f" · {device_name(devices[0])}" if devices else ""
        self.device.clear()
        self.device.addItem(f"Auto{best}", "auto")
        for device in devices:
            self.device.addItem(device_name(device), device)
        self.device.setCurrentIndex(max(0, self.device.findData(self._training.device)))
        self._show_patience()

    def _show_patience(self) -> None:
        """What a large size costs where the processor has to train it."""
        family, _config = self._starting_point()
        device = self.device.currentData()
        if device == "auto":
            device = next(iter(self._training.devices), "")
        text = patience(family, self.side.currentData(), self.minutes.value(), device)
        self.patience.setText(text)
        self._form.setRowVisible(self.patience, bool(text))

    def _show_dataset(self) -> None:
        """What the images lack for the recipe and size, and whether it can be started."""
        self._show_patience()
        info, busy = self._dataset.info, self._dataset.busy
        recipe = self.recipe.currentData()
        known = info is not None and not busy
        missing = obstacle(recipe, info) if info is not None and known else ""
        if recipe.fine_tunes and not self.model.count():
            missing = "There is no model yet to go on from: train one first."
        small = too_small(info, self.side.currentData()) if info is not None and known else ""
        self.take_in_larger.setText(f"Take them in at {self.side.currentText()}")
        self.too_small.setText(small)
        self._form.setRowVisible(self.too_small, bool(small))
        self._form.setRowVisible(self.take_in_larger, bool(small))
        self.obstacle.setText(missing)
        self._form.setRowVisible(self.obstacle, bool(missing))
        helps = info is not None and known and can_keep_transparency(recipe, info)
        self._form.setRowVisible(self.keep_transparency, helps)
        self.start.setEnabled(known and not missing and not small)
        self.start.setToolTip("Your images are still being taken in." if busy else missing or small)
        self.back.setVisible(self._training.run is not None)


def _combo(name: str, items: list[tuple[str, object]]) -> CalmComboBox:
    combo = CalmComboBox()
    combo.setAccessibleName(name)
    combo.setMinimumContentsLength(8)
    combo.setSizeAdjustPolicy(CalmComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for title, value in items:
        combo.addItem(title, value)
    return combo


def _label(text: str) -> ElidedLabel:
    label = ElidedLabel(text)
    label.setFixedSize(LABEL_WIDTH, 28)
    return label
