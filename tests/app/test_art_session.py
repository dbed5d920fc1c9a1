"""Layers made of layers, on a fake engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.codec.write import write_image
from studio.core.document import Layer
from studio.edits.tracing import Tracing
from studio.engine.api import TextureSettings, UpscaleSettings
from studio.errors import StudioError
from tests.support.fakes import FakeEngine
from tests.support.studios import add_layer
from tests.support.waiting import wait_until_calm


@pytest.fixture
def red(tmp_path: Path) -> Path:
    file = tmp_path / "red.png"
    write_image(file, np.full((20, 20, 3), (1.0, 0.0, 0.0), np.float32))
    return file


def layers(studio: Studio) -> tuple[Layer, ...]:
    return studio.documents.document.layers


def test_a_painting_is_a_layer_where_the_first_one_is(
    studio: Studio, qtbot: QtBot, red: Path
) -> None:
    layer_id = add_layer(studio, "Otter")
    studio.documents.move_layer(layer_id, 30, 40)
    shares: list[float] = []
    studio.art.progressed.connect(lambda _picture, share: shares.append(share))
    studio.art.paint(red, {})
    assert studio.art.busy
    wait_until_calm(qtbot, studio)
    assert not studio.art.busy
    assert shares == [0.5, 1.0]
    painting = layers(studio)[-1]
    assert (painting.x, painting.y, painting.raster.width) == (30, 40, 16)
    pixel = painting.raster.read()[0, 0]
    np.testing.assert_allclose(pixel, [0.5, 0.0, 0.0, 0.5], atol=0.01)
    studio.documents.undo_stack.undo()
    assert [layer.name for layer in layers(studio)] == ["Otter"]


def test_painting_again_paints_the_same_subject(studio: Studio, qtbot: QtBot, red: Path) -> None:
    layer_id = add_layer(studio, "Otter")
    for _ in range(2):
        studio.art.paint(red, {"strength": 0.2})
        wait_until_calm(qtbot, studio)
        assert studio.art.subject is not None
        assert studio.art.subject.id == layer_id
    first, second = (layer.raster.read() for layer in layers(studio)[1:])
    np.testing.assert_array_equal(first, second)


def test_a_layer_can_be_the_style_and_what_a_model_made_stays_known(
    studio: Studio, qtbot: QtBot
) -> None:
    style = add_layer(studio, "Made", seed=3)
    add_layer(studio, "Otter")
    studio.art.paint(style, {})
    wait_until_calm(qtbot, studio)
    painting = layers(studio)[-1]
    assert painting.provenance.kind == "generated"
    assert "Otter" not in painting.name + painting.provenance.source  # no file's name goes out


def test_cancelled_and_failed_work_leaves_nothing(
    qtbot: QtBot, red: Path, fake_engine: FakeEngine
) -> None:
    studio = Studio(lambda: fake_engine)
    told: list[str] = []
    studio.notifications.posted.connect(lambda note: told.append(note.message))
    add_layer(studio, "Otter")
    studio.art.paint(red, {})
    studio.art.cancel()
    wait_until_calm(qtbot, studio)
    fake_engine.fail["stylize"] = StudioError("Too small.", "")
    studio.art.paint(red, {})
    wait_until_calm(qtbot, studio)
    assert len(layers(studio)) == 1
    assert told == ["Too small."]
    assert not studio.art.busy
    studio.close()


def test_a_texture_grows_to_the_size_that_is_asked(studio: Studio, qtbot: QtBot) -> None:
    add_layer(studio, "Bark")
    studio.art.grow(TextureSettings(width=50, height=30))
    wait_until_calm(qtbot, studio)
    assert (layers(studio)[-1].raster.width, layers(studio)[-1].raster.height) == (50, 30)


def test_a_preview_is_small_and_makes_no_layer(studio: Studio, qtbot: QtBot, red: Path) -> None:
    add_layer(studio, "Otter")
    with qtbot.waitSignal(studio.art.shown) as shown:
        studio.art.preview(red, {})
    assert shown.args[0].width() <= 256
    assert len(layers(studio)) == 1


def test_a_layer_is_written_as_a_drawing(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    told: list[str] = []
    studio.notifications.posted.connect(lambda note: told.append(note.message))
    add_layer(studio, "Otter")
    studio.art.vectorize(tmp_path / "otter.svg", Tracing())
    wait_until_calm(qtbot, studio)
    assert told == ["Wrote otter.svg."]
    assert "<path" in (tmp_path / "otter.svg").read_text("utf-8")


def test_an_enlarged_layer_keeps_its_middle(studio: Studio, qtbot: QtBot) -> None:
    layer_id = add_layer(studio, "Otter")
    studio.documents.move_layer(layer_id, 30, 40)
    studio.art.upscale(UpscaleSettings(factor="4"), None)
    wait_until_calm(qtbot, studio)
    large = layers(studio)[-1]
    assert (large.raster.width, large.x, large.y) == (64, 30 - 24, 40 - 24)
