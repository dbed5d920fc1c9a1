"""Directions are found in a toy generator whose w axes are position, size and hue."""

from __future__ import annotations

import colorsys
import time

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.core.control import Cancelled, RunControl
from studio.core.direction import Direction
from studio.core.steering import vector_of
from studio.engine.directions import draw, find_directions, taught
from studio.engine.family import Model, Noise, Shape
from studio.engine.measures import MEASURES, measured, unrolled

CPU = torch.device("cpu")
SHAPE = Shape(32, 32, 3)
SPREADS = (2.0, 1.4, 1.0, 0.3, 0.2)  # of position, size, hue, and of two that do nothing
KNOWN = {"across": 0, "fill": 1, "hue": 2}


class Discs(Model):
    """A colored disc: w moves it, enlarges it and turns its hue. Its axes lie askew in w."""

    latent_dim = len(SPREADS)

    def __init__(self) -> None:
        super().__init__()
        rng = torch.Generator().manual_seed(4)
        self.axes = torch.linalg.qr(torch.randn(5, 5, generator=rng))[0]

    def mapping(self, z: Tensor, prompt: Tensor | None = None) -> Tensor:
        return (z * torch.tensor(SPREADS)) @ self.axes.T

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        rows, columns = torch.meshgrid(torch.arange(32.0), torch.arange(32.0), indexing="ij")
        pictures = []
        for across, large, hue, *_ in (w @ self.axes).tolist():
            distance = ((rows - 15.5) ** 2 + (columns - 15.5 - 2.5 * across) ** 2).sqrt()
            disc = (7.0 + 1.2 * large - distance).clamp(0.0, 1.0)
            color = torch.tensor(colorsys.hsv_to_rgb(0.5 + 0.08 * hue, 0.9, 0.9))
            pictures.append(disc * color[:, None, None] * 2 - 1)
        return torch.stack(pictures)


@pytest.fixture(scope="module")
def toy():
    return Discs()


@pytest.fixture(scope="module")
def found(toy) -> dict[str, Direction]:
    *_, last = find_directions(toy, SHAPE, CPU, RunControl())
    assert last.share == 1.0
    return {direction.id: direction for direction in last.directions}


def cosine(toy, direction: Direction, axis: int) -> float:
    vector = vector_of(direction.numbers)
    return float(vector @ toy.axes[:, axis].numpy() / np.linalg.norm(vector))


def test_principal_directions_are_the_axes_in_order_of_their_spread(toy, found):
    for axis, spread in enumerate(SPREADS):
        direction = found[f"principal:{axis}"]
        assert abs(cosine(toy, direction, axis)) >= 0.99
        assert np.linalg.norm(vector_of(direction.numbers)) == pytest.approx(spread, rel=0.05)
    shares = np.square(SPREADS) / np.square(SPREADS).sum()
    assert found["principal:0"].sureness == pytest.approx(shares[0], abs=0.02)


@pytest.mark.parametrize("measure", KNOWN)
def test_measured_directions_are_what_they_are_named_after(toy, found, measure):
    direction = found[f"measured:{measure}"]
    axis = KNOWN[measure]
    assert abs(cosine(toy, direction, axis)) >= 0.9
    assert direction.sureness > 0.8
    assert np.linalg.norm(vector_of(direction.numbers)) == pytest.approx(SPREADS[axis], rel=0.1)


def test_what_nothing_in_w_changes_is_no_slider(found):
    assert "measured:down" not in found


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_slider_is_taught_by_some_examples(toy, axis):
    sample = draw(toy, SHAPE, CPU, 2000)
    along = sample.moved @ toy.axes[:, axis].numpy()
    order = np.argsort(along[:60])  # a person marks the clear ones of a sheet
    more, less = sample.moved[order[-15:]], sample.moved[order[:15]]
    vector, accuracy = taught(sample, more, less)
    assert vector @ toy.axes[:, axis].numpy() / np.linalg.norm(vector) >= 0.9
    assert accuracy >= 0.9


def test_marks_without_any_sense_are_told_by_their_accuracy(toy):
    sample = draw(toy, SHAPE, CPU, 2000)
    assert taught(sample, sample.moved[:20], sample.moved[20:40])[1] < 0.8


def test_a_search_can_be_cancelled_within_moments(toy):
    control = RunControl()
    search = find_directions(toy, SHAPE, CPU, control)
    next(search)
    control.cancel()
    start = time.perf_counter()
    with pytest.raises(Cancelled):
        next(search)
    assert time.perf_counter() - start < 0.1


def test_angles_near_their_turn_are_near_each_other():
    values = np.array([3.1, -3.1, 3.0, -3.0], np.float32)
    assert np.ptp(unrolled(values, 2 * np.pi)) < 0.3


def test_measures_are_finite_for_pictures_without_anything_in_them():
    blank = [np.zeros((16, 16, channels), np.float32) for channels in (1, 3, 4)]
    values = measured(blank)
    assert values.shape == (3, len(MEASURES))
    assert np.isfinite(values).all()
