"""The tree of groups: whatever is done to it, it stays a tree, and damage is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.layer_rendering import render_document
from studio.core.change import DocumentChange
from studio.core.document import Document, Group, Layer, arranged
from studio.core.image import Rect
from studio.core.raster import Raster

SIDE = 12
NAMES = "abcdefg"


@st.composite
def layers(draw: st.DrawFn, name: str) -> Layer:
    looks = {
        "name": name,
        "id": name,
        "group": draw(st.sampled_from(["", *NAMES])),
        "visible": draw(st.booleans()),
        "clipped": draw(st.booleans()),
        "opacity": draw(st.sampled_from([0.5, 1.0])),
        "blend": draw(st.sampled_from(["normal", "multiply"])),
    }
    if draw(st.booleans()):
        return Group(Raster(SIDE, SIDE), pass_through=draw(st.booleans()), **looks)
    color = tuple(draw(st.sampled_from([0.0, 0.3, 1.0])) for _ in range(3))
    raster = Raster.solid(6, 6, (*color, draw(st.sampled_from([0.5, 1.0]))))
    return Layer(raster, x=draw(st.integers(-2, 8)), y=draw(st.integers(-2, 8)), **looks)


documents = st.lists(st.sampled_from(NAMES), unique=True, max_size=6).flatmap(
    lambda names: st.tuples(*(layers(name) for name in names)).map(
        lambda made: Document(SIDE, SIDE, arranged(made))
    )
)


def assert_is_tree(document: Document) -> None:
    assert arranged(document.layers) == document.layers
    for layer in document.layers:
        branch = document.branch(layer.id)
        start = document.index_of(layer.id) - len(branch) + 1
        assert document.layers[start : start + len(branch)] == branch  # in one piece, fork on top
        assert layer.group == "" or isinstance(document.layer(layer.group), Group)


@given(documents, st.data())
def test_moving_keeps_the_tree_and_every_layer(document: Document, data: st.DataObject) -> None:
    if not document.layers:
        return
    names = [layer.id for layer in document.layers]
    groups = [layer.id for layer in document.layers if isinstance(layer, Group)]
    ids = data.draw(st.lists(st.sampled_from(names), unique=True))
    group = data.draw(st.sampled_from(["", *groups]))
    moved = document.moved_layers(ids, group, data.draw(st.integers(0, 6)))
    assert_is_tree(document)
    assert_is_tree(moved)
    assert sorted(layer.id for layer in moved.layers) == sorted(names)
    above = (
        {group, *(item.id for item in document.groups_of(document.layer(group)))} - {""}
        if group
        else set()
    )
    for layer in document.roots(ids):
        expected = layer.group if layer.id in above else group
        assert moved.layer(layer.id).group == expected


@given(documents, st.data())
def test_inserting_and_removing_keep_the_tree(document: Document, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(document.layers)))
    added = document.with_layer(Layer(Raster(1, 1), id="new"), index)
    assert_is_tree(added)
    assert added.index_of("new") == index
    assert added.without_layer("new") == document
    for layer in document.layers:
        assert_is_tree(document.without_layer(layer.id))


def member(name: str, **looks: Any) -> Layer:
    return Layer(Raster.solid(6, 6, (0.3, 0.6, 0.9, 1.0)), name, id=name, **looks)


def inner(**looks: Any) -> Group:
    return Group(Raster(SIDE, SIDE), id="inner", group="outer", **looks)


@pytest.mark.parametrize(
    ("members", "mixes"),
    [
        ((member("a", group="outer"),), False),
        ((member("a", group="outer", blend="multiply"),), True),
        ((member("a", group="outer", blend="multiply", visible=False),), False),
        ((member("a", group="outer"), member("b", x=3, group="outer", blend="multiply")), True),
        (
            (
                member("a", group="outer"),
                member("b", group="outer", blend="multiply", clipped=True),
            ),
            False,
        ),
        ((member("a", group="inner", blend="multiply"), inner()), True),
        ((member("a", group="inner", blend="multiply"), inner(pass_through=False)), False),
        ((member("a", group="inner"), inner(pass_through=False, blend="multiply")), True),
    ],
)
def test_what_mixes_with_nothing_below_looks_the_same_as_a_picture_of_its_own(
    members: tuple[Layer, ...], mixes: bool
) -> None:
    mask = Raster.solid(SIDE, SIDE, (0.4,))
    outer = Group(Raster(SIDE, SIDE), id="outer", opacity=0.5, mask=mask)
    back = Layer(Raster.solid(SIDE, SIDE, (0.9, 0.5, 0.2, 1.0)), id="back")
    document = Document(SIDE, SIDE, (back, *members, outer))
    alone = document.update_layer("outer", lambda it: replace(it, pass_through=False))
    assert document.mixes_below(outer) == mixes
    same = np.allclose(render_document(alone), render_document(document), atol=1e-3)
    assert same != mixes


changes = st.sampled_from(
    [
        {"visible": False},
        {"visible": True},
        {"opacity": 0.25},
        {"blend": "screen"},
        {"clipped": True},
        {"clipped": False},
        {"pass_through": True},
        {"pass_through": False},
        {"mask": Raster.solid(SIDE, SIDE, (0.5,))},
        {"raster": Raster.solid(6, 6, (0.1, 0.9, 0.4, 1.0))},
        {"x": 3},
    ]
)


@given(documents, documents, changes, st.data())
def test_what_differs_lies_in_what_is_said_to_be_repainted(
    document: Document, other: Document, change: dict[str, object], data: st.DataObject
) -> None:
    """The contract of damage: nothing changes outside of the layers that a change names."""
    assert_damage_covers(document, other)
    if not document.layers:
        return
    picked = data.draw(st.sampled_from(document.layers))
    known = {key: value for key, value in change.items() if hasattr(picked, key)}
    if isinstance(picked, Group):
        known.pop("raster", None)
        known.pop("x", None)
    changed = document.update_layer(picked.id, lambda layer: replace(layer, **known))
    assert_damage_covers(document, changed)
    assert_damage_covers(document, document.without_layer(picked.id))
    assert_damage_covers(document, document.moved_layers([picked.id], "", 0))


def assert_damage_covers(before: Document, after: Document) -> None:
    differs = (render_document(before) != render_document(after)).any(axis=2)
    for layer_id in DocumentChange(before, after).repainted:
        for document in (before, after):
            if document.has_layer(layer_id) and document.is_shown(document.layer(layer_id)):
                differs[place(document.layer(layer_id)).slices] = False
    assert not differs.any()


def place(layer: Layer) -> Rect:
    return layer.raster.rect.translated(layer.x, layer.y).intersect(Rect(0, 0, SIDE, SIDE))
