"""An MP4 has each frame, at the rate that was asked for, and looks like them when it is decoded."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageSequence

from studio.codec import mp4
from studio.codec.animation import write_animation
from studio.core.image import Image
from tests.support.pictures import gradient


def decoded(path: Path) -> list[np.ndarray]:
    """Pillow decodes the same track if it is called an image sequence."""
    data = path.read_bytes().replace(b"vide", b"pict", 1)
    assert data[8:12] == b"isom"
    path.with_suffix(".avif").write_bytes(data[:8] + b"avis" + data[12:24] + b"avis" + data[28:])
    with Pillow.open(path.with_suffix(".avif")) as file:
        frames = ImageSequence.Iterator(file)
        return [np.asarray(frame.convert("RGB"), np.float32) / 255 for frame in frames]


def timing(path: Path) -> tuple[int, Fraction]:
    """How many pictures the film's table of times has, and how many of them a second."""
    data = path.read_bytes()
    (scale,) = struct.unpack_from(">I", data, data.index(b"mdhd") + 16)
    entries, count, each = struct.unpack_from(">3I", data, data.index(b"stts") + 8)
    assert entries == 1
    return count, Fraction(scale, each)


def moving(count: int, height: int = 24, width: int = 24) -> list[Image]:
    return [gradient(n, max(height, width))[:height, :width] for n in range(count)]


@pytest.mark.parametrize(("fps", "rate"), [(25, Fraction(25)), (29.97, Fraction(2997, 100))])
@pytest.mark.parametrize("count", [1, 5, 9])
def test_count_and_rate_are_exact(
    tmp_path: Path, fps: float, rate: Fraction, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mp4, "_GROUP_FRAMES", 4)
    path = tmp_path / "a.mp4"
    assert write_animation(path, moving(count), fps) == count
    assert timing(path) == (count, rate)
    assert len(decoded(path)) == count


def test_each_picture_looks_like_its_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "_GROUP_FRAMES", 3)
    frames = moving(7, 20, 30)
    write_animation(tmp_path / "a.mp4", frames, 10, source="trainedAlgorithmicMedia")
    assert b"trainedAlgorithmicMedia" in (tmp_path / "a.mp4").read_bytes()
    for picture, frame in zip(decoded(tmp_path / "a.mp4"), frames, strict=True):
        assert picture.shape == frame.shape
        assert np.abs(picture - frame).mean() < 0.02


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    frame = np.zeros((16, 16, 4), np.float32)
    frame[:, :8, 3] = 1.0
    write_animation(tmp_path / "a.mp4", [frame, frame], 10)
    picture = decoded(tmp_path / "a.mp4")[0]
    assert picture[:, :6].max() < 0.1
    assert picture[:, 10:].min() > 0.9
