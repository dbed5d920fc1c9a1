"""Colors and brushes are as they were left."""

import json

import pytest

from studio.app.paint_box import BLACK, RECENT, PaintBox
from studio.core.painting.brush import Brush


def test_what_was_chosen_comes_back() -> None:
    box, again = PaintBox(), PaintBox()
    box.set_foreground((1.0, 0.5, 0.0))
    box.swap()
    box.remember((0.2, 0.3, 0.4))
    box.set_brush("eraser", Brush(size=77, hardness=0.25))
    again.restore(json.loads(json.dumps(box.to_json())))
    assert again.background == (1.0, 0.5, 0.0)
    assert again.recent == ((0.2, 0.3, 0.4),)
    assert again.brush("eraser") == Brush(size=77, hardness=0.25)


@pytest.mark.parametrize("data", [None, [], {"foreground": 3}, {"brushes": {"x": {"size": -1}}}])
def test_nonsense_changes_nothing(data: object) -> None:
    box = PaintBox()
    box.restore(data)
    assert (box.foreground, box.recent, box.brush("brush")) == (BLACK, (), Brush())


def test_recent_colors_are_few_and_each_is_there_once() -> None:
    box = PaintBox()
    for number in range(20):
        box.remember((number / 20, 0.0, 0.0))
    box.remember((15 / 20, 0.0, 0.0))
    assert len(box.recent) == len(set(box.recent)) == RECENT
    assert box.recent[0] == (15 / 20, 0.0, 0.0)
