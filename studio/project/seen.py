"""Everything that was looked at, in a project: an index that only grows, and one file of bytes.

::

    seen/index.jsonl    a line for each new picture, each further look at one, each change of tags
    seen/pictures.bin   for each picture its latent point (JSON), then its thumbnail (WebP)

The index stays short, so that fifty thousand pictures open at once; points and thumbnails are read
when they come into view. A crash can tear the last line only, and it is passed over.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from studio.core.files import told_as_studio_error
from studio.core.latent import LatentPoint
from studio.errors import StudioError

SEEN = "seen"
INDEX, PICTURES = "index.jsonl", "pictures.bin"

Key: TypeAlias = tuple[str, str]  # sha256 of the model, digest of the point

_MOST_BYTES = 1 << 24  # of one picture: more is damage


def digest_of(point: LatentPoint) -> str:
    """A short name for a point: the same for the same point."""
    return hashlib.sha256(json.dumps(point.to_json()).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """A picture that was looked at; `when` is the last time, in seconds since 1970.

    Its bytes lie at `offset`: `point_bytes` of JSON, then `thumbnail_bytes` of WebP.
    """

    model: str
    digest: str
    title: str
    when: int
    offset: int
    point_bytes: int
    thumbnail_bytes: int
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.model, self.digest


class SeenLog:
    """The files of one project; made when the first picture is added. Use it from one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Iterator[SeenEntry]:
        """All entries, the one seen last at the end. Yields nothing where there is no log."""
        entries: dict[Key, SeenEntry] = {}
        for line in self._lines():
            with suppress(KeyError, TypeError, ValueError):
                _replay(entries, json.loads(line))
        yield from entries.values()

    def add(self, point: LatentPoint, model: str, when: int, thumbnail: bytes) -> SeenEntry:
        """Add a picture that was not seen before.

        Raises:
            StudioError: the disk refused.
        """
        text = json.dumps(point.to_json()).encode()
        with told_as_studio_error("The picture could not be remembered"):
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / PICTURES).open("ab") as file:
                offset = file.seek(0, os.SEEK_END)
                file.write(text + thumbnail)
            sizes = len(text), len(thumbnail)
            entry = SeenEntry(model, digest_of(point), point.describe(), when, offset, *sizes)
            self._note(_to_json(entry))
        return entry

    def see_again(self, entry: SeenEntry, when: int) -> SeenEntry:
        """Raises: StudioError: the disk refused."""
        self._note({"again": list(entry.key), "when": when})
        return replace(entry, when=when)

    def tag(self, entry: SeenEntry, tags: Sequence[str]) -> SeenEntry:
        """Raises: StudioError: the disk refused."""
        self._note({"tag": list(entry.key), "tags": list(tags)})
        return replace(entry, tags=tuple(tags))

    def load(self, entry: SeenEntry) -> tuple[LatentPoint, bytes]:
        """The point of an entry, and its thumbnail.

        Raises:
            StudioError: the file is damaged or gone.
        """
        try:
            with (self._folder / PICTURES).open("rb") as file:
                file.seek(entry.offset)
                data = file.read(min(_MOST_BYTES, entry.point_bytes + entry.thumbnail_bytes))
            point = LatentPoint.from_json(json.loads(data[: entry.point_bytes]))
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise StudioError(
                f"What is known of “{entry.title}” is damaged.", "Look at another picture."
            ) from error
        return point, data[entry.point_bytes :]

    def _lines(self) -> Iterator[str]:
        with (
            suppress(FileNotFoundError),
            (self._folder / INDEX).open(encoding="utf-8", errors="replace") as file,
        ):
            yield from file

    def _note(self, data: dict[str, Any]) -> None:
        """Append a line; one that a crash has torn is ended first."""
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n"
        with (
            told_as_studio_error("The picture could not be remembered"),
            (self._folder / INDEX).open("a+b") as file,
        ):
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                text = text if file.read(1) == b"\n" else "\n" + text
            file.write(text.encode())


def _replay(entries: dict[Key, SeenEntry], data: dict[str, Any]) -> None:
    """What one line of the index says."""
    if "again" in data:
        key = tuple(data["again"])
        entries[key] = replace(entries.pop(key), when=int(data["when"]))
    elif "tag" in data:
        key = tuple(data["tag"])
        entries[key] = replace(entries[key], tags=tuple(map(str, data["tags"])))
    else:
        offset, point_bytes, thumbnail_bytes = map(int, data["bytes"])
        entry = SeenEntry(
            str(data["model"]),
            str(data["point"]),
            str(data["title"]),
            int(data["when"]),
            offset,
            point_bytes,
            thumbnail_bytes,
        )
        entries[entry.key] = entry


def _to_json(entry: SeenEntry) -> dict[str, Any]:
    return {
        "model": entry.model,
        "point": entry.digest,
        "title": entry.title,
        "when": entry.when,
        "bytes": [entry.offset, entry.point_bytes, entry.thumbnail_bytes],
    }
