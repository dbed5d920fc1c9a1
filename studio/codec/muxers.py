"""Animated files, frame by frame: exactly as many frames, at exactly the rate that was asked for.

Pillow encodes single pictures; the containers are written here, because its own writers keep all
frames in memory and merge those that look alike. Formats: GIF89a (CompuServe 1990), PNG third
edition (W3C 2025, chapter 11.3.6), WebP container (RFC 9649).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, BinaryIO, Protocol

import numpy as np
from PIL import GifImagePlugin
from PIL import Image as Pillow

from studio.core.image import Image, Pixels8, to_pixels8
from studio.errors import StudioError

_GIF_FASTEST = 50  # frames a second; viewers take shorter delays for a mistake and go slowly
_OPAQUE_FROM = 128  # a GIF's pixel is there or it is not
_SAMPLE = 128  # px
_ENDLESS = 0  # how often it plays
_CLEAR = 255  # the entry of a GIF's palette that is transparent


class Muxer(Protocol):
    """One animated file being written; `add` each frame, then `finish`."""

    def add(self, frame: Image) -> None: ...
    def finish(self) -> None: ...


def ticks(index: int, fps: Fraction, per_second: int) -> int:
    """How long frame `index` lasts, so that the rounding of many frames does not add up."""
    return round((index + 1) * per_second / fps) - round(index * per_second / fps)


class GifMuxer:
    """256 colors a frame, dithered where there are more; delays in hundredths of a second."""

    def __init__(self, file: BinaryIO, first: Image, fps: Fraction, xmp: str) -> None:
        if fps > _GIF_FASTEST:
            raise StudioError(
                f"A GIF shows at most {_GIF_FASTEST} frames a second.", "Choose APNG or WebP."
            )
        self._file = file
        self._fps = fps
        self._count = 0
        height, width, _ = first.shape
        file.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0x70, 0, 0))
        file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", _ENDLESS, 0))
        # Adobe's way to keep a packet in one piece: bytes that lead any reader out of it again.
        magic = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
        file.write(b"!\xff\x0bXMP DataXMP" + xmp.encode() + magic)

    def add(self, frame: Image) -> None:
        picture, transparent = _indexed(to_pixels8(frame))
        options: dict[str, Any] = {
            "duration": 10 * ticks(self._count, self._fps, 100),  # Pillow wants ms
            "disposal": 2 if transparent else 1,
            "include_color_table": True,
        }
        if transparent:
            options["transparency"] = _CLEAR
        for block in GifImagePlugin.getdata(picture, (0, 0), **options):
            self._file.write(block)
        self._count += 1

    def finish(self) -> None:
        self._file.write(b";")


class PngMuxer:
    """APNG: lossless; delays as fractions."""

    def __init__(self, file: BinaryIO, first: Image, fps: Fraction, xmp: str) -> None:
        self._file = file
        self._delay = (1 / fps).limit_denominator(0xFFFF)
        self._sequence = self._count = 0
        self._size = first.shape[1], first.shape[0]
        header = next(data for kind, data in _png_chunks(first) if kind == b"IHDR")
        file.write(b"\x89PNG\r\n\x1a\n")
        self._chunk(b"IHDR", header)
        self._chunk(b"sRGB", b"\x01")  # relative colorimetric
        self._chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.encode())
        self._control_at = file.tell()
        self._write_control()

    def add(self, frame: Image) -> None:
        data = b"".join(data for kind, data in _png_chunks(frame) if kind == b"IDAT")
        delay = self._delay.numerator, self._delay.denominator
        self._chunk(
            b"fcTL", struct.pack(">IIIIIHHBB", self._next(), *self._size, 0, 0, *delay, 0, 0)
        )
        if self._count == 0:
            self._chunk(b"IDAT", data)
        else:
            self._chunk(b"fdAT", struct.pack(">I", self._next()) + data)
        self._count += 1

    def finish(self) -> None:
        self._chunk(b"IEND", b"")
        self._file.seek(self._control_at)
        self._write_control()

    def _write_control(self) -> None:
        self._chunk(b"acTL", struct.pack(">II", self._count, _ENDLESS))

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence - 1

    def _chunk(self, kind: bytes, data: bytes) -> None:
        checksum = zlib.crc32(data, zlib.crc32(kind))
        self._file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum))


class WebpMuxer:
    """WebP: lossless; delays in thousandths of a second."""

    def __init__(self, file: BinaryIO, first: Image, fps: Fraction, xmp: str) -> None:
        self._file = file
        self._fps = fps
        self._count = 0
        self._xmp = xmp.encode()
        height, width, channels = first.shape
        if max(width, height) > 16_383:
            raise StudioError("A WebP may have 16,383 px a side.", "Choose APNG.")
        self._size = _three(width - 1) + _three(height - 1)
        file.write(b"RIFF\0\0\0\0WEBP")
        has_alpha, has_xmp, is_animation = 0x10 * (channels == 4), 0x04, 0x02
        self._chunk(b"VP8X", bytes([has_alpha | has_xmp | is_animation, 0, 0, 0]) + self._size)
        self._chunk(b"ANIM", struct.pack("<IH", 0, _ENDLESS))

    def add(self, frame: Image) -> None:
        keeps_all = 2  # flag: the frame replaces what was there, alpha included
        duration = _three(ticks(self._count, self._fps, 1000))
        head = bytes(6) + self._size + duration + bytes([keeps_all])
        self._chunk(b"ANMF", head + b"".join(_webp_chunks(frame)))
        self._count += 1

    def finish(self) -> None:
        self._chunk(b"XMP ", self._xmp)
        size = self._file.tell() - 8
        self._file.seek(4)
        self._file.write(struct.pack("<I", size))

    def _chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(_riff(kind, data))


def _indexed(pixels: Pixels8) -> tuple[Pillow.Image, bool]:
    """The picture with a palette, and whether its last entry is in use for transparency."""
    color = np.ascontiguousarray(np.broadcast_to(pixels[..., :3], (*pixels.shape[:2], 3)))
    clear = pixels[..., 3] < _OPAQUE_FROM if pixels.shape[2] == 4 else None
    palette, index = _few_colors(color) or _many_colors(color)
    if clear is not None:
        index = np.where(clear, np.uint8(_CLEAR), index)
    picture = Pillow.fromarray(index)
    picture.putpalette(palette.ljust(3 * 256, b"\0"))
    return picture, clear is not None and bool(clear.any())


def _few_colors(color: Pixels8) -> tuple[bytes, Pixels8] | None:
    """Palette and indices that lose nothing; None if there are too many colors."""
    packed = color.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    colors, index = np.unique(packed, return_inverse=True)
    if len(colors) > _CLEAR:
        return None
    palette = colors.astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:]
    return palette.tobytes(), index.reshape(packed.shape).astype(np.uint8)


def _many_colors(color: Pixels8) -> tuple[bytes, Pixels8]:
    picture = Pillow.fromarray(color)
    sample = picture.copy()
    sample.thumbnail((_SAMPLE, _SAMPLE), Pillow.Resampling.NEAREST)  # enough to choose colors by
    chosen = sample.quantize(_CLEAR, Pillow.Quantize.MEDIANCUT)
    index = picture.quantize(palette=chosen, dither=Pillow.Dither.FLOYDSTEINBERG)
    assert chosen.palette is not None
    return chosen.palette.tobytes(), np.asarray(index)


def _png_chunks(frame: Image) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk of a PNG with this one picture."""
    data = _encoded(frame, "PNG")
    at = 8
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += size + 12


def _webp_chunks(frame: Image) -> Iterator[bytes]:
    """The chunks of a WebP with this one picture that make the picture."""
    data = _encoded(frame, "WEBP", lossless=True, quality=100, exact=True)
    at = 12
    while at < len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        if kind in (b"ALPH", b"VP8 ", b"VP8L"):
            yield _riff(kind, data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2


def _encoded(frame: Image, kind: str, **options: Any) -> bytes:
    pixels = to_pixels8(frame)
    file = io.BytesIO()
    picture = Pillow.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    picture.save(file, format=kind, **options)
    return file.getvalue()


def _riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
