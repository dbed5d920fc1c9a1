import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from studio.core.image import Rect
from studio.ui.canvas.painting import Frame
from studio.ui.canvas.rulers import tick_step
from studio.ui.canvas.view_transform import (
    MAX_ZOOM,
    MIN_ZOOM,
    STOPS,
    ViewTransform,
    next_stop,
    previous_stop,
)

zooms = st.floats(MIN_ZOOM, MAX_ZOOM)
places = st.builds(QPointF, st.floats(-5000, 5000), st.floats(-5000, 5000))
transforms = st.builds(ViewTransform, zooms, st.floats(-5000, 5000), st.floats(-5000, 5000))


def near(point: QPointF, other: QPointF, tolerance: float = 1e-6) -> bool:
    scale = max(1.0, abs(point.x()), abs(point.y()))
    return (point - other).manhattanLength() <= tolerance * scale


@given(transforms, places)
def test_there_and_back(transform: ViewTransform, place: QPointF) -> None:
    assert near(transform.to_view(transform.to_document(place)), place)


@given(transforms, zooms, places)
def test_zoom_keeps_what_is_under_the_pointer(transform, zoom, pointer) -> None:
    before = transform.to_document(pointer)
    assert near(transform.zoomed(zoom, pointer).to_view(before), pointer, 1e-5)


@given(st.floats(1e-6, 1e6))
def test_zoom_has_limits(zoom: float) -> None:
    assert MIN_ZOOM <= ViewTransform().zoomed(zoom, QPointF()).zoom <= MAX_ZOOM


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_a_fitted_document_lies_in_the_middle_and_inside(width: int, height: int) -> None:
    area = QRectF(18, 18, 900, 600)
    document = Rect(0, 0, width, height)
    transform = ViewTransform.fitted(document, area, 40)
    page = transform.rect_to_view(document)
    assert near(page.center(), area.center())
    if transform.zoom not in (MIN_ZOOM, MAX_ZOOM):
        inner = area.adjusted(39.9, 39.9, -39.9, -39.9)
        assert inner.contains(page)
        assert page.width() == pytest.approx(820) or page.height() == pytest.approx(520)


def test_stops_lead_from_end_to_end() -> None:
    zoom, seen = MIN_ZOOM, [MIN_ZOOM]
    while zoom < MAX_ZOOM:
        zoom = next_stop(zoom)
        seen.append(zoom)
    assert tuple(seen) == STOPS
    assert previous_stop(0.72) == 0.67
    assert next_stop(0.72) == 0.75
    assert previous_stop(MIN_ZOOM) == MIN_ZOOM


@given(zooms)
def test_ruler_labels_have_room_and_stand_at_round_numbers(zoom: float) -> None:
    step = tick_step(zoom)
    assert step * zoom >= 63.99 or step == 1
    assert f"{step:.0f}".rstrip("0") in ("1", "2", "5")


@given(zooms, st.sampled_from([1.0, 1.5, 2.0]))
def test_tiles_are_never_enlarged_below_full_size(zoom: float, ratio: float) -> None:
    frame = Frame.of(Rect(0, 0, 100, 100), ViewTransform(zoom), ratio)
    shown = 2.0**frame.level * frame.scale  # device px for each px of the level
    assert 0.499 < shown <= 1.001 or frame.level == 0


@given(transforms, st.sampled_from([1.0, 1.25, 2.0]))
def test_neighboring_tiles_leave_no_seam(transform: ViewTransform, ratio: float) -> None:
    frame = Frame.of(Rect(0, 0, 2000, 2000), transform, ratio)
    left, right = frame.to_device(Rect(0, 0, 256, 256)), frame.to_device(Rect(256, 0, 256, 256))
    assert left.x() + left.width() == right.x()
