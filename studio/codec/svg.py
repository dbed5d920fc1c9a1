"""Vector drawings out: SVG of plain paths that every program reads."""

from __future__ import annotations

from pathlib import Path

from studio.core.files import write_bytes_atomic
from studio.core.shapes import Drawing, Outline, Shape


def write_svg(path: Path, drawing: Drawing) -> None:
    """Write a drawing.

    Raises:
        StudioError: the disk refused.
    """
    write_bytes_atomic(path, svg_text(drawing).encode("utf-8"), f"“{path.name}”")


def svg_text(drawing: Drawing) -> str:
    """The drawing as SVG 1.1, one path for each shape."""
    size = f'width="{drawing.width}" height="{drawing.height}"'
    box = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    paths = "\n".join(_path(shape) for shape in drawing.shapes)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>\n{paths}\n</svg>\n'


def _path(shape: Shape) -> str:
    fill = "#" + "".join(f"{round(channel * 255):02x}" for channel in shape.color)
    data = "".join(_outline(outline) for outline in shape.outlines)
    return f'<path fill="{fill}" fill-rule="evenodd" d="{data}"/>'


def _outline(outline: Outline) -> str:
    x, y = outline[0, 0]
    curves = "".join(
        "C" + " ".join(f"{_number(px)} {_number(py)}" for px, py in curve[1:]) for curve in outline
    )
    return f"M{_number(x)} {_number(y)}{curves}Z"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
