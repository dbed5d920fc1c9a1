"""Lines to snap to, and which aids are on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.canvas_aids import Aids, CanvasAids
from studio.app.document_session import DocumentSession
from studio.app.snapping import Snap, SnapLines, lines_of
from studio.core.guides import Guides
from studio.core.image import Rect


def test_edges_middles_and_guides_are_lines() -> None:
    lines = lines_of(Rect(0, 0, 400, 300), Guides((33.0,), ()), [Rect(50, 60, 100, 80)])
    assert set(lines.x) == {33, 0, 200, 400, 50, 100, 150}
    assert set(lines.y) == {0, 150, 300, 60, 100, 140}


def test_the_nearest_line_wins_and_beyond_reach_there_is_none() -> None:
    lines = SnapLines((100.0, 200.0), (50.0,))
    assert lines.snap_x((97.0, 198.5), 4) == Snap(1.5, 200.0)
    assert lines.snap_x((90.0,), 4) == Snap()
    assert lines.snap_y((52.0,), 4) == Snap(-2.0, 50.0)


def test_lines_win_over_the_grid() -> None:
    lines = SnapLines((101.0,), (), 50)
    assert lines.snap_x((100.0,), 4).line == 101
    assert lines.snap_x((148.0,), 4) == Snap(2.0, 150.0)


@given(st.floats(-500, 500), st.lists(st.floats(-500, 500), max_size=5), st.integers(0, 80))
def test_what_was_snapped_lies_on_a_line(place: float, at: list[float], grid: int) -> None:
    by, line = SnapLines(tuple(at), (), grid).snap_x((place,), 5.0)
    assert abs(by) <= 5.0
    if line is None:
        assert by == 0
        assert all(abs(other - place) > 5.0 for other in at)
    else:
        assert place + by == pytest.approx(line)


def test_guides_are_steps_of_the_document() -> None:
    documents = DocumentSession()
    aids = CanvasAids(documents)
    aids.add_guide("x", 40)
    aids.add_guide("y", 7)
    aids.move_guide("x", 0, 50)
    assert aids.guides == Guides((50,), (7,))
    documents.undo_stack.undo()
    assert aids.guides == Guides((40,), (7,))
    aids.remove_guide("y", 0)
    aids.clear_guides()
    assert documents.undo_stack.undoText() == "Clear guides"


@pytest.mark.parametrize("data", [None, 3, {}, {"grid": "yes", "spacing": 0}, {"spacing": True}])
def test_damaged_settings_of_aids_are_the_usual_ones(data: object) -> None:
    aids = CanvasAids(DocumentSession())
    aids.change(grid=True, spacing=9)
    aids.restore(data)
    assert aids.on == Aids()


def test_settings_of_aids_come_back() -> None:
    first, second = CanvasAids(DocumentSession()), CanvasAids(DocumentSession())
    first.change(grid=True, snapping=False, spacing=32)
    second.restore(first.to_json())
    assert second.on == first.on
