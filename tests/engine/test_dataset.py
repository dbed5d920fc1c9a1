"""Datasets: what is taken in, what is not and why, how it is cropped, and that nothing is lost."""

from __future__ import annotations

import hashlib
import json
from itertools import count, pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from studio.core import pulse
from studio.core.control import Cancelled, RunControl
from studio.core.image import Pixels8, to_pixels8
from studio.engine import framing, survey
from studio.engine.api import (
    CropPolicy,
    DatasetInfo,
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    LeftOut,
    open_dataset,
    read_dataset,
)
from studio.engine.dataset import build_dataset, find_pictures
from studio.engine.framing import framed
from studio.errors import StudioError
from tests.support.pictures import gradient, make_pictures


def build(folder: Path, *sources: Path, size: int = 32, crop: CropPolicy = "center") -> DatasetInfo:
    *_, last = build_dataset(DatasetSpec(sources, size, crop), folder, RunControl())
    assert isinstance(last, DatasetReady)
    return last.info


def save(path: Path, pixels: Pixels8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(pixels).save(path)
    return path


def test_pixels_names_and_fingerprint(tmp_path: Path, picture_folder: Path) -> None:
    info = build(tmp_path / "data", picture_folder, size=64)
    reread, pixels = open_dataset(tmp_path / "data")
    assert reread == info
    assert pixels.shape == (12, 64, 64, 3)
    assert info.names == tuple(f"picture_{n:03}.png" for n in range(12))
    assert info.fingerprint == hashlib.sha256(pixels.tobytes()).hexdigest()
    assert np.array_equal(pixels[5], to_pixels8(gradient(5)))
    assert info.sources == (str(picture_folder),)


def test_what_a_person_left_out_stays_out_and_is_told(tmp_path: Path, picture_folder: Path) -> None:
    whole = build(tmp_path / "data", picture_folder)
    copy = picture_folder / "zz copy.png"
    copy.write_bytes((picture_folder / whole.names[3]).read_bytes())
    out = LeftOut(whole.digests[3], "blurred")
    spec = DatasetSpec((picture_folder,), 32, exclude=(out,))
    *_, last = build_dataset(spec, tmp_path / "data", RunControl())
    assert isinstance(last, DatasetReady)
    assert last.info.names == whole.names[:3] + whole.names[4:]
    assert last.info.exclude == (out,)
    assert [item.digest for item in last.info.skipped] == [out.digest] * 2  # its copy, too
    assert last.info.skipped[0].reason == "Left out by you (blurred)."
    assert read_dataset(tmp_path / "data") == last.info


def test_bars_are_cut_off_where_that_was_wished(tmp_path: Path) -> None:
    pixels = to_pixels8(gradient(1, 96))
    pixels[:20] = pixels[-20:] = 0
    file = save(tmp_path / "pictures" / "film.png", pixels)
    before = build(tmp_path / "data", file)
    spec = DatasetSpec((file,), 32, trim=before.digests)
    *_, last = build_dataset(spec, tmp_path / "data", RunControl())
    assert isinstance(last, DatasetReady)
    assert before.source_sizes == ((96, 96),)
    assert last.info.source_sizes == ((96, 54),)
    assert open_dataset(tmp_path / "data")[1][0, 0].max() > 40


def test_building_twice_gives_the_same_bytes(tmp_path: Path, picture_folder: Path) -> None:
    first = build(tmp_path / "a", picture_folder)
    second = build(tmp_path / "b", picture_folder)
    assert first.fingerprint == second.fingerprint
    assert first.names == second.names


def test_every_reason_for_leaving_a_file_out(tmp_path: Path, picture_folder: Path) -> None:
    twin = picture_folder / "twin.png"
    twin.write_bytes((picture_folder / "picture_000.png").read_bytes())
    (picture_folder / "empty.jpg").touch()
    (picture_folder / "notes.png").write_text("not a picture")
    (picture_folder / "phone.heic").write_bytes(b"....ftypheic")
    (picture_folder / "readme.txt").write_text("passed over in silence")
    (picture_folder / ".hidden.png").write_bytes(twin.read_bytes())
    (picture_folder / ".cache").mkdir()
    (picture_folder / ".cache" / "a.png").write_bytes(twin.read_bytes())
    info = build(tmp_path / "data", picture_folder)
    reasons = {Path(item.path).name: item.reason for item in info.skipped}
    assert reasons.keys() == {"twin.png", "empty.jpg", "notes.png", "phone.heic"}
    assert "picture_000.png" in reasons["twin.png"]
    assert "empty" in reasons["empty.jpg"]
    assert "not a picture" in reasons["notes.png"]
    assert info.count == 12


def test_sources_are_searched_in_a_fixed_order_and_once(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.png", "a.png", "b/c/3.png"):
        save(tmp_path / "in" / name, np.zeros((2, 2, 3), np.uint8))
    extra = save(tmp_path / "extra.png", np.zeros((2, 2, 3), np.uint8))
    found = find_pictures([extra, tmp_path / "in", tmp_path / "in" / "b", extra])
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["extra.png", "in/a.png", "in/b/1.png", "in/b/2.png", "in/b/c/3.png"]


def test_missing_source_and_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="absent"):
        build(tmp_path / "data", tmp_path / "absent")
    (tmp_path / "bare").mkdir()
    with pytest.raises(StudioError, match="no pictures in “bare”"):
        build(tmp_path / "data", tmp_path / "bare")
    assert not (tmp_path / "data").exists()


def test_nothing_readable_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "in" / name).touch()
    with pytest.raises(StudioError, match="None of the 2 files"):
        build(tmp_path / "out" / "data", tmp_path / "in")
    assert not (tmp_path / "out").exists()


def test_a_later_build_replaces_the_dataset(tmp_path: Path, picture_folder: Path) -> None:
    build(tmp_path / "data", picture_folder)
    info = build(tmp_path / "data", make_pictures(tmp_path / "more", count=3))
    assert info.count == read_dataset(tmp_path / "data").count == 3


@pytest.mark.parametrize("close", [True, False])
def test_giving_up_keeps_what_was_there(tmp_path: Path, picture_folder: Path, close: bool) -> None:
    home = tmp_path / "home"
    before = build(home / "data", make_pictures(tmp_path / "few", count=2))
    control = RunControl()
    events = build_dataset(DatasetSpec((picture_folder,), 32), home / "data", control)
    next(events)
    if close:
        events.close()
    else:
        control.cancel()
        with pytest.raises(Cancelled):
            list(events)
    assert read_dataset(home / "data") == before
    assert [item.name for item in home.iterdir()] == ["data"]


def test_progress_is_bounded_and_ends_complete(
    tmp_path: Path, picture_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count()
    monkeypatch.setattr(pulse.time, "monotonic", lambda: 0.011 * next(clock))
    spec = DatasetSpec((picture_folder,), 16)
    *events, _ready = build_dataset(spec, tmp_path / "data", RunControl())
    assert all(isinstance(event, DatasetProgress) for event in events)
    done = [event.done for event in events]
    assert done == [1, 6, 11, 12]
    assert events[-1].total == 12
    thumbnail = events[0].thumbnail
    assert thumbnail is not None
    assert np.array_equal(to_pixels8(thumbnail), open_dataset(tmp_path / "data")[1][0])


# --- Crop, padding, color ---


def wide_picture() -> Pixels8:
    """100 × 300 px, smooth but for a checkered patch at the right end."""
    pixels = np.full((100, 300, 3), 120, np.uint8)
    pixels[:, 210:290] = np.kron(np.indices((5, 4)).sum(0) % 2 * 255, np.ones((20, 20)))[..., None]
    return pixels


def test_center_takes_the_middle() -> None:
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 200
    assert np.all(framed(pixels, 10, 10, "center") == 200)


@pytest.mark.parametrize("upright", [False, True])
def test_smart_goes_where_the_detail_is(upright: bool) -> None:
    pixels = wide_picture().transpose(1, 0, 2) if upright else wide_picture()
    assert framed(pixels, 50, 50, "smart").std() > 60 > framed(pixels, 50, 50, "center").std()


def test_smart_stays_central_where_nothing_stands_out() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 200, 3), np.uint8)
    flat = np.full((60, 200, 3), 9, np.uint8)
    for pixels in (noise, flat):
        window = framing._on_subject(pixels, 1.0)
        assert abs(window.x - 70) <= 30


def test_fit_pads_with_the_color_of_the_border() -> None:
    pixels = np.full((40, 80, 3), (10, 20, 30), np.uint8)
    pixels[15:25, 30:50] = 250
    fitted = framed(pixels, 64, 64, "fit")
    assert fitted.shape == (64, 64, 3)
    assert np.all(fitted[:14] == (10, 20, 30))
    assert fitted[32, 32, 0] > 200


def picture_with_a_subject() -> Pixels8:
    """200 × 300 px, a noisy ramp; 60 × 40 px of another color at (30, 200)."""
    ramp = np.linspace(60, 160, 300)[None, :, None] + np.zeros((200, 1, 3))
    ramp += np.random.default_rng(0).normal(0, 4, ramp.shape)
    ramp[30:90, 200:240] = (220, 60, 40)
    return ramp.clip(0, 255).astype(np.uint8)


def test_subject_moves_close_to_what_stands_out() -> None:
    window = framing._window(picture_with_a_subject(), 40, 40, "subject")
    assert window.x <= 200 < 240 <= window.right
    assert window.y <= 30 < 90 <= window.bottom
    assert 60 < window.height == window.width <= 110


def test_subject_never_enlarges_and_stays_back_where_nothing_stands_out() -> None:
    close = framing._window(picture_with_a_subject(), 160, 160, "subject")
    assert close.height >= 160
    flat = np.full((60, 200, 3), 9, np.uint8)
    back = framing._window(flat, 16, 16, "subject")
    assert back[2:] == (60, 60)
    assert abs(back.x - 70) <= 3


@pytest.mark.parametrize("crop", ["center", "smart", "subject", "fit"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 2), (64, 64)])
def test_any_proportions(crop: CropPolicy, shape: tuple[int, int]) -> None:
    result = framed(np.full((*shape, 3), 77, np.uint8), 32, 32, crop)
    assert result.shape == (32, 32, 3)
    assert np.abs(result.astype(int) - 77).max() <= 1


def test_shrinking_is_antialiased() -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(framed(stripes, 32, 32, "center").astype(int) - 127)[:, 2:-2].max() <= 6


def test_transparency_goes_onto_white_and_grey_becomes_color(tmp_path: Path) -> None:
    clear = np.zeros((8, 8, 4), np.uint8)
    clear[:, :4] = (255, 0, 0, 255)
    save(tmp_path / "in" / "a.png", clear)
    save(tmp_path / "in" / "b.png", np.full((8, 8), 40, np.uint8))
    build(tmp_path / "data", tmp_path / "in", size=8)
    _info, pixels = open_dataset(tmp_path / "data")
    assert pixels[0, 0, 0].tolist() == [255, 0, 0]
    assert pixels[0, 0, 7].tolist() == [255, 255, 255]
    assert np.all(pixels[1] == 40)


# --- What is said of pictures, and what most of them have in common ---


def test_classes_and_captions_go_with_their_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for place, name in enumerate(("a/1.png", "a/2.png", "b/3.png", "b/4.png", "5.png")):
        save(folder / name, np.full((4, 4, 3), 50 * place, np.uint8))
    (folder / "b/2.png").write_bytes((folder / "a/2.png").read_bytes())  # taken in once only
    (folder / "b/3.png").write_text("no picture")
    (folder / "a/1.txt").write_text("first")
    (folder / "b/4.txt").write_text("fourth")
    info = build(tmp_path / "data", folder)
    assert info.classes == ("a", "b")
    told = dict(zip(info.names, zip(info.labels, info.captions, strict=True), strict=True))
    nothing = (-1, "")
    assert told == {
        "5.png": nothing,
        "1.png": (0, "first"),
        "2.png": (0, ""),
        "4.png": (1, "fourth"),
    }
    assert read_dataset(tmp_path / "data") == info


@pytest.mark.parametrize(
    ("shapes", "frame"),
    [
        ([(60, 90)] * 3 + [(90, 60)], (64, 96)),
        ([(90, 60)] * 3, (96, 64)),
        ([(62, 80)] * 2, (64, 80)),
        ([(60, 90), (90, 60), (50, 50)], (64, 64)),
    ],
)
def test_the_shape_of_most_pictures(
    shapes: list[tuple[int, int]], frame: tuple[int, int], tmp_path: Path
) -> None:
    for place, shape in enumerate(shapes):
        save(tmp_path / "in" / f"{place}.png", np.full((*shape, 3), place, np.uint8))
    spec = DatasetSpec((tmp_path / "in",), 64, aspect=None, alpha=None)
    *_, last = build_dataset(spec, tmp_path / "data", RunControl())
    assert isinstance(last, DatasetReady)
    assert (last.info.height, last.info.width, last.info.channels) == (*frame, 3)
    assert (last.info.aspect, last.info.alpha) == (None, None)
    assert read_dataset(tmp_path / "data") == last.info


def test_pictures_that_lie_on_their_side_are_seen_upright(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    (tmp_path / "in").mkdir()
    Pillow.new("RGB", (90, 60)).save(tmp_path / "in" / "a.jpg", exif=exif)
    assert survey.common_aspect([tmp_path / "in" / "a.jpg"], RunControl()) == (2, 3)


@pytest.mark.parametrize(("clear", "kept"), [(0, False), (1, False), (2, True)])
def test_transparency_is_kept_where_most_pictures_have_clear_parts(
    clear: int, kept: bool, tmp_path: Path
) -> None:
    for place in range(4):
        pixels = np.full((8, 8, 4), 255, np.uint8)
        pixels[:2, 0, 0] = place
        pixels[:4, :, 3] = 0 if place < clear else 250
        save(tmp_path / "in" / f"{place}.png", pixels)
    (tmp_path / "in" / "broken.png").write_text("no picture")
    spec = DatasetSpec((tmp_path / "in",), 8, alpha=None)
    *_, last = build_dataset(spec, tmp_path / "data", RunControl())
    assert isinstance(last, DatasetReady)
    assert last.info.channels == (4 if kept else 3)


# --- Reading back ---


def test_damaged_datasets_are_told(tmp_path: Path, picture_folder: Path) -> None:
    folder = tmp_path / "data"
    build(folder, picture_folder)
    description = json.loads((folder / "dataset.json").read_text())
    for change in ({"count": 11}, {"size": "x"}, {"names": 3}, {"skipped": [1]}):
        (folder / "dataset.json").write_text(json.dumps({**description, **change}))
        with pytest.raises(StudioError, match="damaged"):
            read_dataset(folder)
    (folder / "dataset.json").write_text("[]")
    with pytest.raises(StudioError, match="damaged"):
        read_dataset(folder)
    with pytest.raises(StudioError):
        read_dataset(tmp_path / "absent")


def test_events_come_in_order(tmp_path: Path, picture_folder: Path) -> None:
    spec = DatasetSpec((picture_folder,), 16)
    *events, _ready = build_dataset(spec, tmp_path / "data", RunControl())
    assert all(a.done < b.done for a, b in pairwise(events))
