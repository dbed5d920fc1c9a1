"""Every tool has its place in the rail, however low the window is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolButton, QWidget

from studio.ui.tool_rail import WIDTH, ToolRail


@pytest.mark.parametrize(("height", "columns"), [(1000, 1), (520, 2)])
def test_all_tools_are_in_view(qtbot, height: int, columns: int) -> None:
    window, rail = QMainWindow(), ToolRail()
    qtbot.addWidget(window)
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail)
    window.setCentralWidget(QWidget())
    groups = [[QAction(f"{size}-{i}", window) for i in range(size)] for size in (3, 6, 7, 1, 2)]
    rail.fill(groups)
    window.resize(800, height)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: (rail.width() > WIDTH) == (columns == 2))
    tools = {action for group in groups for action in group}
    buttons = [b for b in rail.findChildren(QToolButton) if b.defaultAction() in tools]
    assert len(buttons) == 19
    boxes = [b.geometry().translated(b.parentWidget().pos()) for b in buttons]
    assert all(rail.rect().contains(box) for box in boxes)
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert len({box.x() for box in boxes}) == columns
