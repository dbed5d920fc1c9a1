"""The selection filled from a model, on a fake engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.document import Layer
from studio.core.raster import Raster
from studio.edits.cloning import cloned
from tests.support.studios import open_model
from tests.support.waiting import wait_until_calm


def select(studio: Studio, x: int, y: int, side: int) -> None:
    document = studio.documents.document
    mask = np.zeros((document.height, document.width, 1), np.uint8)
    mask[y : y + side, x : x + side] = 255
    studio.documents.set_selection(Raster.from_pixels8(mask))


@pytest.mark.parametrize("shown", [False, True])
def test_the_selection_is_filled_as_a_layer_of_its_own(
    studio: Studio, qtbot: QtBot, shown: bool
) -> None:
    open_model(studio, qtbot)
    studio.documents.reset(replace(studio.documents.document, width=120, height=90))
    ground = np.full((90, 120, 3), 0.6, np.float32)
    studio.documents.add_layer(Layer(Raster.from_image(ground), "Ground"))
    select(studio, 50, 30, 20)
    studio.model_fill.fill(studio.latent.state.point if shown else None)
    wait_until_calm(qtbot, studio)
    layer = studio.documents.document.layers[-1]
    assert layer.provenance.kind == "generated"
    image = layer.raster.read()
    y, x = 30 - layer.y, 50 - layer.x
    inside = image[y : y + 20, x : x + 20]
    assert inside[..., 3].min() > 0.99
    assert image[..., 3].sum() == pytest.approx(400, abs=1)
    assert abs(inside[0, :, :3] - 0.6).mean() < 0.1  # it meets what is around it
    studio.documents.undo_stack.undo()
    assert len(studio.documents.document.layers) == 1


def test_nothing_selected_is_told(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot)
    told: list[str] = []
    studio.notifications.posted.connect(lambda note: told.append(note.message))
    size = studio.documents.document
    studio.documents.set_selection(Raster(size.width, size.height, 1))
    studio.model_fill.fill()
    wait_until_calm(qtbot, studio)
    assert told == ["Nothing is selected."]


def test_cloning_keeps_gradients_and_meets_the_backdrop() -> None:
    y, x = np.mgrid[0:60, 0:60]
    backdrop = np.full((60, 60, 3), 0.3, np.float32)
    wave = (0.7 + 0.1 * np.sin(x)).astype(np.float32)[..., None].repeat(3, axis=2)
    part = np.hypot(y - 30, x - 30) < 20
    result = cloned(wave, backdrop, part, RunControl())
    np.testing.assert_array_equal(result[~part], backdrop[~part])
    assert abs(result[part].mean() - 0.3) < 0.06  # the tone of the backdrop
    steps = np.diff(result, axis=1)[25:35, 22:38] - np.diff(wave, axis=1)[25:35, 22:38]
    assert abs(steps).mean() < 0.02  # the waves of the source
