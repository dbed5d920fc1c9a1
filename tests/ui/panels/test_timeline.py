"""The timeline panel, worked with the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui.latent_mime import mime_of
from studio.ui.panels.timeline import PANEL, TimelinePanel
from tests.support.studios import open_model, show_panel
from tests.support.waiting import wait_for, wait_until_calm

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> TimelinePanel:
    panel = show_panel(PANEL, TimelinePanel, studio, qtbot, 380, 440)
    assert panel.currentWidget() is panel.empty
    open_model(studio, qtbot)
    assert panel.currentWidget() is panel.editor
    return panel


def test_keys_are_added_dropped_moved_and_removed(
    panel: TimelinePanel, studio: Studio, qtbot: QtBot
) -> None:
    editor, track = panel.editor, panel.editor.track
    QTest.mouseClick(editor.add, LEFT)
    studio.latent.go_to_seed(9)
    QTest.mouseClick(editor.add, LEFT)
    assert studio.timeline.timeline.seconds == 2.0
    point = LatentPoint.of_seed(5, 0.8)
    between = (track.key_rect(0).center() + track.key_rect(1).center()) / 2
    mime = mime_of(point)
    track.dropEvent(
        QDropEvent(between, Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    )
    assert [key.point.seed for key in studio.timeline.timeline.keys] == [0, 5, 9]
    start = track.key_rect(1).center().toPoint()
    steps = studio.documents.undo_stack.count()
    QTest.mousePress(track, LEFT, pos=start)
    for _ in range(6):
        start += QPointF(5, 0).toPoint()
        QTest.mouseMove(track, start)
    QTest.mouseRelease(track, LEFT, pos=start)
    assert studio.documents.undo_stack.count() == steps + 1
    assert 1.1 < studio.timeline.timeline.time_of(1) < 1.6
    assert studio.timeline.timeline.seconds == pytest.approx(3.0)
    QTest.mouseClick(track, LEFT, pos=track.key_rect(1).center().toPoint())
    assert studio.latent.state.point == point
    QTest.keyClick(track, Qt.Key.Key_Delete)
    assert [key.point.seed for key in studio.timeline.timeline.keys] == [0, 9]
    wait_until_calm(qtbot, studio)


def test_it_plays_at_its_rate_and_stops_when_hidden(
    panel: TimelinePanel, studio: Studio, qtbot: QtBot
) -> None:
    editor = panel.editor
    QTest.mouseClick(editor.circle, LEFT)
    wait_until_calm(qtbot, studio)
    assert len(studio.timeline.film) == 72
    assert None not in studio.timeline.film
    frames: list[int] = []
    editor.film.frame_changed.connect(frames.append)
    QTest.mouseClick(editor.play, LEFT)
    wait_for(qtbot, lambda: len(frames) >= 5)
    assert frames == sorted(frames)
    panel.hide()
    assert not editor.film.playing
    shown = editor.film.frame_shown()
    assert editor.film.image() is studio.timeline.film[shown]
    assert editor.place.text() == f"{shown + 1} / 72"
