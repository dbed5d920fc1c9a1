"""How long selecting takes on a 12-megapixel picture, and a frame with the marching line.

    python tests/benchmarks/bench_selection.py [PICTURE]

Without a picture: soft blobs of color with grain. Each figure is the median of a few runs.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from studio.app.selection import from_coverage
from studio.app.selection_by_color import (
    ColorRange,
    Wand,
    color_distance,
    range_coverage,
    wand_coverage,
)
from studio.app.selection_changes import CHANGES, changed
from studio.app.selection_outline import look_of
from studio.app.smart_selection import Stroke, select_object, superpixels
from studio.codec.read import read_image
from studio.core.image import Pixels8, to_pixels8, to_rgba
from studio.edits.pixels import blur, resized
from studio.ui.canvas.ants import MarchingAnts
from studio.ui.canvas.view_transform import ViewTransform

HEIGHT, WIDTH = 3000, 4000
VIEW = (1600, 1000)
RUNS = 3


def picture(file: Path | None) -> Pixels8:
    if file is not None:
        return to_pixels8(to_rgba(resized(read_image(file), HEIGHT, WIDTH)))
    rng = np.random.default_rng(0)
    blobs = resized(blur(rng.random((60, 80, 3), np.float32), 4.0), HEIGHT, WIDTH)
    blobs = (blobs - blobs.min()) / np.ptp(blobs)
    grain = rng.normal(0, 0.02, (HEIGHT, WIDTH, 1)).astype(np.float32)
    return to_pixels8(to_rgba(np.clip(blobs + grain, 0, 1)))


def tell(what: str, work: Callable[[], Any], target: float | None = None) -> Any:
    """Run and print: the result of the last run."""
    seconds, result = [], None
    for _ in range(RUNS):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    median = float(np.median(seconds))
    verdict = "" if target is None else ("ok" if median <= target else f"over {target:g} s")
    print(f"{what:32s} {median * 1000:8.1f} ms  {verdict}")
    return result


def frames(path: Any) -> None:
    """The line drawn anew after a pan, and marching where it is."""
    view = QWidget()
    view.resize(*VIEW)
    ants = MarchingAnts(view)
    ants.show_path(path)
    image = QImage(*VIEW, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    zoom = min(VIEW[0] / WIDTH, VIEW[1] / HEIGHT)
    places = iter(range(1000))
    tell(
        "line, after a pan",
        lambda: ants.paint(painter, ViewTransform(zoom, next(places), 0.0)),
        0.016,
    )
    still = ViewTransform(zoom, 0.0, 0.0)
    ants.paint(painter, still)
    tell("line, marching", lambda: ants.paint(painter, still), 0.016)
    painter.end()


def main() -> None:
    app = QGuiApplication.instance() or QApplication([])
    pixels = picture(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    x, y = WIDTH // 2, HEIGHT // 2
    tell("wand, contiguous", lambda: wand_coverage(pixels, x, y, Wand()))
    tell("wand, anywhere", lambda: wand_coverage(pixels, x, y, Wand(contiguous=False)))
    color = tuple(float(value) / 255 for value in pixels[y, x, :3])
    distance = tell("color range, a color", lambda: color_distance(pixels, color))
    coverage = tell(
        "color range, its tolerance",
        lambda: range_coverage(distance, pixels[..., 3], ColorRange(color)),
    )
    cut = tell("smart selection, the picture", lambda: superpixels(pixels), 1.0)
    line = np.array([(x - 200, y), (x + 200, y + 100)], float)
    strokes = [Stroke(line, 20, wanted=True)]
    selection = tell("smart selection, a stroke", lambda: select_object(pixels, cut, strokes), 1.0)
    selection = selection or from_coverage(coverage)
    for change in CHANGES:
        params = change.params_type()
        tell(change.title.lower(), lambda c=change, p=params: changed(selection, c, p))
    look = tell("outline", lambda: look_of(selection))
    print(f"{'':32s} {look.path.elementCount():8d} points")
    frames(look.path)
    noisy = look_of(from_coverage(coverage))
    print(f"{'a range of colors:':32s} {noisy.path.elementCount():8d} points")
    frames(noisy.path)
    del app


if __name__ == "__main__":
    main()
