"""The doctor's session: looks once at each dataset, and its remedies can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.dataset_session import Framing
from studio.app.notifications import Notification
from studio.app.studio import Studio
from studio.engine.api import (
    Examination,
    Finding,
    Suspect,
    read_examination,
    write_examination,
)
from studio.errors import StudioError
from tests.support.fakes import FakeEngine
from tests.support.pictures import make_pictures
from tests.support.waiting import wait_for, wait_until_calm

BLURRED = Finding(
    "blur", "2 images look blurred", "Why.", (Suspect(3, 2.0), Suspect(5, 1.5)), reason="blurred"
)
BARRED = Finding("bars", "1 image has bars", "Why.", (Suspect(1, 2.0),), "trim")
TWINS = Finding(
    "duplicates",
    "Twins",
    "Why.",
    (Suspect(0, 0.0, best=True), Suspect(7, 2.0)),
    "keep best",
    "twin",
)


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    engine.examination = Examination((BLURRED, BARRED, TWINS), ())
    return engine


@pytest.fixture
def studio(qtbot: QtBot, engine: FakeEngine, tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(lambda: engine)
    studio.dataset.open(tmp_path / "dataset")
    studio.dataset.take_in([make_pictures(tmp_path / "pictures", count=12)])
    wait_until_calm(qtbot, studio)
    wait_for(qtbot, lambda: studio.doctor.findings and studio.doctor.progress is None)
    yield studio
    studio.close()


def names(studio: Studio) -> set[str]:
    return set(studio.dataset.info.names) if studio.dataset.info else set()


def wait_for_count(qtbot: QtBot, studio: Studio, count: int) -> None:
    wait_for(qtbot, lambda: not studio.dataset.busy and len(names(studio)) == count)


def test_what_was_taken_in_is_examined(studio: Studio) -> None:
    assert studio.doctor.findings == (BLURRED, BARRED, TWINS)
    assert studio.doctor.progress is None


def test_a_remedy_leaves_pictures_out_and_can_be_undone(studio: Studio, qtbot: QtBot) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    everything = names(studio)
    studio.doctor.apply(BLURRED)
    wait_for_count(qtbot, studio, 10)
    assert everything - names(studio) == {"picture_003.png", "picture_005.png"}
    assert [note.action for note in told] == ["edit.put_images_back"]
    assert studio.dataset.info is not None
    assert {item.reason for item in studio.dataset.info.skipped} == {"Left out by you (blurred)."}
    studio.dataset.put_back()
    wait_for_count(qtbot, studio, 12)
    studio.dataset.put_back()  # undoes the undo
    wait_for_count(qtbot, studio, 10)


def test_the_best_of_a_cluster_stays(studio: Studio, qtbot: QtBot) -> None:
    studio.doctor.apply(TWINS)
    wait_for_count(qtbot, studio, 11)
    assert "picture_000.png" in names(studio)
    assert "picture_007.png" not in names(studio)


def test_single_pictures_can_be_taken_back(studio: Studio, qtbot: QtBot) -> None:
    studio.doctor.apply(BLURRED)
    wait_for_count(qtbot, studio, 10)
    studio.dataset.take_back({studio.dataset.treatment.exclude[0].digest})
    wait_for_count(qtbot, studio, 11)
    assert "picture_003.png" in names(studio)


def test_bars_are_cut_off_the_pictures_that_have_them(studio: Studio, qtbot: QtBot) -> None:
    assert studio.dataset.info is not None
    digest = studio.dataset.info.digests[1]
    studio.doctor.apply(BARRED)
    wait_for(qtbot, lambda: studio.dataset.info and studio.dataset.info.trim == (digest,))


def test_what_a_person_left_out_stays_out_with_another_crop(studio: Studio, qtbot: QtBot) -> None:
    studio.doctor.apply(BLURRED)
    wait_for_count(qtbot, studio, 10)
    studio.dataset.reframe(Framing("fit"))
    wait_for(qtbot, lambda: studio.dataset.info and studio.dataset.info.crop == "fit")
    assert len(names(studio)) == 10


def test_a_finding_can_be_dismissed_for_good(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    studio.doctor.dismiss(BLURRED)
    assert studio.doctor.findings == (BARRED, TWINS)
    wait_until_calm(qtbot, studio)
    studio.dataset.close()
    studio.dataset.open(tmp_path / "dataset")
    wait_for(qtbot, lambda: studio.doctor.findings == (BARRED, TWINS))


def test_dismissing_can_be_undone_step_by_step(studio: Studio, qtbot: QtBot) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    assert not studio.doctor.can_show_again
    for finding in (TWINS, BLURRED):
        studio.doctor.dismiss(finding)
    assert [note.action for note in told] == ["edit.show_finding"] * 2
    studio.doctor.show_again()
    assert studio.doctor.findings == (BLURRED, BARRED)
    studio.doctor.show_again()
    assert studio.doctor.findings == (BLURRED, BARRED, TWINS)
    assert not studio.doctor.can_show_again
    wait_until_calm(qtbot, studio)
    assert studio.dataset.info is not None
    kept = read_examination(studio.dataset.info.folder)
    assert kept is not None
    assert kept.findings == (BLURRED, BARRED, TWINS)


def test_a_known_examination_needs_no_engine(
    studio: Studio, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    known = Examination((TWINS,), ())
    write_examination(tmp_path / "dataset", known)
    engine.fail["examine"] = StudioError("Not now.")
    studio.dataset.close()
    assert studio.doctor.findings == ()
    studio.dataset.open(tmp_path / "dataset")
    wait_for(qtbot, lambda: studio.doctor.findings == (TWINS,))
    assert studio.dataset.treatment.exclude == ()
