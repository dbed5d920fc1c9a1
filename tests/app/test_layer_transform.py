"""Scaling and turning by hand set edit steps, and put the layer where it was dragged."""

import numpy as np
import pytest

from studio.app.document_session import DocumentSession
from studio.app.edit_steps import add_step
from studio.app.layer_rendering import render_document
from studio.app.layer_transform import angle_of, fit_layer, most_percent, turn_layer
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Rect
from studio.core.raster import Raster


@pytest.fixture
def session(qapp) -> DocumentSession:
    session = DocumentSession()
    white = Raster.from_pixels8(np.full((40, 60, 3), 255, np.uint8))
    session.reset(Document(400, 400, (Layer(white, x=100, y=100, id="a"),)))
    return session


def layer(session: DocumentSession) -> Layer:
    return session.document.layer("a")


def place(session: DocumentSession) -> Rect:
    """Where something is to be seen."""
    rows, columns = render_document(session.document)[..., 3].nonzero()
    left, top = int(columns.min()), int(rows.min())
    return Rect(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)


def test_a_layer_appears_where_it_was_dragged_to(session) -> None:
    target = Rect(100, 100, 120, 80)
    fit_layer(session, layer(session), Rect(100, 100, 60, 40), target)
    assert [step.operation for step in layer(session).edits] == ["scale"]
    assert layer(session).edits[0].params["width"] == 200.0
    assert place(session) == target


def test_scaling_again_sets_the_same_step(session) -> None:
    fit_layer(session, layer(session), Rect(100, 100, 60, 40), Rect(100, 100, 120, 80))
    session.end_gesture()
    fit_layer(session, layer(session), Rect(100, 100, 120, 80), Rect(40, 60, 180, 120))
    assert [step.params["width"] for step in layer(session).edits] == [300.0]
    assert place(session) == Rect(40, 60, 180, 120)
    assert session.undo_stack.count() == 2


def test_a_gesture_is_one_step_of_history(session) -> None:
    start = layer(session)
    for side in range(61, 90):
        target = Rect(100, 100, side, 40)
        fit_layer(session, start, Rect(100, 100, 60, 40), target, step_id="gesture")
    session.end_gesture()
    assert session.undo_stack.count() == 1
    assert len(layer(session).edits) == 1
    session.undo_stack.undo()
    assert layer(session) == start


def test_sizes_stay_within_the_limits_of_the_operation(session) -> None:
    seen = Rect(100, 100, 60, 40)
    got = fit_layer(session, layer(session), seen, Rect(100, 100, 6000, 4))
    params = layer(session).edits[0].params
    assert (params["width"], params["height"]) == (most_percent(), 10.0)
    assert got == Rect(100, 100, 60 * 32, 4)


@pytest.mark.parametrize("corner", [(100, 100), (160 - 6000, 140 - 4000)])
def test_a_layer_that_grows_no_more_stays_where_it_is_held(session, corner) -> None:
    first = Rect(100, 100, 60, 40)
    got = fit_layer(session, layer(session), first, Rect(*corner, 6000, 4000))
    session.end_gesture()
    held = layer(session).x, layer(session).y
    right = got.x + got.width
    assert got.x == 100 if corner[0] == 100 else right == 160
    assert fit_layer(session, layer(session), got, got.translated(0, 0)) == got
    further = Rect(got.x if corner[0] == 100 else right - 9000, got.y, 9000, got.height)
    assert fit_layer(session, layer(session), got, further) == got
    assert (layer(session).x, layer(session).y) == held


def test_turning_keeps_the_middle(session) -> None:
    turn_layer(session, layer(session), 90.0)
    assert angle_of(layer(session)) == 90.0
    assert place(session) == Rect(110, 90, 40, 60)


@pytest.mark.parametrize(("wanted", "kept"), [(190, -170), (-190, 170), (360, 0), (12.34, 12.3)])
def test_angles_are_kept_within_half_a_turn(session, wanted: float, kept: float) -> None:
    turn_layer(session, layer(session), wanted)
    assert angle_of(layer(session)) == pytest.approx(kept)


def test_filters_in_between_do_not_matter_but_geometry_does(session) -> None:
    steps = EditStep("rotate", {"angle": 10.0}), EditStep("invert")
    turned = Layer(layer(session).raster, id="a", edits=steps)
    session.reset(Document(400, 400, (turned,)))
    assert angle_of(layer(session)) == 10.0
    add_step(session, "flip")
    assert angle_of(layer(session)) == 0.0
    turn_layer(session, layer(session), 5.0)
    operations = [step.operation for step in layer(session).edits]
    assert operations == ["rotate", "invert", "flip", "rotate"]


def test_a_step_that_is_off_is_left_alone(session) -> None:
    off = EditStep("rotate", {"angle": 10.0}, enabled=False)
    session.reset(Document(400, 400, (Layer(layer(session).raster, id="a", edits=(off,)),)))
    turn_layer(session, layer(session), 20.0)
    assert layer(session).edits[0] is off
    assert len(layer(session).edits) == 2


def test_what_surrounds_a_layer_stays_around_it(session) -> None:
    shadow = EditStep("drop_shadow", {"distance": 20.0, "angle": 0.0, "radius": 0.0})
    session.reset(Document(400, 400, (Layer(layer(session).raster, id="a", edits=(shadow,)),)))
    fit_layer(session, layer(session), Rect(0, 0, 60, 40), Rect(0, 0, 120, 80))
    turn_layer(session, layer(session), 20.0)
    turn_layer(session, layer(session), 30.0)
    operations = [step.operation for step in layer(session).edits]
    assert operations == ["scale", "rotate", "drop_shadow"]
    assert angle_of(layer(session)) == 30.0
