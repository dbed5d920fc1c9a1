"""The explorer panel, worked with mouse and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.app.training_state import TrainingState
from studio.core.latent import LatentPoint
from studio.errors import StudioError
from studio.ui import theme
from studio.ui.explorer.pages.favorites import FavoritesPage
from studio.ui.explorer.pages.grid import GridPage
from studio.ui.explorer.pages.interpolate import InterpolatePage
from studio.ui.explorer.pages.pad import PadPage
from studio.ui.explorer.point import point_menu
from studio.ui.latent_mime import dropped_latent, mime_of
from studio.ui.panels.explorer import PANEL, ExplorerPanel
from tests.support.fake_generator import make_model
from tests.support.fakes import FakeEngine
from tests.support.studios import add_layer, open_model, pictures_are_there, show_panel
from tests.support.waiting import wait_for

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ExplorerPanel:
    open_model(studio, qtbot)
    return show(studio, qtbot)


def show(studio: Studio, qtbot: QtBot) -> ExplorerPanel:
    return show_panel(PANEL, ExplorerPanel, studio, qtbot, 320, 700)


def grid_page(panel: ExplorerPanel) -> GridPage:
    page = panel.explorer.pages["grid"]
    assert isinstance(page, GridPage)
    return page


def cell(panel: ExplorerPanel, place: int) -> QPoint:
    grid = grid_page(panel).grid
    return grid.visualRect(grid.model().index(place, 0)).center()


def click_cell(panel: ExplorerPanel, place: int) -> None:
    QTest.mouseClick(grid_page(panel).grid.viewport(), LEFT, pos=cell(panel, place))


def wheel(panel: ExplorerPanel, angle: int) -> None:
    target = grid_page(panel).grid.viewport()
    event = QWheelEvent(
        QPointF(20, 20),
        QPointF(20, 20),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text().split("\t")[0] == text).trigger()


def test_without_a_model_it_says_what_to_do(studio: Studio, qtbot: QtBot) -> None:
    panel = show(studio, qtbot)
    assert panel.currentWidget() is panel.empty
    assert not panel.empty.button.isVisible()
    open_model(studio, qtbot)
    assert panel.currentWidget() is not panel.empty


def test_a_model_of_the_library_is_one_click_away(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot)
    studio.documents.reset(type(studio.documents.document)())
    panel = show(studio, qtbot)
    with qtbot.waitSignal(studio.models_changed):
        studio.refresh_models()
    assert panel.empty.button.text() == "Open “Icons”"
    QTest.mouseClick(panel.empty.button, LEFT)
    qtbot.waitUntil(lambda: panel.currentWidget() is not panel.empty)


def test_keys_follow_to_the_page_that_is_turned_to(panel: ExplorerPanel) -> None:
    explorer = panel.explorer
    grid_page(panel).grid.setFocus()
    explorer.tabs.button("pad").click()
    assert explorer.page.isAncestorOf(panel.focusWidget())
    explorer.tabs.button("favorites").click()  # there are none: nothing in it takes keys
    assert panel.focusWidget() is explorer.tabs
    explorer.tabs.button("grid").click()
    assert panel.focusWidget() is explorer.tabs, "a focus that stays in view is left alone"


def test_a_model_on_its_way_is_named(studio: Studio, qtbot: QtBot) -> None:
    sha256 = open_model(studio, qtbot)
    with qtbot.waitSignal(studio.models_changed):
        studio.refresh_models()
    studio.latent.open_model("")
    panel = show(studio, qtbot)
    assert panel.empty.title.text() == "No model chosen"
    studio.latent.open_model(sha256)
    assert panel.empty.title.text() == "Opening “Icons”…"
    qtbot.waitUntil(lambda: panel.currentWidget() is not panel.empty)


def test_a_model_that_cannot_be_opened_is_not_waited_for(studio: Studio, qtbot: QtBot) -> None:
    panel = show(studio, qtbot)
    engine = studio.host.get()
    assert isinstance(engine, FakeEngine)
    engine.fail["load"] = StudioError("The model is damaged.", "Train again.")
    studio.latent.explore_file(Path("gone.safetensors"))
    assert panel.empty.title.text() == "Opening a model…"
    qtbot.waitUntil(lambda: panel.empty.title.text() == "No model yet")


def test_a_click_picks_and_undo_goes_back(panel: ExplorerPanel, studio: Studio) -> None:
    click_cell(panel, 6)
    assert studio.latent.state.point == studio.latent.state.grid[6]
    assert panel.explorer.seed.value() == 6
    studio.documents.undo_stack.undo()
    assert studio.latent.state.point.seed == 0
    assert grid_page(panel).grid.current() == 0


def test_a_double_click_places(panel: ExplorerPanel, studio: Studio, qtbot: QtBot) -> None:
    click_cell(panel, 2)
    with qtbot.waitSignal(studio.documents.active_changed):
        QTest.mouseDClick(grid_page(panel).grid.viewport(), LEFT, pos=cell(panel, 2))
    layer = studio.documents.active_layer
    assert layer is not None
    assert layer.provenance.point == studio.latent.state.grid[2]


def test_the_wheel_goes_on_by_rows_and_keys_walk_off_the_sheet(
    panel: ExplorerPanel, studio: Studio
) -> None:
    wheel(panel, -120)
    assert studio.latent.state.first_seed == 4
    wheel(panel, 60)
    wheel(panel, 60)
    assert studio.latent.state.first_seed == 0
    click_cell(panel, 13)
    QTest.keyClick(grid_page(panel).grid, Qt.Key.Key_Down)
    assert (studio.latent.state.first_seed, studio.latent.state.point.seed) == (4, 17)
    QTest.keyClick(grid_page(panel).grid, Qt.Key.Key_Left)
    assert studio.latent.state.point.seed == 16
    QTest.keyClick(grid_page(panel).grid, Qt.Key.Key_PageDown)
    assert studio.latent.state.first_seed == 20


def test_pages_turn_with_the_arrows(panel: ExplorerPanel, studio: Studio) -> None:
    QTest.mouseClick(panel.explorer.forward, LEFT)
    assert studio.latent.state.first_seed == 16
    QTest.mouseClick(panel.explorer.back, LEFT)
    assert studio.latent.state.first_seed == 0


def test_a_typed_seed_is_gone_to(panel: ExplorerPanel, studio: Studio) -> None:
    field = panel.explorer.seed
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "417")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert studio.latent.state.point.seed == 417
    assert grid_page(panel).grid.current() == 0


def test_the_star_keeps_a_picture(panel: ExplorerPanel, studio: Studio) -> None:
    click_cell(panel, 3)
    QTest.keyClick(grid_page(panel).grid, Qt.Key.Key_S)
    assert studio.latent.state.favorites == (studio.latent.state.grid[3],)
    page = panel.explorer.pages["favorites"]
    assert isinstance(page, FavoritesPage)
    panel.explorer.show_page("favorites")
    assert page.grid.count() == 1
    QTest.keyClick(page.grid, Qt.Key.Key_S)
    assert studio.latent.state.favorites == ()
    assert not page.grid.isVisible()


def test_a_drag_of_the_pad_is_one_step_and_shows_pictures(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    page = panel.explorer.pages["pad"]
    assert isinstance(page, PadPage)
    panel.explorer.show_page("pad")
    pad = page.pad
    before = studio.latent.preview
    QTest.mousePress(pad, LEFT, pos=pad.position_of(0.5, 0.5).toPoint())
    for place in range(5, 10):
        QTest.mouseMove(pad, pad.position_of(place / 10, 0.2).toPoint())
    QTest.mouseRelease(pad, LEFT, pos=pad.position_of(0.9, 0.2).toPoint())
    assert studio.latent.state.pad == pytest.approx((0.9, 0.2), abs=0.01)
    assert studio.documents.undo_stack.count() == 1
    qtbot.waitUntil(lambda: studio.latent.preview != before)
    studio.documents.undo_stack.undo()
    assert studio.latent.state.pad == pad.place() == (0.5, 0.5)


def color_at(widget: QWidget, position: QPointF) -> QColor:
    return widget.grab().toImage().pixelColor(position.toPoint())


def test_the_handle_is_a_ring_while_the_picture_in_view_is_from_elsewhere(
    panel: ExplorerPanel, studio: Studio
) -> None:
    page = panel.explorer.pages["pad"]
    assert isinstance(page, PadPage)
    panel.explorer.show_page("pad")
    accent, handle = theme.current().color("accent"), page.pad.position_of(0.5, 0.5)
    assert color_at(page.pad, handle) != accent, "seed 0 is in view, which is not in the middle"
    QTest.mouseClick(page.pad, LEFT, pos=handle.toPoint())
    assert studio.latent.state.is_on_pad
    assert color_at(page.pad, handle) == accent
    studio.latent.go_to_seed(417)
    assert color_at(page.pad, handle) != accent


def test_turning_to_interpolate_keeps_the_picture_in_view(
    panel: ExplorerPanel, studio: Studio
) -> None:
    click_cell(panel, 6)
    tab = panel.explorer.tabs.button("between")
    QTest.mouseClick(tab, LEFT)
    page = panel.explorer.page
    assert isinstance(page, InterpolatePage)
    assert studio.latent.state.point.seed == 6
    assert not studio.latent.state.is_between
    handle = QPointF(8, page.slider.height() / 2)
    faint = color_at(page.slider, handle)
    QTest.mouseClick(page.slider, LEFT, pos=handle.toPoint())
    assert studio.latent.state.is_between
    assert color_at(page.slider, handle) != faint, "what is in view is what the slider says"


def test_arrow_keys_nudge_the_pad(panel: ExplorerPanel, studio: Studio) -> None:
    page = panel.explorer.pages["pad"]
    assert isinstance(page, PadPage)
    panel.explorer.show_page("pad")
    QTest.keyClick(page.pad, Qt.Key.Key_Right)
    QTest.keyClick(page.pad, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert studio.latent.state.pad == pytest.approx((0.52, 0.4))
    assert studio.documents.undo_stack.count() == 2


def test_a_corner_is_rolled_by_its_dice_and_pinned_by_its_menu(
    panel: ExplorerPanel, studio: Studio
) -> None:
    page = panel.explorer.pages["pad"]
    assert isinstance(page, PadPage)
    panel.explorer.show_page("pad")
    dice = page.pad.dice_rect(1).center().toPoint()
    QTest.mouseMove(page.pad, dice)
    QTest.mouseClick(page.pad, LEFT, pos=dice)
    assert studio.documents.undo_stack.undoText() == "Pin a corner"
    studio.latent.pick(LatentPoint.of_seed(50, 0.8))
    choose(page.corner_menu(3), "Pin the picture in view here")
    assert studio.latent.state.corners[3].seed == 50


def test_the_slider_goes_from_a_to_b_as_one_step(panel: ExplorerPanel, studio: Studio) -> None:
    page = panel.explorer.pages["between"]
    assert isinstance(page, InterpolatePage)
    panel.explorer.show_page("between")
    slider = page.slider
    middle = slider.rect().center()
    QTest.mousePress(slider, LEFT, pos=QPoint(10, middle.y()))
    QTest.mouseMove(slider, middle)
    QTest.mouseRelease(slider, LEFT, pos=middle)
    assert studio.latent.state.mix == pytest.approx(0.5, abs=0.02)
    assert studio.documents.undo_stack.count() == 1
    QTest.mouseClick(page.ends[1], LEFT)
    assert studio.latent.state.mix == 1.0
    assert studio.documents.undo_stack.count() == 2


def test_playing_goes_back_and_forth_and_stops_when_hidden(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("studio.ui.explorer.pages.interpolate.time.monotonic", lambda: next(clock))
    page = panel.explorer.pages["between"]
    assert isinstance(page, InterpolatePage)
    panel.explorer.show_page("between")
    mixes: list[float] = []
    studio.latent.state_changed.connect(lambda: mixes.append(studio.latent.state.mix))
    QTest.mouseClick(page.play_button, LEFT)
    qtbot.waitUntil(lambda: len(mixes) >= 5)  # a second a frame, three from end to end
    panel.explorer.show_page("grid")
    assert not page.playing
    assert mixes[:5] == pytest.approx([1 / 3, 2 / 3, 1.0, 2 / 3, 1 / 3], abs=1e-6)
    assert studio.documents.undo_stack.count() == 1


def test_the_dice_means_what_the_page_shows(panel: ExplorerPanel, studio: Studio) -> None:
    for page, text in (
        ("grid", "Look at"),
        ("pad", "Other corners"),
        ("between", "Other pictures"),
    ):
        panel.explorer.show_page(page)
        QTest.mouseClick(panel.explorer.dice, LEFT)
        assert studio.documents.undo_stack.undoText().startswith(text)


def test_truncation_is_one_step(panel: ExplorerPanel, studio: Studio) -> None:
    slider = panel.explorer.truncation.slider
    middle = slider.rect().center()
    QTest.mousePress(slider, LEFT, pos=QPoint(30, middle.y()))
    QTest.mouseMove(slider, QPoint(50, middle.y()))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(50, middle.y()))
    assert studio.documents.undo_stack.count() == 1
    assert studio.latent.state.truncation == panel.explorer.truncation.value() != 0.8
    studio.documents.undo_stack.undo()
    assert panel.explorer.truncation.value() == 0.8


def test_the_menu_of_a_picture(panel: ExplorerPanel, studio: Studio) -> None:
    point = LatentPoint.of_seed(77, 0.8)
    choose(point_menu(studio.latent, point, panel), "Use as B")
    assert studio.latent.state.picks[1] == point
    choose(point_menu(studio.latent, point, panel), "Favorite")
    assert studio.latent.state.favorites == (point,)
    choose(point_menu(studio.latent, point, panel), "Remove favorite")
    assert studio.latent.state.favorites == ()


def test_keys_do_what_the_menu_says(panel: ExplorerPanel, studio: Studio, qtbot: QtBot) -> None:
    click_cell(panel, 6)
    grid, point = grid_page(panel).grid, studio.latent.state.point
    grid.setFocus()
    for key in (Qt.Key.Key_B, Qt.Key.Key_C, Qt.Key.Key_P, Qt.Key.Key_T, Qt.Key.Key_4, Qt.Key.Key_S):
        QTest.keyClick(grid, key)
    state = studio.latent.state
    assert state.picks[1] == point
    assert state.candidates == (point,)
    assert state.breeding.parents == (point,)
    assert [key.point for key in state.timeline.keys] == [point]
    assert state.corners[3] == point
    assert state.favorites == (point,)
    studio.latent.pick(point)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    wait_for(qtbot, lambda: len(studio.documents.document.layers) == 1)
    QTest.keyClick(grid, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(grid, Qt.Key.Key_R)
    assert studio.documents.undo_stack.undoText().startswith("Look at")


def test_a_dragged_picture_carries_its_point() -> None:
    point = LatentPoint.of_seed(9, 0.7)
    assert dropped_latent(mime_of(point)) == point


def test_a_generated_layer_can_be_updated_and_an_imported_one_started_from(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    explorer = panel.explorer
    assert not explorer.change.isVisible()
    assert not explorer.start.isEnabled()
    layer_id = add_layer(studio, "Seed 1", seed=1)
    assert explorer.change.isVisible()
    click_cell(panel, 8)
    with qtbot.waitSignal(studio.documents.changed):
        QTest.mouseClick(explorer.change, LEFT)
    assert studio.documents.document.layer(layer_id).name == "Seed 8"
    assert not explorer.start.isVisible()  # its place is known
    add_layer(studio, "Photograph")
    assert not explorer.change.isVisible()
    QTest.mouseClick(explorer.start, LEFT)
    assert explorer.start.text().startswith("Stop looking")
    qtbot.waitUntil(lambda: explorer.start.text() == "Start from this layer")
    assert studio.latent.state.point.describe() == "from a picture"
    assert explorer.pages["steer"].isVisible()  # where one works with what was found


class Together(QObject):
    """Watches whether one widget comes while another is still there."""

    def __init__(self, coming: QWidget, other: QWidget) -> None:
        super().__init__(coming)
        self._other, self.happened = other, False
        coming.installEventFilter(self)

    def eventFilter(self, _coming: QObject, event: QEvent) -> bool:
        self.happened |= event.type() == QEvent.Type.Show and not self._other.isHidden()
        return False


def test_what_is_offered_for_a_layer_changes_without_widening_the_panel(
    panel: ExplorerPanel, studio: Studio
) -> None:
    explorer = panel.explorer
    pairs = (explorer.change, explorer.start), (explorer.start, explorer.change)
    watches = [Together(*pair) for pair in pairs]
    add_layer(studio, "Photograph")
    add_layer(studio, "Seed 1", seed=1)
    assert explorer.change.isVisible()
    add_layer(studio, "Another")
    assert explorer.start.isVisible()
    assert not any(watch.happened for watch in watches)


def test_a_search_for_a_layer_is_watched_where_one_steers_on(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, "stylegan")
    panel = show(studio, qtbot)
    explorer = panel.explorer
    add_layer(studio, "Photograph")
    QTest.mouseClick(explorer.start, LEFT)
    assert explorer.pages["steer"].isVisible()
    with qtbot.waitSignal(studio.inversion.found):
        pass
    assert explorer.pages["steer"].isVisible()
    QTest.mouseClick(explorer.start, LEFT)
    QTest.mouseClick(explorer.start, LEFT)
    assert studio.inversion.progress is None


def test_a_growing_model_wears_a_badge(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    panel = show(studio, qtbot)
    studio.training.state = TrainingState.RUNNING
    studio.latent.explore_file(make_model(tmp_path / "model.safetensors"))
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    assert panel.explorer.learning.isVisible()
    assert panel.explorer.models.currentText() == "In training"
    for ends in (TrainingState.STOPPING, TrainingState.IDLE):
        studio.training.state = ends
        studio.training.changed.emit()
        assert not panel.explorer.learning.isVisible(), "it is not getting better any more"


def test_a_class_is_chosen_from_those_of_the_model(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, classes=("apple", "pear"))
    panel = show(studio, qtbot)
    row = panel.explorer.prompt
    names = [row.classes.itemText(place) for place in range(row.classes.count())]
    assert names == ["Anything", "apple", "pear"]
    assert not row.words.isVisible()
    row.classes.setFocus()
    QTest.keyClick(row.classes, Qt.Key.Key_Down)
    assert studio.latent.state.prompt == "apple"
    studio.documents.undo_stack.undo()
    assert row.classes.currentText() == "Anything"
    open_model(studio, qtbot, "stylegan")
    assert not row.isVisible()


def test_words_are_typed_and_unknown_ones_told_at_once(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, words=("red", "cup"))
    panel = show(studio, qtbot)
    row = panel.explorer.prompt
    assert row.words.isVisible()
    assert not row.classes.isVisible()
    QTest.keyClicks(row.words, "red cup")
    assert not row.unknown.isVisible()
    QTest.keyClicks(row.words, " pot")
    assert row.unknown.text() == "The model does not know “pot”: no caption had it."
    assert studio.latent.state.prompt == "red cup pot"
    QTest.keyClick(row.words, Qt.Key.Key_Return)
    assert studio.documents.undo_stack.count() == 1
    studio.documents.undo_stack.undo()
    assert row.words.text() == ""
    assert not row.unknown.isVisible()


def test_wide_models_have_low_pages_with_whole_pictures(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, width=48, channels=4)
    panel = show(studio, qtbot)
    page = grid_page(panel)
    qtbot.waitUntil(lambda: page.height() < page.width())
    assert page.height() == pytest.approx(page.width() * 2 / 3, abs=2)
    cells = page.grid.gridSize()
    assert cells.height() == pytest.approx(cells.width() * 2 / 3, abs=3)
    assert 4 * cells.height() <= page.grid.height()
    panel.explorer.show_page("pad")
    pad = panel.explorer.pages["pad"]
    assert isinstance(pad, PadPage)
    frame = pad.pad.frame()
    assert frame.width() / frame.height() == pytest.approx(1.5)
