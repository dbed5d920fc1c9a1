"""One undo stack for everything that is done to the document."""

from dataclasses import replace

import pytest

from studio.app.document_session import DocumentSession
from studio.core.document import Document, Layer
from studio.core.explorer import ExplorerState
from studio.core.raster import Raster


@pytest.fixture
def session(qapp) -> DocumentSession:
    session = DocumentSession()
    layers = tuple(Layer(Raster(8, 8), name, id=name) for name in ("a", "b", "c"))
    session.reset(Document(64, 64, layers), "b")
    return session


def order(session: DocumentSession) -> str:
    return "".join(layer.id for layer in session.document.layers)


def test_every_change_is_told_and_can_be_undone(session, qtbot) -> None:
    before = session.document
    with qtbot.waitSignal(session.changed) as blocker:
        session.change_layer("a", "Opacity", "opacity a", opacity=0.5)
    assert blocker.args[0].repainted == {"a"}
    session.undo_stack.undo()
    assert session.document is before
    session.undo_stack.redo()
    assert session.document.layer("a").opacity == 0.5


def test_a_drag_is_one_step_until_it_ends(session) -> None:
    for x in range(1, 6):
        session.move_layer("a", x, 0)
    session.end_gesture()
    session.move_layer("a", 9, 9)
    assert session.undo_stack.count() == 2
    session.undo_stack.undo()
    assert session.document.layer("a").x == 5
    session.undo_stack.undo()
    assert session.document.layer("a").x == 0


def test_what_nobody_did_is_no_step_and_holds_in_all_of_the_history(session, qtbot) -> None:
    session.change_layer("a", "Opacity", "opacity a", opacity=0.5)
    session.change_layer("b", "Opacity", "opacity b", opacity=0.5)
    session.undo_stack.undo()
    with qtbot.waitSignal(session.changed):
        session.amend(lambda document: replace(document, explorer=ExplorerState(model="m")))
    here = session.document
    assert here.layer("a").opacity == 0.5
    assert session.undo_stack.count() == 2
    for go in (session.undo_stack.undo, session.undo_stack.redo, session.undo_stack.redo):
        go()
        assert session.document.explorer.model == "m"
    session.undo_stack.undo()
    assert session.document is here  # a saved state is known by its identity


def test_drags_of_different_layers_do_not_merge(session) -> None:
    session.change_layer("a", "Opacity", "opacity a", opacity=0.5)
    session.change_layer("b", "Opacity", "opacity b", opacity=0.5)
    assert session.undo_stack.count() == 2


def test_a_new_layer_lies_above_the_active_one_and_becomes_active(session) -> None:
    session.add_layer(Layer(Raster(4, 4), "new", id="n"))
    assert order(session) == "abnc"
    assert session.active_id == "n"
    session.undo_stack.undo()
    assert order(session) == "abc"
    assert session.document.has_layer(session.active_id)


def test_when_the_active_layer_goes_another_takes_its_place(session, qtbot) -> None:
    with qtbot.waitSignal(session.active_changed):
        session.remove_layer("b")
    assert session.active_layer is not None
    session.remove_layer("a")
    session.remove_layer("c")
    assert session.active_layer is None
    assert session.active_id == ""


@pytest.mark.parametrize(
    ("begins_with", "step"),
    [
        ("a", lambda session: session.add_layer(Layer(Raster(4, 4), "new", id="n"))),
        ("b", lambda session: session.remove_layer("b")),
        ("a", lambda session: session.set_explorer(ExplorerState(first_seed=16), "More seeds")),
    ],
)
def test_undo_and_redo_lead_back_to_the_active_layer(session, begins_with, step) -> None:
    session.set_active(begins_with)
    step(session)
    after = session.active_id
    session.undo_stack.undo()
    assert session.active_id == begins_with
    session.undo_stack.redo()
    assert session.active_id == after


def test_undo_leaves_the_active_layer_alone_where_none_comes_or_goes(session) -> None:
    session.change_layer("b", "Opacity", "opacity b", opacity=0.5)
    session.set_active("c")
    session.undo_stack.undo()
    assert session.active_id == "c"


def test_the_explorer_is_undone_with_everything_else(session) -> None:
    session.set_explorer(ExplorerState(first_seed=16), "More seeds")
    session.change_layer("a", "Opacity", "opacity a", opacity=0.1)
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.document.explorer == ExplorerState()
    assert session.undo_stack.redoText() == "More seeds"


def test_another_document_starts_a_new_history(session) -> None:
    session.change_layer("a", "Opacity", "opacity a", opacity=0.1)
    session.reset(Document(10, 10))
    assert not session.undo_stack.canUndo()
    assert session.active_id == ""
