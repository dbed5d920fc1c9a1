"""What people say of their pictures: classes and captions, from folders, tables and text files."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.engine.api import SkippedFile

TABLE = "metadata.csv"
_FILE, _CLASS, _CAPTION = "file", "class", "caption"
_COLUMNS = {
    _FILE: ("file", "filename", "name"),
    _CLASS: ("category", "label", "class"),
    _CAPTION: ("caption", "text", "description"),
}
_LONGEST = 1000  # characters of a class or caption
_LARGEST_TEXT = 1 << 16  # bytes; a text file beyond this is no caption

# What cameras and programs call files, which says nothing about the picture.
_EMPTY_WORDS = frozenset(
    (
        *("img", "image", "pic", "picture", "photo", "dsc", "dscf", "dscn", "pxl", "mvi", "vid"),
        *("scan", "screenshot", "whatsapp", "untitled", "unnamed", "copy"),
    )
)
_BREAK = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")
_NUMBERED = re.compile(r"^([^\W\d_]+)\d+$")
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True)
class Note:
    """What is said of one picture: its class by a table and by its folder, and its caption."""

    label: str = ""
    folder: str = ""
    caption: str = ""


class Notes:
    """What is said of the pictures below some sources. Any thread may ask.

    The class that folders stand for is a sub-folder of the source, or of several sources each one
    without sub-folders. Every ``metadata.csv`` beside the pictures, or above them in their source,
    is read at once; `problems` are those that could not be used.
    """

    def __init__(self, sources: Sequence[Path], files: Sequence[Path]) -> None:
        self._sources = frozenset(Path(os.path.abspath(path)) for path in sources)  # noqa: PTH100
        self._tables: dict[Path, Mapping[str, Note]] = {}
        self.problems: list[SkippedFile] = []
        self._places: dict[Path, tuple[str, tuple[Path, ...]]] = {}
        by_source: dict[Path, list[Path]] = {}
        for folder in dict.fromkeys(file.parent for file in files):
            by_source.setdefault(self._source_of(folder), []).append(folder)
        for source, folders in by_source.items():
            whole = source.name if len(by_source) > 1 else ""
            for folder in folders:
                above = (folder, *folder.parents)
                told = filter(self._read, above[: above.index(source) + 1])
                self._places[folder] = (_class_of(folder, folders, whole), tuple(told))

    def of(self, picture: Path) -> Note:
        """Of one of the files: a text file beside it is its caption, else the table, else its name.

        Words in a file name count only if they look like words.
        """
        label, told = self._places[picture.parent]
        found = self._in_tables(picture, told)
        caption = _side_car(picture) or found.caption or words_in_name(picture.stem)
        return Note(found.label, label, caption)

    def _source_of(self, folder: Path) -> Path:
        """The outermost source around a folder; pictures that were given one by one have none."""
        sources = [path for path in (folder, *folder.parents) if path in self._sources]
        return sources[-1] if sources else folder

    def _read(self, folder: Path) -> bool:
        """Whether there is a table that says something; read only once."""
        if folder not in self._tables:
            self._tables[folder] = self._table(folder / TABLE)
        return bool(self._tables[folder])

    def _table(self, path: Path) -> Mapping[str, Note]:
        if not path.is_file():
            return {}
        try:
            return read_table(path)
        except OSError as error:
            reason = f"“{path.name}” could not be read: {error.strerror or error}."
        except ValueError as error:
            reason = str(error)
        self.problems.append(SkippedFile(str(path), reason))
        return {}

    def _in_tables(self, picture: Path, folders: Sequence[Path]) -> Note:
        """The row about a picture, that of the nearest table first: by its path or its name."""
        for folder in folders:
            path = PurePosixPath(_key(picture.relative_to(folder).as_posix()))
            for name in (path, path.with_suffix(""), path.name, path.stem):
                if note := self._tables[folder].get(str(name)):
                    return note
        return Note()


def read_table(path: Path) -> dict[str, Note]:
    """The rows of a CSV file by the pictures that they are about, as `_key` writes them.

    Columns: file, filename or name; category, label or class; caption, text or description. Any
    of the usual separators and encodings will do.

    Raises:
        OSError: the file cannot be read.
        ValueError: it does not say which pictures it is about.
    """
    rows = _rows(_decoded(path.read_bytes()))
    header = [re.sub(r"[\W_]", "", name.lower()) for name in next(rows, [])]
    place = {
        meaning: next((header.index(name) for name in names if name in header), len(header))
        for meaning, names in _COLUMNS.items()
    }
    if place[_FILE] == len(header):
        raise ValueError(f"“{path.name}” has no column “file”: it tells nothing about pictures.")
    notes: dict[str, Note] = {}
    for row in rows:
        cells = {meaning: _cell(row, column) for meaning, column in place.items()}
        if cells[_FILE] and (cells[_CLASS] or cells[_CAPTION]):
            note = Note(cells[_CLASS], caption=cells[_CAPTION])
            notes.setdefault(_key(cells[_FILE]), note)
    return notes


def classes_of(notes: Sequence[Note]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The classes in order, and for each picture its place among them, -1 where it has none.

    Tables say more than folders: these count only if tables name fewer than two classes. Capitals
    make no other class. Nothing where there are fewer than two.
    """
    for told in ([note.label for note in notes], [note.folder for note in notes]):
        spelled: dict[str, str] = {}
        for name in told:
            if name:
                spelled.setdefault(name.lower(), name)
        if len(spelled) >= 2:
            ranked = sorted(spelled)
            place = {name: number for number, name in enumerate(ranked)}
            labels = tuple(place.get(name.lower(), -1) for name in told)
            return tuple(spelled[name] for name in ranked), labels
    return (), ()


def captions_of(notes: Sequence[Note]) -> tuple[str, ...]:
    """The caption of each picture; nothing where they do not tell pictures apart."""
    captions = tuple(note.caption for note in notes)
    return captions if len({caption for caption in captions if caption}) >= 2 else ()


def words_in_name(stem: str) -> str:
    """The words of a file name: ``red_apple-3`` is ``red apple``; of ``IMG_1234`` there are none.

    A name that is mostly codes, such as a hash or a code point, has none either.
    """
    parts = [part for part in _BREAK.split(unicodedata.normalize("NFC", stem)) if part]
    words = [_NUMBERED.sub(r"\1", part) for part in parts if not part.isdigit()]
    codes = [word for word in words if not word.isalpha()]
    words = [word for word in words if word.isalpha()]
    if len(codes) >= len(words) or not any(_says_something(word.lower()) for word in words):
        return ""
    return " ".join(words)[:_LONGEST]


def _says_something(word: str) -> bool:
    if not word.isascii():
        return True
    return len(word) >= 3 and word not in _EMPTY_WORDS and bool(_VOWEL.search(word))


def _side_car(picture: Path) -> str:
    """The text of the file of the same name that ends in ``.txt``."""
    path = picture.with_suffix(".txt")
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_TEXT:
            return ""
        return _tidy(_decoded(path.read_bytes()))
    except OSError:
        return ""


def _class_of(folder: Path, folders: Sequence[Path], whole: str) -> str:
    """The class that a folder stands for among those of a source; `whole` if it is the only one.

    It is the first folder below what they have in common, so that a folder around all of them is
    no class.
    """
    if len(folders) > 1:
        depth = len(Path(os.path.commonpath(folders)).parts)
        whole = folder.parts[depth] if depth < len(folder.parts) else ""
    return unicodedata.normalize("NFC", whole)


def _decoded(data: bytes) -> str:
    """Text in UTF-8 or UTF-16 with a byte order mark, else in Latin-1, which any bytes are."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _rows(text: str) -> Iterator[list[str]]:
    """Rows of a table whose separator is found in its first line.

    Where quotes do not pair up, one of them would swallow the rest: then none is heeded.
    """
    text = text.replace("\0", "").lstrip()
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_NONE if text.count('"') % 2 else csv.QUOTE_MINIMAL,
        skipinitialspace=True,
    )
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond any length
            continue


def _cell(row: Sequence[str], column: int) -> str:
    return _tidy(row[column].strip('"')) if column < len(row) else ""


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())[:_LONGEST]


def _key(name: str) -> str:
    """How a file is looked up, whoever wrote its name."""
    path = PurePosixPath(unicodedata.normalize("NFC", name).lower().replace("\\", "/"))
    return str(path)
