"""The renderer shows the newest document, and makes again only what changed."""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRect

from studio.app import canvas_renderer, layer_parts
from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.edit_steps import add_step
from studio.app.lanes import Lane
from studio.app.layer_rendering import Composer, render_document, render_single_layer
from studio.app.qimage import from_qimage
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Rect
from studio.core.layer_tree import empty_group, grouped
from studio.core.raster import Raster
from studio.edits.render import FINE


def noise(side: int, seed: int, channels: int = 3) -> Raster:
    rng = np.random.default_rng(seed)
    return Raster.from_pixels8(rng.integers(0, 256, (side, side, channels), dtype=np.uint8))


class Canvas:
    """A session with its renderer, and what the lane painted."""

    def __init__(self, qtbot, lane: Lane) -> None:
        self.qtbot = qtbot
        self.session = DocumentSession()
        self.renderer = CanvasRenderer(self.session, lane)
        self.painted: list[tuple[int, int, int]] = []

    def show(self, document: Document, level: int = 0) -> None:
        self.session.reset(document)
        self.renderer.show_region(level, document.rect)
        self.settle()

    def rect(self, layer_id: str) -> Rect:
        return self.renderer.rendered_rect(self.session.document.layer(layer_id))

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.renderer.idle)

    def repainted_by(self, change: Callable[[], None]) -> set[tuple[int, int, int]]:
        self.painted.clear()
        change()
        self.settle()
        return set(self.painted)

    def pixels(self, level: int, column: int, row: int) -> np.ndarray:
        tile = self.renderer.tile(level, column, row)
        assert tile is not None
        return from_qimage(tile)


@pytest.fixture
def lane(qapp):
    lane = Lane("edits")
    yield lane
    lane.close()


@pytest.fixture
def canvas(qtbot, lane, monkeypatch):
    canvas = Canvas(qtbot, lane)
    paint = Composer.paint

    def noting(composer, key):
        canvas.painted.append(tuple(key))
        return paint(composer, key)

    monkeypatch.setattr(Composer, "paint", noting)
    yield canvas
    canvas.renderer.close()


def two_layers() -> Document:
    return Document(700, 600, (Layer(noise(700, 1), "back"), Layer(noise(100, 2), "top", 20, 30)))


def test_tiles_show_the_composited_document(canvas: Canvas) -> None:
    canvas.show(two_layers())
    whole = render_document(canvas.session.document)
    assert np.abs(canvas.pixels(0, 0, 0) - whole[:256, :256]).max() <= 0.51 / 255
    assert canvas.pixels(0, 2, 2).shape == (600 - 512, 700 - 512, 4)


def test_a_coarse_level_is_the_document_made_small(canvas: Canvas) -> None:
    canvas.show(Document(512, 512, (Layer(noise(512, 1)),)), level=2)
    small = canvas.session.document.layers[0].raster.level(2).read()
    assert np.abs(canvas.pixels(2, 0, 0)[..., :3] - small).max() <= 0.51 / 255


def test_moving_a_layer_repaints_where_it_was_and_is(canvas: Canvas) -> None:
    canvas.show(two_layers())
    top = canvas.session.document.layers[1].id
    repainted = canvas.repainted_by(lambda: canvas.session.move_layer(top, 300, 30))
    assert {key for key in repainted if key[0] == 0} == {(0, 0, 0), (0, 1, 0)}
    whole = render_document(canvas.session.document)
    assert np.abs(canvas.pixels(0, 1, 0) - whole[:256, 256:512]).max() <= 0.51 / 255


def test_layers_in_another_order_are_painted_again(canvas: Canvas) -> None:
    canvas.show(two_layers())
    before = canvas.session.document
    canvas.session.commit(before.moved_layers([before.layers[0].id], "", 1), "Reorder")
    canvas.settle()
    document = canvas.session.document
    assert [layer.name for layer in document.layers] == ["top", "back"]
    rendered = render_document(document)[:256, :256]
    assert np.abs(canvas.pixels(0, 0, 0)[..., :3] - rendered[..., :3]).max() <= 1.01 / 255


def test_a_layer_between_others_is_moved_again_and_again(canvas: Canvas) -> None:
    """What lies around it is composited once, and looks the same."""
    back = Layer(noise(300, 3))
    below, above = (Layer(noise(300, it, 4), opacity=0.6, blend="multiply") for it in (4, 5))
    between = Layer(noise(100, 2), "between", 20, 30, id="between")
    canvas.show(Document(300, 300, (back, below, between, above)))
    for x in (40, 70, 120, 60):
        canvas.session.move_layer("between", x, 30)
        canvas.settle()
    whole = render_document(canvas.session.document)
    assert np.abs(canvas.pixels(0, 0, 0) - whole[:256, :256]).max() <= 0.51 / 255


def test_a_dab_repaints_the_tiles_it_touched(canvas: Canvas) -> None:
    canvas.show(two_layers())
    document = canvas.session.document
    dabbed = document.layers[0].raster.with_patch(600, 400, np.zeros((9, 9, 3), np.float32))
    back = document.layers[0].id
    after = document.update_layer(back, lambda layer: replace(layer, raster=dabbed))
    repainted = canvas.repainted_by(lambda: canvas.session.commit(after, "Dab"))
    assert {key for key in repainted if key[0] == 0} == {(0, 2, 1)}


def test_what_is_not_seen_repaints_nothing(canvas: Canvas) -> None:
    canvas.show(two_layers())
    top = canvas.session.document.layers[1].id
    assert not canvas.repainted_by(lambda: canvas.session.change_layer(top, "Rename", name="other"))


def test_an_edit_and_its_undo_reach_the_screen(canvas: Canvas) -> None:
    canvas.show(two_layers())
    before = canvas.pixels(0, 0, 0)
    canvas.session.set_active(canvas.session.document.layers[0].id)
    add_step(canvas.session, "invert")
    canvas.settle()
    corner = canvas.pixels(0, 0, 0)[200:, 200:, :3]
    assert np.abs(corner - (1 - before[200:, 200:, :3])).max() <= 1.01 / 255
    canvas.session.undo_stack.undo()
    canvas.settle()
    assert np.array_equal(canvas.pixels(0, 0, 0), before)


def test_a_layer_follows_the_one_that_its_edit_works_with(canvas: Canvas) -> None:
    canvas.show(two_layers())
    top, back = (canvas.session.document.layers[place].id for place in (1, 0))
    canvas.session.set_active(back)
    add_step(canvas.session, "match_histogram", {"source": {"layer": top}})
    canvas.settle()
    canvas.session.set_active(top)
    add_step(canvas.session, "exposure", {"stops": -3.0})
    canvas.settle()
    matched = canvas.pixels(0, 0, 0)[200:, 200:, :3]  # where only the layer below is seen
    assert matched.mean() < 0.25
    canvas.session.remove_layer(top)
    canvas.settle()
    (problem,) = canvas.renderer.render_problems[back]
    assert "not there" in problem
    canvas.session.undo_stack.undo()
    canvas.settle()
    assert not canvas.renderer.render_problems
    np.testing.assert_array_equal(canvas.pixels(0, 0, 0)[200:, 200:, :3], matched)


def test_an_edit_that_grows_a_layer_is_seen_where_it_grew(canvas: Canvas) -> None:
    canvas.show(two_layers())
    top = canvas.session.document.layers[1].id
    canvas.session.set_active(top)
    assert canvas.rect(top) == Rect(20, 30, 100, 100)
    with canvas.qtbot.waitSignal(canvas.renderer.forms_changed):
        add_step(canvas.session, "scale", {"width": 800.0, "height": 800.0})
    canvas.settle()
    assert canvas.rect(top) == Rect(-330, -320, 800, 800)
    whole = render_document(canvas.session.document)
    assert np.abs(canvas.pixels(0, 1, 1) - whole[256:512, 256:512]).max() <= 0.51 / 255


def test_the_place_of_an_edited_layer_follows_at_once_when_it_moves(canvas: Canvas) -> None:
    layer = Layer(noise(64, 1), x=10, y=10, edits=(EditStep("rotate", {"angle": 45.0}),))
    canvas.show(Document(300, 300, (layer,)))
    before = canvas.rect(layer.id)
    assert before.width > 64
    canvas.session.move_layer(layer.id, 17, 6)
    assert canvas.rect(layer.id) == before.translated(7, -4)


def test_an_outdated_tile_stays_until_the_new_one_is_there(canvas: Canvas) -> None:
    canvas.show(two_layers())
    before = canvas.pixels(0, 0, 0)
    canvas.session.change_layer(canvas.session.document.layers[0].id, "Opacity", opacity=0.5)
    assert np.array_equal(canvas.pixels(0, 0, 0), before)  # no event loop has run since
    canvas.settle()
    assert not np.array_equal(canvas.pixels(0, 0, 0), before)


def test_a_coarser_tile_stands_in(canvas: Canvas) -> None:
    document = Document(2048, 2048, (Layer(noise(2048, 1)),))
    canvas.session.reset(document)
    canvas.renderer.show_region(0, Rect(0, 0, 300, 300))
    canvas.settle()
    assert canvas.renderer.tile(0, 7, 7) is None
    stand_in = canvas.renderer.best(0, 7, 7)
    assert stand_in is not None
    image, part = stand_in
    assert part.toRect() == QRect(192, 192, 64, 64)
    assert image.width() == 256


def test_another_document_shows_nothing_of_the_last(canvas: Canvas) -> None:
    canvas.show(two_layers())
    canvas.session.reset(two_layers())
    assert canvas.renderer.tile(0, 0, 0) is None


def test_hidden_layers_and_empty_places_are_transparent(canvas: Canvas) -> None:
    hidden = Layer(noise(300, 1), visible=False)
    canvas.show(Document(300, 300, (hidden,)))
    tile = canvas.renderer.tile(0, 0, 0)
    assert tile is not None
    assert tile.isNull()


def test_changes_in_quick_succession_end_at_the_last(canvas: Canvas) -> None:
    canvas.show(two_layers())
    back = canvas.session.document.layers[0].id
    for step in range(30):
        canvas.session.change_layer(back, "Opacity", opacity=1 - step / 30)
    canvas.settle()
    whole = render_document(canvas.session.document)
    assert np.abs(canvas.pixels(0, 1, 1) - whole[256:512, 256:512])[..., 3].max() <= 0.51 / 255


def test_a_slow_edit_is_shown_coarser_while_it_changes(canvas: Canvas, monkeypatch) -> None:
    canvas.show(two_layers())
    canvas.renderer._patience.setInterval(1)
    canvas.renderer._haste.setInterval(20)
    slow, render = threading.Event(), layer_parts.render_layer

    def rendering(layer, level, control, *others):
        if level == 0:
            while slow.is_set():
                control.check()
        return render(layer, level, control, *others)

    monkeypatch.setattr(layer_parts, "render_layer", rendering)
    back = canvas.session.document.layers[0].id
    slow.set()
    canvas.session.change_layer(back, "Opacity", opacity=0.5)
    canvas.qtbot.waitUntil(lambda: canvas.renderer._task.overdue)
    canvas.session.change_layer(back, "Opacity", opacity=0.25)

    def alpha() -> float:
        image, part = canvas.renderer.best(0, 2, 2)
        return image.pixelColor(part.center().toPoint()).alphaF()

    canvas.qtbot.waitUntil(lambda: alpha() == pytest.approx(0.25, abs=0.01))
    fine = canvas.renderer.tile(0, 2, 2)
    assert fine.pixelColor(5, 5).alphaF() == 1.0  # the fine tile is still an old one
    slow.clear()
    canvas.settle()
    assert canvas.renderer.tile(0, 2, 2).pixelColor(5, 5).alphaF() == pytest.approx(0.25, abs=0.01)


def test_a_draft_of_a_large_picture_gives_way_to_what_is_exact(canvas: Canvas, monkeypatch) -> None:
    canvas.session.reset(Document(1200, 1100, (Layer(noise(1200, 1, 3)),)))
    canvas.renderer.show_region(1, Rect(0, 0, 512, 512))
    canvas.settle()
    drafts, render = [], layer_parts.render_layer

    def rendering(layer, level, control, cache, document, fine_pixels, *others):
        drafts.append(fine_pixels < FINE)
        return render(layer, level, control, cache, document, fine_pixels, *others)

    monkeypatch.setattr(layer_parts, "render_layer", rendering)
    add_step(canvas.session, "posterize", {"levels": 2})
    canvas.settle()
    assert drafts[0]
    assert not drafts[-1]
    exact = render_document(canvas.session.document, level=1)[:256, :256]
    np.testing.assert_allclose(canvas.pixels(1, 0, 0), exact, atol=0.51 / 255)


def test_memory_is_bounded(qtbot, lane, monkeypatch) -> None:
    monkeypatch.setattr(canvas_renderer, "TILE_BYTES", 20 * 256 * 256 * 4)
    canvas = Canvas(qtbot, lane)
    canvas.session.reset(Document(2560, 2560, (Layer(noise(2560, 1)),)))
    for y in range(0, 2560, 512):
        canvas.renderer.show_region(0, Rect(0, y, 512, 512))
        canvas.settle()
    assert canvas.renderer.tile_bytes <= canvas_renderer.TILE_BYTES
    assert canvas.renderer.tile(0, 0, 9) is not None
    canvas.renderer.close()


def test_edits_of_a_group_keep_nobody_waiting(canvas: Canvas) -> None:
    """They come from files: a group is not rendered, so that nobody sees what they do."""
    document = two_layers()
    edits = (EditStep("scale", {"width": 50.0, "height": 50.0}),)
    group = replace(empty_group(document, "Group"), edits=edits)
    canvas.show(grouped(document, [document.layers[1].id], group))
    assert canvas.renderer.idle


def test_a_failing_edit_is_told_and_left_out(canvas: Canvas) -> None:
    layer = Layer(noise(64, 1), edits=(EditStep("no_such_edit"),))
    canvas.show(Document(64, 64, (layer,)))
    problems = canvas.renderer.render_problems[layer.id]
    assert len(problems) == 1
    assert "no_such_edit" in problems[0]
    assert np.abs(canvas.pixels(0, 0, 0)[..., :3] - layer.raster.read()).max() <= 0.51 / 255


def test_layers_at_a_point_from_top_to_bottom(canvas: Canvas) -> None:
    hole = np.full((50, 50, 4), 255, np.uint8)
    hole[:25, :, 3] = 0
    layers = Layer(noise(100, 1)), Layer(Raster.from_pixels8(hole)), Layer(noise(9, 1), x=80)
    canvas.show(Document(100, 100, layers))
    back, holed, small = (layer.id for layer in layers)
    assert canvas.renderer.layers_at(10, 40) == (holed, back)
    assert canvas.renderer.layers_at(10, 10) == (back,)
    assert canvas.renderer.layers_at(85, 5) == (small, back)
    assert canvas.renderer.layers_at(200, 5) == ()


def test_thumbnails_are_made_and_made_again(canvas: Canvas) -> None:
    canvas.show(two_layers())
    back = canvas.session.document.layers[0].id
    with canvas.qtbot.waitSignal(canvas.renderer.thumbnail_changed) as blocker:
        assert canvas.renderer.layer_thumbnail(back) is None
    assert blocker.args == [back]
    first = canvas.renderer.layer_thumbnail(back)
    assert first is not None
    assert (first.width(), first.height()) == (96, 96)
    canvas.session.set_active(back)
    with canvas.qtbot.waitSignal(canvas.renderer.thumbnail_changed):
        add_step(canvas.session, "invert")
    assert canvas.renderer.layer_thumbnail(back) != first


def test_the_outline_follows_the_selection(canvas: Canvas) -> None:
    canvas.show(two_layers())
    selected = Raster(700, 600, 1).with_patch(100, 50, np.ones((30, 40, 1), np.float32))
    with canvas.qtbot.waitSignal(canvas.renderer.outline_changed):
        canvas.session.set_selection(selected)
    bounds = canvas.renderer.selection_look.path.boundingRect()
    assert (bounds.x(), bounds.y(), bounds.width(), bounds.height()) == pytest.approx(
        (100, 50, 40, 30), abs=0.01
    )
    canvas.session.set_selection(None)
    assert canvas.renderer.selection_look.path.isEmpty()


def test_a_document_is_exported_with_blends_edits_and_opacity() -> None:
    back, top = noise(40, 1), noise(20, 2)
    edits = (EditStep("flip", {}),)
    layers = Layer(back), Layer(top, x=5, y=6, opacity=0.5, blend="multiply", edits=edits)
    document = Document(40, 30, layers)
    image = render_document(document)
    assert image.shape == (30, 40, 4)
    flipped = render_single_layer(layers[1], document)
    base = back.read()
    area = Rect(5, 6, 20, 20).slices
    expected = base[area] * (0.5 + 0.5 * flipped[..., :3])
    assert np.allclose(image[area][..., :3], expected, atol=1e-5)


def test_an_export_at_half_size() -> None:
    document = Document(41, 30, (Layer(noise(41, 1)),))
    assert render_document(document, level=1).shape == (15, 21, 4)


def test_what_changes_in_an_edited_group_shows_as_far_as_its_edits_take_it(canvas: Canvas) -> None:
    canvas.show(two_layers())
    group = replace(empty_group(canvas.session.document, "G"), id="G")
    canvas.session.commit(grouped(canvas.session.document, [top(canvas)], group), "Group")
    canvas.session.set_active("G")
    add_step(canvas.session, "free_transform", {f"x{corner}": 400.0 for corner in range(1, 5)})
    canvas.settle()
    assert canvas.rect("G") == Rect(420, 30, 100, 100)
    assert canvas.renderer.layers_at(450, 60)[0] == top(canvas)
    canvas.session.change_layer(top(canvas), "Opacity", opacity=0.5)
    canvas.settle()
    exact = render_document(canvas.session.document)[:256, 256:512]
    np.testing.assert_allclose(canvas.pixels(0, 1, 0), exact, atol=0.51 / 255)


def top(canvas: Canvas) -> str:
    return next(layer.id for layer in canvas.session.document.layers if layer.name == "top")
