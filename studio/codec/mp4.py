"""Films as MP4 with AV1, at exactly the frame rate that was asked for.

Pillow's own AVIF encoder (libaom, under the BSD license; no part of it is under the GPL) makes
image sequences of some frames each. Their pictures are AV1 as a film has it, so that they are only
put into another container: ISO base media (ISO/IEC 14496-12), AV1 in it (AOMedia 2018).
"""

from __future__ import annotations

import io
import itertools
import struct
import uuid
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, NamedTuple

from PIL import Image as Pillow

from studio.core.image import Image, on_white, to_pixels8

_GROUP_FRAMES = 48  # between two pictures that a player can jump to
_GROUP_BYTES = 96 * 2**20
_QUALITY, _SPEED = 85, 8  # of the encoder: 0 to 100, and 0 (thorough) to 10
_XMP = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes  # XMP part 3, table 12
_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_IN_USE = 7  # flags of a track: enabled, in the film and in its preview


class _Group(NamedTuple):
    """What one image sequence holds: its pictures, encoded, and how they are to be decoded."""

    samples: list[bytes]
    description: bytes


class Mp4Muxer:
    """AV1 in 4:2:0; what is transparent is laid on white."""

    def __init__(self, file: BinaryIO, first: Image, fps: Fraction, xmp: str) -> None:
        self._file = file
        self._fps = fps
        self._size = first.shape[1], first.shape[0]
        self._most = max(
            2, min(_GROUP_FRAMES, _GROUP_BYTES // (3 * first.shape[0] * first.shape[1]))
        )
        self._waiting: list[Pillow.Image] = []
        self._sizes: list[list[int]] = []  # of each group's samples, in bytes
        self._description = b""
        file.write(_box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso6av01mp42"))
        file.write(_box(b"uuid", _XMP, xmp.encode()))
        self._data_at = file.tell()
        file.write(bytes(16))  # the head of the data, known at the end

    def add(self, frame: Image) -> None:
        self._waiting.append(Pillow.fromarray(to_pixels8(on_white(frame))))
        if len(self._waiting) == self._most:
            self._encode()

    def finish(self) -> None:
        if self._waiting:
            self._encode()
        end = self._file.tell()
        self._file.write(self._movie())
        self._file.seek(self._data_at)
        self._file.write(struct.pack(">I4sQ", 1, b"mdat", end - self._data_at))

    def _encode(self) -> None:
        group = _encoded(self._waiting)
        self._waiting.clear()
        self._file.writelines(group.samples)
        self._sizes.append([len(sample) for sample in group.samples])
        self._description = group.description

    def _movie(self) -> bytes:
        count = sum(map(len, self._sizes))
        scale, each = self._fps.numerator, self._fps.denominator
        times = struct.pack(">4I", 0, 0, scale, count * each)
        head = times + struct.pack(">IH10x", 0x10000, 0x100) + _UNITY + bytes(24)
        track = struct.pack(">5I16x", 0, 0, 1, 0, count * each) + _UNITY
        track += struct.pack(">2I", *(side << 16 for side in self._size))
        media = _box(
            b"mdia",
            _full(b"mdhd", times, struct.pack(">HH", 0x55C4, 0)),  # no language
            _full(b"hdlr", bytes(4), b"vide", bytes(12), b"Film\0"),
            self._media_information(count, each),
        )
        return _box(
            b"moov",
            _full(b"mvhd", head, struct.pack(">I", 2)),
            _box(b"trak", _full(b"tkhd", track, flags=_IN_USE), media),
        )

    def _media_information(self, count: int, each: int) -> bytes:
        link = _full(b"url ", flags=1)  # the data are in this file
        return _box(
            b"minf",
            _full(b"vmhd", bytes(8), flags=1),
            _box(b"dinf", _full(b"dref", struct.pack(">I", 1), link)),
            _box(
                b"stbl",
                self._description,
                _table(b"stts", (1,), [count, each]),
                _table(b"stss", (len(self._sizes),), list(self._first_numbers())),
                _table(b"stsc", (len(self._sizes),), list(self._groups())),
                _table(b"stsz", (0, count), [*itertools.chain(*self._sizes)]),
                _full(b"co64", struct.pack(">I", len(self._sizes)), *self._offsets()),
            ),
        )

    def _first_numbers(self) -> Iterator[int]:
        """The number, from 1, of each group's first picture."""
        number = 1
        for sizes in self._sizes:
            yield number
            number += len(sizes)

    def _groups(self) -> Iterator[int]:
        for number, sizes in enumerate(self._sizes, start=1):
            yield from (number, len(sizes), 1)

    def _offsets(self) -> Iterator[bytes]:
        at = self._data_at + 16
        for sizes in self._sizes:
            yield struct.pack(">Q", at)
            at += sum(sizes)


def _encoded(pictures: list[Pillow.Image]) -> _Group:
    first, *rest = pictures
    file = io.BytesIO()
    first.save(
        file,
        "AVIF",
        save_all=True,
        append_images=rest or [first],  # a single one would be no sequence
        duration=1,
        quality=_QUALITY,
        speed=_SPEED,
        subsampling="4:2:0",
        range="limited",
    )
    data = file.getvalue()
    table = _inside(data, b"moov", b"trak", b"mdia", b"minf", b"stbl")
    boxes = dict(_boxes(data, *table))
    begin, _end = boxes[b"stsz"]
    (count,) = struct.unpack_from(">I", data, begin + 8)
    sizes = struct.unpack_from(f">{count}I", data, begin + 12)
    (at,) = struct.unpack_from(">I", data, boxes[b"stco"][0] + 8)
    ends = list(itertools.accumulate(sizes, initial=at))
    samples = [data[start:stop] for start, stop in itertools.pairwise(ends)]
    begin, end = boxes[b"stsd"]
    return _Group(samples[: len(pictures)], _box(b"stsd", data[begin:end]))


def _inside(data: bytes, *path: bytes) -> tuple[int, int]:
    """Where what is in a box, in a box, and so on, begins and ends."""
    begin, end = 0, len(data)
    for kind in path:
        begin, end = dict(_boxes(data, begin, end))[kind]
    return begin, end


def _boxes(data: bytes, begin: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Kind of each box, and where its content begins and ends."""
    while begin < end:
        size, kind = struct.unpack_from(">I4s", data, begin)
        yield kind, (begin + 8, begin + size)
        begin += size


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    """A box with a version, which is 0, and flags."""
    return _box(kind, struct.pack(">I", flags), *parts)


def _table(kind: bytes, head: tuple[int, ...], numbers: list[int]) -> bytes:
    return _full(kind, struct.pack(f">{len(head) + len(numbers)}I", *head, *numbers))
