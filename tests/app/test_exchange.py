"""Pictures out of a document, and back as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app import exchange
from studio.app.layer_rendering import render_document
from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.document import Document, Group, Layer
from studio.core.fill import FilledRaster, SolidFill
from studio.core.raster import Raster
from studio.engine.api import Generator
from studio.errors import StudioError
from tests.support.fakes import FakeEngine
from tests.support.studios import add_layer, open_model


def test_a_variation_loads_each_of_its_models_once(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    for family in ("vae", "stylegan"):
        open_model(studio, qtbot, family)
        for seed in range(3):
            add_layer(studio, f"{family} {seed}", seed)
    exchange.export_document(studio.documents.document, tmp_path / "six.png", RunControl())
    engine = studio.host.get()
    assert isinstance(engine, FakeEngine)
    engine.loaded.clear()
    variation = exchange.read_variation(tmp_path / "six.png", studio.host)
    assert variation.complete
    assert len(variation.document.layers) == 6
    assert len(engine.loaded) == len(set(engine.loaded)) == 2


def test_a_variation_leaves_the_favorites_of_the_project(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.project.create("Otters", tmp_path / "otters")
    open_model(studio, qtbot)
    add_layer(studio, "Seed 3", 3)
    studio.latent.toggle_favorite(studio.latent.state.grid[5])
    kept = studio.latent.state.favorites
    exchange.export_document(studio.documents.document, tmp_path / "one.png", RunControl())
    studio.exchange.open_variation(tmp_path / "one.png")
    qtbot.waitUntil(lambda: studio.latent.state.point.seed == 3)
    assert studio.latent.state.favorites == kept != ()


def test_an_exported_picture_comes_back_alive_beside_what_it_was_made_of(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.project.create("Otters", tmp_path / "otters")
    open_model(studio, qtbot)
    first = add_layer(studio, "Seed 3", 3)
    exchange.export_document(studio.documents.document, tmp_path / "one.png", RunControl())
    studio.exchange.import_pictures([tmp_path / "one.png"])
    qtbot.waitUntil(lambda: len(studio.documents.document.layers) == 2)
    below, above = studio.documents.document.layers
    assert below.id == first != above.id
    assert above.provenance == below.provenance
    studio.project.close()

    studio.exchange.open_picture(tmp_path / "one.png")
    qtbot.waitUntil(lambda: len(studio.documents.document.layers) == 1)
    assert studio.project.name == "one"
    assert studio.documents.document.layers[0].provenance == below.provenance


@pytest.mark.parametrize(("detailed", "complete"), [(False, True), (True, False)])
def test_masks_groups_and_fills_come_back_from_a_recipe(
    studio: Studio, qtbot: QtBot, tmp_path: Path, detailed: bool, complete: bool
) -> None:
    """A mask that is too detailed to be told leaves the flattened picture, not a hidden layer."""
    side = 300
    mask = np.zeros((side, side, 1), np.uint8)
    mask[:, : side // 2] = 255
    if detailed:
        mask = np.random.default_rng(0).integers(0, 256, (side, side, 1), np.uint8)
    raster = FilledRaster(side, side, SolidFill((1.0, 0.0, 0.0, 1.0)))
    fill = Layer(raster, "Red", mask=Raster.from_pixels8(mask), group="g")
    group = Group(Raster(side, side), "Group", opacity=0.5, id="g")
    document = Document(side, side, (fill, group))
    exchange.export_document(document, tmp_path / "red.png", RunControl())
    variation = exchange.read_variation(tmp_path / "red.png", studio.host)
    assert variation.complete == complete
    before, after = render_document(document), render_document(variation.document)
    assert np.abs(before - after)[..., 3].max() < 2 / 255


def test_a_model_that_cannot_be_read_leaves_the_flattened_picture(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_model(studio, qtbot)
    add_layer(studio, "Seed 3", 3)
    exchange.export_document(studio.documents.document, tmp_path / "one.png", RunControl())

    def refuse(_engine: FakeEngine, model: Path, _device: str = "auto") -> Generator:
        raise StudioError(f"“{model.name}” was made by an early Latent Studio.")

    monkeypatch.setattr(FakeEngine, "load", refuse)
    variation = exchange.read_variation(tmp_path / "one.png", studio.host)
    assert not variation.complete
    assert [layer.name for layer in variation.document.layers] == ["one"]
