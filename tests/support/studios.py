"""What tests put into the whole program on a fake engine (see `patient`)."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.document import Layer, Provenance
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.paths import models_dir
from studio.project import library
from studio.ui.panel import PanelInfo
from tests.support.fake_generator import make_model

Panel = TypeVar("Panel", bound=QWidget)


def open_model(studio: Studio, qtbot: QtBot, family: str = "vae", **facts: Any) -> str:
    """Put a model into the library and explore it; returns once all its pictures are there."""
    file = make_model(models_dir().parent / f"{family}.safetensors", family, **facts)
    sha256 = library.add_model(file, "Icons")
    studio.latent.open_model(sha256)
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    studio.documents.undo_stack.clear()
    return sha256


def pictures_are_there(studio: Studio) -> bool:
    """Whether nothing of what the explorer shows is still being made."""
    latent = studio.latent
    sheets = (latent.grid, latent.corners, latent.ends, latent.favorites)
    whole = latent.card is not None and latent.preview is not None
    return whole and all(None not in sheet for sheet in sheets) and not studio.lanes["render"].busy


def add_layer(studio: Studio, name: str, seed: int | None = None) -> str:
    """A small layer on top, made from a seed if there is one; returns its id."""
    provenance = Provenance()
    if seed is not None:
        model = studio.latent.state.model
        provenance = Provenance("generated", "Icons", model, LatentPoint.of_seed(seed))
    pixels = Raster.from_pixels8(np.full((16, 16, 4), 128, np.uint8))
    studio.documents.add_layer(Layer(pixels, name, provenance=provenance))
    return studio.documents.active_id


def show_panel(
    info: PanelInfo, kind: type[Panel], studio: Studio, qtbot: QtBot, width: int, height: int
) -> Panel:
    """A panel in a window of its own, which goes with the test."""
    panel = info.create(studio)
    assert isinstance(panel, kind)
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    return panel
