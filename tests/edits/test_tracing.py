"""Pictures as vector drawings, drawn again by Qt to see whether they are still the pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.app.svg import read_svg
from studio.codec.svg import write_svg
from studio.core.control import Cancelled, RunControl
from studio.core.curve_fit import fit_outline
from studio.core.image import Image, from_pixels8
from studio.edits.tracing import Tracing, trace

RED, BLUE = (0.8, 0.2, 0.1), (0.1, 0.3, 0.7)


def flag(height: int = 80, width: int = 120) -> Image:
    """A blue field with an antialiased red disk; transparent at the right."""
    y, x = np.mgrid[0:height, 0:width] + 0.5
    disk = np.clip(25.5 - np.hypot(y - height / 2, x - 45), 0.0, 1.0)[..., None]
    color = np.array(BLUE) + (np.array(RED) - np.array(BLUE)) * disk
    alpha = np.broadcast_to((x < 100)[..., None], disk.shape)
    return np.concatenate([color, alpha], axis=2).astype(np.float32)


def drawn(image: Image, settings: Tracing, file: Path) -> Image:
    write_svg(file, trace(image, settings, RunControl()))
    return from_pixels8(read_svg(file))


def test_a_drawing_looks_like_the_picture_and_has_few_curves(qapp: object, tmp_path: Path) -> None:
    image = flag()
    drawing = trace(image, Tracing(colors=4), RunControl())
    assert len(drawing.shapes) == 2  # what lies between the two colors is nobody's
    assert drawing.curves < 30
    result = drawn(image, Tracing(colors=4), tmp_path / "flag.svg")
    assert result.shape == image.shape
    assert abs(result * result[..., 3:] - image * image[..., 3:]).mean() < 0.01
    np.testing.assert_allclose(result[0, 0], (*BLUE, 1.0), atol=0.02)  # up to the very corner
    np.testing.assert_allclose(result[-1, -1], 0.0)


@pytest.mark.parametrize("size", [(1, 1), (3, 40)])
def test_tiny_and_empty_pictures_are_drawings_too(
    qapp: object, tmp_path: Path, size: tuple[int, int]
) -> None:
    drawing = trace(np.zeros((*size, 4), np.float32), Tracing(), RunControl())
    assert drawing.shapes == ()
    assert (drawing.height, drawing.width) == size
    trace(np.ones((*size, 1), np.float32), Tracing(), RunControl())


def test_work_can_be_cancelled() -> None:
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        trace(flag(), Tracing(), control)


def test_a_circle_takes_few_curves_and_a_square_keeps_its_corners() -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = fit_outline(50 + 40 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 0.3)
    assert len(circle) <= 10
    side = np.arange(20.0)
    right, zero, full = side, np.zeros(20), np.full(20, 20.0)
    square = np.concatenate(
        [
            np.stack(pair, axis=1)
            for pair in ((right, zero), (full, right), (20 - right, full), (zero, 20 - right))
        ]
    )
    outline = fit_outline(square, 0.2)
    ends = {tuple(point.round(6)) for point in outline[:, 0]}
    assert {(0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0)} <= ends
