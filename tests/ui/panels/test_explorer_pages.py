"""Ways to look: around a picture, side by side, breeding; worked with the mouse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.atlas_session import AtlasSession
from studio.app.exchange import read_variation
from studio.app.qimage import from_qimage
from studio.app.studio import Studio
from studio.core.breeding import LITTER
from studio.core.latent import LatentPoint
from studio.core.neighbors import CENTER
from studio.paths import models_dir
from studio.project import library
from studio.ui.canvas.drops import dropped_files
from studio.ui.explorer.pages.around import AroundPage
from studio.ui.explorer.pages.atlas import AtlasPage
from studio.ui.explorer.pages.breed import BreedPage
from studio.ui.explorer.pages.compare import ComparePage
from studio.ui.explorer.point import drag_mime
from studio.ui.explorer.point_grid import PointGrid
from studio.ui.explorer.point_slot import PointSlot
from studio.ui.focus_walk import focus_into
from studio.ui.latent_mime import dropped_latent, mime_of
from studio.ui.panels.explorer import PANEL, ExplorerPanel
from tests.support.fake_generator import make_model
from tests.support.fakes import FakeEngine
from tests.support.studios import open_model, show_panel
from tests.support.waiting import wait_for, wait_until_calm

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ExplorerPanel:
    open_model(studio, qtbot)
    return show_panel(PANEL, ExplorerPanel, studio, qtbot, 356, 700)


def turn_to(panel: ExplorerPanel, page: str) -> object:
    panel.explorer.show_page(page)
    return panel.explorer.pages[page]


def click(grid: PointGrid, place: int) -> None:
    center = grid.visualRect(grid.model().index(place, 0)).center()
    QTest.mouseClick(grid.viewport(), LEFT, pos=center)


def drop(target: PointSlot, mime: QMimeData) -> None:
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    target.dropEvent(event)


def test_a_neighbor_becomes_the_center_and_undo_goes_back(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    page = turn_to(panel, "around")
    assert isinstance(page, AroundPage)
    wait_for(qtbot, lambda: page.grid.count() == 25)
    center, neighbor = studio.latent.state.point, page.grid.point(CENTER + 1)
    click(page.grid, CENTER + 1)
    assert studio.latent.state.point == page.grid.point(CENTER) == neighbor
    assert page.grid.current() == CENTER
    studio.documents.undo_stack.undo()
    assert studio.latent.state.point == page.grid.point(CENTER) == center
    near = page.grid.point(0)
    page.radius.slider.changed.emit(1.2)
    assert page.grid.point(0) != near
    assert page.grid.point(CENTER) == center
    wait_until_calm(qtbot, studio)


def test_pages_that_are_not_in_view_make_no_pictures(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    page = panel.explorer.pages["around"]
    assert isinstance(page, AroundPage)
    studio.latent.go_to_seed(40)
    wait_until_calm(qtbot, studio)
    assert page.grid.count() == 0


def test_candidates_are_taken_dropped_swapped_and_told_apart(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    page = turn_to(panel, "compare")
    assert isinstance(page, ComparePage)
    other = LatentPoint.of_seed(9, 0.8)
    QTest.mouseClick(page.slots[0], LEFT)
    assert not page.add.isEnabled(), "the picture in view is one of them"
    drop(page.slots[1], mime_of(other))
    assert studio.latent.state.candidates == (studio.latent.state.point, other)
    QTest.mouseClick(page.swap, LEFT)
    assert studio.latent.state.candidates[0] == other
    wait_for(qtbot, lambda: len(page.sheet.pictures) == 2 and None not in page.sheet.pictures)
    QTest.mouseClick(page.ways.button("difference"), LEFT)
    seen = page.single.image()
    assert seen is not None
    one, two = (from_qimage(picture)[..., :3] for picture in page.sheet.pictures)
    assert np.allclose(from_qimage(seen)[..., :3], np.clip(2 * abs(one - two), 0, 1), atol=0.01)
    QTest.mouseClick(page.ways.button("blink"), LEFT)
    first = page.single.image()
    wait_for(qtbot, lambda: page.single.image() is not first)
    QTest.mouseClick(page.ways.button("side"), LEFT)
    QTest.mouseClick(page.slots[0], LEFT)
    assert studio.latent.state.point == other
    wait_until_calm(qtbot, studio)


def test_places_for_pictures_come_first_by_keys_and_space_fills_them(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    compare = turn_to(panel, "compare")
    assert isinstance(compare, ComparePage)
    assert focus_into(compare)
    assert panel.focusWidget() is compare.slots[0]
    QTest.keyClick(compare.slots[0], Qt.Key.Key_Space)
    assert studio.latent.state.candidates == (studio.latent.state.point,)
    breed = turn_to(panel, "breed")
    assert isinstance(breed, BreedPage)
    assert panel.focusWidget() is breed.parents[0]
    QTest.keyClick(breed.parents[0], Qt.Key.Key_Space)
    assert studio.latent.state.breeding.parents == (studio.latent.state.point,)
    wait_until_calm(qtbot, studio)


def test_children_are_bred_and_the_way_back_is_known(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    page = turn_to(panel, "breed")
    assert isinstance(page, BreedPage)
    assert page.empty.isVisible()
    QTest.mouseClick(page.parents[0], LEFT)
    drop(page.parents[1], mime_of(LatentPoint.of_seed(9, 0.8)))
    parents = studio.latent.state.breeding.parents
    assert len(parents) == 2
    wait_for(qtbot, lambda: page.children_grid.count() == LITTER)
    wait_until_calm(qtbot, studio)
    child = page.children_grid.point(3)
    click(page.children_grid, 3)
    assert studio.latent.state.point == child
    assert studio.latent.state.breeding.parents_of(child) == parents
    QTest.mouseClick(page.breed_on, LEFT)
    assert studio.latent.state.breeding.parents == (child,)
    wait_until_calm(qtbot, studio)
    assert page.children_grid.point(0) not in (child, *parents)
    QTest.mouseClick(page.tree, LEFT)
    QTest.mouseDClick(page.lineage, LEFT, pos=page.lineage.rect_of(child).center().toPoint())
    assert studio.latent.state.breeding.parents == parents
    studio.documents.undo_stack.undo()
    assert studio.latent.state.breeding.parents == (child,)
    wait_until_calm(qtbot, studio)


def atlas_page(studio: Studio, qtbot: QtBot) -> AtlasPage:
    panel = show_panel(PANEL, ExplorerPanel, studio, qtbot, 356, 640)
    page = turn_to(panel, "atlas")
    assert isinstance(page, AtlasPage)
    return page


@pytest.mark.parametrize("family", ["vae", "stylegan"])
def test_the_atlas_goes_where_it_is_clicked_and_pins_your_images(
    studio: Studio, qtbot: QtBot, picture_folder: Path, family: str
) -> None:
    studio.project.create("Foxes")
    studio.dataset.take_in([picture_folder])
    wait_until_calm(qtbot, studio)
    open_model(studio, qtbot, family)
    page = atlas_page(studio, qtbot)
    wait_for(qtbot, lambda: studio.atlas.here is not None)
    wait_for(qtbot, lambda: len(studio.atlas.pins) == 12)
    assert studio.atlas.map is not None
    start = page.view.position_of((0.3, 0.3)).toPoint()
    QTest.mousePress(page.view, LEFT, pos=start)
    QTest.mouseMove(page.view, page.view.position_of((0.6, 0.4)).toPoint())
    QTest.mouseRelease(page.view, LEFT, pos=page.view.position_of((0.6, 0.4)).toPoint())
    assert studio.documents.undo_stack.count() == 1, "a drag is one step"
    assert studio.atlas.here == pytest.approx((0.6, 0.4), abs=0.01)
    assert studio.latent.state.point.truncation == studio.latent.state.truncation
    QTest.mouseClick(page.unexplored, LEFT)
    far = studio.atlas.here
    assert far is not None
    QTest.mouseClick(page.between, LEFT)
    assert studio.atlas.here == pytest.approx(((0.6 + far[0]) / 2, (0.4 + far[1]) / 2), abs=0.01)
    wait_until_calm(qtbot, studio)


def test_an_atlas_is_made_once_and_stays_with_the_project(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.project.create("Foxes")
    model = open_model(studio, qtbot, "stylegan")
    page = atlas_page(studio, qtbot)
    page.hide()
    wait_until_calm(qtbot, studio)
    assert studio.atlas.map is None, "nobody looked any more"
    page.show()
    wait_for(qtbot, lambda: studio.atlas.map is not None)
    made = studio.atlas.map
    assert made is not None
    count = len(made.points)  # maps by looks have fewer
    wait_until_calm(qtbot, studio)
    studio.latent.open_model(library.add_model(make_model(models_dir().parent / "vae.st"), "Other"))
    wait_for(qtbot, lambda: studio.atlas.map not in (None, made))
    monkeypatch.setattr(AtlasSession, "_make", None)  # it would be called in vain
    studio.latent.open_model(model)
    wait_for(qtbot, lambda: studio.atlas.map is not None and len(studio.atlas.map.points) == count)
    read = studio.atlas.map
    assert read is not None
    assert read.points == made.points
    assert np.allclose(read.places, made.places)
    wait_until_calm(qtbot, studio)


def test_a_calm_line_says_whether_the_picture_is_new(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    row = panel.explorer.originality
    assert not row.isVisible(), "there is nothing to compare with"
    studio.project.create("Foxes")
    studio.dataset.take_in([picture_folder])
    wait_until_calm(qtbot, studio)
    open_model(studio, qtbot)
    wait_for(qtbot, row.text.isVisible)
    assert row.text.text().startswith("New; nearest is ")
    engine = studio.host.get()
    assert isinstance(engine, FakeEngine)
    engine.copies = True
    studio.latent.go_to_seed(77)
    wait_for(qtbot, lambda: row.text.text().startswith("Looks like a copy of "))
    with qtbot.waitSignal(studio.likeness.compared) as compared:
        QTest.mouseClick(row, LEFT)
    assert compared.args[0].is_copy
    wait_until_calm(qtbot, studio)


def test_a_picture_is_dragged_to_a_folder_as_a_file_that_opens_again(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot
) -> None:
    point = LatentPoint.of_seed(417, 0.7)
    mime = drag_mime(studio, point)
    assert dropped_latent(mime) == point
    assert dropped_files(mime) == [], "within the studio it is a point, not a file"
    file = Path(mime.urls()[0].toLocalFile())
    assert file.is_file(), "whoever it is dropped on reads it at once"
    assert file.name == "seed 417.png"
    variation = read_variation(file, studio.host)
    assert variation.complete
    assert variation.document.layers[0].provenance.point == point
    studio.loose_pictures.close()
    assert not file.exists()


def drop_file(panel: ExplorerPanel, file: Path) -> bool:
    """As from another program; whether the panel took it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    copy = Qt.DropAction.CopyAction
    event = QDropEvent(QPointF(100, 100), copy, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    return panel.drop.eventFilter(panel, event)


def test_pictures_dropped_from_outside_are_started_from(
    panel: ExplorerPanel, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    with qtbot.waitSignal(studio.inversion.found, timeout=60_000):
        assert drop_file(panel, next(picture_folder.glob("*.png")))
    assert studio.latent.state.point.describe() == "from a picture"
    point = LatentPoint.of_seed(417, 0.7)
    ours = Path(drag_mime(studio, point).urls()[0].toLocalFile())
    with qtbot.waitSignal(studio.inversion.found, timeout=60_000):
        assert drop_file(panel, ours)
    assert studio.latent.state.point == point, "its recipe says where it is"
    assert not drop_file(panel, picture_folder), "the window knows what to do with folders"
    wait_until_calm(qtbot, studio)


def test_a_drag_that_rests_on_a_page_opens_it(panel: ExplorerPanel, qtbot: QtBot) -> None:
    tab = panel.explorer.tabs.button("breed")
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    mime = mime_of(LatentPoint.of_seed(9))
    QApplication.sendEvent(tab, QDragEnterEvent(tab.rect().center(), copy, mime, LEFT, none))
    QApplication.sendEvent(tab, QDragLeaveEvent())
    assert panel.explorer.tabs.value() == "grid", "it only passes by"
    QApplication.sendEvent(tab, QDragEnterEvent(tab.rect().center(), copy, mime, LEFT, none))
    wait_for(qtbot, lambda: panel.explorer.tabs.value() == "breed")
