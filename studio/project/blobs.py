"""Rasters on disk under the sha256 of their file: written once, never changed, shared by saves."""

from __future__ import annotations

import hashlib
import io
import math
import re
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from PIL import Image as Pillow

from studio.codec.read import MAX_PIXELS, read_pixels8
from studio.core.files import atomic_write, sweep_stale_temps, told_as_studio_error
from studio.core.image import Rect
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.project.manifest import Json, side

BlobKind: TypeAlias = Literal["png", "bin"]

GRACE = 24 * 3600.0  # s that a blob which nothing refers to is kept
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEVEL = 1  # of deflate: level 6 takes four times as long for 15 % less
_ROWS = 64  # deflated at a time
_FLOAT_BYTES = 4
_DAMAGED = "Its pixels are damaged."


class BlobStore:
    """Owns the folder ``blobs``; a project's save and autosave put rasters in and get references.

    Remembers the rasters of the last save, so that one which has not changed is not encoded again.
    One call at a time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[int, tuple[Raster, Json]] = {}  # by id; holding the raster keeps it valid
        self._used: dict[int, tuple[Raster, Json]] = {}

    def put(self, raster: Raster) -> Json:
        """Store a raster, exact to the bit, and return what `get` finds it by.

        Raises:
            StudioError: the disk refused.
        """
        known = self._used.get(id(raster)) or self._known.get(id(raster))
        reference = known[1] if known and self._path(known[1]).exists() else self._write(raster)
        self._used[id(raster)] = (raster, reference)
        return reference

    def forget_unused(self) -> None:
        """A save is complete: remember the rasters put or got since the last one, no others."""
        self._known, self._used = self._used, {}

    def get(self, reference: Mapping[str, Any]) -> Raster:
        """The raster of a reference.

        Raises:
            StudioError: the blob is missing or damaged.
            KeyError, TypeError, ValueError: not a reference.
        """
        path = self._path(reference)
        with told_as_studio_error("Its pixels could not be read"):
            data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != reference["blob"]:
            raise StudioError(_DAMAGED)
        raster = _from_png(path) if reference["kind"] == "png" else _from_bin(data, reference)
        self._used[id(raster)] = (raster, dict(reference))
        return raster

    def collect(self, keep: Collection[str]) -> int:
        """Remove blobs that are not in `keep` and older than `GRACE`; returns how many."""
        removed = 0
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            sweep_stale_temps(folder)
            for blob in folder.iterdir():
                old = time.time() - blob.stat().st_mtime > GRACE
                if old and blob.stem not in keep and _SHA256.fullmatch(blob.stem):
                    blob.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _write(self, raster: Raster) -> Json:
        kind, pieces = _encoded(raster)
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        reference = {
            "blob": digest.hexdigest(),
            "kind": kind,
            "width": raster.width,
            "height": raster.height,
            "channels": raster.channels,
        }
        path = self._path(reference)
        if not path.exists() or path.stat().st_size != sum(map(len, pieces)):
            project = f"The project “{self.folder.parent.stem}”"
            with told_as_studio_error(f"{project} could not be written"):
                path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path, project) as temp, temp.open("wb") as file:
                file.writelines(pieces)
        return reference

    def _path(self, reference: Mapping[str, Any]) -> Path:
        """A name made of a hash and one of two endings: no reference can leave the folder."""
        blob, kind = str(reference["blob"]), reference["kind"]
        if not _SHA256.fullmatch(blob) or kind not in ("png", "bin"):
            raise ValueError("not a reference to a blob")
        return self.folder / blob[:2] / f"{blob}.{kind}"


def blobs_in(manifest: bytes) -> set[str]:
    """Every blob that a manifest, whole or damaged, may refer to."""
    return set(re.findall(r"[0-9a-f]{64}", manifest.decode("utf-8", "replace")))


def missing(reference: Mapping[str, Any]) -> Raster:
    """A transparent raster in place of one that cannot be read.

    Raises:
        KeyError, TypeError, ValueError: not a reference.
    """
    channels = int(reference["channels"])
    return Raster(side(reference["width"]), side(reference["height"]), channels)


def _encoded(raster: Raster) -> tuple[BlobKind, list[bytes]]:
    """The file in pieces: whoever copies all of it at once holds up every other thread."""
    if raster.is_8bit and 0 < raster.width * raster.height <= MAX_PIXELS:
        out = io.BytesIO()
        pixels8 = raster.pixels8()
        picture = Pillow.fromarray(pixels8[..., 0] if raster.channels == 1 else pixels8)
        picture.save(out, "PNG", compress_level=_LEVEL)
        return "png", [out.getvalue()]
    deflate = zlib.compressobj(_LEVEL)
    return "bin", [*(deflate.compress(strip) for strip in _strips(raster)), deflate.flush()]


def _strips(raster: Raster) -> Iterator[memoryview]:
    """The pixels in the raster's own format, some rows at a time."""
    for y in range(0, raster.height, _ROWS):
        rect = Rect(0, y, raster.width, min(_ROWS, raster.height - y))
        if raster.is_8bit:
            yield raster.pixels8(rect).data
        else:
            yield raster.read(rect).astype("<f4", copy=False).data


def _from_png(path: Path) -> Raster:
    return Raster.from_pixels8(read_pixels8(path))


def _from_bin(data: bytes, reference: Mapping[str, Any]) -> Raster:
    """Deflated ``uint8`` or little-endian ``float32``, whichever fits the size it claims."""
    shape = (side(reference["height"]), side(reference["width"]), int(reference["channels"]))
    values = math.prod(shape)
    try:
        unpacked = zlib.decompressobj().decompress(data, values * _FLOAT_BYTES + 1)
    except zlib.error as error:
        raise StudioError(_DAMAGED) from error
    if len(unpacked) == values:
        return Raster.from_pixels8(np.frombuffer(unpacked, np.uint8).reshape(shape))
    if len(unpacked) == values * _FLOAT_BYTES:
        return Raster.from_image(np.frombuffer(unpacked, "<f4").reshape(shape))
    raise StudioError(_DAMAGED)
