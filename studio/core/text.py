"""Text that stays text: its pixels are kept beside it, so that a missing font loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.param_values import Color
from studio.core.params import from_json, param, to_json
from studio.core.raster import Raster

ALIGNMENTS = ("left", "center", "right")


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text looks. `size` is the font's in px; `leading` and `spacing` are relative to it.

    The longest line goes `arc` degrees around a circle: above it, or below it if they are negative.
    """

    size: float = param(64.0, "Size", 4.0, 2000.0, 1.0, "px", soft_high=400)
    bold: bool = param(default=False, label="Bold")
    italic: bool = param(default=False, label="Italic")
    align: str = param("left", "Alignment", choices=ALIGNMENTS)
    leading: float = param(1.2, "Line height", 0.5, 4.0, 0.05)
    spacing: float = param(
        0.0, "Letter spacing", -0.2, 2.0, 0.01, help="In parts of the font's size."
    )
    arc: float = param(
        0.0, "Arc", -360.0, 360.0, 5.0, "°", help="How far around a circle the text goes."
    )


@dataclass(frozen=True, slots=True)
class Text:
    """What is written, in which family of fonts of the system ("": the usual one), and how."""

    text: str
    family: str = ""
    color: Color = (0.0, 0.0, 0.0)
    style: TextStyle = TextStyle()


class TextRaster(Raster):
    """The pixels of a text. Whatever is painted onto them is pixels from then on."""

    __slots__ = ("text",)

    def __init__(self, pixels: Raster, text: Text) -> None:
        tiles = {index: pixels.tile(index) for index, _ in pixels.tile_rects(pixels.rect)}
        present = {index: tile for index, tile in tiles.items() if tile is not None}
        super().__init__(pixels.width, pixels.height, pixels.channels, present)
        self.text = text


def text_to_json(text: Text) -> dict[str, Any]:
    look = {"family": text.family, "color": list(text.color), "style": to_json(text.style)}
    return {"text": text.text, **look}


def text_from_json(data: Mapping[str, Any]) -> Text:
    """The inverse of `text_to_json`.

    Raises:
        KeyError, TypeError, ValueError, StudioError: not a text.
    """
    red, green, blue = (min(1.0, max(0.0, float(channel))) for channel in data["color"])
    style = from_json(TextStyle, data["style"])
    return Text(str(data["text"]), str(data["family"]), (red, green, blue), style)
