"""What the stages of the demo work with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage, QPainter

from studio.app.action import Answer
from studio.app.export_plan import ExportPlan
from studio.app.loop_gauge import LoopGauge
from studio.app.notifications import Notification
from studio.app.studio import Studio
from studio.core.document import Document
from studio.ui.demo.robot import StageError, wait_for
from studio.ui.main_window import MainWindow
from studio.ui.shell import WindowShell


class PreparedShell(WindowShell):
    """The window's shell with its questions answered beforehand: no dialog waits for a person."""

    images: tuple[Path, ...] = ()
    project: Path | None = None
    file: Path | None = None

    def ask_images(self) -> tuple[Path, ...]:
        return self.images

    def ask_project(self) -> Path | None:
        return self.project

    def ask_export(self) -> ExportPlan | None:
        return ExportPlan.of_file(self.file) if self.file else None

    def ask_variation(self) -> Path | None:
        return self.file

    def ask_unsaved(self, name: str) -> Answer:
        raise StageError(f"the studio asked about unsaved work in “{name}”, and there is none")


@dataclass
class Stage:
    """The window at work, where results go, and what is measured.

    `figures` of the stage that runs go into the report; `kept` carries documents from one stage
    to a later one.
    """

    window: MainWindow
    shell: PreparedShell
    out: Path
    images: Path
    minutes: float
    figures: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Document] = field(default_factory=dict)
    shots: int = 0
    complaints: list[str] = field(default_factory=list)
    gauge: LoopGauge = field(default_factory=LoopGauge)

    def __post_init__(self) -> None:
        self.studio.notifications.posted.connect(self._note)

    @property
    def studio(self) -> Studio:
        return self.window.studio

    @property
    def document(self) -> Document:
        return self.studio.documents.document

    def run(self, action_id: str) -> None:
        """Do what the menu does.

        Raises:
            StageError: the command cannot be used now.
        """
        self.window.commands.refresh()
        if not self.window.commands[action_id].isEnabled():
            raise StageError(f"the command {action_id} is not enabled")
        self.window.commands.run(action_id)

    def wait(self, what: str, is_so: Callable[[], bool], seconds: float = 30.0) -> None:
        """Run the event loop until `is_so`.

        Raises:
            StageError: it did not come true in time, or the studio told of a failure.
        """
        wait_for(what, lambda: is_so() or bool(self.complaints), seconds)
        if self.complaints:
            raise StageError(self.complaints.pop(0))

    def shoot(self, name: str) -> None:
        """Save the next ``screenshot_NN_name.png``; the time that takes is not counted."""
        self.gauge.stop()
        self.shots += 1
        picture = self.window.grab().toImage()
        picture.save(str(self.out / f"screenshot_{self.shots:02d}_{name}.png"))
        self.gauge.start()

    def _note(self, notification: Notification) -> None:
        """Whatever the studio calls bad is a failure of the stage."""
        if notification.tone == "bad":
            self.complaints.append(f"{notification.message} {notification.hint}".strip())


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return round(time.perf_counter() - self._began, 3)


def contact_sheet(pictures: list[QImage], columns: int, zoom: int) -> QImage:
    """Pictures of one size side by side, row by row."""
    side = pictures[0].width() * zoom
    rows = -(-len(pictures) // columns)
    sheet = QImage(columns * side, rows * side, QImage.Format.Format_RGB32)
    sheet.fill(0)
    painter = QPainter(sheet)
    for place, picture in enumerate(pictures):
        painter.drawImage(
            (place % columns) * side, (place // columns) * side, picture.scaled(side, side)
        )
    painter.end()
    return sheet
