"""Blend modes against the formulas of W3C Compositing and Blending, one pixel at a time."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.blends import BLENDS
from studio.core.compositor import Bundle, Mask, Piece, composite, composite_premultiplied, flatten
from studio.core.control import Cancelled, RunControl
from studio.core.document import BlendMode
from studio.core.image import Rect
from studio.core.raster import Raster

MODES = get_args(BlendMode)
share = st.floats(0, 1, width=32)
color = st.tuples(share, share, share)


def lum(c: np.ndarray) -> float:
    return float(0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2])


def set_lum(c: np.ndarray, target: float) -> np.ndarray:
    c = c + target - lum(c)
    light, low, high = lum(c), c.min(), c.max()
    if low < 0:
        c = light + (c - light) * light / (light - low)
    if high > 1:
        c = light + (c - light) * (1 - light) / (high - light)
    return c


def sat(c: np.ndarray) -> float:
    return float(c.max() - c.min())


def set_sat(c: np.ndarray, target: float) -> np.ndarray:
    """The specification's own way: sort the channels, stretch the middle one."""
    low, middle, high = np.argsort(c, kind="stable")
    out = np.zeros(3)
    if c[high] > c[low]:
        out[middle] = (c[middle] - c[low]) * target / (c[high] - c[low])
        out[high] = target
    return out


def soft(b: float, s: float) -> float:
    if s <= 0.5:
        return b - (1 - 2 * s) * b * (1 - b)
    d = ((16 * b - 12) * b + 4) * b if b <= 0.25 else b**0.5
    return b + (2 * s - 1) * (d - b)


def hard(b: float, s: float) -> float:
    return 2 * b * s if s <= 0.5 else b + (2 * s - 1) - b * (2 * s - 1)


def dodge(b: float, s: float) -> float:
    if b == 0:
        return 0.0
    return 1.0 if s == 1 else min(1.0, b / (1 - s))


def burn(b: float, s: float) -> float:
    if b == 1:
        return 1.0
    return 0.0 if s == 0 else 1 - min(1.0, (1 - b) / s)


SCALAR = {
    "normal": lambda b, s: s,
    "multiply": lambda b, s: b * s,
    "screen": lambda b, s: b + s - b * s,
    "overlay": lambda b, s: hard(s, b),
    "darken": min,
    "lighten": max,
    "add": lambda b, s: min(1.0, b + s),
    "difference": lambda b, s: abs(b - s),
    "soft light": soft,
    "hard light": hard,
    "color dodge": dodge,
    "color burn": burn,
    "exclusion": lambda b, s: b + s - 2 * b * s,
}
WHOLE = {
    "hue": lambda b, s: set_lum(set_sat(s, sat(b)), lum(b)),
    "saturation": lambda b, s: set_lum(set_sat(b, sat(s)), lum(b)),
    "color": lambda b, s: set_lum(s, lum(b)),
    "luminosity": lambda b, s: set_lum(b, lum(s)),
}


def reference(mode: str, below: tuple, above: tuple) -> np.ndarray:
    """Section 10: mix by the backdrop's alpha, then source over; straight RGBA."""
    cb, ab, cs, alpha = np.array(below[:3]), below[3], np.array(above[:3]), above[3]
    if mode in WHOLE:
        blended = WHOLE[mode](cb, cs)
    else:
        blended = np.array([SCALAR[mode](b, s) for b, s in zip(cb, cs, strict=True)])
    mixed = (1 - ab) * cs + ab * blended
    out = alpha + ab * (1 - alpha)
    if out == 0:
        return np.zeros(4)
    return np.append((alpha * mixed + (1 - alpha) * ab * cb) / out, out)


def dot(rgba: tuple) -> Raster:
    return Raster.from_image(np.array(rgba, np.float32).reshape(1, 1, -1))


def random_raster(width: int, height: int, seed: int, channels: int = 4) -> Raster:
    rng = np.random.default_rng(seed)
    return Raster.from_image(rng.random((height, width, channels), np.float32))


def test_every_blend_mode_has_a_formula() -> None:
    assert set(BLENDS) | {"normal"} == set(MODES)


@pytest.mark.parametrize("mode", MODES)
@given(color, color, share, share, share)
def test_formula(mode, below, above, below_alpha, above_alpha, opacity) -> None:
    bottom, top = (*below, below_alpha), (*above, above_alpha)
    pieces = [Piece(dot(bottom), 0, 0), Piece(dot(top), 0, 0, opacity, mode)]
    got = composite(pieces, Rect(0, 0, 1, 1))[0, 0]
    expected = reference(mode, bottom, (*above, above_alpha * opacity))
    assert got[3] == pytest.approx(expected[3], abs=1e-5)
    # Color of what is nearly transparent is not seen: compare what reaches the screen.
    assert np.allclose(got[:3] * got[3], expected[:3] * expected[3], atol=2e-4)
    assert got.min() >= 0
    assert got.max() <= 1


@given(st.integers(-40, 40), st.integers(-40, 40), st.integers(0, 60), st.integers(0, 60))
def test_any_part_is_a_part_of_the_whole(x: int, y: int, left: int, top: int) -> None:
    pieces = [
        Piece(random_raster(70, 60, 1), 3, 5),
        Piece(random_raster(50, 50, 2), x, y, 0.7, "multiply"),
        Piece(random_raster(20, 20, 3, channels=3), 30, 20),
    ]
    whole = composite(pieces, Rect(0, 0, 80, 70))
    part = composite(pieces, Rect(left, top, 20, 10))
    inside = Rect(left, top, 20, 10).intersect(Rect(0, 0, 80, 70))
    got = part[inside.translated(-left, -top).slices]
    assert np.allclose(got, whole[inside.slices], atol=1e-6)


def test_an_isolated_group_is_what_its_flattened_picture_would_be() -> None:
    rect = Rect(0, 0, 40, 30)
    below, *members = (Piece(random_raster(30, 30, seed), seed, 0) for seed in (1, 2, 3))
    members[1] = members[1]._replace(blend="screen", opacity=0.6)
    flat = Raster.from_image(composite(members, rect))
    mask = Mask(random_raster(25, 25, 4, channels=1), 3, 2)
    group = Bundle(tuple(members), 0.7, "multiply", mask)
    alone = Piece(flat, 0, 0, 0.7, "multiply", mask)
    assert np.allclose(composite([below, group], rect), composite([below, alone], rect), atol=1e-5)


def test_what_passes_through_mixes_as_if_there_were_no_group() -> None:
    rect = Rect(0, 0, 40, 30)
    below, *members = (Piece(random_raster(30, 30, seed), seed, 0) for seed in (1, 2, 3))
    members[0] = members[0]._replace(blend="multiply")
    without, free = composite([below], rect), composite([below, *members], rect)
    passing = Bundle(tuple(members), pass_through=True)
    assert np.allclose(composite([below, passing], rect), free, atol=1e-6)
    faint = composite_premultiplied([below, passing._replace(opacity=0.25)], rect)
    ends = [image[..., :3] * image[..., 3:] for image in (without, free)]
    assert np.allclose(
        faint.transpose(1, 2, 0)[..., :3], ends[0] + (ends[1] - ends[0]) * 0.25, atol=1e-5
    )


def test_clipped_pieces_color_their_base_and_keep_its_alpha() -> None:
    base = Piece(dot((0.2, 0.4, 0.6, 0.5)), 0, 0)
    upon = (Piece(dot((1.0, 0.5, 0.0, 0.4)), 0, 0, blend="multiply"),)
    got = composite([base._replace(clipped=upon)], Rect(0, 0, 1, 1))[0, 0]
    painted = reference("multiply", (0.2, 0.4, 0.6, 1.0), (1.0, 0.5, 0.0, 0.4))
    assert got == pytest.approx([*painted[:3], 0.5], abs=1e-5)
    beside = Piece(random_raster(1, 1, 1), 1, 0)
    assert not composite([base._replace(clipped=(beside,))], Rect(1, 0, 1, 1)).any()


def test_a_mask_takes_alpha_and_outside_of_it_nothing_shows() -> None:
    piece = Piece(random_raster(8, 8, 1, channels=3), 0, 0)
    mask = random_raster(5, 5, 2, channels=1)
    got = composite([piece._replace(mask=Mask(mask, 1, 2))], Rect(0, 0, 8, 8))
    assert np.allclose(got[2:7, 1:6, 3:], mask.read(), atol=1e-6)
    assert got[..., 3].sum() == pytest.approx(mask.read().sum(), rel=1e-5)


def test_an_opaque_layer_hides_what_is_below_without_reading_it() -> None:
    class Unreadable(Raster):
        def read(self, rect: Rect | None = None) -> np.ndarray:
            raise AssertionError("a hidden layer was read")

    cover = random_raster(32, 32, 1, channels=3)
    pieces = [Piece(Unreadable(32, 32), 0, 0), Piece(cover, 0, 0)]
    assert np.array_equal(
        composite(pieces, Rect(4, 4, 8, 8))[..., :3], cover.read(Rect(4, 4, 8, 8))
    )


def test_nothing_is_transparent_black() -> None:
    hidden = Piece(random_raster(8, 8, 1), 0, 0, opacity=0.0)
    assert not composite([hidden], Rect(0, 0, 8, 8)).any()
    assert not composite([Piece(random_raster(8, 8, 1), 100, 0)], Rect(0, 0, 8, 8)).any()


def test_one_channel_is_grey() -> None:
    image = composite([Piece(dot((0.25,)), 0, 0)], Rect(0, 0, 1, 1))
    assert image[0, 0].tolist() == [0.25, 0.25, 0.25, 1.0]


def test_premultiplied_is_color_times_alpha() -> None:
    pieces = [Piece(random_raster(9, 7, 5), 0, 0)]
    straight = composite(pieces, Rect(0, 0, 9, 7))
    product = straight[..., :3] * straight[..., 3:]
    planes = composite_premultiplied(pieces, Rect(0, 0, 9, 7))
    assert np.allclose(planes[:3].transpose(1, 2, 0), product, atol=1e-6)


def test_flatten_is_composite_in_blocks() -> None:
    pieces = [Piece(random_raster(600, 530, 1), 0, 0), Piece(random_raster(90, 90, 2), 480, 480)]
    rect = Rect(-3, 2, 610, 540)
    assert np.allclose(flatten(pieces, rect), composite(pieces, rect), atol=1e-6)


def test_flatten_stops_when_asked() -> None:
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        flatten([], Rect(0, 0, 4, 4), control)
