"""The doctor's part of the images panel: a line, and the findings behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.engine.api import Advice, Examination, Finding, Suspect
from studio.ui.panels.images import ImagesPanel
from tests.support.fakes import FakeEngine
from tests.support.waiting import wait_for, wait_until_calm

LEFT = Qt.MouseButton.LeftButton
BLURRED = Finding(
    "blur", "2 images look blurred", "Why.", (Suspect(3, 2.0), Suspect(5, 1.5)), reason="blurred"
)
SMALL = Finding("tiny", "All images are small", "Why.", (Suspect(0, 2.0),), "none")
MIRROR = Advice("mirror", "Mirroring", True, 0.52, 0.05, "Gives more.")


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def panel(qtbot: QtBot, engine: FakeEngine) -> Iterator[ImagesPanel]:
    studio = Studio(lambda: engine)
    studio.project.create("Geese")
    panel = ImagesPanel(studio)
    panel.studio = studio
    qtbot.addWidget(panel)
    panel.resize(292, 520)
    panel.show()
    yield panel
    studio.close()


def take_in(qtbot: QtBot, panel: ImagesPanel, folder: Path) -> None:
    panel.take((folder,))
    wait_for(qtbot, lambda: panel.grid.count() == 12)
    wait_until_calm(qtbot, panel.studio)
    wait_for(qtbot, lambda: panel.studio.doctor.progress is None)


def texts(panel: ImagesPanel) -> set[str]:
    labels = panel.doctor.findings.findChildren(QLabel)
    return {label.text() for label in labels if not label.isHidden()}


def test_findings_unfold_and_their_remedy_helps(
    panel: ImagesPanel, engine: FakeEngine, qtbot: QtBot, picture_folder: Path
) -> None:
    engine.examination = Examination((BLURRED, SMALL), (MIRROR,))
    take_in(qtbot, panel, picture_folder)
    assert panel.doctor.notice.label.text() == "2 things to look at"
    qtbot.mouseClick(panel.doctor.notice.link, LEFT)
    assert not panel.grid.isVisible()
    assert {"2 images look blurred", "All images are small", "Mirroring", "52%"} <= texts(panel)
    blurred, small = panel.doctor.findings.rows
    assert len(blurred.sheet.images) == 2
    assert not small.remedy.isVisible()
    engine.examination = Examination((), ())
    qtbot.mouseClick(blurred.remedy, LEFT)
    wait_for(qtbot, panel.doctor.calm.isVisible)
    assert panel.heading.text.text() == "10 images · 256 px"
    assert panel.grid.isVisible()
    assert panel.skipped.notice.label.text() == "2 files skipped"


def test_what_is_read_stays_where_it_is_when_another_finding_goes(
    panel: ImagesPanel, engine: FakeEngine, qtbot: QtBot, picture_folder: Path
) -> None:
    engine.examination = Examination((BLURRED, SMALL, replace(BLURRED, kind="dark")), (MIRROR,))
    take_in(qtbot, panel, picture_folder)
    qtbot.mouseClick(panel.doctor.notice.link, LEFT)
    panel.resize(292, 300)
    bar = panel.doctor.body.verticalScrollBar()
    wait_for(qtbot, lambda: bar.maximum() > 40)
    bar.setValue(40)
    blurred, small, dark = panel.doctor.findings.rows
    with_three = bar.maximum()
    qtbot.mouseClick(small.dismiss, LEFT)
    assert panel.doctor.findings.rows == [blurred, dark]
    wait_for(qtbot, lambda: bar.maximum() < with_three)
    assert bar.value() == 40
    assert "Mirroring" in texts(panel)


def test_left_out_images_come_back(
    panel: ImagesPanel, engine: FakeEngine, qtbot: QtBot, picture_folder: Path
) -> None:
    take_in(qtbot, panel, picture_folder)
    panel.studio.dataset.leave_out([2, 4, 6], "dark")
    wait_for(qtbot, lambda: panel.heading.text.text() == "9 images · 256 px")
    wait_until_calm(qtbot, panel.studio)
    panel.skipped.list.opened.emit(0)
    wait_for(qtbot, lambda: panel.heading.text.text() == "10 images · 256 px")
    wait_for(qtbot, panel.doctor.calm.isVisible)
    assert "2 images are left out by you" in texts(panel)
    panel.doctor.findings.left_out.link.click()
    wait_for(qtbot, lambda: panel.heading.text.text() == "12 images · 256 px")
