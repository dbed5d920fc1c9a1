"""A file is the old one or the new one, whatever happens while it is written."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from studio.core import files
from studio.core.files import (
    atomic_folder,
    atomic_write,
    process_is_alive,
    read_json,
    sha256_of,
    sweep_stale_temps,
    write_bytes_atomic,
    write_json_atomic,
)
from studio.errors import StudioError


def names(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_write_and_replace(folder: Path) -> None:
    path = folder / "a.bin"
    for data in (b"old", b"new and longer"):
        write_bytes_atomic(path, data)
        assert path.read_bytes() == data
    assert names(folder) == ["a.bin"]


@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left"), ValueError("x"), KeyboardInterrupt]
)
def test_a_failing_block_changes_nothing(folder: Path, failure: BaseException) -> None:
    path = folder / "a.bin"
    path.write_bytes(b"old")

    def fail() -> None:
        with atomic_write(path) as temp:
            temp.write_bytes(b"ha")
            raise failure

    with pytest.raises((StudioError, ValueError, KeyboardInterrupt)) as caught:
        fail()
    assert (caught.type is StudioError) == isinstance(failure, OSError)
    assert path.read_bytes() == b"old"
    assert names(folder) == ["a.bin"]


def test_missing_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"“a\.txt” could not be written: No such file"):
        write_bytes_atomic(tmp_path / "absent" / "a.txt", b"")


def test_writers_that_make_private_files_do_not_leave_them(folder: Path) -> None:
    (folder / "ordinary").touch()
    with atomic_write(folder / "a") as temp:
        temp.unlink()
        temp.touch(mode=0o600)
    mode = stat.S_IMODE((folder / "a").stat().st_mode)
    assert mode == stat.S_IMODE((folder / "ordinary").stat().st_mode)


@pytest.mark.parametrize("name", ["猫" * 80 + ".png", "e" * 255, ".hidden", "a b#%&.png"])
def test_odd_and_long_names(folder: Path, name: str) -> None:
    write_bytes_atomic(folder / name, b"x")
    assert names(folder) == [name]


def test_json_keeps_lone_surrogates(folder: Path) -> None:
    data = {"name": "caf\udce9 鹅", "n": [1, 2.5, None]}
    write_json_atomic(folder / "a.json", data)
    assert read_json(folder / "a.json") == data
    assert "鹅".encode() in (folder / "a.json").read_bytes()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 200_000])
def test_damaged_json(folder: Path, content: bytes) -> None:
    (folder / "a.json").write_bytes(content)
    with pytest.raises(StudioError, match=r"“a\.json” is damaged"):
        read_json(folder / "a.json")


def test_json_over_the_limit_or_missing(folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps("x" * 100))
    with pytest.raises(StudioError, match="too large"):
        read_json(folder / "a.json", limit=50)
    with pytest.raises(StudioError, match="could not be read"):
        read_json(folder / "b.json")


def test_sha256(folder: Path) -> None:
    (folder / "a").write_bytes(b"abc")
    assert sha256_of(folder / "a").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_a_read_only_disk_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "touch", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StudioError, match="Read-only"):
        write_bytes_atomic(folder / "a", b"x")


def test_folder_replaces_folder(folder: Path) -> None:
    target = folder / "data"
    for text in ("old", "new"):
        with atomic_folder(target) as temp:
            (temp / text).touch()
        assert names(target) == [text]
    assert names(folder) == ["data"]


def test_a_failing_block_keeps_the_old_folder(folder: Path) -> None:
    target = folder / "data"
    target.mkdir()
    (target / "old").touch()

    def fail() -> None:
        with atomic_folder(target) as temp:
            (temp / "new").touch()
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert names(target) == ["old"]
    assert names(folder) == ["data"]


def test_a_failing_block_leaves_no_empty_parents(folder: Path) -> None:
    with (
        pytest.raises(StudioError, match="no picture"),
        atomic_folder(folder / "run" / "data"),
    ):
        raise StudioError("no picture")
    assert names(folder) == []


def test_old_folder_comes_back_when_the_new_one_cannot_be_moved(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = folder / "data"
    target.mkdir()
    (target / "old").touch()
    replace = files._replace

    def refuse(source: Path, to: Path) -> None:
        if to == target:
            raise OSError(5, "I/O error")
        replace(source, to)

    monkeypatch.setattr(files, "_replace", refuse)
    with pytest.raises(StudioError, match="I/O error"), atomic_folder(target) as temp:
        (temp / "new").touch()
    assert names(target) == ["old"]
    assert names(folder) == ["data"]


def test_sweep_removes_what_dead_processes_left(folder: Path) -> None:
    dead = dead_pid()
    (folder / f".a.png.{dead}.0.tmp").touch()
    (folder / f".data.{dead}.7.tmp").mkdir()
    (folder / f".data.{dead}.7.tmp" / "half").touch()
    kept = {f".a.png.{os.getpid()}.1.tmp", "a.tmp", ".a.tmp", "a.png"}
    for name in kept:
        (folder / name).touch()
    assert sweep_stale_temps(folder) == 2
    assert set(names(folder)) == kept
    assert sweep_stale_temps(folder / "absent") == 0


def test_sweep_removes_day_old_temps_of_a_reused_process_id(folder: Path) -> None:
    temp = folder / f".a.png.{os.getpid()}.1.tmp"
    temp.touch()
    os.utime(temp, (0, 0))
    assert sweep_stale_temps(folder) == 1


def test_process_is_alive() -> None:
    assert process_is_alive(os.getpid())
    assert not process_is_alive(dead_pid())
    assert not process_is_alive(0)
    assert not process_is_alive(2**40)
