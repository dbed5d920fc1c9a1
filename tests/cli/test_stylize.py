from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.cli import main
from studio.codec.read import read_image
from studio.codec.write import write_image


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    rng = np.random.default_rng(0)
    content = np.linspace(0, 1, 40, dtype=np.float32)[None, :, None].repeat(32, 0).repeat(3, 2)
    style = rng.random((32, 32, 3), np.float32) * (1.0, 0.2, 0.1)
    files = [tmp_path / name for name in ("content.png", "style.png", "out.png")]
    write_image(files[0], content)
    write_image(files[1], style.astype(np.float32))
    return files


def test_a_picture_takes_on_another_ones_palette(
    pictures: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stylize", *map(str, pictures), "--strength", "0.2"]) == 0
    assert "40 × 32" in capsys.readouterr().out
    red, green, _ = read_image(pictures[2]).mean(axis=(0, 1))
    assert red > 3 * green


def test_a_wrong_number_is_told_before_any_work(
    pictures: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stylize", *map(str, pictures), "--strength", "7"]) == 2
    assert "from 0 to 1" in capsys.readouterr().err
    assert not pictures[2].exists()
