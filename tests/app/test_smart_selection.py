"""A few strokes select an object, and its edge is that of the picture."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.draw import ellipse

from studio.app.edge_refinement import edge_finder, refined
from studio.app.smart_selection import Stroke, select_object, superpixels
from studio.core.image import from_pixels8
from studio.core.raster import Raster


def scene(scale: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A speckled orange ellipse on speckled grey, and where it is."""
    height, width = 240 * scale, 320 * scale
    inside = np.zeros((height, width), bool)
    inside[ellipse(120 * scale, 160 * scale, 70 * scale, 90 * scale)] = True
    rng = np.random.default_rng(3)
    noise = gaussian_filter(rng.normal(0, 60, (height, width, 1)), (2, 2, 0))
    color = np.where(inside[..., None], (220, 130, 40), (120, 125, 130)) + noise
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = color.clip(0, 255)
    return pixels, inside


def stroke(*points: tuple[float, float], wanted: bool = True, radius: float = 3) -> Stroke:
    return Stroke(np.array(points, float), radius, wanted)


def likeness(selection: Raster | None, inside: np.ndarray) -> float:
    """Intersection over union."""
    assert selection is not None
    found = selection.pixels8()[..., 0] > 127
    return float((found & inside).sum() / (found | inside).sum())


def test_one_stroke_selects_an_object_that_stands_out() -> None:
    pixels, inside = scene()
    cut = superpixels(pixels)
    assert likeness(select_object(pixels, cut, [stroke((110, 120), (210, 130))]), inside) > 0.97


def test_a_stroke_on_the_background_takes_back_what_looks_alike() -> None:
    pixels, inside = scene()
    pixels[100:140, 240:] = pixels[100:140, 100:180]  # a bridge of the same color to the edge
    cut = superpixels(pixels)
    wanted, other = stroke((110, 120), (210, 130)), stroke((265, 120), (310, 120), wanted=False)
    without = likeness(select_object(pixels, cut, [wanted]), inside)
    assert without < likeness(select_object(pixels, cut, [wanted, other]), inside)


def test_without_a_wanted_stroke_nothing_is_selected() -> None:
    pixels, _ = scene()
    cut = superpixels(pixels)
    assert select_object(pixels, cut, [stroke((5, 5), wanted=False)]) is None


def test_a_large_picture_is_looked_at_small_and_cut_out_large() -> None:
    pixels, inside = scene(5)
    cut = superpixels(pixels)
    assert cut.color.shape[1] == 640
    selection = select_object(pixels, cut, [stroke((600, 600), (1000, 620), radius=15)])
    assert likeness(selection, inside) > 0.98


def test_what_is_transparent_is_not_looked_at_nor_selected() -> None:
    pixels, inside = scene()
    pixels = np.pad(pixels, ((0, 900), (700, 0), (0, 0)))
    cut = superpixels(pixels)
    assert (cut.area, cut.scale) == ((700, 0, 320, 240), 1.0)
    selection = select_object(pixels, cut, [stroke((810, 120), (910, 130))])
    assert likeness(selection, np.pad(inside, ((0, 900), (700, 0)))) > 0.97


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_rough_edge_moves_to_that_of_the_picture(shift: int) -> None:
    pixels = np.full((400, 400, 4), 255, np.uint8)
    pixels[:, 200:, :3] = 40
    small = from_pixels8(pixels[2::4, 2::4])
    rough = np.broadcast_to(np.arange(100) < 50 + shift, (100, 100))
    found = refined(pixels, edge_finder(small[..., :3]), rough)
    edge = (found[200] > 127).sum()
    assert edge == pytest.approx(200, abs=1)
