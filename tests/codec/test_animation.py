"""Animated files: as many frames and as long as was asked for, over and over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageSequence

from studio.codec.animation import write_animation, write_sequence, write_sprite_sheet
from studio.core.control import Cancelled, RunControl
from studio.core.image import Image, from_pixels8, to_pixels8
from studio.errors import StudioError
from tests.support.pictures import gradient

SUFFIXES = (".gif", ".png", ".webp")


def frames(count: int, size: int = 24, channels: int = 3) -> Iterator[Image]:
    """The second half stands still."""
    for number in range(count):
        image = gradient(min(number, count // 2), size)
        if channels == 4:
            hole = np.ones((size, size, 1), np.float32)
            hole[: number + 1, :4] = 0
            image = np.concatenate([image, hole], axis=2)
        yield image


def read(path: Path) -> tuple[list[Pillow.Image], list[float], int]:
    """Frames, their durations in ms, and how often it plays (0: without end)."""
    with Pillow.open(path) as file:
        pictures, durations = [], []
        for frame in ImageSequence.Iterator(file):
            pictures.append(frame.convert("RGBA"))
            durations.append(float(frame.info["duration"]))
        return pictures, durations, file.info["loop"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("fps", [12.5, 29.97, 24])
def test_frames_and_rate_are_exact(tmp_path: Path, suffix: str, fps: float) -> None:
    path = tmp_path / f"a{suffix}"
    assert write_animation(path, frames(31), fps) == 31
    pictures, durations, loop = read(path)
    assert len(pictures) == 31
    assert loop == 0
    assert sum(durations) == pytest.approx(31_000 / fps, abs=5.1 if suffix == ".gif" else 0.6)


@settings(max_examples=25, deadline=None)
@given(
    pixels=st.integers(1, 9).flatmap(
        lambda side: st.lists(
            st.binary(min_size=side * side * 4, max_size=side * side * 4), min_size=1, max_size=4
        )
    )
)
def test_lossless_formats_give_every_pixel_back(
    tmp_path_factory: pytest.TempPathFactory, pixels: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("round")
    side = int((len(pixels[0]) // 4) ** 0.5)
    arrays = [np.frombuffer(data, np.uint8).reshape(side, side, 4) for data in pixels]
    for suffix in (".png", ".webp"):
        path = folder / f"a{suffix}"
        write_animation(path, (from_pixels8(array) for array in arrays), 10)
        pictures, _durations, _loop = read(path)
        assert len(pictures) == len(arrays)
        for picture, array in zip(pictures, arrays, strict=True):
            seen = array[..., 3:] > 0  # viewers may drop the color of what nobody sees
            np.testing.assert_array_equal(np.asarray(picture) * seen, array * seen)


def test_a_gif_of_few_colors_is_exact_and_keeps_its_holes(tmp_path: Path) -> None:
    given_frames = []
    for number in range(3):
        pixels = np.zeros((16, 16, 4), np.uint8)
        pixels[2:9, number : number + 5] = (250, 40 * number, 7, 255)
        given_frames.append(pixels)
    write_animation(tmp_path / "a.gif", map(from_pixels8, given_frames), 10)
    pictures, _durations, _loop = read(tmp_path / "a.gif")
    for picture, pixels in zip(pictures, given_frames, strict=True):
        seen = pixels[..., 3:] > 0
        np.testing.assert_array_equal(np.asarray(picture)[..., 3:] > 0, seen)
        np.testing.assert_array_equal(np.asarray(picture) * seen, pixels)


def test_a_gif_of_many_colors_looks_like_its_frames(tmp_path: Path) -> None:
    write_animation(tmp_path / "a.gif", frames(4, 64), 10)
    pictures, _durations, _loop = read(tmp_path / "a.gif")
    for picture, frame in zip(pictures, frames(4, 64), strict=True):
        difference = np.asarray(picture)[..., :3].astype(int) - to_pixels8(frame)
        assert np.abs(difference).mean() < 3


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_generated_frames_are_marked(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_animation(path, frames(2), source="trainedAlgorithmicMedia")
    with Pillow.open(path) as file:
        assert file.n_frames == 2
        if suffix != ".gif":  # Pillow leaves that one's packet alone
            assert "trainedAlgorithmicMedia" in str(file.getxmp())
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in path.read_bytes()


@pytest.mark.parametrize(
    ("suffix", "fps", "shapes", "named"),
    [
        (".avi", 25, [8, 8], ".avi"),
        (".gif", 60, [8, 8], "50"),
        (".png", 0, [8, 8], "“0”"),
        (".png", 25, [], "no frames"),
        (".png", 25, [8, 9], "Frame 2"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(
    tmp_path: Path, suffix: str, fps: float, shapes: list[int], named: str
) -> None:
    with pytest.raises(StudioError, match=named):
        write_animation(tmp_path / f"a{suffix}", (gradient(0, side) for side in shapes), fps)
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_animation_leaves_nothing(tmp_path: Path) -> None:
    control = RunControl()

    def two_and_cancel() -> Iterator[Image]:
        yield from frames(2)
        control.cancel()
        yield from frames(2)

    with pytest.raises(Cancelled):
        write_animation(tmp_path / "a.webp", two_and_cancel(), control=control)
    assert list(tmp_path.iterdir()) == []


def test_a_sequence_is_numbered(tmp_path: Path) -> None:
    files = write_sequence(tmp_path, "walk", frames(3))
    assert [file.name for file in files] == ["walk_0001.png", "walk_0002.png", "walk_0003.png"]
    np.testing.assert_array_equal(np.asarray(Pillow.open(files[2])), to_pixels8(list(frames(3))[2]))


def test_the_index_of_a_sheet_finds_every_frame(tmp_path: Path) -> None:
    given_frames = list(frames(5, channels=4))
    index = json.loads(write_sprite_sheet(tmp_path / "walk.png", given_frames, 8).read_text())
    assert index["meta"]["image"] == "walk.png"
    assert {entry["duration"] for entry in index["frames"]} == {125}
    whole = json.loads(write_sprite_sheet(tmp_path / "run.png", frames(48), 24).read_text())
    assert sum(entry["duration"] for entry in whole["frames"]) == 2_000
    with Pillow.open(tmp_path / "walk.png") as sheet:
        assert sheet.size == (index["meta"]["size"]["w"], index["meta"]["size"]["h"])
        for entry, frame in zip(index["frames"], given_frames, strict=True):
            x, y, width, height = (entry["frame"][key] for key in "xywh")
            part = sheet.crop((x, y, x + width, y + height))
            np.testing.assert_array_equal(np.asarray(part), to_pixels8(frame))
