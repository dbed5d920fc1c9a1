"""More of a texture: real runs on small pictures."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.control import Cancelled, RunControl
from studio.core.image import Image
from studio.engine.api import TextureSettings
from studio.engine.quilting import grow_texture
from studio.errors import StudioError

INKS = np.array([(0.8, 0.2, 0.1), (0.1, 0.2, 0.7)], np.float32)


def stripes(side: int = 80) -> Image:
    """Slanting stripes of two inks, eight px each."""
    y, x = np.mgrid[0:side, 0:side]
    return INKS[((x + y) % 16 < 8).astype(int)]


def grown(example: Image, **settings: float) -> Image:
    chosen = TextureSettings(**settings)  # type: ignore[arg-type]
    return list(grow_texture(example, chosen, RunControl()))[-1].image


@pytest.mark.parametrize(("width", "height"), [(96, 64), (100, 37), (20, 200)])
def test_a_texture_grows_to_any_size_out_of_its_own_colors(width: int, height: int) -> None:
    result = grown(stripes(), width=width, height=height, tileable=False)
    assert result.shape == (height, width, 3)
    apart = np.abs(result[..., None, :] - INKS).max(axis=3).min(axis=2)
    assert apart.max() < 1e-6  # every px is copied
    assert (result[8:, 8:] == result[:-8, 8:]).all(axis=2).mean() < 0.3  # and stripes stay stripes


def test_a_seamless_one_continues_over_its_edges() -> None:
    result = grown(stripes(), width=96, height=64, tileable=True)
    for axis in (0, 1):
        turned = np.moveaxis(result, axis, 0)
        inside = abs(np.diff(turned, axis=0)).mean()
        assert abs(turned[0] - turned[-1]).mean() < 1.5 * inside


def test_the_seed_arranges_it_anew() -> None:
    example = np.random.default_rng(0).random((60, 60, 3), np.float32)
    one, same, other = (grown(example, width=80, height=80, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert abs(one - other).mean() > 0.05


def test_nothing_is_taken_from_transparent_parts() -> None:
    example = np.concatenate([stripes(), np.ones((80, 80, 1), np.float32)], axis=2)
    example[:, 50:] = (0.0, 1.0, 0.0, 0.0)
    assert grown(example, width=64, height=64)[..., 1].max() < 0.5


def test_what_holds_no_piece_is_refused_and_work_can_be_cancelled() -> None:
    with pytest.raises(StudioError, match="too little"):
        grown(stripes(12))
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        next(grow_texture(stripes(), TextureSettings(), control))
