"""Edits on a group work on what its members make; everywhere that an edited layer does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.app.layer_parts import PartMaker
from studio.app.layer_pixels import merged
from studio.app.layer_rendering import render_document, render_single_layer
from studio.app.layered_file import read_picture, write_layered
from studio.core.change import DocumentChange
from studio.core.compositor import flatten
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Group, Layer
from studio.core.image import Image, to_pixels8
from studio.core.layer_tree import resized, shifted
from studio.core.raster import Raster
from studio.edits.operation import OPERATIONS, EditContext
from studio.edits.render_cache import RenderCache

INVERT = EditStep("invert")
BLUR = EditStep("gaussian_blur", {"sigma": 3.0})


def noise(width: int, height: int, seed: int, channels: int = 3) -> Raster:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return Raster.from_pixels8(pixels)


def document(*edits: EditStep, **looks: object) -> Document:
    """Two layers in a group, one of which reaches beyond the canvas, on a third one."""
    group = Group(Raster(80, 60), "Group", edits=edits, id="group", **looks)  # type: ignore[arg-type]
    lower = Layer(noise(40, 30, 1), "lower", 10, 10, group="group", id="lower")
    upper = Layer(noise(40, 30, 2, 4), "upper", 30, -5, group="group", id="upper")
    return Document(80, 60, (Layer(noise(80, 60, 3), id="back"), lower, upper, group))


def members_alone(of: Document) -> Image:
    """What the members make, on a canvas of its own: 60 by 45 px at (10, -5)."""
    plain = replace(of, layers=(*of.layers[1:3], replace(of.layer("group"), edits=())))
    return render_document(resized(plain, 60, 45, -10, 5))


def test_an_edit_of_a_group_works_on_what_its_members_make() -> None:
    edited = document(BLUR)
    blurred = OPERATIONS["gaussian_blur"](members_alone(edited), BLUR.params, EditContext())
    layer = Layer(Raster.from_image(blurred.image), x=10, y=-5)
    expected = render_document(Document(80, 60, (edited.layer("back"), layer)))
    np.testing.assert_allclose(render_document(edited), expected, atol=1e-5)
    alone = render_single_layer(edited.layer("group"), edited)
    np.testing.assert_allclose(alone, blurred.image, atol=1e-5)


def test_switched_off_it_changes_nothing() -> None:
    off = document(replace(BLUR, enabled=False))
    np.testing.assert_array_equal(render_document(off), render_document(document()))


def test_the_mask_of_a_step_lies_on_the_canvas_whatever_the_members_are() -> None:
    shows = np.zeros((60, 80, 1), np.uint8)
    shows[20:30, 15:25] = 255
    masked = document(replace(INVERT, mask=Raster.from_pixels8(shows)))
    plain, inside = render_document(document()), shows[..., 0] > 0
    result = render_document(masked)
    np.testing.assert_allclose(result[inside][:, :3], 1 - plain[inside][:, :3], atol=1e-5)
    np.testing.assert_allclose(result[~inside], plain[~inside], atol=1e-5)
    fewer = render_document(masked.without_layer("upper"))
    before = render_document(document().without_layer("upper"))
    np.testing.assert_allclose(fewer[inside][:, :3], 1 - before[inside][:, :3], atol=1e-5)
    larger = render_document(resized(masked, 100, 60, 20))
    np.testing.assert_allclose(larger[:, 20:], result, atol=1e-5)


def test_the_groups_mask_is_moved_with_its_pixels() -> None:
    half = np.zeros((60, 80, 1), np.uint8)
    half[:, :40] = 255
    corners = {f"{axis}{corner}": 12.0 for axis in "xy" for corner in range(1, 5)}
    moved = document(EditStep("free_transform", corners), mask=Raster.from_pixels8(half))
    still = document(mask=Raster.from_pixels8(half))
    results = [render_document(replace(it, layers=it.layers[1:])) for it in (still, moved)]
    np.testing.assert_allclose(results[1][12:, 12:], results[0][:-12, :-12], atol=1e-5)


def test_the_groups_mask_goes_with_it_where_it_was_rendered_before() -> None:
    half = np.zeros((60, 80, 1), np.uint8)
    half[:, :40] = 255
    turned = document(EditStep("rotate", {"angle": 30.0}), mask=Raster.from_pixels8(half))
    moved, cache = shifted(turned, ["group"], 24, 8), RenderCache()
    for place in (turned, moved):
        seen = flatten(PartMaker(place, 0, cache=cache).parts(), place.rect)
        np.testing.assert_allclose(seen, render_document(place), atol=1e-5)
    assert np.abs(render_document(moved) - render_document(turned)).max() > 0.1


def test_a_change_of_a_member_or_of_the_edits_is_seen_as_one_of_all_members() -> None:
    before = document()
    after = before.update_layer("group", lambda group: replace(group, edits=(INVERT,)))
    assert DocumentChange(before, after).repainted == {"lower", "upper"}
    painted = after.update_layer("lower", lambda it: replace(it, raster=noise(40, 30, 9)))
    assert DocumentChange(after, painted).repainted == {"lower"}
    assert not DocumentChange(after, painted).only_pixels("lower")


def test_merged_and_in_a_file_with_layers_it_looks_the_same(tmp_path: Path) -> None:
    edited = document(INVERT, opacity=0.6)
    expected = to_pixels8(render_document(edited)).astype(int)
    one = merged(edited, ["group"], RunControl())
    flat = Document(80, 60, (edited.layer("back"), one))
    assert np.abs(to_pixels8(render_document(flat)).astype(int) - expected).max() <= 1
    write_layered(edited, tmp_path / "group.ora", RunControl())
    again = read_picture(tmp_path / "group.ora")
    assert [layer.name for layer in again.layers] == ["Layer", "Group"]
    assert np.abs(to_pixels8(render_document(again)).astype(int) - expected).max() <= 1
