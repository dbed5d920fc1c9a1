"""Documents in and out with their layers; files that bring their own canvas."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.app import clipboard
from studio.app.action import Context
from studio.app.incoming import take
from studio.app.layer_rendering import render_document
from studio.app.layered_file import read_picture, write_layered
from studio.app.studio import Studio
from studio.codec.read import read_pixels8
from studio.codec.write import WriteOptions, write_image
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Group, Layer, Provenance
from studio.core.image import to_pixels8
from studio.core.raster import Raster
from studio.edits.pixels import premultiplied
from studio.project.recipe import digital_source, document_recipe
from tests.app.test_actions import FakeShell
from tests.support.pictures import gradient
from tests.support.waiting import wait_until_calm

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0h9v9z"/></svg>'
)


@pytest.fixture
def shell() -> FakeShell:
    return FakeShell()


@pytest.fixture
def context(studio: Studio, shell: FakeShell) -> Context:
    return Context(studio, shell)


def poster() -> Document:
    photo = Layer(Raster.from_pixels8(to_pixels8(gradient(0, 300))), "Photo", -7, 4)
    pixels = np.random.default_rng(0).integers(0, 256, (90, 70, 4), np.uint8)
    veil = Layer(Raster.from_pixels8(pixels), "Veil", 50, 60, 0.4, blend="multiply")
    hidden = replace(veil, id="hidden", name="Hidden", visible=False)
    return Document(260, 200, (photo, veil, hidden))


def test_layers_come_back_pixel_by_pixel(tmp_path: Path) -> None:
    document = poster()
    write_layered(document, tmp_path / "poster.ora", RunControl())
    again = read_picture(tmp_path / "poster.ora")
    assert (again.width, again.height) == (260, 200)
    looks = ("name", "x", "y", "opacity", "visible", "blend")
    for before, after in zip(document.layers, again.layers, strict=True):
        assert [getattr(after, key) for key in looks] == [getattr(before, key) for key in looks]
        np.testing.assert_array_equal(after.raster.pixels8(), before.raster.pixels8())
    np.testing.assert_array_equal(render_document(again), render_document(document))


def tree() -> Document:
    """A group in a group, a mask, and a layer that is clipped."""
    photo, veil, hidden = poster().layers
    mask = np.zeros((300, 300, 1), np.uint8)
    mask[40:200, 30:] = 255
    masked = replace(photo, mask=Raster.from_pixels8(mask))
    empty = Raster(260, 200)
    inner = Group(empty, "Inner", opacity=0.5, blend="screen", pass_through=False, id="inner")
    outer = Group(empty, "Outer", id="outer")
    layers = (
        replace(photo, id="below"),
        masked,
        replace(veil, clipped=True, blend="normal"),
        replace(hidden, group="inner", visible=True),
        replace(inner, group="outer"),
        outer,
    )
    return Document(260, 200, layers)


def test_groups_come_back_and_masks_are_in_the_pixels(tmp_path: Path) -> None:
    write_layered(tree(), tmp_path / "tree.ora", RunControl())
    again = read_picture(tmp_path / "tree.ora")
    kinds = [(type(layer).__name__, layer.name) for layer in again.layers]
    assert kinds == [(type(layer).__name__, layer.name) for layer in tree().layers]
    parents = [next((g.name for g in again.groups_of(layer)), "") for layer in again.layers]
    assert parents == ["", "", "", "Inner", "Outer", ""]
    inner = again.layers[4]
    assert isinstance(inner, Group)
    assert (inner.pass_through, inner.opacity, inner.blend) == (False, 0.5, "screen")
    seen, expected = (premultiplied(render_document(picture)) for picture in (again, tree()))
    np.testing.assert_allclose(seen, expected, atol=2 / 255)


def test_generated_pixels_are_marked_in_the_merged_picture(tmp_path: Path) -> None:
    for kind in ("imported", "generated"):
        layer = replace(poster().layers[0], provenance=Provenance(kind))
        write_layered(Document(260, 200, (layer,)), tmp_path / "a.ora", RunControl())
        with zipfile.ZipFile(tmp_path / "a.ora") as archive:
            merged = archive.read("mergedimage.png")
        assert (b"trainedAlgorithmicMedia" in merged) == (kind == "generated")


def test_edits_are_in_the_pixels(tmp_path: Path) -> None:
    document = poster()
    edited = replace(document.layers[0], edits=(EditStep("invert"), EditStep("rotate")))
    document = replace(document, layers=(edited, *document.layers[1:]))
    write_layered(document, tmp_path / "poster.ora", RunControl())
    again = read_picture(tmp_path / "poster.ora")
    seen, expected = (premultiplied(render_document(picture)) for picture in (again, document))
    np.testing.assert_allclose(seen, expected, atol=3 / 255)


def test_a_file_with_layers_is_opened_where_no_project_is(
    qtbot: QtBot, context: Context, tmp_path: Path
) -> None:
    write_layered(poster(), tmp_path / "poster.ora", RunControl())
    take(context, [tmp_path / "poster.ora"])
    wait_until_calm(qtbot, context.studio)
    document = context.studio.documents.document
    assert context.studio.project.name == "poster"
    assert (document.width, document.height, len(document.layers)) == (260, 200, 3)
    take(context, [tmp_path / "poster.ora"])
    wait_until_calm(qtbot, context.studio)
    assert len(context.studio.documents.document.layers) == 6
    context.studio.documents.undo_stack.undo()
    assert context.studio.documents.document == document


@pytest.mark.parametrize("answer", [120, None])
def test_the_size_of_a_drawing_is_asked_for(
    qtbot: QtBot, context: Context, shell: FakeShell, tmp_path: Path, answer: Any
) -> None:
    (tmp_path / "mark.svg").write_text(DRAWING)
    context.studio.project.create("Test")
    shell.answers["ask_longest_side"] = answer
    take(context, [tmp_path / "mark.svg"])
    wait_until_calm(qtbot, context.studio)
    layers = context.studio.documents.document.layers
    assert [(layer.raster.width, layer.raster.height) for layer in layers] == (
        [(120, 60)] if answer else []
    )


def test_a_file_that_cannot_be_opened_leaves_everything(
    qtbot: QtBot, context: Context, tmp_path: Path
) -> None:
    told: list[Any] = []
    context.studio.notifications.posted.connect(told.append)
    (tmp_path / "bad.ora").write_bytes(b"PK")
    take(context, [tmp_path / "bad.ora"])
    wait_until_calm(qtbot, context.studio)
    assert context.studio.project.project is None
    assert "“bad.ora”" in told[0].message


def test_a_picture_is_copied_as_a_file(qtbot: QtBot, studio: Studio) -> None:
    studio.project.create("A/B: poster")
    studio.documents.commit(poster(), "Test")
    clipboard.copy_file(studio)
    wait_until_calm(qtbot, studio)
    (url,) = QGuiApplication.clipboard().mimeData().urls()
    file = Path(url.toLocalFile())
    assert file.suffix == ".png"
    seen = to_pixels8(render_document(poster()))
    np.testing.assert_array_equal(read_pixels8(file), seen)


def test_a_placed_picture_that_a_model_made_stays_marked(tmp_path: Path) -> None:
    for source in ("", "compositeWithTrainedAlgorithmicMedia"):
        file = tmp_path / "secret name.jpg"
        write_image(file, gradient(0), source=source, options=WriteOptions(metadata="marking"))
        document = read_picture(file)
        assert bool(digital_source(document)) == bool(source)
        assert "secret" not in json.dumps(document_recipe(document))
