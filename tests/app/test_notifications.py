"""What the person is told, and in which words."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.app.notifications import Notification, Notifications
from studio.errors import StudioError


def posted(notifications: Notifications) -> list[Notification]:
    told: list[Notification] = []
    notifications.posted.connect(told.append)
    return told


def test_a_message_with_all_its_parts(qtbot: QtBot) -> None:
    notifications = Notifications()
    told = posted(notifications)
    notifications.post("Saved.", "All is well.", "good", "file.export")
    assert told == [Notification("Saved.", "All is well.", "good", "file.export")]


def test_an_expected_failure_speaks_for_itself(qtbot: QtBot) -> None:
    notifications = Notifications()
    told = posted(notifications)
    notifications.failed(StudioError("“a.png” is no picture.", "Choose another."))
    assert told == [Notification("“a.png” is no picture.", "Choose another.", "bad")]


def test_a_bug_is_called_one_and_leads_to_the_log(qtbot: QtBot) -> None:
    notifications = Notifications()
    told = posted(notifications)
    notifications.failed(RuntimeError("CUDA out of memory"))
    assert told[0].tone == "bad"
    assert "CUDA out of memory" in told[0].hint
    assert told[0].action == "help.show_log"
