"""The project's pictures: taken in, replaced, cancelled, read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.dataset_session import THUMBNAIL, DatasetSession, Framing, _shrink
from studio.app.notifications import Notification
from studio.app.studio import Studio
from studio.engine.api import DATASET_FILE
from tests.support.patient import PatientEngine
from tests.support.pictures import make_pictures


@pytest.fixture
def dataset(studio: Studio, tmp_path: Path) -> DatasetSession:
    studio.dataset.open(tmp_path / "dataset")
    return studio.dataset


def is_whole(dataset: DatasetSession, count: int) -> bool:
    info = dataset.info
    return info is not None and info.count == len(dataset.thumbnails) == count and not dataset.busy


def test_pictures_are_taken_in_with_thumbnails(
    dataset: DatasetSession, qtbot: QtBot, picture_folder: Path
) -> None:
    busy: list[bool] = []
    dataset.busy_changed.connect(busy.append)
    dataset.take_in([picture_folder])
    qtbot.waitUntil(lambda: is_whole(dataset, 12))
    assert busy == [True, False]
    assert {(image.width(), image.height()) for image in dataset.thumbnails} == {(THUMBNAIL,) * 2}


def test_a_thumbnail_is_the_mean_of_what_it_stands_for(
    dataset: DatasetSession, qtbot: QtBot, picture_folder: Path
) -> None:
    dataset.take_in([picture_folder])
    qtbot.waitUntil(lambda: is_whole(dataset, 12))
    assert dataset.info is not None
    pixels = np.memmap(dataset.info.folder / "images.u8", np.uint8, "r").reshape(12, 256, 256, 3)
    color = dataset.thumbnails[3].pixelColor(10, 20)
    expected = pixels[3, 80:84, 40:44].mean(axis=(0, 1))
    assert np.abs(np.array(color.getRgb()[:3]) - expected).max() <= 1


def test_adding_while_taking_in_forgets_nothing(
    dataset: DatasetSession, engine: PatientEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    engine.may_take_in.clear()
    dataset.take_in([make_pictures(tmp_path / "first", count=3)])
    qtbot.waitUntil(lambda: dataset.progress is not None)
    second = make_pictures(tmp_path / "second", count=4)
    for file in second.iterdir():
        file.rename(file.with_stem(f"other {file.stem}"))
    engine.may_take_in.set()
    dataset.add([second])
    qtbot.waitUntil(lambda: is_whole(dataset, 7))


def test_a_cancelled_intake_leaves_what_was_there(
    dataset: DatasetSession, engine: PatientEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    first = make_pictures(tmp_path / "first", count=3)
    dataset.take_in([first])
    qtbot.waitUntil(lambda: is_whole(dataset, 3))
    engine.may_take_in.clear()
    dataset.reframe(Framing("fit", (3, 2), alpha=True))
    qtbot.waitUntil(lambda: dataset.progress is not None)
    dataset.cancel()
    assert dataset.framing == Framing()
    qtbot.waitUntil(lambda: is_whole(dataset, 3))
    assert dataset.info is not None
    assert dataset.info.sources == (str(first),)


def test_a_crop_chosen_before_there_are_pictures_is_kept(
    dataset: DatasetSession, qtbot: QtBot, picture_folder: Path
) -> None:
    dataset.reframe(Framing("smart"))
    assert not dataset.busy
    dataset.add([picture_folder])
    qtbot.waitUntil(lambda: is_whole(dataset, 12))
    assert dataset.info is not None
    assert dataset.info.crop == "smart"


def test_shape_and_transparency_come_back_with_the_project(
    dataset: DatasetSession, qtbot: QtBot, picture_folder: Path, tmp_path: Path
) -> None:
    chosen = Framing("fit", (3, 2), alpha=True)
    dataset.reframe(chosen)
    dataset.take_in([picture_folder])
    qtbot.waitUntil(lambda: is_whole(dataset, 12))
    assert dataset.info is not None
    assert dataset.info.shape == (12, 256, 384, 4)
    assert (dataset.thumbnails[0].width(), dataset.thumbnails[0].height()) == (96, 64)
    dataset.close()
    assert dataset.framing == Framing()
    dataset.open(tmp_path / "dataset")
    assert dataset.framing == chosen


def test_what_is_clear_does_not_darken_thumbnails() -> None:
    pixels = np.zeros((1, 128, 128, 4), np.uint8)
    pixels[:, :, ::2] = (200, 100, 50, 255)
    assert (_shrink(pixels) == (200, 100, 50, 127)).all()


def test_what_was_taken_in_is_there_again(
    dataset: DatasetSession, qtbot: QtBot, picture_folder: Path, tmp_path: Path
) -> None:
    dataset.take_in([picture_folder])
    qtbot.waitUntil(lambda: is_whole(dataset, 12))
    dataset.close()
    assert dataset.info is None
    assert not dataset.thumbnails
    dataset.open(tmp_path / "dataset")
    qtbot.waitUntil(lambda: is_whole(dataset, 12))


def test_a_damaged_dataset_is_told_and_does_not_keep_the_project_closed(
    studio: Studio, tmp_path: Path
) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / DATASET_FILE).write_text("{}")
    studio.dataset.open(folder)
    assert studio.dataset.info is None
    assert [note.message for note in told] == ["The dataset “dataset” is damaged."]
