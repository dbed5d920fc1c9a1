"""What stays the same while one part changes is composited once, and looks the same."""

from functools import cache

import numpy as np
import pytest

from studio.core.compositor import Bundle, Mask, Part, Piece, composite
from studio.core.document import BlendMode
from studio.core.image import Rect
from studio.core.raster import Raster
from studio.core.steady_parts import SteadyParts

PAGE = Rect(0, 0, 150, 140)


@cache  # the same object each time
def raster(seed: int, channels: int = 4) -> Raster:
    rng = np.random.default_rng(seed)
    return Raster.from_pixels8(rng.integers(0, 256, (120, 130, channels), dtype=np.uint8))


def piece(seed: int, blend: BlendMode = "normal", *, masked: bool = False) -> Piece:
    mask = Mask(raster(seed + 50, 1), 10, 0) if masked else None
    return Piece(raster(seed), seed % 7, seed % 5, 0.3 + seed % 3 * 0.3, blend, mask)


def around(painted: Part) -> tuple[Part, ...]:
    """Two parts below it, three above."""
    above = piece(3), piece(4, masked=True), piece(5, "screen")
    return (piece(1, "multiply"), piece(2), painted, *above)


def inside(painted: Part, *, pass_through: bool) -> tuple[Part, ...]:
    """The same in a group between others."""
    mask = Mask(raster(60, 1), 0, 0)
    group = Bundle(around(painted), 0.8, "overlay", mask, pass_through=pass_through)
    return (piece(6), piece(7, "difference"), group, piece(8, "hard light"))


@pytest.mark.parametrize("group", ["none", "isolated", "passing through"])
def test_a_part_that_changes_looks_as_if_all_were_composited(group: str) -> None:
    steady, area = SteadyParts(), Rect(20, 10, 100, 90)
    for seed in (10, 11, 12):
        painted = piece(seed, "color dodge")
        alone = group == "none"
        parts = around(painted) if alone else inside(painted, pass_through=group != "isolated")
        simpler = steady.simplified(parts, PAGE)
        np.testing.assert_allclose(composite(simpler, area), composite(parts, area), atol=2e-6)


def test_what_stays_is_one_part_and_composited_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Rect] = []

    def noting(parts: tuple[Part, ...], rect: Rect) -> np.ndarray:
        made.append(rect)
        return composite(parts, rect)

    monkeypatch.setattr("studio.core.steady_parts.composite", noting)
    steady = SteadyParts()
    steady.simplified(around(piece(10)), PAGE)
    simpler = steady.simplified(around(piece(11)), PAGE)
    assert len(simpler) == 4  # below, painted, the two normal ones above as one, the last
    composite(simpler, Rect(0, 0, 40, 40))
    assert made == [Rect(0, 0, 64, 64)] * 2
    composite(steady.simplified(around(piece(12)), PAGE), Rect(0, 0, 100, 60))
    assert made[2:] == [Rect(64, 0, 64, 64)] * 2


def test_nothing_is_taken_for_the_same_that_is_not() -> None:
    steady = SteadyParts()
    for blend in ("normal", "multiply", "screen"):
        parts = (piece(1), piece(2, blend), piece(3), piece(4))
        simpler = steady.simplified(parts, PAGE)
        np.testing.assert_allclose(composite(simpler, PAGE), composite(parts, PAGE), atol=2e-6)
