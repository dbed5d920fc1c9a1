"""Pan and zoom over an 8192x8192 document of ten layers: how long a frame takes to paint.

The upper five are a masked, isolated group, and one of them is clipped to the one below it.

    python tests/benchmarks/bench_canvas.py

The baseline is what any program must do: draw one picture of the view's size, once. The target is
16 ms a frame by the clock; "own work" is the GUI thread's time on a core, which other programs on
the machine do not lengthen. Frames are painted into a picture by `QWidget.render`, as a window
would be; between two frames the event loop runs, so that tiles arrive while the view moves.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.app.canvas_aids import CanvasAids
from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane
from studio.app.notifications import Notifications
from studio.app.painting import Painting
from studio.app.selection_session import SelectionSession
from studio.core.document import BlendMode, Document, Group, Layer
from studio.core.raster import Raster
from studio.ui import theme
from studio.ui.canvas.view import CanvasView
from studio.ui.main import make_application

SIDE, WIDTH, HEIGHT = 8192, 1600, 1000
TARGET_MS = 16.0
SMALLER = 512  # px: each layer than the one below
BLENDS: tuple[BlendMode, ...] = (
    *("normal", "multiply", "normal", "screen", "soft light"),
    *("normal", "overlay", "color dodge", "luminosity", "hue"),
)
GROUPED, CLIPPED = 5, 6  # the first layer of the group; the clipped one


def layers() -> tuple[Layer, ...]:
    """Ten pictures with detail at every size; the upper ones smaller than the canvas."""
    rng = np.random.default_rng(0)
    made = []
    for number, blend in enumerate(BLENDS):
        side = SIDE - SMALLER * number
        coarse = rng.integers(0, 255, (side // 64, side // 64, 4), dtype=np.uint8)
        pixels = np.repeat(np.repeat(coarse, 64, axis=0), 64, axis=1)
        pixels[..., 3] = 255
        if number == 2:
            pixels[: side // 2, :, 3] = 128
        raster = Raster.from_pixels8(pixels)
        place = SMALLER // 2 * number
        layer = Layer(raster, f"Layer {number}", place, place, blend=blend)
        grouped = "group" if number >= GROUPED else ""
        made.append(replace(layer, group=grouped, clipped=number == CLIPPED))
    mask = Raster.from_pixels8(np.full((SIDE, SIDE, 1), 200, np.uint8))
    empty = Raster(SIDE, SIDE)
    group = Group(empty, "Group", opacity=0.8, mask=mask, pass_through=False, id="group")
    return (*made, group)


def pump(app: QApplication, until: Callable[[], bool]) -> float:
    """Run the event loop until something holds; the seconds it took."""
    started = time.perf_counter()
    while not until():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    return time.perf_counter() - started


def paint(widget: CanvasView, target: QImage) -> tuple[float, float]:
    """One frame: ms by the clock and ms of the GUI thread's own work."""
    started, worked = time.perf_counter(), time.thread_time()
    widget.render(target, QPoint())
    return (time.perf_counter() - started) * 1e3, (time.thread_time() - worked) * 1e3


def baseline() -> float:
    """Drawing one plain picture of the view's size; median ms."""
    source = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    source.fill(0xFF336699)
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    times = []
    for _ in range(100):
        started = time.perf_counter()
        painter = QPainter(target)
        painter.drawImage(0, 0, source)
        painter.end()
        times.append((time.perf_counter() - started) * 1e3)
    return float(np.median(times))


def panning(view: CanvasView) -> Iterator[None]:
    for frame in range(200):
        angle = frame / 200 * 2 * np.pi
        view.pan(-40 * np.cos(angle), -40 * np.sin(angle))
        yield


def zooming(view: CanvasView) -> Iterator[None]:
    anchor = QPointF(700, 400)
    for frame in range(240):
        view.zoom_to(view.zoom * (1.04 if frame < 120 else 1 / 1.04), anchor)
        yield


def measure(app: QApplication, view: CanvasView, motion: Iterator[None], moves: str) -> None:
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    times = []
    for _ in motion:
        times.append(paint(view, target))
        app.processEvents()
    clock, work = np.array(times).T
    p50, p99 = np.percentile(clock, [50, 99])
    verdict = "ok" if p99 <= TARGET_MS else f"over {TARGET_MS:g} ms"
    print(
        f"{moves:30s} p50 {p50:5.1f}  p99 {p99:5.1f}  max {clock.max():5.1f} ms  {verdict:10s}"
        f" own work p50 {np.median(work):4.1f} p99 {np.percentile(work, 99):4.1f}"
        f"  {p50 / baseline():4.1f} x a plain picture"
    )


def main() -> None:
    app = make_application()
    theme.apply(app)
    lane = Lane("edits")
    session = DocumentSession()
    renderer = CanvasRenderer(session, lane)
    notifications = Notifications()
    selections = SelectionSession(session, lane, notifications)
    painting = Painting(session, renderer, lane, notifications)
    view = CanvasView(session, renderer, selections, painting, CanvasAids(session))
    view.resize(WIDTH, HEIGHT)
    view.show()
    session.reset(Document(SIDE, SIDE, layers()))
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    paint(view, target)
    print(f"first full picture, fitted: {pump(app, lambda: renderer.idle):.1f} s in the lane")
    measure(app, view, zooming(view), "zoom 11 % to 1200 % and back")
    for zoom in (0.3, 0.72, 1.0, 3.0):
        view.zoom_to(zoom)
        measure(app, view, panning(view), f"pan at {zoom:.0%}, tiles arriving")
        pump(app, lambda: renderer.idle)
        measure(app, view, panning(view), f"pan at {zoom:.0%}, tiles there")
    layer = session.document.layers[2]
    view.zoom_to(1.0)
    paint(view, target)
    pump(app, lambda: renderer.idle)
    session.move_layer(layer.id, layer.x + 10, layer.y)
    paint(view, target)
    print(f"a layer moved by 10 px at 100 %: {pump(app, lambda: renderer.idle):.2f} s to the end")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    pixels = sum(item.raster.nbytes for item in session.document.layers) / 2**30
    print(f"memory: peak {peak:.2f} GiB, of which layers {pixels:.2f} GiB")
    view.close()
    renderer.close()
    lane.close()


if __name__ == "__main__":
    main()
