"""The look of one generated layer on another: fine styles only, undone in one step."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.latent import LatentPoint, StyleMix
from studio.core.steering import level_groups
from tests.support.studios import add_layer, open_model
from tests.support.waiting import wait_until_calm


def test_a_look_is_taken_over_and_undone(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, "stylegan")
    dressed = add_layer(studio, "dressed", 1)
    add_layer(studio, "model for it", 2)
    studio.looks.copy()
    assert not studio.looks.can_paste, "a layer has its own look already"
    studio.documents.set_active(dressed)
    before = studio.documents.document.layer(dressed)
    studio.looks.paste()
    wait_until_calm(qtbot, studio)
    after = studio.documents.document.layer(dressed)
    fine = level_groups(4)["fine"]
    assert after.provenance.point.mixes == (StyleMix(LatentPoint.of_seed(2), fine),)
    assert after.provenance.point.anchors == before.provenance.point.anchors
    assert after.raster is not before.raster
    assert (after.id, after.edits, after.name) == (before.id, before.edits, before.name)
    studio.looks.paste()
    wait_until_calm(qtbot, studio)
    again = studio.documents.document.layer(dressed)
    assert again.provenance.point == after.provenance.point, "it is worn once"
    studio.documents.undo_stack.undo()
    studio.documents.undo_stack.undo()
    assert studio.documents.document.layer(dressed) is before


def test_a_model_of_one_style_says_why_not(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, "vae")
    dressed = add_layer(studio, "dressed", 1)
    add_layer(studio, "model for it", 2)
    studio.looks.copy()
    studio.documents.set_active(dressed)
    before = studio.documents.document
    with qtbot.waitSignal(studio.notifications.posted) as posted:
        studio.looks.paste()
    assert "a look cannot be taken over" in posted.args[0].message
    wait_until_calm(qtbot, studio)
    assert studio.documents.document is before


def test_a_painted_layer_takes_none(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, "stylegan")
    add_layer(studio, "generated", 1)
    studio.looks.copy()
    add_layer(studio, "painted")
    assert not studio.looks.can_paste
