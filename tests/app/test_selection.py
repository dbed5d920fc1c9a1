"""Selections as shapes, rasters, outlines and masks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from studio.app.selection import bounds, combined, from_coverage, rasterized, selection_mask
from studio.app.selection_outline import look_of
from studio.core.document import Document, Layer
from studio.core.image import Rect
from studio.core.raster import TILE, Raster

DOCUMENT = Rect(0, 0, 3 * TILE, 2 * TILE)
rects = st.builds(
    Rect, st.integers(-50, 700), st.integers(-50, 500), st.integers(1, 600), st.integers(1, 500)
)


def box(rect: Rect) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(*rect))
    return path


def selected(selection: Raster | None) -> np.ndarray:
    assert selection is not None
    return selection.pixels8()[..., 0] == 255


@given(rects)
def test_a_rectangle_selects_its_pixels(rect: Rect) -> None:
    expected = np.zeros((DOCUMENT.height, DOCUMENT.width), bool)
    expected[rect.intersect(DOCUMENT).slices] = True
    assert np.array_equal(selected(rasterized(box(rect), DOCUMENT)), expected)


def test_an_ellipse_has_soft_edges_and_the_right_area() -> None:
    path = QPainterPath()
    path.addEllipse(QRectF(20, 30, 300, 200))
    values = rasterized(path, DOCUMENT).read()
    assert values.sum() == pytest.approx(np.pi * 150 * 100, rel=1e-3)
    assert ((values > 0) & (values < 1)).any()


def test_tiles_inside_a_shape_share_their_pixels() -> None:
    selection = rasterized(box(DOCUMENT), DOCUMENT)
    first, second = selection.tile((0, 0)), selection.tile((2, 1))
    assert first is not None
    assert second is not None
    assert np.shares_memory(first, second)


@given(rects, rects)
def test_shapes_are_added_and_taken_away(first: Rect, second: Rect) -> None:
    one, two = rasterized(box(first), DOCUMENT), rasterized(box(second), DOCUMENT)
    a, b = selected(one), selected(two)
    for how, expected in (
        ("add", a | b),
        ("subtract", a & ~b),
        ("intersect", a & b),
        ("replace", b),
    ):
        result = combined(one, two, how)
        if expected.any():
            assert np.array_equal(selected(result), expected)
        else:
            assert result is None


def test_the_first_shape_selects_and_taking_from_nothing_leaves_nothing() -> None:
    shape = rasterized(box(Rect(0, 0, 5, 5)), DOCUMENT)
    assert combined(None, shape, "add") is shape
    assert combined(None, shape, "subtract") is None
    assert combined(None, shape, "intersect") is None


@given(rects)
def test_bounds_and_coverage_tell_the_same(rect: Rect) -> None:
    inside = rect.intersect(DOCUMENT)
    selection = rasterized(box(rect), DOCUMENT)
    again = from_coverage(selection.pixels8()[..., 0])
    if inside.is_empty:
        assert again is None
    else:
        assert bounds(selection) == inside
        assert np.array_equal(selected(again), selected(selection))


def test_an_outline_of_noise_stays_short_enough_to_draw() -> None:
    noise = np.random.default_rng(0).integers(0, 2, (600, 600), np.uint8) * 255
    selection = from_coverage(noise)
    assert selection is not None
    assert 0 < look_of(selection).path.elementCount() < 50_000


def test_an_outline_lies_on_the_edge_even_at_the_document_border() -> None:
    box_around = look_of(
        rasterized(box(Rect(0, 0, 40, DOCUMENT.height)), DOCUMENT)
    ).path.boundingRect()
    assert (box_around.left(), box_around.top()) == pytest.approx((0, 0), abs=0.01)
    assert (box_around.right(), box_around.bottom()) == pytest.approx(
        (40, DOCUMENT.height), abs=0.01
    )


def test_the_outline_of_a_large_selection_is_traced_on_a_small_one() -> None:
    big = Rect(0, 0, 4096, 4096)
    box_around = look_of(rasterized(box(Rect(512, 512, 1024, 2048)), big)).path.boundingRect()
    assert (box_around.left(), box_around.width()) == pytest.approx((512, 1024), abs=4)


class FixedPlace:
    """Stands for the renderer: every layer appears at one place."""

    def __init__(self, rect: Rect) -> None:
        self.rect = rect

    def rendered_rect(self, _layer: Layer) -> Rect:
        return self.rect


def test_a_mask_is_the_selection_seen_from_the_layer() -> None:
    selection = rasterized(box(Rect(10, 20, 30, 40)), DOCUMENT)
    layer = Layer(Raster(50, 50))
    document = Document(DOCUMENT.width, DOCUMENT.height, (layer,), selection)
    mask = selection_mask(document, layer, FixedPlace(Rect(-5, 15, 60, 50)))
    assert mask is not None
    assert (mask.width, mask.height, mask.channels) == (60, 50, 1)
    expected = np.zeros((50, 60), bool)
    expected[5:45, 15:45] = True
    assert np.array_equal(selected(mask), expected)


def test_without_a_selection_there_is_no_mask() -> None:
    layer = Layer(Raster(5, 5))
    assert selection_mask(Document(layers=(layer,)), layer, FixedPlace(Rect(0, 0, 5, 5))) is None
