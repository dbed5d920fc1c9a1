"""Points are dragged in a toy generator that draws two spots, each where two numbers of w say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from studio.core.control import Cancelled, RunControl
from studio.core.latent import MASK_SIDE, LatentPoint
from studio.engine.api import DragTask
from studio.engine.dragging import drag
from studio.engine.family import Model, Noise, Shape

CPU = torch.device("cpu")
SIDE = 64
SHAPE = Shape(SIDE, SIDE, 3)


class Spots(Model):
    """w is where a red and a blue spot are: x and y of either, 0.15 picture sides to a unit."""

    latent_dim = 4

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Identity()

    @property
    def stages(self):
        return [self.features]

    def mapping(self, z: Tensor, prompt: Tensor | None = None) -> Tensor:
        return z * 1.0

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        places = (torch.arange(SIDE) + 0.5) / SIDE
        y, x = torch.meshgrid(places, places, indexing="ij")
        centers = 0.5 + 0.15 * w.reshape(-1, 2, 2)
        away = (x - centers[..., 0, None, None]) ** 2 + (y - centers[..., 1, None, None]) ** 2
        red, blue = torch.exp(-away / (2 * 0.08**2)).unbind(1)
        seen = self.features(torch.stack([red, blue, red * x, red * y, blue * x, blue * y], dim=1))
        return torch.stack([seen[:, 0], torch.zeros_like(red), seen[:, 1]], dim=1) * 2 - 1


def centers(point: LatentPoint) -> np.ndarray:
    return 0.5 + 0.15 * np.array(point.anchors[0].vector).reshape(2, 2)


START = LatentPoint.of_vector([-1.2, 0.0, 1.2, 0.0], "w")
RED, BLUE = (0.32, 0.5), (0.68, 0.5)
ALL_BUT_BLUE = bytes(255 if x < MASK_SIDE // 2 else 0 for x in range(MASK_SIDE)) * MASK_SIDE


def dragged(task: DragTask):
    return list(drag(Spots(), SHAPE, CPU, task, RunControl()))


def test_a_point_arrives_where_it_was_dragged():
    target = (0.42, 0.35)
    events = dragged(DragTask(START, ((RED, target),)))
    last = events[-1]
    shares = [event.share for event in events]
    assert shares == sorted(shares)
    assert last.share == 1.0
    assert np.abs(centers(last.point)[0] - target).max() < 0.04
    assert np.abs(np.array(last.handles[0]) - target).max() < 0.03
    assert len(events) < 150


def test_two_points_are_dragged_at_once():
    task = DragTask(START, ((RED, (0.32, 0.3)), (BLUE, (0.68, 0.7))))
    found = centers(dragged(task)[-1].point)
    assert np.abs(found - [(0.32, 0.3), (0.68, 0.7)]).max() < 0.05


def test_what_must_not_move_stays():
    target = (0.4, 0.35)
    free = centers(dragged(DragTask(START, ((RED, target),), ALL_BUT_BLUE))[-1].point)
    assert np.abs(free[1] - BLUE).max() < 0.01
    assert np.abs(free[0] - target).max() < 0.06


def test_what_steered_the_picture_is_written_out():
    steered = START.with_truncation(0.5)
    last = dragged(DragTask(steered, (((0.41, 0.5), (0.41, 0.5)),)))[-1]
    assert last.point.truncation == 1.0
    assert np.allclose(centers(last.point), [(0.41, 0.5), (0.59, 0.5)], atol=0.01)


def test_a_drag_can_be_cancelled():
    control = RunControl()
    steps = drag(Spots(), SHAPE, CPU, DragTask(START, ((RED, BLUE),)), control)
    next(steps)
    control.cancel()
    with pytest.raises(Cancelled):
        next(steps)
