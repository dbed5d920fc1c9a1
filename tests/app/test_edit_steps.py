"""The edit stacks of layers: one undo step for each intent."""

from __future__ import annotations

import numpy as np
import pytest

from studio.app.edit_steps import add_step
from studio.app.studio import Studio
from studio.core.document import Document, Layer
from studio.core.raster import Raster
from studio.edits.operation import GROUPS
from studio.errors import StudioError


@pytest.fixture
def studio(studio: Studio) -> Studio:
    layers = tuple(Layer(Raster(8, 8), name, id=name) for name in ("a", "b"))
    studio.documents.reset(Document(64, 64, layers), "b")
    return studio


def test_edits_are_added_changed_toggled_moved_and_removed(studio: Studio) -> None:
    blur = add_step(studio.documents, "gaussian_blur")
    invert = add_step(studio.documents, "invert")

    def steps() -> list[str]:
        return [step.id for step in studio.documents.document.layer("b").edits]

    assert steps() == [blur, invert]
    for sigma in (1.0, 2.0, 3.0):
        studio.edits.set_params(blur, {"sigma": sigma})
    assert studio.documents.document.layer("b").step(blur).params["sigma"] == 3.0
    studio.documents.end_gesture()
    studio.edits.toggle(blur)
    assert not studio.documents.document.layer("b").step(blur).enabled
    studio.edits.reorder(invert, 0)
    assert steps() == [invert, blur]
    studio.edits.remove(blur)
    assert steps() == [invert]
    assert studio.documents.undo_stack.count() == 6
    while studio.documents.undo_stack.canUndo():
        studio.documents.undo_stack.undo()
    assert steps() == []


def test_params_that_an_operation_does_not_know_are_refused(studio: Studio) -> None:
    with pytest.raises(StudioError, match="sharpness"):
        add_step(studio.documents, "gaussian_blur", {"sharpness": 1})
    with pytest.raises(StudioError):
        add_step(studio.documents, "no_such_edit")
    assert studio.documents.undo_stack.count() == 0


def test_an_edit_keeps_its_mask(studio: Studio) -> None:
    mask = Raster.from_image(np.ones((8, 8, 1), np.float32))
    step = add_step(studio.documents, "invert", mask=mask)
    assert studio.documents.document.layer("b").step(step).mask is mask


def test_operations_come_by_group(studio: Studio) -> None:
    groups = [operation.group for operation in studio.edits.operations]
    assert groups == sorted(groups, key=GROUPS.index)
    assert len(groups) >= 12
