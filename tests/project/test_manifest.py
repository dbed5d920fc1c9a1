"""Documents as JSON: everything comes back, and nothing that comes in can do harm."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags
from PIL import Image as Pillow

from studio.codec.read import read_raster
from studio.codec.recipe import read_recipe
from studio.codec.write import WRITABLE, write_image
from studio.core.document import Document, EditStep, Group, Layer, Provenance, arranged
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.project.manifest import MALFORMED, Json, document_from_json, document_to_json
from studio.project.recipe import digital_source, document_recipe, recipe_document
from tests.project.documents import documents, json_values, raster8, rich_document, same


class Shelf:
    """Rasters by number instead of by file."""

    def __init__(self) -> None:
        self.rasters: list[Raster] = []

    def put(self, raster: Raster) -> Json:
        self.rasters.append(raster)
        return {"number": len(self.rasters) - 1}

    def get(self, data: Mapping[str, Any]) -> Raster:
        return self.rasters[data["number"]]


@given(documents)
def test_round_trip_through_text(document: Document) -> None:
    shelf = Shelf()
    text = json.dumps(document_to_json(document, shelf.put))
    again, problems = document_from_json(json.loads(text), shelf.get)
    assert problems == ()
    assert same(again, document)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of every value inside JSON data."""
    items: Any = ()
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    return [path, *(place for key, value in items for place in places(value, (*path, key)))]


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    data = copy.deepcopy(data)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return data


RECIPE = document_recipe(rich_document())


@given(st.sampled_from(places(RECIPE)[1:]), json_values)
def test_a_recipe_with_anything_anywhere_opens_or_is_refused(
    path: tuple[Any, ...], value: Any
) -> None:
    recipe = changed(RECIPE, path, value)
    assert document_or_refusal(lambda: recipe_document(recipe), StudioError)


@given(st.data())
def test_a_document_with_anything_anywhere_opens_or_is_refused(data: st.DataObject) -> None:
    shelf = Shelf()
    good = document_to_json(rich_document(), shelf.put)
    path = data.draw(st.sampled_from(places(good)))
    bad = changed(good, path, data.draw(json_values))
    broken = (*MALFORMED, IndexError)  # the shelf's own, for a wrong number
    assert document_or_refusal(lambda: document_from_json(bad, shelf.get)[0], broken)


def document_or_refusal(
    read: Callable[[], Document], refusals: type[Exception] | tuple[type[Exception], ...]
) -> bool:
    try:
        document = read()
    except refusals:
        return True
    return document.width >= 1 and document.height >= 1


def test_one_bad_layer_is_named_and_the_rest_opens() -> None:
    shelf = Shelf()
    data = document_to_json(rich_document(), shelf.put)
    data["layers"][1]["blend"] = "sparkle"
    document, problems = document_from_json(data, shelf.get)
    names = [layer.name for layer in document.layers]
    assert names == ["Grund 底", "photo", "sky", "upon it", "both"]
    assert problems == ("Layer 2 from the bottom is damaged and was left out.",)


def test_layers_of_an_older_project_open() -> None:
    """Without masks, groups and what else came later."""
    shelf = Shelf()
    data = document_to_json(Document(8, 8, (Layer(raster8(), "old", id="old"),)), shelf.put)
    later = ("mask", "mask_enabled", "clipped", "locks", "group")
    data["layers"] = [{k: v for k, v in data["layers"][0].items() if k not in later}]
    del data["dpi"]
    document, problems = document_from_json(data, shelf.get)
    assert not problems
    assert same(document, Document(8, 8, (Layer(raster8(), "old", id="old"),)))


@pytest.mark.parametrize("group", ["nowhere", "a", "b"])
def test_groups_that_are_none_or_lie_in_themselves_come_out(group: str) -> None:
    shelf = Shelf()
    tangled = (
        Layer(raster8(), id="l", group=group),
        Group(Raster(8, 8), id="a", group="b"),
        Group(Raster(8, 8), id="b", group="a"),
    )
    data = document_to_json(Document(8, 8, tangled), shelf.put)
    document, _ = document_from_json(data, shelf.get)
    assert {layer.id for layer in document.layers} == {"l", "a", "b"}
    assert arranged(document.layers) == document.layers


def test_groups_in_groups_without_end_are_refused() -> None:
    shelf = Shelf()
    nested = tuple(Group(Raster(8, 8), id=str(i), group=str(i + 1)) for i in range(200))
    data = document_to_json(Document(8, 8, nested), shelf.put)
    with pytest.raises(MALFORMED):
        document_from_json(data, shelf.get)


# --- Recipes ---


def test_recipe_brings_back_layers_edits_and_latents() -> None:
    document = rich_document()
    recipe = json.loads(json.dumps(document_recipe(document)))
    made, photo, sky, upon, both = recipe_document(recipe).layers
    original = document.layers[1]
    assert made.provenance == original.provenance
    assert (made.x, made.y, made.opacity, made.blend) == (0, 0, 1.0, "normal")
    assert (made.raster.width, made.raster.height) == (40, 30)
    assert photo.raster.channels == 1
    assert not made.raster.read().any()
    assert (sky.fill, sky.group, upon.clipped) == (document.layers[3].fill, both.id, True)
    assert isinstance(both, Group)
    assert (recipe_document(recipe).width, recipe_document(recipe).height) == (320, 200)


def test_recipe_leaves_out_hidden_layers_pixels_and_names_of_files() -> None:
    text = json.dumps(document_recipe(rich_document()), ensure_ascii=False)
    assert "Grund" not in text  # hidden
    assert "me.jpg" not in text
    assert "photo" not in text  # a layer made from a file is named after it
    assert "blob" not in text


@pytest.mark.parametrize("suffix", sorted(WRITABLE))
def test_an_export_holds_nothing_of_the_photographs_but_pixels(tmp_path: Path, suffix: str) -> None:
    exif = Pillow.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N-sekrit"
    exif[ExifTags.Base.BodySerialNumber] = "serial-4711"
    photo = tmp_path / "anna_at_home.jpg"
    Pillow.new("RGB", (20, 10), "red").save(photo, exif=exif)
    assert b"N-sekrit" in photo.read_bytes()
    layer = Layer(read_raster(photo), photo.stem, provenance=Provenance("imported", photo.name))
    out = tmp_path / f"out{suffix}"
    write_image(out, layer.raster.read(), document_recipe(Document(20, 10, (layer,))))
    data = out.read_bytes()
    recipe = json.dumps(read_recipe(out))
    for word in ("N-sekrit", "serial-4711", "anna", str(tmp_path)):
        assert word.encode() not in data
        assert word not in recipe


def test_masks_of_edits_come_back() -> None:
    disc = np.zeros((300, 400, 1), np.float32)
    disc[50:200, 70:300] = 1.0
    step = EditStep("invert", mask=Raster.from_image(disc))
    document = Document(400, 300, (Layer(Raster(400, 300), edits=(step,)),))
    (layer,) = recipe_document(json.loads(json.dumps(document_recipe(document)))).layers
    mask = layer.edits[0].mask
    assert mask is not None
    assert np.array_equal(mask.read(), disc)


@pytest.mark.parametrize("mask", ["", "AAAA", "not base64!", "eJztwQ==", 5, None])
def test_masks_that_are_none(mask: object) -> None:
    raster = {"width": 2, "height": 2, "channels": 1, "mask": mask}
    layer = {**RECIPE["document"]["layers"][0], "raster": raster}
    document = {**RECIPE["document"], "layers": [layer]}
    assert recipe_document({"schema": 1, "document": document}).layers == ()


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ((1,), "trainedAlgorithmicMedia"),
        ((1, 2), "compositeWithTrainedAlgorithmicMedia"),
        ((2,), ""),
        ((), ""),
    ],
)
def test_digital_source(shown: tuple[int, ...], expected: str) -> None:
    layers = tuple(rich_document().layers[index] for index in shown)
    assert digital_source(Document(8, 8, layers)) == expected


def test_recipe_of_a_newer_version_or_with_too_many_layers() -> None:
    with pytest.raises(StudioError, match="newer version"):
        recipe_document({**RECIPE, "schema": 99})
    many = changed(RECIPE, ("document", "layers"), RECIPE["document"]["layers"] * 600)
    with pytest.raises(StudioError, match="damaged"):
        recipe_document(many)
