"""Many pictures at once: every one edited as it would be alone, and no original touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags
from PIL import Image as Pillow

from studio.codec.read import read_image, read_pixels8
from studio.codec.write import WriteOptions, write_image
from studio.core.control import Cancelled, RunControl
from studio.core.document import EditStep
from studio.core.image import to_pixels8
from studio.edits.batch import Batch, run_batch
from studio.edits.render import apply_steps
from studio.errors import StudioError
from tests.support.pictures import gradient, make_pictures

STEPS = (EditStep("gaussian_blur", {"sigma": 1.5}, id="0"), EditStep("noise", id="1"))


def run(batch: Batch) -> list[tuple[int, int, str]]:
    return [(item.done, item.total, item.problem) for item in run_batch(batch, RunControl())]


def test_each_picture_is_edited_as_if_it_were_alone(tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "in", 5)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    done = run(Batch((folder,), STEPS, tmp_path / "out"))
    assert done == [(number, 5, "") for number in range(1, 6)]
    for file in folder.iterdir():
        expected = to_pixels8(apply_steps(read_image(file), STEPS).image)
        np.testing.assert_array_equal(read_pixels8(tmp_path / "out" / file.name), expected)
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_folders_below_are_kept_and_results_of_the_last_time_left_out(tmp_path: Path) -> None:
    make_pictures(tmp_path / "in" / "deep", 2)
    batch = Batch((tmp_path / "in",), STEPS, tmp_path / "in" / "edited", ".jpg")
    for _time in range(2):
        assert len(run(batch)) == 2
    found = sorted(p.relative_to(batch.into) for p in batch.into.rglob("*.jpg"))
    assert [str(path) for path in found] == ["deep/picture_000.jpg", "deep/picture_001.jpg"]


def test_two_of_one_name_become_two_files(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        make_pictures(tmp_path / folder, 1)
    files = tuple(tmp_path / folder / "picture_000.png" for folder in ("a", "b"))
    run(Batch(files, STEPS, tmp_path / "out"))
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "picture_000.png",
        "picture_000 2.png",
    }


def test_a_bad_picture_is_named_and_the_rest_go_on(tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "in", 3)
    (folder / "picture_001.png").write_bytes(b"no picture")
    done = run(Batch((folder,), STEPS, tmp_path / "out"))
    assert [bool(problem) for _done, _total, problem in done] == [False, True, False]
    assert "“picture_001.png”" in done[1][2]
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda folder: Batch((folder,), STEPS, folder), "“picture_000.png” would be replaced"),
        (lambda folder: Batch((folder / "x",), STEPS, folder), "There is no file"),
        (lambda folder: Batch((), STEPS, folder), "no pictures"),
        (lambda folder: Batch((folder,), STEPS, folder, ".gif"), "“.gif”"),
        (lambda folder: Batch((folder,), (EditStep("blurr"),), folder), "“blurr”"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    tmp_path: Path, change: Callable[[Path], Batch], named: str
) -> None:
    folder = make_pictures(tmp_path / "in", 2)
    with pytest.raises(StudioError, match=named):
        run(change(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_canceled_batch_stops(tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "in", 12)
    control = RunControl()
    progress = run_batch(Batch((folder,), STEPS, tmp_path / "out"), control, workers=1)
    assert [next(progress).done, next(progress).done] == [1, 2]
    control.cancel()
    with pytest.raises(Cancelled):
        next(progress)
    assert 2 <= len(list((tmp_path / "out").iterdir())) < 12


def test_what_was_generated_stays_marked_and_nothing_of_the_camera_stays(tmp_path: Path) -> None:
    generated = tmp_path / "generated.jpg"
    recipe = {"schema": 1, "source": "trainedAlgorithmicMedia"}
    write_image(generated, gradient(0), recipe)
    run(Batch((generated,), STEPS, tmp_path / "out", options=WriteOptions(quality=50)))
    data = (tmp_path / "out" / "generated.jpg").read_bytes()
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in data
    assert len(data) < generated.stat().st_size
    exif = Pillow.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 51.0, 30.0)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = "SN-1234567"
    photo = tmp_path / "photo.jpg"
    Pillow.new("RGB", (32, 32)).save(photo, exif=exif)
    assert b"SN-1234567" in photo.read_bytes()
    run(Batch((photo,), STEPS, tmp_path / "out"))
    with Pillow.open(tmp_path / "out" / "photo.jpg") as written:
        assert not written.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert b"SN-1234567" not in (tmp_path / "out" / "photo.jpg").read_bytes()
