"""What is done to the selected layers: the picture stays what it was, and undo brings all back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane
from studio.app.layer_pixels import mask_of_selection
from studio.app.layer_rendering import render_document
from studio.app.layer_session import LayerSession
from studio.app.notifications import Notification, Notifications
from studio.app.selected_pixels import lifted, without_selected
from studio.core.canvas_size import CanvasSize
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Group, Layer
from studio.core.fill import FilledRaster, GradientFill, SolidFill
from studio.core.image import Rect
from studio.core.raster import Raster
from studio.errors import StudioError

SIDE = 64


def picture(seed: int, side: int = 40) -> Raster:
    rng = np.random.default_rng(seed)
    return Raster.from_pixels8(rng.integers(0, 256, (side, side, 4), np.uint8))


@pytest.fixture
def session() -> DocumentSession:
    session = DocumentSession()
    layers = (
        Layer(picture(1, SIDE), "a", id="a"),
        Layer(picture(2), "b", 5, 9, 0.5, blend="multiply", id="b"),
        Layer(picture(3), "c", 20, 20, clipped=True, id="c"),
    )
    session.reset(Document(SIDE, SIDE, layers), "c")
    return session


@pytest.fixture
def told() -> list[Notification]:
    return []


@pytest.fixture
def layers(session: DocumentSession, told: list[Notification]) -> Iterator[LayerSession]:
    lane, notifications = Lane("edits"), Notifications()
    notifications.posted.connect(told.append)
    yield LayerSession(session, lane, notifications)
    lane.close()


def order(session: DocumentSession) -> list[str]:
    return [layer.id for layer in session.document.layers]


def seen(session: DocumentSession) -> np.ndarray:
    image = render_document(session.document)
    return image[..., :3] * image[..., 3:]


@pytest.fixture
def step(qtbot: QtBot, session: DocumentSession) -> Callable[[Callable[[], object]], None]:
    """Do something that is one undo step, and see that undo and redo know it."""

    def do(act: Callable[[], object]) -> None:
        before, count = session.document, session.undo_stack.index()
        act()
        qtbot.waitUntil(lambda: session.undo_stack.index() == count + 1)
        after = session.document
        session.undo_stack.undo()
        assert session.document is before
        session.undo_stack.redo()
        assert session.document is after

    return do


def test_grouping_and_ungrouping_change_nothing_that_is_seen(session, layers, step) -> None:
    before = seen(session)
    session.set_active("b")
    session.select_layers(["b", "c"])
    step(layers.group)
    group = session.active_layer
    assert isinstance(group, Group)
    assert [item.id for item in session.document.members(group.id)] == ["b", "c"]
    assert order(session) == ["a", "b", "c", group.id]
    assert np.array_equal(seen(session), before)
    layers.ungroup()
    assert order(session) == ["a", "b", "c"]
    assert session.selected_layers == ("b", "c")
    assert np.array_equal(seen(session), before)


def test_copies_of_a_group_hold_copies_of_its_members(session, layers, step) -> None:
    session.select_layers(["b", "c"])
    layers.group()
    group = session.active_id
    step(layers.duplicate)
    copy = session.active_layer
    assert copy is not None
    assert copy.name == "Group 1 copy"
    assert [item.name for item in session.document.members(copy.id)] == ["b", "c"]
    assert [item.id for item in session.document.members(group)] == ["b", "c"]
    assert len(set(order(session))) == 7


def test_a_group_moves_with_all_in_it_but_what_is_locked(session, layers) -> None:
    session.document.layer("b")
    session.set_active("b")
    layers.toggle_lock("position")
    session.set_active("c")
    session.select_layers(["b", "c"])
    layers.group()
    session.move_layer(session.active_id, 7, -3)
    b, c = session.document.layer("b"), session.document.layer("c")
    assert (b.x, b.y, c.x, c.y) == (5, 9, 27, 17)


def test_selected_layers_move_together(session) -> None:
    session.select_layers(["b", "c"])
    session.move_layer("c", 21, 22)
    b = session.document.layer("b")
    assert (b.x, b.y) == (6, 11)
    session.set_active("a")
    assert session.selected_layers == ("a",)


@pytest.mark.parametrize(
    ("start", "by", "expected"),
    [
        ("c", 1, ["a", "b", "g", "c"]),
        ("b", -1, ["a", "b", "c", "g"]),
        ("g", -1, ["b", "c", "g", "a"]),
    ],
)
def test_shifting_leads_out_of_groups(session, layers, start, by, expected) -> None:
    group = Group(Raster(SIDE, SIDE), id="g")
    inside = [replace(session.document.layer(i), group="g") for i in ("b", "c")]
    session.reset(Document(SIDE, SIDE, (session.document.layer("a"), *inside, group)), start)
    assert layers.can_shift(by)
    layers.shift(by)
    assert order(session) == expected


def test_merging_down_looks_the_same(session, layers, step) -> None:
    before = seen(session)
    assert layers.can_merge()
    step(layers.merge)  # c is clipped to b
    merged = session.active_layer
    assert merged is not None
    assert order(session) == ["a", merged.id]
    assert (merged.name, merged.blend) == ("b", "multiply")
    assert np.abs(seen(session) - before).max() < 3 / 255
    step(layers.merge)
    assert len(session.document.layers) == 1
    assert np.abs(seen(session) - before).max() < 4 / 255


def test_flattening_drops_what_is_hidden(session, layers, step) -> None:
    session.change_layer("b", "Hide", visible=False)  # and with it what is clipped to it
    before = seen(session)
    step(layers.flatten)
    (flat,) = session.document.layers
    assert flat.raster.is_8bit
    assert np.abs(seen(session) - before).max() < 2 / 255


def test_a_generated_layer_that_is_rasterized_has_no_latent_but_its_look(
    session, layers, step
) -> None:
    steps = (EditStep("rotate", {"angle": 30.0}), EditStep("invert", {}))
    mask = Raster.from_pixels8(
        np.tile(np.arange(40, dtype=np.uint8)[:, None, None] * 6, (1, 40, 1))
    )
    document = session.document.update_layer("b", lambda it: replace(it, edits=steps, mask=mask))
    session.reset(document, "b")
    before = seen(session)
    step(layers.rasterize)
    plain = session.active_layer
    assert plain is not None
    assert (plain.edits, plain.provenance.point) == ((), None)
    assert np.abs(seen(session) - before).max() < 3 / 255


def test_masks(session, layers, step) -> None:
    half = np.zeros((SIDE, SIDE, 1), np.uint8)
    half[:, :30] = 255
    session.set_active("b")
    session.set_selection(Raster.from_pixels8(half))
    step(layers.add_mask)
    assert session.mask_active
    before = seen(session)
    without = render_document(session.document.without_layer("b").without_layer("c"))
    assert np.allclose(before[:, 30:], without[:, 30:, :3] * without[:, 30:, 3:], atol=1e-6)
    step(layers.toggle_mask)
    assert not np.array_equal(seen(session), before)
    step(layers.toggle_mask)
    step(layers.invert_mask)
    step(layers.invert_mask)
    assert np.array_equal(seen(session), before)
    step(layers.apply_mask)
    layer = session.active_layer
    assert layer is not None
    assert layer.mask is None
    assert not session.mask_active
    assert np.abs(seen(session) - before).max() < 2 / 255


def test_a_mask_of_a_selection_hits_its_place_through_edits(session) -> None:
    steps = (
        EditStep("scale", {"width": 150.0, "height": 150.0}),
        EditStep("rotate", {"angle": 20.0}),
    )
    layer = replace(
        session.document.layer("a"), edits=steps, raster=Raster.solid(32, 32, (1, 0, 0, 1))
    )
    rows, columns = np.mgrid[:SIDE, :SIDE]
    disc = ((rows - 20) ** 2 + (columns - 16) ** 2 < 100)[..., None]
    selection = Raster.from_pixels8(disc.astype(np.uint8) * 255)
    document = Document(SIDE, SIDE, (layer,), selection=selection)
    mask = mask_of_selection(document, layer)
    shown = render_document(replace(document, layers=(replace(layer, mask=mask),)))[..., 3]
    alone = render_document(document)[..., 3] * disc[..., 0]
    assert alone.sum() > 200
    assert np.abs(shown - alone).mean() < 0.01
    bent = replace(layer, edits=(EditStep("pattern", {}),))
    with pytest.raises(StudioError, match="bend"):
        mask_of_selection(document, bent)


def test_what_is_locked_is_not_deleted(session, layers, told) -> None:
    layers.toggle_lock("all")
    layers.remove()
    assert session.document.has_layer("c")
    assert "locked" in told[0].message
    layers.toggle_lock("all")
    layers.remove()
    assert not session.document.has_layer("c")


def test_what_is_lifted_off_a_group_is_one_layer(session, layers) -> None:
    session.select_layers(["b", "c"])
    layers.group()
    half = np.zeros((SIDE, SIDE, 1), np.uint8)
    half[:, :30] = 255
    document = replace(session.document, selection=Raster.from_pixels8(half))
    group = session.active_layer
    lift = lifted(group, document, RunControl())
    assert not isinstance(lift, Group)
    seen_of_group = render_document(replace(document, layers=document.branch(group.id)))
    image = render_document(replace(document, layers=(replace(lift, group=""),)))
    assert np.abs(image - seen_of_group)[:, :30].max() < 2 / 255
    assert not image[:, 30:].any()
    with pytest.raises(StudioError, match="group"):
        without_selected(group, document, RunControl())


def test_a_fill_covers_the_canvas_whatever_its_size(session, layers) -> None:
    trial = layers.begin_fill("New gradient")
    layers.try_new_fill(trial, SolidFill((1.0, 0.0, 0.0, 1.0)), "Red")
    layers.try_new_fill(trial, GradientFill(), "Gradient")
    assert session.undo_stack.count() == 1
    assert isinstance(session.active_layer.raster, FilledRaster)
    rows = seen(session)[..., 0].mean(axis=1)
    assert np.allclose(rows, (np.arange(SIDE) + 0.5) / SIDE, atol=1e-5)
    session.set_canvas_size(CanvasSize(100, 128, 72.0, (2, 1)))
    assert session.active_layer.raster.rect == Rect(0, 0, 100, 128)
    assert np.allclose(seen(session)[..., 0].mean(axis=1), (np.arange(128) + 0.5) / 128, atol=1e-5)
    assert (session.document.layer("b").x, session.document.layer("b").y) == (5 + 36, 9 + 32)
    assert session.document.dpi == 72.0


@pytest.mark.parametrize("name", ["", "   ", "a"])
def test_a_name_that_says_nothing_new_is_no_step(
    session: DocumentSession, layers: LayerSession, name: str
) -> None:
    layers.rename("a", name)
    assert session.undo_stack.count() == 0
    layers.rename("a", " Sky ")
    assert session.document.layer("a").name == "Sky"


def test_opacity_is_one_step_a_gesture_and_stays_within_its_limits(
    session: DocumentSession, layers: LayerSession
) -> None:
    for opacity in (0.7, 0.3, -1.0):
        layers.set_opacity("a", opacity)
    assert session.document.layer("a").opacity == 0.0
    layers.set_opacity("b", 2.0)
    assert session.document.layer("b").opacity == 1.0
    assert session.undo_stack.count() == 2
