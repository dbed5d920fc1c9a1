"""Editors of curves, gradients, palettes and layers, with mouse and keys as a person uses them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from studio.core.document import Layer
from studio.core.param_values import Curve, Gradient, LayerRef, Palette
from studio.core.raster import Raster
from studio.ui.widgets.curve_row import CurveEditor
from studio.ui.widgets.gradient_row import GradientEditor
from studio.ui.widgets.layer_row import LayerRow
from studio.ui.widgets.palette_row import PaletteRow

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


@pytest.fixture
def curve(qtbot):
    editor = CurveEditor(Curve())
    qtbot.addWidget(editor)
    editor.resize(220, 168)
    editor.show()
    return editor


@pytest.fixture
def gradient(qtbot):
    editor = GradientEditor(Gradient(((0.0, BLACK), (1.0, WHITE))))
    qtbot.addWidget(editor)
    editor.resize(220, 36)
    editor.show()
    return editor


def at(place: QPointF) -> QPoint:
    return place.toPoint()


def test_a_point_is_added_dragged_and_thrown_out(curve) -> None:
    seen, done = [], []
    curve.changed.connect(seen.append)
    curve.committed.connect(done.append)
    QTest.mousePress(curve, LEFT, pos=at(curve.place_of(0.5, 0.5)))
    QTest.mouseMove(curve, at(curve.place_of(0.5, 0.8)))
    QTest.mouseRelease(curve, LEFT, pos=at(curve.place_of(0.5, 0.8)))
    (x, y) = curve.value().points[1]
    assert (x, y) == pytest.approx((0.5, 0.8), abs=0.01)
    assert len(seen) >= 2
    assert done == [curve.value()]
    QTest.mousePress(curve, LEFT, pos=at(curve.place_of(x, y)))
    QTest.mouseMove(curve, QPoint(100, 400))
    QTest.mouseRelease(curve, LEFT, pos=QPoint(100, 400))
    assert curve.value() == Curve()
    assert len(done) == 2


def test_a_point_thrown_out_comes_back_with_the_mouse(curve) -> None:
    QTest.mousePress(curve, LEFT, pos=at(curve.place_of(0.5, 0.5)))
    QTest.mouseMove(curve, QPoint(100, 400))
    assert len(curve.value().points) == 2
    QTest.mouseMove(curve, at(curve.place_of(0.4, 0.2)))
    QTest.mouseRelease(curve, LEFT, pos=at(curve.place_of(0.4, 0.2)))
    assert curve.value().points[1] == pytest.approx((0.4, 0.2), abs=0.01)


def test_points_never_pass_their_neighbors_and_keys_nudge(curve) -> None:
    curve.set_value(Curve(((0.0, 0.0), (0.4, 0.4), (0.6, 0.6), (1.0, 1.0))))
    QTest.mousePress(curve, LEFT, pos=at(curve.place_of(0.4, 0.4)))
    QTest.mouseMove(curve, at(curve.place_of(0.9, 0.4)))
    QTest.mouseRelease(curve, LEFT, pos=at(curve.place_of(0.9, 0.4)))
    assert curve.value().points[1][0] < 0.6
    y = curve.value().points[1][1]
    QTest.keyClick(curve, Qt.Key.Key_Up)
    assert curve.value().points[1][1] == pytest.approx(y + 1 / 255, abs=1e-3)
    QTest.keyClick(curve, Qt.Key.Key_Delete)
    assert len(curve.value().points) == 3


def test_stops_are_added_moved_and_removed(gradient) -> None:
    middle = QPoint(round(gradient.x_of(0.5)), 8)
    QTest.mousePress(gradient, LEFT, pos=middle)
    QTest.mouseMove(gradient, QPoint(round(gradient.x_of(0.25)), 8))
    QTest.mouseRelease(gradient, LEFT, pos=QPoint(round(gradient.x_of(0.25)), 8))
    place, color = gradient.value().stops[1]
    assert place == pytest.approx(0.25, abs=0.01)
    assert color == pytest.approx((0.5, 0.5, 0.5), abs=0.01)
    QTest.mouseClick(gradient, RIGHT, pos=QPoint(round(gradient.x_of(place)), 8))
    assert len(gradient.value().stops) == 2
    QTest.mouseClick(gradient, RIGHT, pos=QPoint(round(gradient.x_of(0.0)), 8))
    assert len(gradient.value().stops) == 2  # a gradient has two ends


def test_swatches_come_and_go(qtbot) -> None:
    row = PaletteRow("Swatches", Palette((BLACK, WHITE)))
    qtbot.addWidget(row)
    seen = []
    row.committed.connect(seen.append)
    row.add.click()
    assert seen == [Palette((BLACK, WHITE, WHITE))]
    assert len(row.swatches) == 3
    row.remove.click()
    row.remove.click()
    assert row.value() == Palette((BLACK,))
    assert not row.remove.isEnabled()


def test_a_layer_is_chosen_by_name_and_one_that_is_gone_shows_as_none(qtbot) -> None:
    row = LayerRow("Tones of", LayerRef("b"))
    qtbot.addWidget(row)
    layers = [Layer(Raster(4, 4), name=name, id=name.lower()) for name in ("A", "B")]
    row.offer(layers)
    assert row.combo.currentText() == "B"
    row.offer(layers[:1])
    assert row.combo.currentIndex() == -1
    assert row.value() == LayerRef("b")
    row.combo.setCurrentIndex(0)
    row.combo.activated.emit(0)
    assert row.value() == LayerRef("a")
