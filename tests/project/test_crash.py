"""A save that is killed, or whose disk refuses somewhere, leaves the old state or the new one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core.document import Document, Layer
from studio.errors import StudioError
from studio.project.project import Project, ProjectState
from tests.project.documents import raster8, raster32, rich_document, same

SCRIPT = Path(__file__).with_name("kill_saves.py")
KILLS = 25


@pytest.mark.skipif(os.name == "nt", reason="needs fork and SIGKILL")
def test_killed_saves(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), str(KILLS), str(tmp_path / "p.studio")]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["verdicts"] == {"good": KILLS}


class FailingDisk:
    """Refuses the N-th call that changes the disk, after half of what a write should have written.

    Once it has refused, the disk is good again.
    """

    CALLS: tuple[tuple[Any, str], ...] = (
        (os, "fsync"),
        (Path, "touch"),
        (Path, "chmod"),
        (Path, "mkdir"),
        (Path, "replace"),
        (Path, "unlink"),
        (Path, "write_bytes"),
    )

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fail_at: int) -> None:
        self.calls = 0
        self._fail_at = fail_at
        for owner, name in self.CALLS:
            monkeypatch.setattr(owner, name, self._wrapped(getattr(owner, name), name))

    @property
    def refused(self) -> bool:
        return self.calls >= self._fail_at

    def _wrapped(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == self._fail_at:
                if name == "write_bytes":
                    original(args[0], args[1][: len(args[1]) // 2])
                raise OSError(28, "No space left on device")
            return original(*args, **options)

        return call


OLD = ProjectState("old", rich_document())
NEW = ProjectState("new", Document(50, 50, (Layer(raster8(50)), Layer(raster32(51)))))


def attempt(action: Callable[[], None]) -> bool:
    try:
        action()
    except StudioError as error:
        wanted = r"The project “\d+” could not be written: No space left"
        assert re.match(wanted, error.message)  # noqa: PT017  (both outcomes are legal)
        return False
    return True


@pytest.mark.parametrize("method", ["save", "autosave"])
def test_the_disk_refuses_at_every_call(tmp_path: Path, method: str) -> None:
    fail_at = 1
    while True:
        folder = tmp_path / f"{fail_at}.studio"
        project = Project.create(folder, OLD)
        with pytest.MonkeyPatch.context() as patch:
            disk = FailingDisk(patch, fail_at)
            saved = attempt(lambda: getattr(project, method)(NEW))  # noqa: B023
        check_state(project, folder, saved=saved, method=method)
        if not disk.refused:
            break
        fail_at += 1
    assert fail_at > 15  # the sweep went through a whole save


def check_state(project: Project, folder: Path, *, saved: bool, method: str) -> None:
    assert list(folder.rglob("*.tmp")) == []
    project.close()
    project, state, problems = Project.open(folder)
    assert problems == ()
    expected = NEW if saved and method == "save" else OLD
    assert state.name in {expected.name, "new" if method == "save" else "old"}
    assert same(state.document, (NEW if state.name == "new" else OLD).document)
    if saved and method == "autosave":
        recovered = project.recovery()
        assert recovered is not None
        assert same(recovered.document, NEW.document)
    project.save(replace(state, name="after"))  # the disk is good again
    project.close()
    assert Project.open(folder)[1].name == "after"
