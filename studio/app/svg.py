"""SVG files as pixels, drawn by Qt: shapes, text and pictures inside, nothing that reaches out.

Scripts, links to other files and to the network, and animations are taken out before Qt sees them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from PySide6.QtCore import QByteArray, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from studio.app.qimage import pixels8_of_qimage
from studio.codec.read import MAX_PIXELS, check_file
from studio.core.image import Pixels8
from studio.errors import StudioError

SUFFIX = ".svg"

_MAX_BYTES = 64 << 20
_MAX_ELEMENTS = 500_000
_MAX_SIDE = 30_000  # px
_BANNED = frozenset(
    ("script", "foreignObject", "animate", "animateTransform", "animateMotion", "set", "handler")
)
_INSIDE = ("#", "data:image/png", "data:image/jpeg", "data:image/webp", "data:image/gif")


def svg_size(file: Path) -> tuple[int, int]:
    """The size in px that the file gives itself.

    Raises:
        StudioError: not an SVG that can be drawn.
    """
    size = _size(_renderer(file))
    return max(1, round(size.width())), max(1, round(size.height()))


def read_svg(file: Path, longest: int | None = None) -> Pixels8:
    """The drawing as ``uint8 [H, W, 4]``, its longest side `longest` px (default: its own).

    Raises:
        StudioError: not an SVG that can be drawn, or too large.
    """
    renderer = _renderer(file)
    size = _size(renderer)
    if longest is not None:
        size.scale(longest, longest, Qt.AspectRatioMode.KeepAspectRatio)
    width, height = max(1, round(size.width())), max(1, round(size.height()))
    if max(width, height) > _MAX_SIDE or width * height > MAX_PIXELS:
        raise StudioError(
            f"“{file.name}” has too many pixels at this size.", "Choose a smaller one."
        )
    canvas = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixels8_of_qimage(canvas)


def _renderer(file: Path) -> QSvgRenderer:
    check_file(file)
    renderer = QSvgRenderer(QByteArray(_harmless(file)))
    if not renderer.isValid():
        raise _refused(file)
    return renderer


def _size(renderer: QSvgRenderer) -> QSizeF:
    """Width and height where the file has them, else its view box."""
    size = QSizeF(renderer.defaultSize())
    return size if not size.isEmpty() else QSizeF(512, 512)


def _harmless(file: Path) -> bytes:
    """The file without what could run, load or grow without end."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if file.stat().st_size > _MAX_BYTES:
        raise StudioError(f"“{file.name}” is larger than 64 MB.", "Simplify the drawing first.")
    try:
        root: Any = fromstring(file.read_bytes())
    except (ET.ParseError, ValueError, OSError, DefusedXmlException) as error:
        raise _refused(file) from error
    if _name(root) != "svg":
        raise _refused(file)
    if sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
        raise StudioError(f"“{file.name}” has too many parts.", "Simplify the drawing first.")
    _clean(root)
    return bytes(ET.tostring(root, "utf-8"))


def _clean(root: Any) -> None:
    for parent in root.iter():
        for child in [child for child in parent if _does_more_than_draw(child)]:
            parent.remove(child)


def _does_more_than_draw(element: Any) -> bool:
    """A link around shapes leads nowhere in a picture; every other one would be followed."""
    if _name(element) in _BANNED:
        return True
    links = [value for key, value in element.attrib.items() if key.endswith(("href", "src"))]
    return _name(element) != "a" and any(not link.strip().startswith(_INSIDE) for link in links)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _refused(file: Path) -> StudioError:
    return StudioError(
        f"“{file.name}” is not an SVG drawing that can be read.", "Save it as plain SVG or as PNG."
    )
