"""The demo's patience."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.ui.demo.robot import StageError, wait_for


def test_what_was_true_for_a_moment_came_true(qtbot: QtBot) -> None:
    answers = iter([False, False, True])
    wait_for("a moment of calm", lambda: next(answers, False), 60)


def test_what_never_comes_is_told(qtbot: QtBot) -> None:
    with pytest.raises(StageError, match="calm did not happen"):
        wait_for("calm", lambda: False, 0.05)
