"""The latent explorer without its panel: intents, one undo stack, pictures, layers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.app.edit_steps import add_step
from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import Generator
from studio.errors import StudioError
from tests.support.fake_generator import FakeGenerator, make_model
from tests.support.fakes import FakeEngine
from tests.support.studios import add_layer, open_model, pictures_are_there


@pytest.fixture
def explored(studio: Studio, qtbot: QtBot) -> Studio:
    open_model(studio, qtbot)
    return studio


def steps(studio: Studio) -> list[str]:
    stack = studio.documents.undo_stack
    return [stack.text(index) for index in range(stack.count())]


def seeds(*numbers: int) -> tuple[LatentPoint, ...]:
    return tuple(LatentPoint.of_seed(number) for number in numbers)


def test_opening_a_model_shows_every_picture(explored: Studio) -> None:
    latent = explored.latent
    assert len(latent.grid) == 16
    assert len(latent.corners) == 4
    assert len(latent.ends) == 2
    assert latent.preview == latent.grid[0]
    assert latent.card is not None
    assert latent.preview is not None
    assert latent.preview.width() == latent.card.size


def test_a_pick_is_a_step_and_undo_brings_the_picture_back(explored: Studio, qtbot: QtBot) -> None:
    latent = explored.latent
    before = latent.preview
    latent.pick(latent.state.grid[5])
    qtbot.waitUntil(lambda: latent.preview == latent.grid[5])
    explored.documents.undo_stack.undo()
    assert latent.state.point == latent.state.grid[0]
    qtbot.waitUntil(lambda: latent.preview == before)


def test_a_drag_of_the_pad_is_one_step(explored: Studio) -> None:
    latent = explored.latent
    for place in range(1, 10):
        latent.drag_pad(place / 10, 0.5)
    latent.end_gesture()
    latent.drag_pad(0.0, 0.0)
    assert steps(explored) == ["Drag the pad", "Drag the pad"]
    assert latent.state.point.seed == latent.state.corners[0].seed
    explored.documents.undo_stack.undo()
    assert latent.state.pad == (0.9, 0.5)
    explored.documents.undo_stack.undo()
    assert latent.state.pad == (0.5, 0.5)


def test_the_pad_stays_inside(explored: Studio) -> None:
    explored.latent.drag_pad(-3.0, 7.0)
    assert explored.latent.state.pad == (0.0, 1.0)


def test_pages_that_are_turned_in_a_row_are_one_step(explored: Studio) -> None:
    explored.latent.show_seeds(16)
    explored.latent.show_seeds(32)
    explored.latent.show_seeds(-5)
    assert explored.latent.state.first_seed == 0
    assert steps(explored) == ["Other seeds"]


def test_a_seed_of_the_sheet_does_not_turn_the_page(explored: Studio) -> None:
    latent = explored.latent
    latent.go_to_seed(7)
    assert latent.state.first_seed == 0
    latent.go_to_seed(417)
    assert (latent.state.first_seed, latent.state.point.seed) == (417, 417)


def test_truncation_changes_the_point_in_view_too(explored: Studio) -> None:
    explored.latent.set_truncation(0.3)
    assert explored.latent.state.point.truncation == 0.3
    assert {point.truncation for point in explored.latent.state.grid} == {0.3}


def test_old_pictures_stay_until_those_of_another_truncation_are_there(
    explored: Studio, qtbot: QtBot
) -> None:
    latent = explored.latent
    before = list(latent.grid)
    latent.set_truncation(0.2)
    assert latent.grid == before
    qtbot.waitUntil(lambda: pictures_are_there(explored))
    assert all(new != old for new, old in zip(latent.grid, before, strict=True))


def test_what_is_known_is_not_made_again(explored: Studio, qtbot: QtBot) -> None:
    latent = explored.latent
    first = list(latent.grid)
    latent.show_seeds(4)
    assert latent.grid == [*first[4:], None, None, None, None]
    qtbot.waitUntil(lambda: pictures_are_there(explored))
    latent.show_seeds(0)
    assert latent.grid == first
    latent.toggle_favorite(latent.state.grid[3])
    assert latent.favorites == [first[3]]


def test_swapping_the_ends_keeps_the_picture_between_them(explored: Studio) -> None:
    latent = explored.latent
    latent.set_mix(0.25)
    point = latent.state.point
    latent.swap_picks()
    assert latent.state.mix == 0.75
    assert latent.state.point == point
    assert set(latent.state.mix_point.anchors) == set(point.anchors)


def test_corners_can_be_pinned_and_rolled(explored: Studio) -> None:
    latent = explored.latent
    (pinned,) = seeds(99)
    latent.set_corner(2, pinned)
    assert latent.state.corners == (*seeds(0, 1), pinned, *seeds(3))
    latent.roll_corners()
    assert len(latent.state.corners) == 4
    assert steps(explored) == ["Pin a corner", "Other corners"]


def test_favorites_come_and_go_as_steps(explored: Studio) -> None:
    latent = explored.latent
    point = latent.state.grid[4]
    latent.toggle_favorite(point)
    assert latent.state.favorites == (point,)
    latent.toggle_favorite(point)
    assert latent.state.favorites == ()
    assert steps(explored) == ["Keep as favorite", "Remove favorite"]


def test_a_fast_drag_on_a_slow_model_shows_pictures_on_the_way(
    explored: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests come faster than pictures: one of them must still arrive before the drag ends."""
    gate = threading.Semaphore(0)
    sample = FakeGenerator.sample

    def slow(
        self: FakeGenerator,
        points: Sequence[LatentPoint],
        size: int | None = None,
        control: RunControl | None = None,
    ) -> list[Image]:
        if len(points) == 1:
            gate.acquire()
        return sample(self, points, size, control)

    monkeypatch.setattr(FakeGenerator, "sample", slow)
    latent = explored.latent
    shown: list[QImage | None] = []
    latent.preview_changed.connect(lambda: shown.append(latent.preview))
    for place in range(1, 10):
        latent.drag_pad(place / 10, 0.1)
    gate.release()
    qtbot.waitUntil(lambda: len(shown) == 1)
    gate.release(100)
    qtbot.waitUntil(lambda: pictures_are_there(explored))
    assert 2 <= len(shown) <= 4  # the first, then the last, small or whole


def test_a_placed_picture_remembers_where_it_came_from(explored: Studio, qtbot: QtBot) -> None:
    point = explored.latent.state.grid[3]
    with qtbot.waitSignal(explored.documents.active_changed):
        explored.latent.place_on_canvas(point)
    layer = explored.documents.active_layer
    assert layer is not None
    assert layer.name == "Seed 3"
    assert layer.provenance.point == point
    assert layer.provenance.model == explored.latent.state.model
    assert layer.edits[0].params == {"width": 1600.0, "height": 1600.0}  # half the canvas
    assert steps(explored) == ["Place seed 3"]


def test_a_picture_is_placed_where_it_was_dropped(explored: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(explored.documents.active_changed):
        explored.latent.place_on_canvas(center=(100.0, 200.0))
    layer = explored.documents.active_layer
    assert layer is not None
    assert (layer.x + layer.raster.width / 2, layer.y + layer.raster.height / 2) == (100, 200)


def test_steering_a_layer_keeps_its_edits_and_a_name_of_ones_own(
    explored: Studio, qtbot: QtBot
) -> None:
    layer_id = add_layer(explored, "My otter", seed=1)
    add_step(explored.documents, "gaussian_blur")
    before = explored.documents.document.layer(layer_id)
    explored.latent.pick(explored.latent.state.grid[9])
    with qtbot.waitSignal(explored.documents.changed):
        explored.latent.steer_layer(layer_id)
    layer = explored.documents.document.layer(layer_id)
    assert layer.name == "My otter"
    assert layer.edits == before.edits
    assert layer.raster is not before.raster
    assert layer.provenance.point == explored.latent.state.point
    explored.documents.undo_stack.undo()
    assert explored.documents.document.layer(layer_id) == before


def test_a_name_of_ours_follows_the_picture(explored: Studio, qtbot: QtBot) -> None:
    layer_id = add_layer(explored, "Seed 1", seed=1)
    explored.latent.pick(explored.latent.state.grid[9])
    with qtbot.waitSignal(explored.documents.changed):
        explored.latent.steer_layer(layer_id)
    assert explored.documents.document.layer(layer_id).name == "Seed 9"


def test_opening_a_layer_goes_to_its_point(explored: Studio) -> None:
    layer_id = add_layer(explored, "Otter", seed=42)
    explored.latent.open_layer(layer_id)
    assert explored.latent.state.point == LatentPoint.of_seed(42)


def test_a_growing_model_is_shown_until_one_is_chosen(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    growing = make_model(tmp_path / "model.safetensors")
    studio.latent.explore_file(growing)
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    assert studio.latent.learning
    before = list(studio.latent.grid)
    studio.latent.explore_file(growing)
    assert studio.latent.grid == before  # nothing blinks while it is read again
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    open_model(studio, qtbot, "stylegan")
    assert not studio.latent.learning


def test_undoing_the_choice_of_a_model_goes_back_to_the_growing_one(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.latent.explore_file(make_model(tmp_path / "model.safetensors"))
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    file = make_model(tmp_path / "other.safetensors", "stylegan")
    from studio.project import library

    studio.latent.open_model(library.add_model(file))
    qtbot.waitUntil(lambda: not studio.latent.learning)
    studio.documents.undo_stack.undo()
    qtbot.waitUntil(lambda: studio.latent.learning)


def test_the_end_of_a_training_is_no_step_that_undo_would_take_back(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    from studio.project import library

    growing = make_model(tmp_path / "model.safetensors")
    studio.latent.explore_file(growing)
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    studio.latent.go_to_seed(3)
    sha256 = library.add_model(growing)
    studio.latent.follow_kept(sha256)
    assert studio.documents.undo_stack.count() == 1
    studio.documents.undo_stack.undo()
    assert (studio.latent.state.model, studio.latent.state.point.seed) == (sha256, 0)
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    assert not studio.latent.learning


def test_placing_from_a_growing_model_keeps_that_model(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    from studio.project import library

    studio.latent.explore_file(make_model(tmp_path / "model.safetensors"))
    qtbot.waitUntil(lambda: pictures_are_there(studio))
    with qtbot.waitSignal(studio.documents.active_changed):
        studio.latent.place_on_canvas()
    layer = studio.documents.active_layer
    assert layer is not None
    assert library.find_model(layer.provenance.model) is not None
    assert [model.name for model in library.list_models()] == ["pictures, after 0 s"]


def test_a_missing_model_is_told_and_closes_the_explorer(explored: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(explored.notifications.posted) as told:
        explored.latent.open_model("a" * 64)
    assert "not in the library" in told.args[0].message
    assert explored.latent.card is None
    assert explored.latent.preview is None
    assert explored.latent.grid == []


def test_what_is_being_learned_is_shown_where_the_chosen_model_is_missing(
    explored: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    explored.latent.open_model("a" * 64)
    explored.training.model_written.emit(make_model(tmp_path / "model.safetensors"))
    qtbot.waitUntil(lambda: pictures_are_there(explored))
    assert explored.latent.learning


def test_a_place_that_another_model_does_not_have_gives_way_to_seeds_in_the_same_step(
    explored: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    from studio.project import library

    found = LatentPoint.of_vector([0.5] * 3)  # of a model whose latents have three numbers
    latent = explored.latent
    seeds = latent.state
    latent.close_model()
    latent.toggle_favorite(found)
    latent.set_corner(0, found)
    latent.set_pick(1, found)
    latent.pick(found)
    before = latent.state
    count = explored.documents.undo_stack.count()
    latent.open_model(library.add_model(make_model(tmp_path / "other.safetensors", "stylegan")))
    qtbot.waitUntil(lambda: not latent.loading and not explored.lanes["render"].busy)
    assert explored.documents.undo_stack.count() == count + 1
    assert latent.state.point.seed == 0
    assert (latent.state.corners, latent.state.picks) == (seeds.corners, seeds.picks)
    assert latent.state.favorites == (found,)
    assert None not in (*latent.grid, *latent.corners, *latent.ends, latent.preview)
    explored.documents.undo_stack.undo()
    assert latent.state == before


def test_a_model_that_cannot_be_read_is_told(
    qtbot: QtBot, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    class Refusing(FakeEngine):
        def load(self, model: Path, device: str = "auto") -> Generator:
            raise StudioError("“x” is damaged.", "Copy it again.")

    studio = Studio(Refusing)
    with qtbot.waitSignal(studio.notifications.posted) as told:
        studio.latent.explore_file(tmp_path / "x")
    assert told.args[0].message == "“x” is damaged."
    studio.close()


def test_closing_the_model_forgets_its_pictures(explored: Studio) -> None:
    explored.latent.close_model()
    assert explored.latent.card is None
    assert explored.latent.favorites == []


# --- Prompts ---


@pytest.fixture
def asked(studio: Studio, qtbot: QtBot) -> Studio:
    """A studio with a model that knows two classes."""
    open_model(studio, qtbot, classes=("apple", "pear"))
    return studio


def prompts_of(points: Sequence[LatentPoint]) -> set[str]:
    return {point.prompt for point in points}


def test_every_sheet_is_of_the_class_that_is_asked_for(asked: Studio, qtbot: QtBot) -> None:
    latent = asked.latent
    before = list(latent.grid)
    latent.ask_for("pear")
    state = latent.state
    assert prompts_of((*state.grid, *state.shown_corners, *state.shown_picks)) == {"pear"}
    assert prompts_of((state.point, state.pad_point, state.mix_point)) == {"pear"}
    assert None not in latent.grid  # the old ones stay until then
    qtbot.waitUntil(lambda: not set(map(id, latent.grid)) & set(map(id, before)))
    assert steps(asked) == ["Ask for “pear”"]
    asked.documents.undo_stack.undo()
    assert latent.state.prompt == latent.state.point.prompt == ""


def test_what_was_picked_under_another_class_keeps_it(asked: Studio) -> None:
    latent = asked.latent
    latent.ask_for("apple")
    latent.set_pick(0, latent.state.grid[3])
    latent.ask_for("pear")
    assert [point.prompt for point in latent.state.shown_picks] == ["apple", "pear"]
    latent.set_mix(0.5)
    assert prompts_of([latent.state.point]) == {""}  # of both
    latent.toggle_favorite(latent.state.shown_picks[0])
    latent.pick(latent.state.favorites[0])
    assert latent.state.prompt == "apple"


def test_the_handle_of_the_pad_stays_where_the_picture_in_view_is(asked: Studio) -> None:
    latent = asked.latent
    latent.drag_pad(0.2, 0.7)
    latent.ask_for("pear")
    assert latent.state.is_on_pad


def test_typing_is_one_step(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, words=("red", "cup"))
    latent = studio.latent
    for length in range(1, 8):
        latent.ask_for("red pot"[:length])
    latent.end_gesture()
    assert steps(studio) == ["Other words"]
    assert latent.unknown_words("A red pot, red!") == ["a", "pot"]


def test_a_model_that_does_not_know_the_class_is_asked_for_anything(
    asked: Studio, qtbot: QtBot
) -> None:
    latent = asked.latent
    latent.ask_for("pear")
    latent.set_corner(1, latent.state.grid[5])
    latent.toggle_favorite(latent.state.grid[7])
    qtbot.waitUntil(lambda: pictures_are_there(asked))
    knowing, favorite = latent.state, latent.favorites[0]
    told: list[object] = []
    asked.notifications.posted.connect(told.append)
    open_model(asked, qtbot, "stylegan", classes=("cat", "dog"))
    state = latent.state
    assert prompts_of((*state.grid, *state.corners, *state.picks, state.point)) == {""}
    assert prompts_of(state.favorites) == {"pear"}
    assert latent.favorites == [favorite]  # no other model can make it
    assert told == []
    latent.open_model(knowing.model)
    qtbot.waitUntil(lambda: pictures_are_there(asked))
    assert latent.favorites == [favorite]


def test_a_layer_tells_and_remembers_what_it_was_asked_for(asked: Studio, qtbot: QtBot) -> None:
    latent = asked.latent
    latent.ask_for("pear")
    latent.place_on_canvas()
    qtbot.waitUntil(lambda: asked.documents.active_layer is not None)
    layer = asked.documents.active_layer
    assert layer is not None
    assert layer.name == "Pear, seed 0"
    latent.ask_for("apple")
    latent.open_layer(layer.id)
    assert latent.state.prompt == latent.state.point.prompt == "pear"


def test_wide_pictures_with_alpha_are_placed_as_they_are(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, width=48, channels=4)
    studio.latent.place_on_canvas(center=(100.0, 100.0))
    qtbot.waitUntil(lambda: studio.documents.active_layer is not None)
    layer = studio.documents.active_layer
    assert layer is not None
    assert (layer.raster.width, layer.raster.height) == (48, 32)
    assert (layer.x, layer.y) == (76, 84)
    assert layer.raster.read()[16, 24, 3] == 0.0
