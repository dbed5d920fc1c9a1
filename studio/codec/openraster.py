"""OpenRaster, the layered format of Krita, GIMP and MyPaint: a tree of PNGs in a zip archive.

Specification: OpenRaster 0.0.6, *File Layout* and *Layer Stack*. Layers are written from bottom to
top here and from top to bottom in the file.
"""

from __future__ import annotations

import io
import os
import re
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, get_args
from xml.etree import ElementTree as ET

from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from studio.codec.metadata import SourceType, xmp_packet
from studio.codec.read import MAX_FILE_BYTES, check_file, read_bytes
from studio.core.control import RunControl
from studio.core.document import BlendMode
from studio.core.files import atomic_write
from studio.core.image import Pixels8
from studio.errors import StudioError

SUFFIX = ".ora"
MIME = b"image/openraster"
VERSION = "0.0.5"
MAX_NODES = 2000
WORKERS = max(1, os.cpu_count() or 1)

_MAX_STACK_BYTES = 8 << 20
_MAX_SIDE = 1 << 17  # px
_MOST_DPI = 10_000.0
_COMPRESSION = 1  # of PNG: a quarter of the time of the usual 6, for files a tenth larger
_THUMBNAIL = 256  # px, what the specification allows
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAMAGED = (
    *(KeyError, ValueError, TypeError, OverflowError, EOFError, OSError),
    *(zipfile.BadZipFile, zlib.error, ET.ParseError, RuntimeError),  # the last: locked, or endless
)


@dataclass(frozen=True)
class OraLayer:
    """Pixels whose corner lies at (x, y) of the canvas, and how they are laid over the rest."""

    pixels: Pixels8
    name: str = "Layer"
    x: int = 0
    y: int = 0
    opacity: float = 1.0
    visible: bool = True
    blend: BlendMode = "normal"


@dataclass(frozen=True)
class OraGroup:
    """Layers and groups from bottom to top.

    An `isolated` one is composited on its own and then laid over; else its members see what is
    below it.
    """

    children: tuple[OraNode, ...]
    name: str = "Group"
    opacity: float = 1.0
    visible: bool = True
    blend: BlendMode = "normal"
    isolated: bool = True


OraNode: TypeAlias = OraLayer | OraGroup


@dataclass(frozen=True)
class OraPicture:
    """A canvas in px, to be printed at `dpi`, and its layers and groups from bottom to top."""

    width: int
    height: int
    children: tuple[OraNode, ...]
    dpi: float = 72.0  # what the specification takes a file for that does not say


def write_openraster(
    path: Path,
    picture: OraPicture,
    merged: Pixels8,
    control: RunControl | None = None,
    source: SourceType = "",
) -> None:
    """Write `picture`; `merged` ``uint8 [H, W, 4]`` is what all of it looks like.

    `source` marks generated pixels in the merged picture.

    Raises:
        StudioError: the disk refused.
        Cancelled: `control` was cancelled; nothing was written.
    """
    control = control or RunControl()
    with atomic_write(path) as temp, zipfile.ZipFile(temp, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), MIME)
        image = ET.Element("image", _canvas(picture))
        pictures = dict(_laid_out(ET.SubElement(image, "stack"), picture.children))
        archive.writestr("stack.xml", ET.tostring(image, "utf-8", xml_declaration=True))
        whole = Pillow.fromarray(merged)
        archive.writestr("mergedimage.png", _png(whole, xmp_packet(source)))
        whole.thumbnail((_THUMBNAIL, _THUMBNAIL))
        archive.writestr("Thumbnails/thumbnail.png", _png(whole))
        with ThreadPoolExecutor(WORKERS, "openraster") as threads:
            packed = threads.map(partial(_packed, control), pictures.values())
            for entry, data in zip(pictures, packed, strict=True):
                archive.writestr(entry, data)


def read_openraster(path: Path) -> OraPicture:
    """The canvas with its layers and groups. Blend modes that the studio lacks become normal.

    Raises:
        StudioError: not an OpenRaster file, damaged, or too large.
    """
    check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _Reader(archive, path.name).picture()
    except StudioError:
        raise
    except _DAMAGED as error:
        raise StudioError(
            f"“{path.name}” is not an OpenRaster file that can be read.",
            "Save it again in the program it came from.",
        ) from error


def _canvas(picture: OraPicture) -> dict[str, str]:
    size = {"w": str(picture.width), "h": str(picture.height)}
    dpi = f"{picture.dpi:.6g}"
    return {"version": VERSION, **size, "xres": dpi, "yres": dpi}


def _laid_out(stack: ET.Element, nodes: Iterable[OraNode]) -> Iterator[tuple[str, Pixels8]]:
    """Describe `nodes` in `stack`; yields where the pixels of each layer go, and them."""
    for node in reversed(tuple(nodes)):
        if isinstance(node, OraGroup):
            isolation = "isolate" if node.isolated else "auto"
            inner = ET.SubElement(stack, "stack", _looks(node), isolation=isolation)
            yield from _laid_out(inner, node.children)
        else:
            source = f"data/{uuid.uuid4().hex}.png"
            place = {"src": source, "x": str(node.x), "y": str(node.y)}
            ET.SubElement(stack, "layer", {**place, **_looks(node)})
            yield source, node.pixels


def _packed(control: RunControl, pixels: Pixels8) -> bytes:
    control.check()
    return _png(Pillow.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))


class _Reader:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._nodes = 0

    def picture(self) -> OraPicture:
        # Imported here because few files are of this kind; it refuses entities and DTDs.
        from defusedxml.ElementTree import fromstring

        if self._read("mimetype", len(MIME)) != MIME:
            raise ValueError("another kind of file")
        image: Any = fromstring(self._read("stack.xml", _MAX_STACK_BYTES), forbid_dtd=True)
        stack = image.find("stack")
        if stack is None:
            raise ValueError("no layers")
        width, height = (_side(image.get(key, "")) for key in "wh")
        dpi = _dpi(image.get("xres", ""))
        return OraPicture(width, height, tuple(self._children(stack)), dpi)

    def _children(self, stack: Any) -> Iterator[OraNode]:
        for element in reversed(list(stack)):
            self._nodes += 1
            if self._nodes > MAX_NODES:
                raise StudioError(f"“{self._name}” has more than {MAX_NODES} layers.")
            looks = {
                "name": str(element.get("name") or "Layer"),
                "opacity": min(1.0, max(0.0, float(element.get("opacity", "1")))),
                "visible": element.get("visibility", "visible") != "hidden",
                "blend": _blend_of(str(element.get("composite-op", ""))),
            }
            if element.tag == "stack":
                isolated = element.get("isolation") != "auto"
                yield OraGroup(tuple(self._children(element)), isolated=isolated, **looks)
            elif element.tag == "layer":
                yield self._layer(element, looks)

    def _layer(self, element: Any, looks: dict[str, Any]) -> OraLayer:
        data = self._read(str(element.get("src")), MAX_FILE_BYTES)
        x, y = (int(float(element.get(key, "0"))) for key in "xy")
        if max(abs(x), abs(y)) > _MAX_SIDE:
            raise ValueError("not a place")
        pixels = read_bytes(data, f"{self._name}: {looks['name']}", ("PNG",))
        return OraLayer(pixels, x=x, y=y, **looks)

    def _read(self, entry: str, most_bytes: int) -> bytes:
        """Never more than `most_bytes`, whatever the archive says of itself."""
        with self._archive.open(entry) as file:
            data = file.read(most_bytes + 1)
        if len(data) > most_bytes:
            raise ValueError("too large")
        return data


def _looks(node: OraNode) -> dict[str, str]:
    return {
        "name": _NO_XML.sub("", node.name),
        "opacity": f"{node.opacity:.6g}",
        "visibility": "visible" if node.visible else "hidden",
        "composite-op": _operator_of(node.blend),
    }


# The others are called alike. The specification lacks exclusion: this is what Krita calls it.
_OPERATORS = {"normal": "svg:src-over", "add": "svg:plus", "exclusion": "krita:exclusion"}


def _operator_of(blend: str) -> str:
    return _OPERATORS.get(blend) or f"svg:{blend.replace(' ', '-')}"


_BLENDS = {"svg:exclusion": "exclusion"} | {
    _operator_of(blend): blend for blend in get_args(BlendMode)
}


def _blend_of(operator: str) -> Any:
    return _BLENDS.get(operator, "normal")


def _side(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MAX_SIDE:
        raise ValueError("not a side")
    return number


def _dpi(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return OraPicture.dpi
    return number if 1.0 <= number <= _MOST_DPI else OraPicture.dpi


def _png(picture: Pillow.Image, xmp: str = "") -> bytes:
    texts = PngInfo()
    if xmp:
        texts.add_itxt("XML:com.adobe.xmp", xmp)
    file = io.BytesIO()
    picture.save(file, format="PNG", compress_level=_COMPRESSION, pnginfo=texts)
    return file.getvalue()
