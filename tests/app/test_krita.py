"""OpenRaster between the studio and Krita: both show the same of what either of them wrote."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
import pytest

from studio.app.layer_rendering import render_document
from studio.app.layered_file import read_picture, write_layered
from studio.codec.read import read_pixels8
from studio.core.control import RunControl
from studio.core.document import BlendMode, Document, Group, Layer
from studio.core.image import Pixels8, to_pixels8
from studio.core.raster import Raster
from studio.edits.pixels import premultiplied

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("krita") and shutil.which("xvfb-run")),
        reason="Krita or a display for it is not installed",
    ),
]

SIDE, CELL, COLUMNS = 24, 32, 12  # px of a layer, px of the place that it is in, places in a row
PATIENCE = 300  # s: Krita's first start takes long
MODES = get_args(BlendMode)
UNEQUAL_WEIGHTS = {"hue", "saturation", "color", "luminosity"}  # Krita's: 0.299 for 0.3 of the W3C
RANDOM = np.random.default_rng(0)


def noise(alpha: int | None = None, **looks: object) -> Layer:
    """Every color there is; of any alpha, or of one."""
    pixels = RANDOM.integers(0, 256, (SIDE, SIDE, 4), np.uint8)
    if alpha is not None:
        pixels[..., 3] = alpha
    return replace(Layer(Raster.from_pixels8(pixels)), **looks)


def grouped(*members: Layer, **looks: object) -> list[Layer]:
    group = replace(Group(Raster(1, 1), "Group"), **looks)
    return [*(replace(member, group=group.id) for member in members), group]


def cases() -> Iterator[tuple[str, list[Layer]]]:
    """What is laid over one another, and what is special about it."""
    for mode in MODES:
        yield f"{mode}, opaque", [noise(255), noise(255, blend=mode)]
        yield f"{mode}, alpha above", [noise(255), noise(blend=mode)]
        yield f"{mode}, alpha in both", [noise(), noise(blend=mode)]
        yield f"{mode}, faint", [noise(255), noise(255, blend=mode, opacity=0.6)]
    yield "alone", [noise()]
    yield "faint alone", [noise(255, opacity=0.4)]
    yield "hidden", [noise(255), noise(255, visible=False)]
    yield "hidden group", [noise(255), *grouped(noise(), visible=False)]
    yield "off its place", [noise(255, x=-9, y=-7)]
    multiplied = noise(blend="multiply")
    for through in (True, False):
        two = grouped(noise(), multiplied, pass_through=through)
        yield f"group, {through}", [noise(255), *two]
        faint = grouped(multiplied, pass_through=through, opacity=0.6)
        yield f"faint group, {through}", [noise(255), *faint]
    whole = grouped(noise(), noise(), pass_through=False, blend="multiply")
    yield "multiplied group", [noise(255), *whole]
    *members, inner = grouped(noise(), multiplied, opacity=0.6, pass_through=False)
    above, outer = grouped(inner, opacity=0.8)
    yield "nested", [noise(255), *members, above, outer]


CASES = dict(cases())


class Sheet(NamedTuple):
    """All cases beside one another, as Krita shows what we wrote, and as it wrote it again."""

    document: Document
    shown: Pixels8
    written: Path


def contact_sheet(piles: dict[str, list[Layer]]) -> Document:
    layers: list[Layer] = []
    for number, pile in enumerate(piles.values()):
        x, y = CELL * (number % COLUMNS) + 4, CELL * (number // COLUMNS) + 4
        layers += (replace(layer, x=layer.x + x, y=layer.y + y) for layer in pile)
    rows = -(-len(piles) // COLUMNS)
    return Document(CELL * COLUMNS, CELL * rows, tuple(layers), dpi=150.0)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    folder = tmp_path_factory.mktemp("krita")
    document = contact_sheet(CASES)
    write_layered(document, folder / "ours.ora", RunControl())
    for target in ("shown.png", "theirs.ora"):
        command = ["krita", "--export", "--export-filename", target, "ours.ora"]
        subprocess.run(["xvfb-run", "-a", *command], cwd=folder, check=True, timeout=PATIENCE)
    return Sheet(document, read_pixels8(folder / "shown.png"), folder / "theirs.ora")


def cells(pixels: Pixels8) -> dict[str, np.ndarray]:
    """Premultiplied colors of each case, in steps of 1/255."""
    image = 255.0 * premultiplied(pixels.astype(np.float32) / 255.0)
    found = {}
    for number, name in enumerate(CASES):
        y, x = CELL * (number // COLUMNS), CELL * (number % COLUMNS)
        found[name] = image[y : y + CELL, x : x + CELL]
    return found


def test_krita_shows_what_we_show(sheet: Sheet) -> None:
    ours = cells(to_pixels8(render_document(sheet.document)))
    theirs = cells(sheet.shown)
    for name, cell in ours.items():
        apart = abs(cell - theirs[name])
        exact = name in {"alone", "hidden", "hidden group", "off its place", "normal, opaque"}
        # Krita rounds every layer to 8 bits, and every product on the way.
        most = 0.01 if exact else 3.1 if name.split(",")[0] in UNEQUAL_WEIGHTS else 2.6
        assert apart.max() <= most, name
        assert apart.mean() < 0.35, name


def test_what_krita_wrote_looks_here_as_it_does_there(sheet: Sheet) -> None:
    again = read_picture(sheet.written)
    assert again.dpi == pytest.approx(150.0, abs=0.1)
    ours = cells(to_pixels8(render_document(sheet.document)))
    theirs = cells(to_pixels8(render_document(again)))
    for name, cell in ours.items():
        assert abs(cell - theirs[name]).max() <= 0.01, name
