"""Aligning and distributing: where layers come to lie, of any size, in groups and locked."""

from dataclasses import replace

import pytest

from studio.core.alignment import Edge, aligned, distributed
from studio.core.document import Document, Layer
from studio.core.image import Rect
from studio.core.layer_tree import empty_group, grouped
from studio.core.raster import Raster


def layer(name: str, x: int, y: int, width: int, height: int) -> Layer:
    return Layer(Raster(width, height), name, x, y, id=name)


def boxes(document: Document) -> dict[str, Rect]:
    return {it.id: it.raster.rect.translated(it.x, it.y) for it in document.layers}


DOCUMENT = Document(
    200, 100, (layer("a", 10, 5, 30, 10), layer("b", 90, 40, 20, 20), layer("c", 51, 60, 10, 30))
)


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        ("left", {"a": 10, "b": 10, "c": 10}),
        ("center", {"a": 45, "b": 50, "c": 55}),
        ("right", {"a": 80, "b": 90, "c": 100}),
    ],
)
def test_several_are_aligned_in_the_box_around_them(edge: Edge, expected: dict[str, int]) -> None:
    after = boxes(aligned(DOCUMENT, boxes(DOCUMENT), edge))
    assert {key: rect.x for key, rect in after.items()} == expected
    assert {key: rect.y for key, rect in after.items()} == {"a": 5, "b": 40, "c": 60}


def test_one_is_aligned_on_the_canvas() -> None:
    rects = {"b": boxes(DOCUMENT)["b"]}
    document = aligned(aligned(DOCUMENT, rects, "bottom"), rects, "center")
    assert boxes(document)["b"] == Rect(90, 80, 20, 20)


def test_gaps_become_alike_in_the_order_of_places() -> None:
    after = boxes(distributed(DOCUMENT, boxes(DOCUMENT), "across"))
    assert after["a"].x == 10
    assert after["b"].right == 110
    assert after["c"].x - after["a"].right == after["b"].x - after["c"].right == 20


def test_a_group_moves_as_one_and_what_is_locked_stays() -> None:
    group = replace(empty_group(DOCUMENT, "G"), id="G")
    document = grouped(DOCUMENT, ["a", "b"], group)
    document = document.update_layer("c", lambda it: replace(it, locks=frozenset({"position"})))
    rects = {"G": Rect(10, 5, 100, 55), "c": boxes(document)["c"]}
    after = boxes(aligned(document, rects, "bottom"))
    assert (after["a"].y, after["b"].y, after["c"].y) == (35, 70, 60)
