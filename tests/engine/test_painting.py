"""Paintings of photographs: real runs on small pictures."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.control import Cancelled, RunControl
from studio.core.image import Image, luma
from studio.engine.api import StyleSettings
from studio.engine.painting import stylize
from studio.errors import StudioError

RED, BLUE = (0.8, 0.2, 0.1), (0.1, 0.2, 0.7)


def photograph(height: int = 72, width: int = 96, channels: int = 3) -> Image:
    """A bright disk on a dark ground."""
    y, x = np.mgrid[0:height, 0:width]
    disk = np.hypot(y - height / 2, x - width / 2) < height / 3
    image = np.where(disk[..., None], 0.9, 0.1).repeat(channels, axis=2).astype(np.float32)
    if channels == 4:
        image[..., 3] = x < width / 2
    return image


def stripes(side: int = 80) -> Image:
    """Slanting stripes of red and blue, eight px each."""
    y, x = np.mgrid[0:side, 0:side]
    return np.where(((x + y) % 16 < 8)[..., None], RED, BLUE).astype(np.float32)


def painted(content: Image, style: Image, settings: StyleSettings) -> Image:
    return list(stylize(content, style, settings, RunControl()))[-1].image


def far_from(image: Image, *colors: tuple[float, float, float]) -> Image:
    """How far each pixel is from the nearest of some colors."""
    apart = [np.abs(image - np.array(color)).max(axis=2) for color in colors]
    return np.min(apart, axis=0)


def test_a_painting_has_the_styles_colors_and_the_contents_shapes() -> None:
    content = photograph()
    result = painted(content, stripes(), StyleSettings(strength=0.3))
    assert result.shape == content.shape
    assert np.median(far_from(result, RED, BLUE)) < 0.1
    disk = content[..., 0] > 0.5
    red = result[..., 0] - result[..., 2]  # the brighter of the two colors
    assert red[disk].mean() - red[~disk].mean() > 0.3


def test_large_pictures_are_painted_tile_by_tile_and_no_edge_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("studio.engine.painting._LARGE", 80 * 80)
    monkeypatch.setattr("studio.engine.painting._TILE", 28)
    events = list(stylize(photograph(96, 128), stripes(), StyleSettings(0.3), RunControl()))
    shares = [event.share for event in events]
    assert shares == sorted(shares)
    assert len(shares) > 12  # one for each tile
    result = events[-1].image
    assert np.median(far_from(result, RED, BLUE)) < 0.1
    steps = abs(np.diff(result[..., 0], axis=1)).mean(axis=0)
    assert steps[27:127:28].mean() < 1.5 * steps.mean()


def test_colors_can_be_kept() -> None:
    result = painted(photograph(), stripes(), StyleSettings(keep_colors=True))
    assert np.ptp(result, axis=2).max() < 0.02  # the photograph was gray
    assert luma(result).std() > 0.1


def test_progress_rises_to_the_whole_picture_with_its_transparency() -> None:
    content = photograph(channels=4)
    events = list(stylize(content, stripes(), StyleSettings(), RunControl()))
    shares = [event.share for event in events]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 1
    np.testing.assert_array_equal(events[-1].image[..., 3], content[..., 3])


def test_only_the_seed_makes_a_difference() -> None:
    content, style = photograph(48, 48), stripes(48)
    one, same, other = (
        painted(content, style, StyleSettings(strength=1.0, seed=seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert abs(one - other).mean() > 0.01


def test_what_is_transparent_in_the_style_is_never_painted() -> None:
    style = np.concatenate([stripes(), np.ones((80, 80, 1), np.float32)], axis=2)
    style[:, 40:] = (0.0, 1.0, 0.0, 0.0)
    result = painted(photograph(), style, StyleSettings())
    assert (result[..., 1] > 0.6).mean() < 0.001


def test_painting_stops_when_it_is_no_longer_wanted() -> None:
    control = RunControl()
    work = stylize(photograph(), stripes(), StyleSettings(), control)
    next(work)
    control.cancel()
    with pytest.raises(Cancelled):
        next(work)


@pytest.mark.parametrize("style", [stripes(8), np.zeros((40, 40, 4), np.float32)])
def test_a_style_without_patches_is_refused(style: Image) -> None:
    with pytest.raises(StudioError, match="too little"):
        painted(photograph(), style, StyleSettings())
