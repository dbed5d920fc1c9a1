"""Curves, toasts, sections and the other small parts."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from studio.ui import theme
from studio.ui.dialogs.sheet import Sheet, text_label
from studio.ui.widgets.curve_plot import CurvePlot
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.option_rows import CalmComboBox
from studio.ui.widgets.picture_sheet import PictureSheet
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.plain_scroll import PlainScroll
from studio.ui.widgets.progress_line import ProgressLine
from studio.ui.widgets.row_list import elided_lines
from studio.ui.widgets.section import Section
from studio.ui.widgets.segmented_control import SegmentedControl
from studio.ui.widgets.toast import AT_MOST, MARGIN, ToastArea


@pytest.fixture
def host(qtbot):
    host = QWidget()
    host.resize(600, 400)
    qtbot.addWidget(host)
    host.show()
    return host


# --- Curves --------------------------------------------------------------------------------------


@pytest.fixture
def plot(qtbot):
    plot = CurvePlot()
    plot.resize(240, 72)
    qtbot.addWidget(plot)
    return plot


def ink(plot, token) -> set[tuple[int, int]]:
    """Where the picture has about the color of a token."""
    want = theme.DARK.color(token)
    image = plot.grab().toImage()
    return {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if abs(image.pixelColor(x, y).red() - want.red()) < 25
        and abs(image.pixelColor(x, y).blue() - want.blue()) < 25
    }


def test_an_empty_plot_says_what_will_come(plot):
    assert ink(plot, "secondary")
    plot.append("loss", 0, 1.0)
    assert not ink(plot, "link")  # one point is no curve


def test_a_curve_fills_the_range(plot):
    for x in range(50):
        plot.append("loss", x, x * 2.0)
    ys = [y for _, y in ink(plot, "link")]
    assert min(ys) < 16
    assert max(ys) > 55


def test_unknown_values_are_bridged(plot):
    plot.set_series("loss", [0, 1, 2, 3], [1.0, math.nan, math.inf, 2.0])
    assert ink(plot, "link")


def test_only_unknown_values_are_no_crash(plot):
    plot.set_series("loss", [0, 1], [math.nan, math.nan])
    assert not plot.grab().isNull()


def test_flat_curves_run_through_the_middle_below_the_names(plot):
    plot.set_series("loss", [0, 1, 2], [3.0, 3.0, 3.0])
    image = plot.grab().toImage()
    line = [y for y in range(image.height()) if image.pixelColor(200, y).blue() > 120]
    assert line
    assert all(38 <= y <= 50 for y in line)


def test_curves_have_their_own_scale_unless_shared(qtbot):
    shared = CurvePlot(shared_scale=True, smoothing=0.0)
    shared.resize(240, 72)
    qtbot.addWidget(shared)
    shared.set_series("low", [0, 1], [0.0, 0.1])
    shared.set_series("high", [0, 1], [9.0, 10.0])
    low = [y for _, y in ink(shared, "link") if y > 20]  # below the names
    high = [y for _, y in ink(shared, "attention") if y > 20]
    assert min(low) > max(high)


def test_smoothing_starts_without_bias(plot):
    plot.set_series("loss", [0, 1, 2], [4.0, 4.0, 4.0])
    assert plot.series[0].smoothed(0.9) == pytest.approx([4.0, 4.0, 4.0])


def test_x_and_y_must_pair(plot):
    with pytest.raises(ValueError, match="as many"):
        plot.set_series("loss", [0, 1], [1.0])


def test_clear_forgets(plot):
    plot.set_series("loss", [0, 1], [1.0, 2.0])
    plot.clear()
    assert plot.series == ()


# --- Toasts --------------------------------------------------------------------------------------


def test_toasts_stack_from_the_bottom_right(host):
    area = ToastArea(host)
    first = area.show_message("First.", seconds=0)
    second = area.show_message("Second.", "With a hint that says what to do about it.", seconds=0)
    assert second.geometry().bottom() < host.height()
    assert second.geometry().right() == host.width() - MARGIN - 1
    assert first.geometry().bottom() < second.geometry().top()
    host.resize(500, 300)
    assert second.geometry().right() == 500 - MARGIN - 1
    area.clear()
    assert area.toasts == ()


def test_what_is_said_again_is_shown_once(host):
    area = ToastArea(host)
    for message in ("Locked.", "Hidden.", "Locked."):
        area.show_message(message, "Unlock it.")
    assert [toast.says[0] for toast in area.toasts] == ["Hidden.", "Locked."]


def test_toasts_go_by_themselves(qtbot, host):
    toast = ToastArea(host).show_message("Saved.", seconds=0.01)
    qtbot.waitSignal(toast.closed).wait()


def test_a_toast_waits_for_the_pointer_and_then_goes(qtbot, host):
    toast = ToastArea(host).show_message("Saved.", seconds=0.05)
    here = QPointF(4, 4)
    QApplication.sendEvent(toast, QEnterEvent(here, here, here))
    with qtbot.assertNotEmitted(toast.closed, wait=120):
        pass
    with qtbot.waitSignal(toast.closed):
        QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))


def test_the_oldest_toast_makes_room(host):
    area = ToastArea(host)
    for number in range(AT_MOST + 2):
        area.show_message(f"Message {number}.", seconds=0)
    assert len(area.toasts) == AT_MOST
    assert area.toasts[0].accessibleName() == "Message 2."


def test_an_action_acts_and_closes(qtbot, host):
    done = []
    area = ToastArea(host)
    toast = area.show_message("Failed.", action=("Show log", lambda: done.append(1)), seconds=0)
    link = toast.findChild(QPushButton)
    assert link.text() == "Show log"
    link.click()
    assert done == [1]
    assert area.toasts == ()


def test_a_toast_is_dismissed(host):
    area = ToastArea(host)
    area.show_message("Saved.", tone="good", seconds=0).findChild(QToolButton).click()
    assert area.toasts == ()


def test_messages_are_plain_text(host):
    toast = ToastArea(host).show_message("<b>a.png</b>", seconds=0)
    formats = {label.textFormat() for label in toast.findChildren(QLabel) if label.text()}
    assert formats == {Qt.TextFormat.PlainText}


def test_a_long_name_in_a_message_is_broken_and_not_cut(host):
    message = f"“{'389266c5' * 8}.safetensors” was made by another program."
    toast = ToastArea(host).show_message(message, "Train the model again.", seconds=0)
    toast.layout().activate()
    for label in toast.findChildren(QLabel):
        wrap = Qt.TextFlag.TextWordWrap
        needed = label.fontMetrics().boundingRect(label.contentsRect(), wrap, label.text())
        assert label.contentsRect().size().expandedTo(needed.size()) == label.contentsRect().size()


# --- The rest ------------------------------------------------------------------------------------


def test_a_section_folds(qtbot):
    content = QLabel("inside")
    section = Section("Training", content)
    qtbot.addWidget(section)
    section.show()
    assert content.isVisible()
    with qtbot.waitSignal(section.toggled) as said:
        qtbot.mouseClick(section.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert said.args == [False]
    assert not content.isVisible()
    section.set_expanded(True)
    assert section.is_expanded()
    section.add_trailing(QPushButton("Add"))
    assert section.findChild(QPushButton)


@pytest.fixture
def segments(qtbot):
    control = SegmentedControl({"grid": "Grid", "pad": "Pad", "between": "Between"}, "pad")
    qtbot.addWidget(control)
    control.show()
    return control


def test_segments_by_mouse(qtbot, segments):
    said = []
    segments.changed.connect(said.append)
    qtbot.mouseClick(segments.findChildren(QPushButton)[2], Qt.MouseButton.LeftButton)
    assert said == ["between"]
    assert segments.value() == "between"


def test_segments_by_keys_end_at_the_last(qtbot, segments):
    qtbot.keyClick(segments, Qt.Key.Key_Right)
    assert segments.value() == "between"
    qtbot.keyClick(segments, Qt.Key.Key_Right)
    assert segments.value() == "between"


def test_setting_a_segment_says_nothing(qtbot, segments):
    with qtbot.assertNotEmitted(segments.changed):
        segments.set_value("grid")
    with pytest.raises(ValueError, match="not in tuple"):
        segments.set_value("nowhere")


def test_what_is_held_back_says_why(qtbot):
    row = QWidget()
    qtbot.addWidget(row)
    known, plain = QPushButton("Duplicate", row), QPushButton("Remove", row)
    known.setToolTip("Duplicate the layer")
    hold_back(row, "Choose a layer first.")
    hold_back(row, "It is locked.")
    assert not known.isEnabled()
    assert (row.toolTip(), plain.toolTip()) == ("It is locked.", "")
    assert known.toolTip() == "Duplicate the layer\nIt is locked."
    hold_back(row, "")
    assert known.isEnabled()
    assert (row.toolTip(), known.toolTip()) == ("", "Duplicate the layer")


def test_an_elided_label_tells_all_in_its_tip(qtbot):
    label = ElidedLabel("a rather long name of a file.png")
    qtbot.addWidget(label)
    label.show()
    label.resize(60, 20)
    assert label.shown_text().endswith("…")
    assert label.toolTip() == label.text()
    label.resize(600, 20)
    assert label.shown_text() == label.text()
    assert label.toolTip() == ""


def test_an_elided_label_leaves_other_tips_alone(qtbot):
    label = ElidedLabel("a rather long name of a file.png")
    qtbot.addWidget(label)
    label.setToolTip("What it means.")
    label.show()
    label.resize(60, 20)
    assert label.toolTip() == "What it means."


def test_a_long_choice_gives_way_and_is_told_in_full(qtbot):
    box = CalmComboBox()
    qtbot.addWidget(box)
    box.addItems(["Canada geese, tuned to a very long name.png", "Geese"])
    box.show()
    box.resize(120, 28)
    assert box.shown_text().endswith("…")
    assert box.toolTip() == "Canada geese, tuned to a very long name.png"
    box.setCurrentIndex(1)
    assert box.shown_text() == "Geese"
    assert box.toolTip() == ""


def test_a_sheet_is_as_high_as_its_paragraphs_are_at_its_width(qtbot):
    sheet = Sheet("About")
    qtbot.addWidget(sheet)
    sheet.setMinimumWidth(600)
    paragraph = text_label("So many words that they fill a few lines of any sheet. " * 4)
    sheet.body.addWidget(paragraph)
    sheet.show()
    assert sheet.width() == 600
    assert paragraph.height() == paragraph.heightForWidth(paragraph.width())


def test_progress_is_known_or_not(qtbot):
    line = ProgressLine()
    qtbot.addWidget(line)
    line.set_fraction(0.38)
    assert line.fraction() == pytest.approx(0.38)
    line.set_fraction(7)
    assert line.fraction() == 1.0
    line.set_fraction(None)
    assert line.fraction() is None
    assert line.height() == 4


def test_an_empty_state_offers_the_first_step(qtbot):
    state = EmptyState("images", "No pictures yet", "Drop some here.", "Choose…")
    qtbot.addWidget(state)
    state.show()
    with qtbot.waitSignal(state.activated):
        qtbot.mouseClick(state.button, Qt.MouseButton.LeftButton)
    state.set_texts("Nothing", "And no button.")
    assert not state.button.isVisible()


def test_long_names_do_not_widen_an_empty_state(qtbot):
    name = "Open “Canada geese, tuned to a picture with an endlessly long name.png”"
    state = EmptyState("model", name, "Look into it.", name)
    qtbot.addWidget(state)
    short = EmptyState("model", "Open", "Look into it.", "Open")
    qtbot.addWidget(short)
    assert state.button.toolTip() == name
    assert state.minimumSizeHint().width() < state.fontMetrics().horizontalAdvance(name)
    state.set_texts("Open", "Look into it.", "Open")
    assert state.button.toolTip() == ""
    assert state.minimumSizeHint().width() == short.minimumSizeHint().width()


def test_an_empty_state_follows_the_theme(qtbot, dressed):
    state = EmptyState("images", "No pictures yet", "Drop some here.")
    qtbot.addWidget(state)
    state.show()
    picture = state.findChild(QLabel)
    before = picture.pixmap().toImage()
    theme.apply(dressed, theme.LIGHT)
    assert picture.pixmap().toImage() != before


def test_a_long_text_ends_in_an_ellipsis_on_its_last_line(qtbot):
    font = theme.ui_font(theme.SECONDARY_PX)
    text = "It is not a picture that can be read. Save it as PNG or JPEG and add it again."
    first, last = elided_lines(text, font, 160, 2)
    assert text.startswith(first)
    assert last.endswith("…")
    assert max(QFontMetrics(font).horizontalAdvance(line) for line in (first, last)) <= 160
    assert elided_lines("Too large.", font, 220, 2) == ["Too large."]
    assert elided_lines("VAE · 64 px\n5 min", font, 220, 2) == ["VAE · 64 px", "5 min"]


def plain(color):
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


@pytest.fixture
def view(qtbot):
    view = PictureView("Picture", 60)
    qtbot.addWidget(view)
    view.set_image(plain("#000000"))
    view.show()
    view._since_image.invalidate()  # it has been there for long
    return view


def test_another_picture_fades_in(qtbot, view):
    seen = []
    view._fade.valueChanged.connect(
        lambda share: seen.append((share, view.grab().toImage().pixelColor(30, 30).red()))
    )
    view.set_image(plain("#ffffff"))
    assert view.fading
    qtbot.waitUntil(lambda: not view.fading)
    assert all(red == pytest.approx(255 * share, abs=6) for share, red in seen)
    assert view.grab().toImage().pixelColor(30, 30) == QColor("#ffffff")


def test_pictures_that_follow_one_another_do_not_fade(view):
    view.set_image(plain("#808080"))
    view.set_image(plain("#ffffff"))
    assert not view.fading
    assert view.grab().toImage().pixelColor(30, 30) == QColor("#ffffff")


def test_no_picture_fades_while_a_button_is_held(qtbot, view):
    qtbot.mousePress(view, Qt.MouseButton.LeftButton)
    view.set_image(plain("#ffffff"))
    assert not view.fading
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)


def test_a_sheet_takes_the_rows_that_fit_at_any_width(qtbot):
    sheet = PictureSheet(4, 3)
    qtbot.addWidget(sheet)
    sheet.set_images([plain("#ffffff")] * 16)
    sheet.resize(640, 200)
    sheet.show()
    sheet.fit(240)
    assert sheet.shown == 4
    sheet.resize(264, 200)  # a dock gets its width after its panel was told its height
    assert sheet.shown == 12


# --- Scrolling -----------------------------------------------------------------------------------


def test_a_scroll_follows_tab_and_no_button_that_goes_off(host, qtbot):
    content = QWidget()
    first, last = QPushButton("Stop", content), QPushButton("Other", content)
    content.setMinimumHeight(2_000)
    last.move(0, 1_900)
    inner = PlainScroll(content)
    inner.setMinimumHeight(2_000)
    outer = PlainScroll(inner)
    outer.setParent(host)
    outer.resize(200, 100)
    outer.show()
    host.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    first.setEnabled(False)
    assert last.hasFocus()
    assert outer.verticalScrollBar().value() == 0
    first.setEnabled(True)
    first.setFocus()
    first.hide()
    assert outer.verticalScrollBar().value() == 0
    first.show()
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert last.hasFocus()
    assert outer.verticalScrollBar().value() > 1_000
