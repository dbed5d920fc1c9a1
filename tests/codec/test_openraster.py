"""OpenRaster: every pixel and every look of a layer comes back, and no archive can do harm."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from studio.codec.openraster import (
    OraGroup,
    OraLayer,
    OraNode,
    OraPicture,
    read_openraster,
    write_openraster,
)
from studio.core.document import BlendMode
from studio.errors import StudioError

NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
LOOKS = {
    "name": NAMES,
    "opacity": st.integers(0, 1000).map(lambda value: value / 1000),
    "visible": st.booleans(),
    "blend": st.sampled_from(get_args(BlendMode)),
}


@st.composite
def layers(draw: st.DrawFn) -> OraLayer:
    height, width, channels = (draw(st.integers(1, 6)), draw(st.integers(1, 6)), 4)
    channels = draw(st.sampled_from((1, 3, 4)))
    size = height * width * channels
    data = np.frombuffer(draw(st.binary(min_size=size, max_size=size)), np.uint8)
    looks = {key: draw(value) for key, value in LOOKS.items()}
    x, y = draw(st.integers(-50, 50)), draw(st.integers(-50, 50))
    return OraLayer(data.reshape(height, width, channels), x=x, y=y, **looks)


nodes = st.recursive(
    layers(),
    lambda inner: st.builds(
        OraGroup, st.lists(inner, max_size=3).map(tuple), isolated=st.booleans(), **LOOKS
    ),
    max_leaves=5,
)


def same(first: OraNode, second: OraNode) -> bool:
    looks = ("name", "opacity", "visible", "blend")
    alike = all(getattr(first, key) == getattr(second, key) for key in looks)
    if isinstance(first, OraGroup) and isinstance(second, OraGroup):
        pairs = zip(first.children, second.children, strict=True)
        assert first.isolated == second.isolated
        return alike and all(same(one, other) for one, other in pairs)
    assert isinstance(first, OraLayer)
    assert isinstance(second, OraLayer)
    place = (first.x, first.y) == (second.x, second.y)
    return alike and place and np.array_equal(first.pixels, second.pixels)


@settings(max_examples=30)
@given(st.lists(nodes, max_size=3).map(tuple))
def test_everything_comes_back(
    tmp_path_factory: pytest.TempPathFactory, children: tuple[OraNode, ...]
) -> None:
    path = tmp_path_factory.mktemp("ora") / "a.ora"
    written = OraPicture(9, 7, children, 240.0)
    write_openraster(path, written, np.zeros((7, 9, 4), np.uint8))
    picture = read_openraster(path)
    assert (picture.width, picture.height, picture.dpi) == (9, 7, 240.0)
    assert all(same(*pair) for pair in zip(picture.children, children, strict=True))


def test_other_programs_find_what_the_specification_promises(tmp_path: Path) -> None:
    merged = np.zeros((300, 900, 4), np.uint8)
    layer = OraLayer(merged[:2, :2], 'Gänse 鹅 "<&>"\x07')
    write_openraster(tmp_path / "a.ora", OraPicture(900, 300, (layer,)), merged)
    assert (tmp_path / "a.ora").read_bytes()[30:54] == b"mimetypeimage/openraster"
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        assert archive.namelist()[0] == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        with Pillow.open(archive.open("Thumbnails/thumbnail.png")) as thumbnail:
            assert thumbnail.size == (256, 85)
        with Pillow.open(archive.open("mergedimage.png")) as whole:
            assert whole.size == (900, 300)


def archive_of(path: Path, stack: bytes, mime: bytes = b"image/openraster", **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("stack.xml", stack)
        for name, data in more.items():
            archive.writestr(name, data)
    return path


ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]><image w="1" h="1"><stack/></image>'


@pytest.mark.parametrize(
    "stack",
    [
        b"",
        b"<image",
        b'<image w="9" h="9"/>',
        b'<image w="-1" h="9"><stack/></image>',
        b'<image w="9" h="9"><stack><layer src="../../etc/passwd"/></stack></image>',
        b'<image w="9" h="9"><stack><layer src="text"/></stack></image>',
        b'<image w="9" h="9"><stack><layer src="text" opacity="much"/></stack></image>',
        ENTITY,
        b'<image w="9" h="9"><stack>' + b"<stack/>" * 3000 + b"</stack></image>",
        b'<image w="9" h="9"><stack>' + b"<stack>" * 20_000 + b"</stack>" * 20_001 + b"</image>",
    ],
)
def test_damaged_and_hostile_archives_are_one_sentence(tmp_path: Path, stack: bytes) -> None:
    path = archive_of(tmp_path / "bad.ora", stack, text=b"no picture")
    with pytest.raises(StudioError, match=r"“bad\.ora"):
        read_openraster(path)


def test_another_kind_of_file_is_told(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "book.ora", b"<x/>", b"application/epub+zip")
    with pytest.raises(StudioError, match=r"“book\.ora” is not an OpenRaster"):
        read_openraster(path)
    buffer = io.BytesIO()
    Pillow.new("RGB", (2, 2)).save(buffer, "PNG")
    (tmp_path / "picture.ora").write_bytes(buffer.getvalue())
    with pytest.raises(StudioError, match=r"“picture\.ora” is not"):
        read_openraster(tmp_path / "picture.ora")
