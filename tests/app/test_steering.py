"""Steering without its page: directions are found and kept, every intent is a step."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.document import Document
from studio.core.explorer import ExplorerState
from studio.core.latent import MASK_SIDE, LatentPoint
from studio.core.region_mask import EMPTY, stroke
from studio.core.steering import LevelRange
from studio.paths import models_dir
from studio.project.directions import directions_file, read_directions
from tests.support.fake_generator import make_model
from tests.support.studios import open_model, pictures_are_there
from tests.support.waiting import wait_for, wait_until_calm


@pytest.fixture
def found(studio: Studio, qtbot: QtBot) -> Studio:
    """A studio whose model has sliders."""
    open_model(studio, qtbot, "stylegan")
    directions = studio.steering.directions
    wait_for(qtbot, lambda: directions.known)
    directions.ensure()
    wait_until_calm(qtbot, studio)
    return studio


def steps(studio: Studio) -> list[str]:
    stack = studio.documents.undo_stack
    return [stack.text(index) for index in range(stack.count())]


def test_directions_are_kept_beside_the_model(found: Studio, qtbot: QtBot) -> None:
    directions = found.steering.directions
    assert [each.id for each in directions.directions] == ["measured:0", "principal:1", "factor:2"]
    assert directions.progress is None
    directions.rename("measured:0", "Fluff")
    directions.rename("measured:0", "  ")
    wait_until_calm(qtbot, found)
    assert read_directions(found.latent.state.model) == directions.directions
    assert directions.direction("measured:0").name == "Fluff"


def test_a_damaged_file_of_directions_is_none(found: Studio) -> None:
    directions_file(found.latent.state.model).write_text('{"directions": [{"id": 3}]}')
    assert read_directions(found.latent.state.model) == ()


def test_searching_again_keeps_names_levels_and_what_was_taught(
    found: Studio, qtbot: QtBot
) -> None:
    directions = found.steering.directions
    directions.rename("principal:1", "Fluff")
    directions.set_levels("principal:1", LevelRange(1, 2))
    for seed in range(8):
        directions.mark(LatentPoint.of_seed(seed), seed < 4)
    directions.teach("Round")
    wait_until_calm(qtbot, found)
    assert directions.marks == {}
    directions.search()
    wait_until_calm(qtbot, found)
    kept = directions.direction("principal:1")
    assert (kept.name, kept.levels) == ("Fluff", LevelRange(1, 2))
    assert directions.directions[0].name == "Round"


def test_what_is_done_to_sliders_is_undone_like_everything_else(
    found: Studio, qtbot: QtBot
) -> None:
    directions, stack = found.steering.directions, found.documents.undo_stack
    before = directions.directions
    directions.rename("measured:0", "Fluff")
    directions.remove("principal:1")
    for seed in range(8):
        directions.mark(LatentPoint.of_seed(seed), seed < 4)
    directions.teach("Round")
    wait_until_calm(qtbot, found)
    after = directions.directions
    assert [each.name for each in after] == ["Round", "Fluff", "Factor"]
    assert steps(found) == ["Rename “Measured”", "Remove “Principal”", "Teach “Round”"]
    for _step in range(3):
        stack.undo()
    assert set(directions.directions) == set(before)
    for _step in range(3):
        stack.redo()
    assert directions.directions == after
    wait_until_calm(qtbot, found)
    assert read_directions(found.latent.state.model) == after


def test_a_step_of_another_model_is_undone_in_its_file(found: Studio, qtbot: QtBot) -> None:
    directions, latent = found.steering.directions, found.latent
    model = latent.state.model
    directions.remove("principal:1")
    file = make_model(models_dir().parent / "other.safetensors", "stylegan", size=16)
    latent.explore_file(file)  # no step of the history
    wait_until_calm(qtbot, found)
    found.documents.undo_stack.undo()
    wait_until_calm(qtbot, found)
    assert "principal:1" in {each.id for each in read_directions(model)}


def test_a_search_can_be_cancelled(found: Studio, qtbot: QtBot) -> None:
    directions = found.steering.directions
    directions.search()
    directions.cancel()
    assert directions.progress is None
    wait_until_calm(qtbot, found)
    assert len(directions.directions) == 3


def test_a_drag_of_a_slider_is_one_step_and_changes_the_picture(
    found: Studio, qtbot: QtBot
) -> None:
    session, before = found.steering, found.latent.preview
    (first, *_) = session.directions.directions
    for tenth in range(1, 9):
        session.slide(first, tenth / 10)
    session.end_gesture()
    assert len(steps(found)) == 1
    assert found.documents.undo_stack.undoText() == f"{first.name} +0.8", "where it was let go"
    qtbot.waitUntil(lambda: pictures_are_there(found))
    assert found.latent.preview != before
    found.documents.undo_stack.undo()
    assert not session.point.slides


def test_a_locked_slide_is_shared_by_the_whole_sheet(found: Studio, qtbot: QtBot) -> None:
    session, latent = found.steering, found.latent
    first, second, _ = session.directions.directions
    session.slide(first, 2.0)
    session.slide(second, 1.0)
    session.toggle_lock(first)
    assert {point.amount(first.id) for point in latent.state.grid} == {2.0}
    latent.go_to_seed(5)
    qtbot.waitUntil(lambda: pictures_are_there(found))
    assert (session.point.amount(first.id), session.point.amount(second.id)) == (2.0, 0.0)
    before = list(latent.grid)
    session.slide(first, -1.0)
    assert latent.grid == before  # old pictures stay until new ones are there
    assert {point.amount(first.id) for point in latent.state.grid} == {-1.0}
    session.toggle_lock(first)
    assert session.point.amount(first.id) == -1.0
    assert not latent.state.grid[0].slides


def test_levels_of_a_slider_follow_in_the_picture_in_view(found: Studio) -> None:
    session = found.steering
    (first, *_) = session.directions.directions
    session.slide(first, 2.0)
    session.set_levels(first, session.groups["fine"])
    assert session.point.slides[0].levels == session.groups["fine"]
    assert session.point.amount(first.id) == 2.0
    found.documents.undo_stack.undo()
    assert session.point.slides[0].levels == first.levels
    assert session.directions.direction(first.id) == first


def test_styles_are_mixed_for_groups_of_levels(found: Studio) -> None:
    session = found.steering
    assert dict(session.groups) == {"coarse": (0, 2), "middle": (2, 3), "fine": (3, 4)}
    session.mix("fine", LatentPoint.of_seed(7))
    session.set_share("fine", 0.5)
    session.mix("coarse", LatentPoint.of_seed(8))
    assert {mix.levels: mix.share for mix in session.point.mixes} == {(3, 4): 0.5, (0, 2): 1.0}
    session.unmix("fine")
    assert [mix.point.seed for mix in session.point.mixes] == [8]


def test_bends_are_added_changed_and_put_in_order(found: Studio) -> None:
    session = found.steering
    session.add_bend("rotate")
    session.add_bend("flip_x")
    session.move_bend(1, 0)
    assert [bend.kind for bend in session.point.bends] == ["flip_x", "rotate"]
    session.remove_bend(0)
    assert [(bend.kind, bend.amount) for bend in session.point.bends] == [("rotate", 30.0)]
    assert len(steps(found)) == 4


def test_a_region_is_made_by_its_first_stroke_and_stays_one_step(found: Studio) -> None:
    session = found.steering
    for x in (0.2, 0.4, 0.6):
        session.paint_region(((x, 0.5), (x + 0.2, 0.5)), 0.1)
    session.end_gesture()
    assert len(steps(found)) == 1
    region = session.point.region
    session.set_region_level(2)
    session.set_region_point(LatentPoint.of_seed(9))
    session.invert_region()
    assert session.point.region.level == 2
    assert session.point.region.point == LatentPoint.of_seed(9)
    assert (session.point.region.places == 255 - region.places).all()


def test_a_stroke_is_round_in_pictures_that_are_not_square() -> None:
    mask = stroke(EMPTY, ((0.5, 0.5), (0.5, 0.5)), 0.25, 0.5, add=True)
    inside = np.frombuffer(mask, np.uint8).reshape(MASK_SIDE, MASK_SIDE) > 127
    assert inside.any(axis=0).sum() == 32
    assert inside.any(axis=1).sum() == 64


def test_a_model_without_levels_of_styles_has_no_groups(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, "vae")
    assert not studio.steering.groups


def test_what_is_steered_is_saved_with_the_document(found: Studio) -> None:
    session = found.steering
    (first, *_) = session.directions.directions
    session.slide(first, 2.0)
    session.toggle_lock(first)
    session.mix("fine", LatentPoint.of_seed(7))
    session.add_bend("erode")
    document: Document = found.documents.document
    assert ExplorerState.from_json(document.explorer.to_json()) == document.explorer
