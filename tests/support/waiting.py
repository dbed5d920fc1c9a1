"""Waiting for what the studio does in the background."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from studio.app.studio import Studio

PATIENCE = 60.0  # seconds: a busy machine may stand still for ten


def wait_until_calm(qtbot: QtBot, studio: Studio, seconds: float = PATIENCE) -> None:
    """Until no lane has a job and the canvas is up to date."""
    lanes = studio.lanes.values()
    qtbot.waitUntil(
        lambda: studio.canvas.idle and not any(lane.busy for lane in lanes),
        timeout=round(seconds * 1000),
    )


def wait_for(qtbot: QtBot, is_so: Callable[[], object], seconds: float = PATIENCE) -> None:
    qtbot.waitUntil(lambda: bool(is_so()), timeout=round(seconds * 1000))
