"""What is read from folders, tables, text files and names of files, however nasty these are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from studio.engine.labels import Note, Notes, captions_of, classes_of, read_table, words_in_name


def written(folder: Path, **files: str | bytes) -> Path:
    """`files` by their paths below `folder`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def noted(sources: list[Path], *pictures: Path) -> dict[str, Note]:
    notes = Notes(sources, pictures)
    return {picture.name: notes.of(picture) for picture in pictures}


def folders_of(sources: list[Path], *pictures: Path) -> list[str]:
    return [note.folder for note in noted(sources, *pictures).values()]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("red_apple-3", "red apple"),
        ("RedApple12", "Red Apple"),
        ("3d model of a cat", "model of a cat"),
        ("grüner Tür-Griff", "grüner Tür Griff"),
        ("赤いりんご", "赤いりんご"),
        ("train", "train"),
        ("IMG_1234", ""),
        ("DSC00001 (copy)", ""),
        ("PXL_20240101_120000", ""),
        ("1f468-200d-1f3a8", ""),
        ("emoji_u1f600", ""),
        ("3f2a91cc-beef-4a1b-9e0d-5f3c7a2b1d00", ""),
        ("AC", ""),
        ("0042", ""),
        ("...", ""),
    ],
)
def test_words_of_a_file_name(name: str, words: str) -> None:
    assert words_in_name(name) == words


TABLES: Mapping[str, bytes] = {
    "plain": b"file,category,caption\na.png,cat,a red cat\nb.png,dog,\n",
    "spelled otherwise": b'Description,FILE_NAME,Class\n"a red cat",A.PNG,cat\n,b.png,dog\n',
    "byte order mark": "\ufefffile,label,text\na.png,cat,a red cat\nb.png,dog,\n".encode(),
    "from a spreadsheet": b"name;label;text\r\na.png;cat;a red cat\r\nb.png;dog;\r\n",
    "UTF-16 with tabs": "file\tlabel\ttext\na.png\tcat\ta red cat\nb.png\tdog\n".encode("utf-16"),
    "no suffixes": b"file,label,text\na,cat,a red cat\n./b,dog\n",
    "rows too short and too long": b"file,label,text\n\na.png,cat,a red cat,4\n,,\nb.png,dog\nc\n",
    "a quote that never ends": b'file,label,text\na.png,cat,a red cat\nx,cow,"big\nb.png,dog,\n',
    "zero bytes": b"file,label,text\na.png,cat,a red\0 cat\nb.png,dog,\n",
    "a cell without end": b"file,label,text\na.png,cat,a red cat\nx.png,cow,%b\nb.png,dog,\n"
    % (b"x" * 200_000),
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_tables_of_every_kind(table: bytes, tmp_path: Path) -> None:
    written(tmp_path, **{"metadata.csv": table})
    notes = noted([tmp_path], tmp_path / "a.png", tmp_path / "b.png", tmp_path / "absent row.png")
    assert notes["a.png"] == Note("cat", "", "a red cat")
    assert notes["b.png"] == Note("dog", "", "")
    assert notes["absent row.png"] == Note("", "", "absent row")


def test_a_table_in_latin_1(tmp_path: Path) -> None:
    table = "file,caption\nTür.png,grüne Tür\n".encode("latin-1")
    written(tmp_path, **{"metadata.csv": table})
    decomposed = tmp_path / "Tu\u0308r.png"  # as macOS spells it
    assert noted([tmp_path], decomposed)[decomposed.name].caption == "grüne Tür"


def test_a_table_above_the_pictures_names_them_by_their_paths(tmp_path: Path) -> None:
    written(
        tmp_path,
        **{"metadata.csv": "file,caption\ncats/1.png,a cat\ndogs\\1.png,a dog\n"},
        **{"dogs/metadata.csv": "file,caption\n2.png,nearer\n"},
    )
    pictures = [tmp_path / "cats/1.png", tmp_path / "dogs/1.png", tmp_path / "dogs/2.png"]
    notes = Notes([tmp_path], pictures)
    assert [notes.of(picture).caption for picture in pictures] == ["a cat", "a dog", "nearer"]


def test_tables_that_say_nothing_of_pictures_are_told(tmp_path: Path) -> None:
    written(tmp_path, **{"metadata.csv": "id,caption\n1,a cat\n"})
    notes = Notes([tmp_path], [tmp_path / "red apple.png"])
    assert [(Path(p.path).name, "no column" in p.reason) for p in notes.problems] == [
        ("metadata.csv", True)
    ]
    assert notes.of(tmp_path / "red apple.png") == Note("", "", "red apple")
    assert read_table(written(tmp_path, **{"b.csv": "file,width\na.png,3\n"}) / "b.csv") == {}


def test_a_text_file_says_more_than_a_table_and_that_more_than_the_name(tmp_path: Path) -> None:
    written(
        tmp_path,
        **{"metadata.csv": "file,caption\na cow.png,table\nb cow.png,table\nc cow.png,table\n"},
        **{"a cow.txt": " two\n lines ", "b cow.txt": "\n", "c cow.txt": b"x" * 100_000},
    )
    notes = noted([tmp_path], *(tmp_path / f"{letter} cow.png" for letter in "abcd"))
    assert [note.caption for note in notes.values()] == ["two lines", "table", "table", "d cow"]


def test_the_folder_that_tells_pictures_apart_is_their_class(tmp_path: Path) -> None:
    cat, dog, loose = tmp_path / "cats/x/1.png", tmp_path / "dogs/2.png", tmp_path / "3.png"
    assert folders_of([tmp_path], cat, dog, loose) == ["cats", "dogs", ""]
    assert folders_of([tmp_path.parent], cat, dog) == ["cats", "dogs"]
    assert folders_of([tmp_path / "cats", tmp_path / "dogs"], cat, dog) == ["cats", "dogs"]
    assert folders_of([cat, dog], cat, dog) == ["x", "dogs"]
    assert folders_of([tmp_path / "dogs"], dog) == [""]
    elsewhere = tmp_path.parent / "elsewhere" / "birds"
    assert folders_of([tmp_path / "cats", elsewhere], cat, elsewhere / "4.png") == ["cats", "birds"]


def test_classes_are_sorted_and_those_of_tables_come_first() -> None:
    notes = [Note("pear", "x"), Note("Apple", "y"), Note("", "z"), Note("apple", "x")]
    assert classes_of(notes) == (("Apple", "pear"), (1, 0, -1, 0))
    one = [Note("pear", "x"), Note("", "y"), Note("", "")]
    assert classes_of(one) == (("x", "y"), (0, 1, -1))
    assert classes_of([Note("pear", "x"), Note("", "")]) == ((), ())


def test_captions_that_tell_nothing_apart_are_none() -> None:
    assert captions_of([Note(caption="goose"), Note(caption="goose"), Note()]) == ()
    assert captions_of([Note(caption="a"), Note(), Note(caption="b")]) == ("a", "", "b")
