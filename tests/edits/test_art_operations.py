"""What the artful operations do; what all operations promise is in tests/contracts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from studio.core.image import Image, luma
from studio.core.seams import seam_score
from studio.edits.operation import OPERATIONS, EditContext
from studio.errors import StudioError


def apply(name: str, image: Image, other: Image | None = None, /, **params: Any) -> Image:
    if other is not None:
        params["source"] = {"layer": "other"}
        return OPERATIONS[name](image, params, EditContext(pictures=lambda _layer: other)).image
    return OPERATIONS[name](image, params, EditContext()).image


def noisy(height: int = 64, width: int = 96, seed: int = 7) -> Image:
    """Grain on a slope: no two edges fit."""
    grain = np.random.default_rng(seed).random((height, width, 3), np.float32) * 0.2
    slope = np.linspace(0, 0.8, width, dtype=np.float32)[None, :, None]
    return grain + slope


@pytest.mark.parametrize("softness", [0.0, 2.0, 8.0])
def test_a_seamless_picture_continues_over_its_edges(softness: float) -> None:
    image = noisy()
    assert seam_score(image) > 3.0
    result = apply("seamless", image, softness=softness)
    assert seam_score(result) < 1.7
    middle = (slice(26, 38), slice(40, 56))
    assert abs(result[middle] - image[middle]).mean() < 0.02


def test_even_light_takes_a_slope_out() -> None:
    image = noisy()
    result = apply("seamless", image, light=1.0)
    columns = result.mean(axis=(0, 2))
    assert np.ptp(columns) < np.ptp(image.mean(axis=(0, 2))) / 2


def test_the_score_of_a_wave_that_closes_is_one() -> None:
    x = np.arange(64) * 2 * np.pi / 64
    wave = (0.5 + 0.4 * np.sin(x)).astype(np.float32)[None, :, None].repeat(64, 0)
    assert seam_score(wave) == pytest.approx(1.0, abs=0.6)
    assert seam_score(wave[:, :40]) > 4.0


def test_patterns_repeat_as_their_layout_says() -> None:
    image = noisy(20, 30)
    grid = apply("pattern", image, columns=3, rows=2)
    np.testing.assert_array_equal(grid, np.tile(image, (2, 3, 1)))
    brick = apply("pattern", image, layout="brick")
    np.testing.assert_array_equal(brick[20:], np.roll(grid[:20, :60], 15, axis=1))
    drop = apply("pattern", image, layout="half_drop")
    np.testing.assert_array_equal(drop[:, 30:], np.roll(grid[:, :30], 10, axis=0))
    mirror = apply("pattern", image, layout="mirror")
    np.testing.assert_array_equal(mirror, mirror[:, ::-1])
    np.testing.assert_array_equal(mirror, mirror[::-1])


def test_a_pattern_that_no_memory_holds_is_refused() -> None:
    with pytest.raises(StudioError, match="too large"):
        OPERATIONS["pattern"](noisy(), {"columns": 20, "rows": 20}, EditContext(scale=0.01))


def test_a_kaleidoscope_looks_the_same_from_every_side() -> None:
    image = apply("kaleidoscope", noisy(65, 65), mirrors=2)
    np.testing.assert_allclose(image, image[::-1], atol=1e-5)
    np.testing.assert_allclose(image, image[:, ::-1], atol=1e-5)


def test_colors_come_from_the_other_layer() -> None:
    rng = np.random.default_rng(0)
    inks = np.array([(0.9, 0.2, 0.1), (0.1, 0.2, 0.6)], np.float32)
    other = inks[rng.integers(0, 2, (40, 40))]
    image = noisy()
    result = apply("color_transfer", image, other)
    apart = np.abs(result[..., None, :] - inks).max(axis=3).min(axis=2)
    assert np.median(apart) < 0.1
    assert abs(result.mean(axis=(0, 1)) - other.mean(axis=(0, 1))).max() < 0.05
    mood = apply("color_transfer", image, other, method="mood")
    assert abs(mood.mean(axis=(0, 1)) - other.mean(axis=(0, 1))).max() < 0.15
    kept = apply("color_transfer", image * 0.5 + 0.25, other, lightness=False)
    assert np.corrcoef(luma(kept).ravel(), luma(image).ravel())[0, 1] > 0.9


@pytest.mark.parametrize("middle", [(60, 80), (60, 150), (105, 150)])
def test_an_object_is_cut_out_with_its_own_colors_at_the_edge(middle: tuple[int, int]) -> None:
    """In the middle of the picture, cut off by one side, by two."""
    y, x = np.mgrid[0:120, 0:160]
    alpha = np.clip(40.5 - np.hypot(y - middle[0], x - middle[1]), 0.0, 1.0)[..., None]
    grain = np.random.default_rng(0).normal(0, 0.02, (120, 160, 3))
    ground, object_ = np.array((0.2, 0.5, 0.9)), np.array((0.9, 0.6, 0.1))
    image = np.clip(ground + (object_ - ground) * alpha + grain, 0.0, 1.0).astype(np.float32)
    result = apply("remove_background", image)
    assert abs(result[..., 3] - alpha[..., 0]).mean() < 0.01
    edge = (result[..., 3] > 0.3) & (result[..., 3] < 0.95)
    assert edge.any()
    assert abs(result[edge][:, :3] - object_).mean() < 0.12


def test_a_selection_tells_which_object_is_meant() -> None:
    image = np.full((80, 120, 3), 0.9, np.float32)
    image[20:60, 15:45] = (0.8, 0.1, 0.1)
    image[20:60, 75:105] = (0.1, 0.1, 0.8)
    image += np.random.default_rng(0).normal(0, 0.01, image.shape).astype(np.float32)
    mask = np.zeros((80, 120, 1), np.float32)
    mask[10:70, 60:115] = 1.0
    context = EditContext(mask=mask)
    result = OPERATIONS["remove_background"](image.clip(0, 1), {}, context).image
    assert result[25:55, 80:100, 3].min() > 0.9
    assert result[:, :60, 3].max() < 0.1
