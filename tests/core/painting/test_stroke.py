"""Dabs, strokes and inks: coverage is what geometry says, and nothing adds up but dabs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from studio.core.image import Image, Rect
from studio.core.painting.brush import Brush
from studio.core.painting.dabs import BrushPath, Dab, Sample, dab_coverage
from studio.core.painting.inks import color_ink, eraser_ink, picture_ink
from studio.core.painting.stroke import Stroke
from studio.core.raster import TILE, Raster

RED = (1.0, 0.0, 0.0)


def pixels(width: int, height: int, channels: int = 4, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height, width, channels), dtype=np.uint8)


def line(brush: Brush, *places: tuple[float, float]) -> list[Dab]:
    path = BrushPath(brush, Sample(*places[0]))
    dabs = path.start()
    for place in places[1:]:
        dabs += path.to(Sample(*place))
    return dabs + path.finish()


@pytest.mark.parametrize("diameter", [3.0, 8.0, 21.0, 90.0])
@pytest.mark.parametrize("middle", [(50.0, 50.0), (50.5, 49.75)])
def test_a_hard_round_dab_covers_a_disc(diameter: float, middle: tuple[float, float]) -> None:
    rect, coverage = dab_coverage(Dab(*middle, diameter, 1.0), hardness=1.0)
    area = math.pi * (diameter / 2) ** 2
    assert coverage.sum() == pytest.approx(area, rel=0.05)
    assert coverage.max() == 1.0
    rows, columns = np.mgrid[rect.y : rect.bottom, rect.x : rect.right] + 0.5
    weights = coverage / coverage.sum()
    allowed = 0.06 if diameter < 64 else 0.51  # a large dab lies on whole px
    assert (columns * weights).sum() == pytest.approx(middle[0], abs=allowed)
    assert (rows * weights).sum() == pytest.approx(middle[1], abs=allowed)


def test_a_soft_dab_falls_from_its_middle_to_its_edge() -> None:
    _, coverage = dab_coverage(Dab(50.5, 50.5, 40.0, 1.0), hardness=0.5)
    across = coverage[coverage.shape[0] // 2]
    half = across[len(across) // 2 :]
    assert np.all(half[:10] == 1.0)
    assert np.all(np.diff(half[10:]) < 0)
    assert half[-1] < 0.01


def test_dabs_lie_at_even_distances_whatever_the_events() -> None:
    brush = Brush(size=20)
    whole = line(brush, (0, 0), (100, 0))
    parts = line(brush, (0, 0), (3, 0), (3.5, 0), (60, 0), (100, 0))
    assert len(whole) == len(parts) == 51
    assert np.allclose([dab.x for dab in whole], [dab.x for dab in parts])
    assert np.allclose(np.diff([dab.x for dab in whole]), 2.0)


def test_a_fast_turn_is_a_curve_and_ends_where_it_should() -> None:
    dabs = line(Brush(size=10), (0, 0), (50, 0), (50, 50))
    ways = np.diff([(dab.x, dab.y) for dab in dabs], axis=0)
    turns = np.abs(np.diff(np.arctan2(ways[:, 1], ways[:, 0])))
    assert turns.max() < 0.2  # radians, between two dabs; at a corner it would be 1.6
    assert math.dist((dabs[-1].x, dabs[-1].y), (50, 50)) < 1.0


def test_the_string_holds_the_tip_back_until_it_is_let_go() -> None:
    path = BrushPath(Brush(size=10), Sample(0, 0), slack=30)
    path.start()
    assert path.to(Sample(29, 0)) == []
    path.to(Sample(100, 0))
    assert path.tip.x == pytest.approx(70)
    path.finish()
    assert path.tip.x == pytest.approx(100)


def test_pressure_sets_size_and_flow() -> None:
    brush = Brush(size=40, flow=0.8, pressure_size=True, pressure_flow=True)
    (dab,) = BrushPath(brush, Sample(5, 5, 0.5)).start()
    assert (dab.diameter, dab.flow) == (20.0, pytest.approx(0.4))


def test_opacity_does_not_add_up_within_a_stroke() -> None:
    white = Raster.from_pixels8(np.full((60, 200, 3), 255, np.uint8))
    stroke = Stroke(white, color_ink((0, 0, 0)), opacity=0.5)
    dabs = line(Brush(size=20), (20, 30), (180, 30), (20, 30), (180, 30))
    for dab in dabs:
        stroke.add([dab])
    assert stroke.raster.pixels8()[30, 20:180].tolist() == [[128] * 3] * 160
    again = Stroke(stroke.raster, color_ink((0, 0, 0)), opacity=0.5)
    again.add(dabs)
    assert again.raster.pixels8()[30, 100].tolist() == [64] * 3


def test_a_stroke_drawn_bit_by_bit_is_the_stroke_drawn_at_once() -> None:
    raster = Raster.from_pixels8(pixels(600, 300))
    brush = Brush(size=70, hardness=0.3, flow=0.4)
    dabs = line(brush, (20, 40), (400, 200), (580, 10))
    at_once = Stroke(raster, color_ink(RED), brush.hardness, 0.7)
    at_once.add(dabs)
    by_bits = Stroke(raster, color_ink(RED), brush.hardness, 0.7)
    for dab in dabs:
        by_bits.add([dab])
    assert np.array_equal(at_once.raster.pixels8(), by_bits.raster.pixels8())


def test_what_is_not_touched_stays_bit_for_bit_and_shares_its_tiles() -> None:
    before = Raster.from_pixels8(pixels(3 * TILE, TILE))
    stroke = Stroke(before, color_ink(RED), hardness=0.2)
    changed = stroke.add([Dab(100.0, 100.0, 50.0, 1.0)])
    after = stroke.raster
    assert after.is_8bit
    assert after.tile((1, 0)) is before.tile((1, 0))
    outside = np.ones((TILE, 3 * TILE), bool)
    outside[changed.slices] = False
    assert np.array_equal(after.pixels8()[outside], before.pixels8()[outside])
    assert after.pixels8()[100, 100].tolist() == [255, 0, 0, 255]


def test_paint_stays_inside_what_the_selection_lets_through() -> None:
    before = Raster(100, 100)

    def left_half(rect: Rect) -> np.ndarray:
        columns = np.arange(rect.x, rect.right)
        return np.broadcast_to((columns < 50).astype(np.float32), (rect.height, rect.width))

    stroke = Stroke(before, color_ink(RED), limit=left_half)
    stroke.add([Dab(50.0, 50.0, 40.0, 1.0)])
    alpha = stroke.raster.pixels8()[..., 3]
    assert alpha[50, 49] == 255
    assert not alpha[:, 50:].any()


def test_half_transparent_paint_over_half_transparent_paint() -> None:
    """W3C Compositing, 9.1.4: alpha 0.5 over alpha 0.5 is 0.75, two thirds of it the source."""
    base = np.zeros((1, 1, 4), np.float32)
    base[..., 2:] = (1.0, 0.5)
    result = color_ink(RED)(base, np.full((1, 1), 0.5, np.float32), Rect(0, 0, 1, 1))
    assert result[0, 0] == pytest.approx([2 / 3, 0, 1 / 3, 0.75])


def test_the_eraser_takes_alpha_and_keeps_the_color() -> None:
    base: Image = np.full((4, 4, 4), 0.5, np.float32)
    result = eraser_ink(base, np.full((4, 4), 0.25, np.float32), Rect(0, 0, 4, 4))
    assert np.allclose(result[..., 3], 0.375)
    assert np.array_equal(result[..., :3], base[..., :3])


def test_a_picture_is_painted_as_it_lies_under_the_brush() -> None:
    source = Raster.from_pixels8(pixels(80, 80, seed=3))
    stroke = Stroke(Raster(80, 80), picture_ink(source.read))
    stroke.add([Dab(40.0, 40.0, 30.0, 1.0)])
    middle = Rect(32, 32, 16, 16)
    expected = source.pixels8(middle)
    assert np.array_equal(stroke.raster.pixels8(middle)[..., 3], expected[..., 3])


def test_brush_keys_change_small_and_large_sizes() -> None:
    assert Brush(size=1).resized(1).size == 2
    assert Brush(size=100).resized(1).size == 115
    assert Brush(size=1).resized(-3).size == 1
