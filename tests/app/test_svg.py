"""Drawings become pixels of the size that was asked for, and reach for nothing outside."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.svg import read_svg, svg_size
from studio.codec.write import encode_image
from studio.errors import StudioError

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


@pytest.fixture(autouse=True)
def _application(qtbot: QtBot) -> None:
    """Text and painting want one."""


def drawing(folder: Path, inside: str, size: str = 'width="40" height="20"') -> Path:
    file = folder / "drawing.svg"
    file.write_text(f"<svg {XMLNS} {size}>{inside}</svg>", "utf-8")
    return file


def test_a_drawing_is_sharp_at_any_size(tmp_path: Path) -> None:
    file = drawing(tmp_path, '<rect width="20" height="20" fill="#ff8000"/>')
    assert svg_size(file) == (40, 20)
    image = read_svg(file, 400)
    assert image.shape == (200, 400, 4)
    assert image[100, 199].tolist() == [255, 128, 0, 255]
    assert not image[:, 200:].any()


def test_a_view_box_alone_gives_the_shape(tmp_path: Path) -> None:
    file = drawing(tmp_path, '<circle cx="5" cy="5" r="5"/>', 'viewBox="0 0 10 30"')
    assert read_svg(file, 300).shape == (300, 100, 4)


@pytest.mark.parametrize("link", ["{file}", "file://{file}", "../{name}", "http://127.0.0.1/a.png"])
def test_no_picture_from_outside_is_drawn(tmp_path: Path, link: str) -> None:
    data = encode_image(".png", np.ones((8, 8, 3), np.float32))
    secret = tmp_path / "secret.png"
    secret.write_bytes(data)
    href = link.format(file=secret, name=f"{tmp_path.name}/secret.png")
    for attribute in ("href", "xlink:href"):
        picture = f'<image width="40" height="20" {attribute}="{href}"/>'
        assert not read_svg(drawing(tmp_path, picture)).any()
    inside = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    kept = drawing(tmp_path, f'<image width="40" height="20" href="{inside}"/>')
    assert read_svg(kept)[10, 20].tolist() == [255, 255, 255, 255]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html/>",
        f"<svg {XMLNS}",
        f'<!DOCTYPE svg [<!ENTITY a "{"b" * 99}">]><svg {XMLNS}>&a;</svg>',
    ],
)
def test_what_is_no_drawing_is_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.svg"
    file.write_text(text)
    with pytest.raises(StudioError, match=r"“bad\.svg” is"):
        read_svg(file)


def test_a_size_beyond_all_bounds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="too many pixels"):
        read_svg(drawing(tmp_path, ""), 50_000)
