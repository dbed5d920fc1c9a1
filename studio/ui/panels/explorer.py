"""Explorer: find a picture in a model's latent space, steer it, and put it onto the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.app.exchange import is_picture
from studio.app.studio import Studio
from studio.app.training_state import TrainingState
from studio.core.change import DocumentChange
from studio.ui import icons, theme
from studio.ui.canvas.drops import dropped_files
from studio.ui.explorer.originality_row import OriginalityRow
from studio.ui.explorer.page import PAGES, Page
from studio.ui.explorer.prompt_row import PromptRow
from studio.ui.focus_walk import focus_into
from studio.ui.panel import PanelInfo
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.file_drop import FileDrop
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.icon_tabs import IconTab, IconTabs
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import CalmComboBox
from studio.ui.widgets.plain_scroll import above

MARGIN, SPACING = 14, 8
MAX_SEED = 2**32 - 1
TRAINED = "In training"
LEARNING = "Still learning: pictures get better by themselves"
PAUSED = "Training is paused: pictures stay as they are"


class ExplorerPanel(QStackedWidget):
    """Either the pages with their controls, or what to do to get a model. GUI thread.

    Emits `room_wanted(int)` with the height that a page takes which was turned to.
    """

    room_wanted = Signal(int)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.explorer = _Explorer(studio)
        self.empty = EmptyState("model", "", "")
        self.addWidget(self.empty)
        self.addWidget(above(self.explorer, self.explorer.ways))
        self.drop = FileDrop(self, "Start from this picture", self._acceptable)
        self.drop.dropped.connect(lambda files: self.explorer.start_from(files[0]))
        self.empty.activated.connect(self._open_newest)
        self.explorer.tabs.changed.connect(
            lambda _page: self.room_wanted.emit(self.explorer.wanted_height)
        )
        studio.latent.model_changed.connect(self._choose)
        studio.models_changed.connect(self._choose)
        self._choose()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.explorer.fit_in(self.height() - self.explorer.ways.height())

    def _choose(self) -> None:
        """Show what fits: the explorer as soon as there is a model."""
        models, latent = self._studio.models, self._studio.latent
        if latent.card is not None:
            self.setCurrentIndex(1)
            return
        self.setCurrentIndex(0)
        if latent.loading:
            names = {model.sha256: f"“{model.name}”" for model in models}
            name = names.get(latent.state.model, "a model")
            self.empty.set_texts(f"Opening {name}…", "Its pictures appear here in a moment.")
        elif models:
            origin = "comes with the studio" if models[0].shipped else "you made before"
            self.empty.set_texts(
                "No model chosen",
                f"Train one on your pictures on the left, or look into one that {origin}.",
                f"Open “{models[0].name}”",
            )
        else:
            self.empty.set_texts(
                "No model yet",
                "Train one on your pictures on the left, or open one from Models. "
                "Its pictures appear here while it learns.",
            )

    def _acceptable(self, mime: QMimeData) -> Sequence[Path]:
        """Pictures from elsewhere, while there is a model that could make them."""
        files = dropped_files(mime) if self._studio.latent.card is not None else ()
        return [file for file in files if is_picture(file)]

    def _open_newest(self) -> None:
        self._studio.latent.open_model(self._studio.models[0].sha256)


class _Explorer(QWidget):
    """The pages, and below them what is the same for all: seed, model, truncation, canvas.

    Where there is little height it scrolls; `ways`, those to the canvas and from it, stay in view.
    """

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._latent = studio.latent
        self._in_view = 0
        infos = sorted(PAGES, key=lambda page: page.rank)
        self.tabs = IconTabs([IconTab(i.id, i.title, i.tip, i.icon) for i in infos])
        self.tabs.setAccessibleName("Ways to explore")
        self.pages: dict[str, Page] = {info.id: info.create(studio) for info in infos}
        self._make_controls()
        self._lay_out()
        self._connect()
        self.show_page("grid")
        self._show_models()
        self._show_dataset()
        self._show_model()
        self._show_state()

    @property
    def page(self) -> Page:
        return self.pages[self.tabs.value()]

    def show_page(self, name: str) -> None:
        """Show a page by its id; keys that went to what is hidden now go to it."""
        focus = self.window().focusWidget()
        self.tabs.set_value(name)
        for page_name, page in self.pages.items():
            page.setVisible(page_name == name)
        for button in (self.back, self.forward):
            button.setVisible(self.page.pages)
        lost = self.isAncestorOf(focus) and not focus.isVisibleTo(self)
        if lost and not focus_into(self.page):
            focus_into(self.tabs)

    @property
    def wanted_height(self) -> int:
        """The px with which the page in view has all the room that it can use."""
        around = self.minimumSizeHint().height() - self.page.minimumHeight()
        return around + self.page.wanted_height(self._page_width) + self.ways.sizeHint().height()

    @property
    def _page_width(self) -> int:
        return self.contentsRect().width() - 2 * MARGIN

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_pages()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What pages leave to all of them: Enter places the picture in view, R goes elsewhere."""
        focus = self.focusWidget()
        here = self.page.isAncestorOf(focus)
        if not here or isinstance(focus, QLineEdit) or event.isAutoRepeat():
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.place.click()
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self.dice.click()
        else:
            super().keyPressEvent(event)

    def fit_in(self, height: int) -> None:
        """Make the best of the px of height that can be seen of this."""
        self._in_view = height
        self._fit_pages()

    def _fit_pages(self) -> None:
        for page in self.pages.values():
            page.fit(self._page_width)
            page.keep(self._in_view - self.tabs.height() - 2 * SPACING)

    def _make_controls(self) -> None:
        self.learning = QLabel()
        self.learning.setWordWrap(True)
        self.dice = IconButton("dice", "Somewhere else (R)")
        self.seed = NumberField(NumberRange(0, MAX_SEED, 1))
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("Seed of the picture in view: type one to go there")
        self.back = IconButton("chevron-left", "The seeds before")
        self.forward = IconButton("chevron-right", "The next seeds")
        self.models = CalmComboBox()
        self.models.setAccessibleName("Model")
        self.models.setMinimumWidth(64)  # long names give way, and do not widen the panel
        self.models.setSizeAdjustPolicy(
            CalmComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.prompt = PromptRow(self._latent, self)
        self.originality = OriginalityRow(self._studio.originality, self._studio.likeness)
        self.truncation = LabeledSlider(
            "Truncation",
            NumberRange(0.0, 1.5, 0.01),
            1.0,
            0.8,
            "Low: typical and safe. High: varied and odd.",
        )
        self.place = QPushButton("Place on canvas")
        self.place.setToolTip("Make a layer of the picture in view (Enter)")
        self.place.setProperty("kind", "primary")
        self.change = QPushButton("Update layer")
        self.change.setToolTip("Show the picture in view in the active layer; its edits stay")
        self.start = QPushButton(icons.icon("encode"), "Start from this layer")
        self.start.setToolTip("Find the active layer's picture in the model's latent space")
        self.start.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a disabled button hands focus on

    def _lay_out(self) -> None:
        where = QHBoxLayout()
        where.setSpacing(4)
        for widget in (self.dice, self.seed, self.back, self.forward):
            where.addWidget(widget)
        where.addSpacing(4)
        where.addWidget(self.models, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 8, MARGIN, 4)
        column.setSpacing(SPACING)
        column.addWidget(self.tabs)
        column.addWidget(self.learning)
        for page in self.pages.values():
            column.addWidget(page, 1)
        column.addLayout(where)
        column.addWidget(self.prompt)
        column.addWidget(self.truncation)
        column.addWidget(self.originality)
        column.addStretch(0)
        self._lay_out_ways()

    def _lay_out_ways(self) -> None:
        self.ways = QWidget()
        row = QHBoxLayout(self.ways)
        row.setContentsMargins(MARGIN, 4, MARGIN, 12)
        row.setSpacing(8)
        row.addWidget(self.place, 1)
        row.addWidget(self.change)
        row.addWidget(self.start)

    def _connect(self) -> None:
        latent, studio = self._latent, self._studio
        self.tabs.changed.connect(self.show_page)
        self.dice.clicked.connect(self._roll)
        self.seed.committed.connect(lambda seed: latent.go_to_seed(int(seed)))
        self.back.clicked.connect(lambda: self.page.turn(-1))
        self.forward.clicked.connect(lambda: self.page.turn(1))
        self.models.activated.connect(
            lambda place: latent.open_model(self.models.itemData(place) or "")
        )
        self.truncation.changed.connect(latent.set_truncation)
        self.truncation.committed.connect(lambda _value: latent.end_gesture())
        self.place.clicked.connect(self._place)
        self.change.clicked.connect(lambda: latent.steer_layer(studio.documents.active_id))
        self.start.clicked.connect(self._start_or_cancel)
        latent.model_changed.connect(self._show_model)
        studio.inversion.changed.connect(self._show_layer)
        studio.inversion.found.connect(lambda: self.show_page("steer"))
        latent.state_changed.connect(self._show_state)
        studio.models_changed.connect(self._show_models)
        studio.dataset.changed.connect(self._show_dataset)
        studio.training.changed.connect(self._show_learning)
        studio.documents.active_changed.connect(lambda _layer: self._show_layer())
        studio.documents.changed.connect(self._follow)

    def _roll(self) -> None:
        self.page.roll()

    def _place(self) -> None:
        self._latent.place_on_canvas()

    def _follow(self, change: DocumentChange) -> None:
        if change.layers:
            self._show_layer()

    def _show_models(self) -> None:
        self.models.clear()
        if not self._latent.state.model:
            self.models.addItem(TRAINED, "")
        for model in self._studio.models:
            self.models.addItem(model.name, model.sha256)
        self.models.setCurrentIndex(self.models.findData(self._latent.state.model))

    def _show_learning(self) -> None:
        state = self._studio.training.state
        ends = state in (TrainingState.STOPPING, TrainingState.IDLE)
        self.learning.setVisible(self._latent.learning and not ends)
        paused = state is TrainingState.PAUSED
        text = PAUSED if paused else LEARNING
        if text != self.learning.text():  # a training tells of itself many times a second
            self.learning.setText(text)
            theme.restyle(self.learning, role="attention" if paused else "good")

    def _show_dataset(self) -> None:
        self.originality.setVisible(self._studio.dataset.info is not None)

    def _show_model(self) -> None:
        self._fit_pages()
        self._show_learning()
        self._show_models()
        self._show_layer()

    def _show_state(self) -> None:
        state = self._latent.state
        self.truncation.set_value(state.truncation)
        seed = state.point.seed
        if seed is not None:
            self.seed.set_value(seed)
        else:
            self.seed.clear()
            self.seed.setPlaceholderText("—")

    def _show_layer(self) -> None:
        """What can be done with the active layer: one that a model made already has its place."""
        layer, card = self._studio.documents.active_layer, self._latent.card
        generated = layer is not None and layer.provenance.point is not None
        progress = self._studio.inversion.progress
        begins = card is not None and (progress is not None or not generated)
        offers = (self.change, generated), (self.start, begins)
        for button, wanted in sorted(offers, key=itemgetter(1)):  # with both, the panel would grow
            button.setVisible(wanted)
        usable = layer is not None or progress is not None
        hold_back(self.start, "" if usable else "Choose a layer first.")
        at_work = "tuning" if self._studio.inversion.tuning else "looking"
        stop = "" if progress is None else f"Stop {at_work} ({progress:.0%})"
        self.start.setText(stop or "Start from this layer")

    def _start_or_cancel(self) -> None:
        """A search is watched, and what it found is worked with, on the page where one steers."""
        if self._studio.inversion.progress is not None:
            self._studio.inversion.cancel()
            return
        self.show_page("steer")
        self._studio.start_from_layer()

    def start_from(self, file: Path) -> None:
        """Look for a picture that came from elsewhere."""
        self.show_page("steer")
        self._studio.inversion.start_from_file(file)


PANEL = PanelInfo("explorer", "Explorer", "grid", "right", 0, ExplorerPanel)
