"""The grid of pictures, with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.ui import theme
from studio.ui.widgets.thumbnail_delegate import ThumbnailDelegate, star_rect
from studio.ui.widgets.thumbnail_grid import ThumbnailGrid


def picture(hue: int, alpha: bool = False) -> QImage:
    kind = QImage.Format.Format_RGBA8888 if alpha else QImage.Format.Format_RGB888
    image = QImage(40, 30, kind)
    image.fill(QColor.fromHsv(hue, 255, 200, 0 if alpha else 255))
    return image


@pytest.fixture
def grid(qtbot):
    grid = ThumbnailGrid(columns=4)
    qtbot.addWidget(grid)
    grid.resize(340, 300)
    grid.set_images([picture(n * 20) for n in range(10)])
    grid.show()
    return grid


def center(grid, place) -> QPoint:
    return grid.visualRect(grid.model().index(place, 0)).center()


def click(qtbot, grid, place, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, center(grid, place))


def test_columns_fill_the_width(grid):
    tops = [center(grid, place).y() for place in range(10)]
    assert len(set(tops[:4])) == 1
    assert tops[4] > tops[3]
    grid.resize(500, 300)
    assert grid.gridSize().width() > 100


def test_pictures_are_painted(grid):
    color = grid.viewport().grab().toImage().pixelColor(center(grid, 6))
    assert color.hsvHue() == pytest.approx(120, abs=2)


def test_a_checkerboard_shows_where_pictures_are_transparent(qtbot, grid):
    grid.set_image(0, picture(0, alpha=True))
    color = grid.viewport().grab().toImage().pixelColor(center(grid, 0))
    look = theme.current()
    assert color in (look.color("checker"), look.color("checker_other"))


@pytest.mark.parametrize(("size", "cell"), [((60, 40), 67), ((40, 60), 101), ((40, 40), 101)])
def test_wide_pictures_lie_in_low_rows_and_all_are_whole(qtbot, grid, size, cell):
    sides = QImage(*size, QImage.Format.Format_RGB32)
    sides.fill(Qt.GlobalColor.red)
    grid.set_images([sides] * 4)
    grid.resize(4 * 101 + 1 + grid.verticalScrollBar().sizeHint().width(), 300)
    assert grid.gridSize() == QSize(101, cell)
    shot = grid.viewport().grab().toImage()
    red = [
        (x, y)
        for x in range(101)
        for y in range(cell)
        if shot.pixelColor(x, y) == QColor(Qt.GlobalColor.red)
    ]
    width = max(x for x, _ in red) - min(x for x, _ in red)
    height = max(y for _, y in red) - min(y for _, y in red)
    assert width / height == pytest.approx(size[0] / size[1], abs=0.06)


def test_a_click_picks(qtbot, grid):
    picked = []
    grid.picked.connect(picked.append)
    click(qtbot, grid, 5)
    assert picked == [5]
    assert (grid.current(), grid.selected()) == (5, [5])


def test_keys_walk_and_open(qtbot, grid):
    picked, opened = [], []
    grid.picked.connect(picked.append)
    grid.opened.connect(opened.append)
    grid.set_current(0)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert picked == [1, 5]
    assert opened == [5]


def test_set_current_says_nothing(qtbot, grid):
    with qtbot.assertNotEmitted(grid.picked):
        grid.set_current(3)
    assert grid.current() == 3
    grid.set_current(-1)
    assert (grid.current(), grid.selected()) == (-1, [])


def test_double_click_opens(qtbot, grid):
    opened = []
    grid.opened.connect(opened.append)
    click(qtbot, grid, 2)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=center(grid, 2))
    assert opened == [2]


def test_several_can_be_selected(qtbot):
    grid = ThumbnailGrid(columns=4, multiple=True)
    qtbot.addWidget(grid)
    grid.resize(340, 300)
    grid.set_images([picture(n * 20) for n in range(10)])
    grid.show()
    click(qtbot, grid, 1)
    click(qtbot, grid, 6, Qt.KeyboardModifier.ControlModifier)
    assert grid.selected() == [1, 6]


def test_stars_are_toggled_by_mouse_and_key(qtbot, grid):
    toggled = []
    grid.star_toggled.connect(toggled.append)
    corner = star_rect(grid.visualRect(grid.model().index(3, 0))).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    assert toggled == []  # this grid has no favorites
    grid.set_starred({3})
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    grid.set_current(7)
    qtbot.keyClick(grid, Qt.Key.Key_S)
    assert toggled == [3, 7]


def test_a_star_is_visible(grid):
    place = star_rect(grid.visualRect(grid.model().index(3, 0))).center()
    without = grid.viewport().grab().toImage().pixelColor(place)
    grid.set_starred({3})
    assert grid.viewport().grab().toImage().pixelColor(place) != without


def test_asks_for_a_menu(qtbot, grid):
    asked = []
    grid.menu_requested.connect(lambda place, position: asked.append(place))
    grid.customContextMenuRequested.emit(center(grid, 4))
    grid.customContextMenuRequested.emit(QPoint(5, 290))
    assert asked == [4, -1]


def test_new_pictures_keep_the_selection(grid):
    grid.set_current(4)
    grid.set_images([picture(200)] * 10)
    assert grid.current() == 4
    grid.set_images([picture(200)] * 3)
    assert grid.count() == 3


def test_pictures_are_appended(grid):
    grid.append([picture(1), picture(2)])
    assert grid.count() == 12


def test_tips_tell_names(grid):
    grid.set_images([picture(0)], ["goose.jpg"])
    assert grid.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "goose.jpg"


def test_dragging_asks_what_is_carried(qtbot, grid):
    asked = []

    def nothing(place: int) -> QMimeData | None:
        asked.append(place)
        return None

    grid.set_drag(nothing)
    grid.set_current(2)
    grid.startDrag(Qt.DropAction.CopyAction)
    assert asked == [2]


def test_the_mouse_drags_a_picture_out(grid):
    asked = []
    grid.set_drag(asked.append)
    grid.set_images([picture(0)] * 4)
    start, far = grid.visualRect(grid.model().index(1, 0)).center(), QPoint(5, 40)
    QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for place in (start + QPoint(4, 4), start + far, start + far * 2):
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(grid.viewport().mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(grid.viewport(), move)
    assert asked == [1]


class CountingDelegate(ThumbnailDelegate):
    painted = 0

    def paint(self, painter, option, index):
        self.painted += 1
        super().paint(painter, option, index)


def test_thousands_cost_only_what_is_visible(grid):
    delegate = CountingDelegate(grid)
    grid.setItemDelegate(delegate)
    grid.set_images([picture(100)] * 20_000)
    grid.viewport().grab()
    assert 0 < delegate.painted < 50
