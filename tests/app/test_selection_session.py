"""Selecting by color and alpha, changes of selections, and what is done with selected pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from skimage.draw import disk
from skimage.segmentation import flood

from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane
from studio.app.layer_rendering import render_document
from studio.app.notifications import Notification, Notifications
from studio.app.selection import from_coverage
from studio.app.selection_by_color import ColorRange, Wand, color_distance, wand_coverage
from studio.app.selection_changes import CHANGES, changed
from studio.app.selection_session import SelectionSession
from studio.core.document import Document, EditStep, Group, Layer
from studio.core.layer_tree import empty_group, grouped
from studio.core.raster import Raster

SIZE = (120, 160)  # height, width


def coverage(mask: np.ndarray) -> Raster:
    selection = from_coverage(mask.astype(np.uint8) * np.uint8(255))
    assert selection is not None
    return selection


def round_mask(radius: float = 30) -> np.ndarray:
    mask = np.zeros(SIZE, bool)
    mask[disk((60, 80), radius)] = True
    return mask


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane("edits")
    yield lane
    lane.close()


@pytest.fixture
def session() -> DocumentSession:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (*SIZE, 4), np.uint8)
    pixels[..., 3] = 255
    session = DocumentSession()
    layer = Layer(Raster.from_pixels8(pixels), "photo", id="photo")
    session.reset(Document(SIZE[1], SIZE[0], (layer,)), "photo")
    return session


@pytest.fixture
def told() -> list[Notification]:
    return []


@pytest.fixture
def selections(session: DocumentSession, lane: Lane, told: list[Notification]) -> SelectionSession:
    notifications = Notifications()
    notifications.posted.connect(told.append)
    return SelectionSession(session, lane, notifications)


def apply(change_id: str, mask: np.ndarray, value: float) -> np.ndarray:
    change = next(change for change in CHANGES if change.id == change_id)
    (name,) = (field for field in change.params_type.__dataclass_fields__)
    result = changed(coverage(mask), change, change.params_type(**{name: value}))
    assert result is not None
    return result.read()[..., 0]


# --- Changes ---


@pytest.mark.parametrize(("change", "by", "radius"), [("grow", 7, 37), ("shrink", 7, 23)])
def test_a_disk_grows_and_shrinks_into_a_disk(change: str, by: float, radius: float) -> None:
    result = apply(change, round_mask(), by)
    assert np.sqrt(result.sum() / np.pi) == pytest.approx(radius, abs=0.5)
    assert ((result > 0.5) != round_mask(radius)).mean() < 0.004


def test_a_border_is_a_band_around_the_edge() -> None:
    band = apply("border", round_mask(), 8)
    assert band.sum() / (2 * np.pi * 30) == pytest.approx(8, abs=0.5)
    assert band[60, 80] == 0


def test_feathering_is_a_gaussian_and_keeps_the_mass() -> None:
    mask = np.zeros(SIZE, bool)
    mask[:, :80] = True
    profile = apply("feather", mask, 12)[60]
    assert profile[80 - 14] > 0.98
    assert profile[80 + 14] < 0.02
    assert profile[79] + profile[80] == pytest.approx(1.0, abs=0.01)
    assert apply("feather", round_mask(), 12).sum() == pytest.approx(round_mask().sum(), rel=0.01)


def test_smoothing_removes_specks_and_keeps_straight_edges() -> None:
    mask = np.zeros(SIZE, bool)
    mask[:, :80] = True
    mask[60:62, 120:122] = True
    result = apply("smooth", mask, 5)
    assert result[:, 100:].max() == 0
    assert np.array_equal(result > 0.5, mask & (np.arange(160) < 100))


def test_shrinking_all_leaves_all_for_there_is_no_edge() -> None:
    assert apply("shrink", np.ones(SIZE, bool), 9).min() == 1.0


# --- By color ---


def test_the_wand_floods_as_scikit_image_does() -> None:
    rng = np.random.default_rng(1)
    gray = np.kron(rng.integers(100, 140, (12, 16), np.uint8), np.ones((10, 10), np.uint8))
    pixels = np.dstack([gray, gray, gray, np.full_like(gray, 255)])
    for x, y in ((5, 5), (80, 60), (150, 110)):
        found = wand_coverage(pixels, x, y, Wand(tolerance=12, smooth=False))
        assert np.array_equal(found > 0, flood(gray, (y, x), connectivity=1, tolerance=12))


def test_distance_of_colors_is_that_of_oklab() -> None:
    pixels = np.array([[[0, 0, 0, 255], [255, 255, 255, 255], [255, 0, 0, 255]]], np.uint8)
    black, white, red = color_distance(pixels, (0.0, 0.0, 0.0))[0] / 256
    assert (black, white) == pytest.approx((0, 100), abs=0.1)
    # Red is L 0.628, a 0.225, b 0.126 (Ottosson's reference values).
    assert red == pytest.approx(100 * np.hypot(0.628, np.hypot(0.225, 0.126)), abs=0.1)


def test_a_range_of_colors_is_one_step_and_can_be_given_up(
    qtbot: QtBot, session: DocumentSession, selections: SelectionSession
) -> None:
    document = session.document
    trial = selections.begin_trial("Select color range")
    for tolerance in (10.0, 30.0):
        selections.try_range(trial, ColorRange((1.0, 0.0, 0.0), tolerance, 0.0))
        qtbot.waitUntil(lambda before=session.document: session.document is not before)
    assert session.undo_stack.count() == 1
    found = session.document.selection
    assert found is not None
    near = color_distance(document.layers[0].raster.pixels8(), (1.0, 0.0, 0.0)) <= 30 * 256
    assert np.array_equal(found.pixels8()[..., 0] > 127, near)
    trial.cancel()
    assert session.document is document
    assert session.undo_stack.count() == 0


def test_the_alpha_of_a_layer_selects_it(
    qtbot: QtBot, session: DocumentSession, selections: SelectionSession
) -> None:
    small = Layer(Raster.from_pixels8(np.full((20, 30, 4), 255, np.uint8)), "small", 15, 25)
    session.add_layer(small)
    selections.find_alpha(small)
    qtbot.waitUntil(lambda: selections.selection is not None)
    expected = np.zeros(SIZE, bool)
    expected[25:45, 15:45] = True
    assert np.array_equal(selections.selection.pixels8()[..., 0] == 255, expected)


# --- Selected pixels ---


def test_cutting_to_a_layer_moves_pixels_and_changes_nothing_to_see(
    qtbot: QtBot, session: DocumentSession, selections: SelectionSession
) -> None:
    before = render_document(session.document)
    session.set_selection(coverage(round_mask()))
    selections.cut_to_layer()
    qtbot.waitUntil(lambda: len(session.document.layers) == 2)
    rest, cut = session.document.layers
    assert session.active_id == cut.id
    assert (cut.x, cut.y, cut.raster.width) == (51, 31, 59)
    assert np.array_equal(rest.raster.read()[..., 3] == 0, round_mask())
    assert np.abs(render_document(session.document) - before).max() < 1 / 255
    assert session.undo_stack.undoText() == "Cut to new layer"


def test_deleting_from_a_layer_with_edits_is_one_more_edit(
    qtbot: QtBot, session: DocumentSession, selections: SelectionSession
) -> None:
    edits = (EditStep("rotate", {"angle": 90.0}),)
    document = session.document.update_layer("photo", lambda item: replace(item, edits=edits))
    session.commit(document, "Rotate")
    raster = session.document.layers[0].raster
    session.set_selection(coverage(round_mask(20)))
    selections.erase()
    qtbot.waitUntil(lambda: len(session.document.layers[0].edits) == 2)
    assert session.document.layers[0].raster is raster
    alpha = render_document(session.document)[..., 3]
    assert np.array_equal(alpha[20:100, 40:120] == 0, round_mask(20)[20:100, 40:120])


def test_a_locked_layer_and_a_group_keep_their_pixels(
    qtbot: QtBot, session: DocumentSession, selections: SelectionSession, told: list[Notification]
) -> None:
    session.set_selection(coverage(round_mask()))
    locked = session.document.update_layer(
        "photo", lambda item: replace(item, locks=frozenset({"all"}))
    )
    session.commit(locked, "Lock")
    selections.erase()
    qtbot.waitUntil(lambda: len(told) == 1)
    session.undo_stack.undo()
    group = empty_group(session.document, "Group")
    session.commit(grouped(session.document, ["photo"], group), "Group")
    session.set_active(group.id)
    selections.erase()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert session.undo_stack.undoText() == "Group"
    selections.copy_to_layer()
    qtbot.waitUntil(lambda: len(session.document.layers) == 3)
    copied = session.document.layer(session.active_id)
    assert not isinstance(copied, Group)
    assert np.array_equal(copied.raster.read()[..., 3] > 0, round_mask()[31:90, 51:110])


def test_pixels_that_are_not_there_are_told(
    qtbot: QtBot, session: DocumentSession, selections: SelectionSession, told: list[Notification]
) -> None:
    session.add_empty_layer()
    session.set_selection(coverage(round_mask()))
    selections.copy_to_layer()
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].hint
    assert len(session.document.layers) == 2


# --- Kept ---


def test_selections_are_kept_by_name(
    session: DocumentSession, selections: SelectionSession
) -> None:
    first, second = coverage(round_mask()), coverage(round_mask(10))
    session.set_selection(first)
    selections.save("Sun")
    session.set_selection(second)
    selections.save("Moon")
    selections.load("Sun")
    assert selections.selection is first
    selections.save("Moon")
    selections.forget("Sun")
    assert [kept.name for kept in session.document.saved_selections] == ["Moon"]
    assert session.document.saved_selections[0].raster is first
