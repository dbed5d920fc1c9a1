"""Documents are values: every change makes another one and leaves the first alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.change import DocumentChange
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Rect
from studio.core.raster import Raster

rects = st.builds(
    Rect, st.integers(-50, 50), st.integers(-50, 50), st.integers(0, 60), st.integers(0, 60)
)


def document(*names: str) -> Document:
    return Document(64, 64, tuple(Layer(Raster(8, 8), name, id=name) for name in names))


def ids(shown: Document) -> str:
    return "".join(layer.id for layer in shown.layers)


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x, rect.right) for y in range(rect.y, rect.bottom)}


@given(rects, rects)
def test_intersection_holds_exactly_the_shared_pixels(first: Rect, second: Rect) -> None:
    assert pixels(first.intersect(second)) == pixels(first) & pixels(second)


@given(rects, rects)
def test_union_holds_both(first: Rect, second: Rect) -> None:
    assert pixels(first.union(second)) >= pixels(first) | pixels(second)


@given(st.permutations("abcd"), st.integers(0, 3))
def test_a_layer_is_moved_in_the_order(order: list[str], index: int) -> None:
    before = document(*order)
    after = before.moved_layers(["a"], "", index)
    assert after.index_of("a") == index
    assert sorted(ids(after)) == sorted(order)
    assert [i for i in ids(after) if i != "a"] == [i for i in order if i != "a"]
    assert ids(before) == "".join(order)


def test_layers_are_inserted_and_removed() -> None:
    base = document("a", "b")
    layer = Layer(Raster(4, 4), id="n")
    assert ids(base.with_layer(layer)) == "abn"
    assert ids(base.with_layer(layer, 1)) == "anb"
    assert ids(base.without_layer("a")) == "b"
    with pytest.raises(KeyError):
        base.layer("nowhere")


def test_a_step_is_changed_alone() -> None:
    steps = EditStep("invert", id="1"), EditStep("gamma", id="2")
    layer = Layer(Raster(4, 4), edits=steps)
    changed = layer.with_step("2", enabled=False)
    assert changed.edits[0] is steps[0]
    assert not changed.step("2").enabled
    assert steps[1].enabled


def test_what_is_not_seen_repaints_nothing() -> None:
    before = document("a", "b")
    renamed = before.update_layer("a", lambda layer: replace(layer, name="other"))
    change = DocumentChange(before, renamed)
    assert change.layers
    assert not change.repainted
    assert DocumentChange(before, before).is_empty


@pytest.mark.parametrize(
    "looks",
    [{"x": 3}, {"opacity": 0.5}, {"visible": False}, {"blend": "screen"}, {"raster": Raster(8, 8)}],
)
def test_what_is_seen_repaints_its_layer(looks: dict[str, object]) -> None:
    before = document("a", "b")
    after = before.update_layer("b", lambda layer: replace(layer, **looks))
    assert DocumentChange(before, after).repainted == {"b"}


def test_another_order_repaints_all_and_a_new_layer_only_itself() -> None:
    before = document("a", "b")
    assert DocumentChange(before, before.moved_layers(["a"], "", 1)).repainted == {"a", "b"}
    added = before.with_layer(Layer(Raster(1, 1), id="n"), 0)
    assert DocumentChange(before, added).repainted == {"n"}
