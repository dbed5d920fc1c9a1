"""Projects on disk: what is saved comes back, and what is damaged is named."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.control import Cancelled, RunControl
from studio.core.document import Document, Layer
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.paths import projects_dir
from studio.project import blobs
from studio.project.blobs import BlobStore
from studio.project.project import Project, ProjectState
from studio.project.recent import recent_projects
from tests.project.documents import documents, raster8, raster32, rich_document, same

STATE = ProjectState(
    "Geese",
    rich_document(),
    explorer={"model": "ab" * 32, "favorites": [{"seed": 3}]},
    view={"dock": "AAAA", "zoom": 1.5},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Geese.studio"


def create(folder: Path, state: ProjectState = STATE) -> None:
    Project.create(folder, state).close()


def reopen(folder: Path) -> tuple[ProjectState, tuple[str, ...]]:
    project, state, problems = Project.open(folder)
    project.close()
    return state, problems


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "project.json").read_bytes())


def blob_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "blobs").rglob("*") if path.is_file())


# --- Round trips ---


def test_everything_comes_back(folder: Path) -> None:
    create(folder)
    state, problems = reopen(folder)
    assert problems == ()
    assert same(state.document, STATE.document)
    assert (state.name, state.explorer, state.view) == (STATE.name, STATE.explorer, STATE.view)


@given(document=documents)
def test_any_document_comes_back(
    tmp_path_factory: pytest.TempPathFactory, document: Document
) -> None:
    folder = tmp_path_factory.mktemp("any") / "p.studio"
    create(folder, ProjectState(document=document))
    assert same(reopen(folder)[0].document, document)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("make", [raster8, raster32])
def test_rasters_are_exact_to_the_bit(tmp_path: Path, make: Any, channels: int) -> None:
    raster = make(5, 300, 270, channels)  # more than one tile
    store = BlobStore(tmp_path)
    again = BlobStore(tmp_path).get(store.put(raster))
    assert again.is_8bit == raster.is_8bit
    assert np.array_equal(again.read(), raster.read())


def test_color_under_full_transparency_is_kept(tmp_path: Path) -> None:
    pixels = np.full((4, 4, 4), (200, 100, 50, 0), np.uint8)
    store = BlobStore(tmp_path)
    assert np.array_equal(store.get(store.put(Raster.from_pixels8(pixels))).pixels8(), pixels)


def test_raster_too_large_for_a_png_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "MAX_PIXELS", 100)
    store = BlobStore(tmp_path)
    reference = store.put(raster8())
    assert reference["kind"] == "bin"
    assert np.array_equal(BlobStore(tmp_path).get(reference).pixels8(), raster8().pixels8())


def test_what_a_later_version_added_is_kept(folder: Path) -> None:
    create(folder)
    data = {**manifest(folder), "annotations": [{"at": [1, 2]}]}
    (folder / "project.json").write_text(json.dumps(data))
    project, state, _problems = Project.open(folder)
    project.save(replace(state, name="Ducks"))
    project.close()
    assert manifest(folder)["annotations"] == [{"at": [1, 2]}]
    assert manifest(folder)["name"] == "Ducks"


@pytest.mark.parametrize("name", ["鹅 🪿", "a#b%20&c", " .lead", "e\u0301" * 40])
def test_odd_folder_names(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / f"{name}.studio"
    create(folder)
    assert reopen(folder)[1] == ()


def test_deep_path(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["deep" * 20] * 4) / "p.studio"
    create(folder)
    assert reopen(folder)[1] == ()


# --- What a save does ---


def test_unchanged_rasters_are_not_encoded_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[Raster] = []
    encode = blobs._encoded

    def counted(raster: Raster) -> Any:
        encoded.append(raster)
        return encode(raster)

    create(folder)
    monkeypatch.setattr(blobs, "_encoded", counted)
    project, state, _problems = Project.open(folder)
    project.save(state)
    project.autosave(state)
    assert encoded == []
    fresh = Layer(raster8(99))
    project.save(replace(state, document=state.document.with_layer(fresh)))
    assert encoded == [fresh.raster]
    project.close()


def test_a_blob_that_vanished_is_written_again(folder: Path) -> None:
    project = Project.create(folder, STATE)
    for blob in blob_files(folder):
        blob.unlink()
    project.save(STATE)
    project.close()
    assert same(reopen(folder)[0].document, STATE.document)


def test_equal_rasters_share_a_blob(folder: Path) -> None:
    layers = tuple(Layer(raster8(1)) for _ in range(3))
    create(folder, ProjectState(document=Document(9, 9, layers)))
    assert len(blob_files(folder)) == 1


def test_cancelled_save_keeps_the_old_state(folder: Path) -> None:
    project = Project.create(folder, STATE)
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        project.save(replace(STATE, name="other"), control=control)
    project.close()
    assert reopen(folder)[0].name == "Geese"


def test_thumbnail_and_recent_projects(tmp_path: Path) -> None:
    inside, outside = projects_dir() / "In.studio", tmp_path / "Out.studio"
    for folder in (inside, outside):
        create(folder, replace(STATE, name=folder.stem))
    project, state, _problems = Project.open(inside)
    project.save(state, thumbnail=np.zeros((9, 16, 3), np.float32))
    project.close()
    os.utime(outside / "project.json", (1, 1))
    first, second = recent_projects()
    assert (first.name, first.folder, first.thumbnail) == ("In", inside, inside / "thumbnail.png")
    assert (second.name, second.folder, second.thumbnail) == ("Out", outside, None)
    (outside / "project.json").unlink()
    assert [project.name for project in recent_projects()] == ["In"]


def test_work_that_was_only_autosaved_is_seen_until_it_is_given_up() -> None:
    project = Project.create(projects_dir() / "In.studio", STATE)
    project.autosave(STATE, np.zeros((9, 16, 3), np.float32))
    assert [each.thumbnail for each in recent_projects()] == [project.folder / "autosave.png"]
    project.discard_recovery()
    assert [each.thumbnail for each in recent_projects()] == [None]
    project.close()


def test_recent_projects_of_a_new_person_and_of_a_damaged_list(data_dir: Path, expect_log) -> None:
    assert recent_projects() == []
    data_dir.mkdir(parents=True)
    (data_dir / "recent.json").write_text("{")
    expect_log("The recent projects could not be read")
    assert recent_projects() == []


def test_create_does_not_take_a_folder_that_holds_something(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").touch()
    with pytest.raises(StudioError, match="exists already"):
        Project.create(folder, STATE)
    assert [item.name for item in folder.iterdir()] == ["letter.txt"]


def test_create_that_fails_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_store: BlobStore, _raster: Raster) -> None:
        raise StudioError("The disk is full.")

    monkeypatch.setattr(BlobStore, "put", refuse)
    with pytest.raises(StudioError, match="full"):
        Project.create(folder, STATE)
    assert not folder.exists()


def test_save_as_copies_and_goes_on_there(folder: Path, tmp_path: Path) -> None:
    project = Project.create(folder, STATE)
    (folder / "runs" / "001").mkdir(parents=True)
    (folder / "runs" / "001" / "log.jsonl").write_text("{}")
    copy = tmp_path / "Copy.studio"
    project.save_as(copy)
    project.save(replace(STATE, name="Copy"))
    with pytest.raises(StudioError, match="exists already"):
        project.save_as(folder)
    assert reopen(folder)[0].name == "Geese"  # the original is free again, and unchanged
    project.close()
    assert reopen(copy)[0].name == "Copy"
    assert (copy / "runs" / "001" / "log.jsonl").exists()


# --- Autosave and recovery ---


def test_autosave_is_offered_and_does_not_touch_the_save(folder: Path) -> None:
    project = Project.create(folder, STATE)
    assert not project.has_recovery()
    project.autosave(replace(STATE, name="unsaved"))
    project.close()
    project, state, _problems = Project.open(folder)
    assert state.name == "Geese"
    recovered = project.recovery()
    assert recovered is not None
    assert recovered.name == "unsaved"
    assert same(recovered.document, STATE.document)
    project.close()


def test_saving_or_discarding_ends_the_offer(folder: Path) -> None:
    project = Project.create(folder, STATE)
    project.autosave(STATE)
    project.save(STATE)
    assert not project.has_recovery()
    project.autosave(STATE)
    project.discard_recovery()
    assert project.recovery() is None
    project.close()


def test_an_autosave_that_a_save_has_overtaken_is_not_offered(folder: Path) -> None:
    project = Project.create(folder, STATE)
    project.autosave(STATE)
    old = (folder / "autosave.json").read_bytes()
    project.save(STATE)
    (folder / "autosave.json").write_bytes(old)  # as if killed before it was removed
    project.close()
    project, _state, _problems = Project.open(folder)
    assert not project.has_recovery()
    project.close()


@pytest.mark.parametrize("content", [b"", b"{}", b'{"revision": 99}', b"[1]"])
def test_damaged_autosave_is_no_recovery(folder: Path, content: bytes) -> None:
    create(folder)
    (folder / "autosave.json").write_bytes(content)
    project, state, _problems = Project.open(folder)
    assert project.recovery() is None
    assert state.name == "Geese"
    project.close()


# --- Damage ---


def test_not_a_project(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(StudioError, match="is not a project"):
            Project.open(folder)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"schema": 1, "revision": 3}', None]
)
def test_damaged_manifest_falls_back_to_the_previous_one(
    folder: Path, content: bytes | None
) -> None:
    project = Project.create(folder, STATE)
    project.save(replace(STATE, name="second"))
    project.close()
    if content is None:
        (folder / "project.json").unlink()
    else:
        (folder / "project.json").write_bytes(content)
    project, state, problems = Project.open(folder)
    assert state.name == "Geese"
    assert "the one before" in problems[0]
    project.save(replace(state, name="third"))
    project.close()
    state, problems = reopen(folder)
    assert (state.name, problems) == ("third", ())


def test_damaged_beyond_both(folder: Path) -> None:
    create(folder)
    (folder / "project.json").write_text("{")
    with pytest.raises(StudioError, match="“Geese” is damaged"):
        Project.open(folder)


def test_missing_and_damaged_blobs_are_named_and_the_rest_opens(folder: Path) -> None:
    create(folder)
    references = [layer["raster"] for layer in manifest(folder)["document"]["layers"][:3]]
    paths = [next((folder / "blobs").rglob(f"{item['blob']}.*")) for item in references]
    paths[0].unlink()
    data = bytearray(paths[1].read_bytes())
    data[len(data) // 2] ^= 1
    paths[1].write_bytes(data)
    project, state, problems = Project.open(folder)
    assert len(problems) == 2
    assert "“Grund 底” is incomplete" in problems[0]
    assert "“made”" in problems[1]
    assert [layer.name for layer in state.document.layers] == [
        layer.name for layer in rich_document().layers
    ]
    assert not state.document.layers[0].raster.read().any()
    assert (folder / "project.json.broken").exists()
    project.save(state)
    project.close()
    assert reopen(folder)[1] == ()


@given(st.data())
def test_flipped_bits_never_crash(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flip") / "p.studio"
    create(folder)
    files = [folder / "project.json", *blob_files(folder)]
    victim = data.draw(st.sampled_from(files))
    content = bytearray(victim.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    keep = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    victim.write_bytes(content[:keep])
    assert opens_or_is_refused(folder)


def opens_or_is_refused(folder: Path) -> bool:
    try:
        state, _problems = reopen(folder)
    except StudioError as error:
        return "damaged" in error.message
    return len(state.document.layers) <= len(rich_document().layers)


def test_newer_project_opens_read_only(folder: Path) -> None:
    create(folder)
    before = {**manifest(folder), "schema": 99, "document": manifest(folder)["document"]}
    (folder / "project.json").write_text(json.dumps(before))
    project, state, problems = Project.open(folder)
    assert project.read_only
    assert "newer version" in problems[0]
    for save in (project.save, project.autosave):
        with pytest.raises(StudioError, match="read-only"):
            save(state)
    project.close()
    assert manifest(folder) == before


def test_folder_without_write_permission_opens_read_only(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(folder)
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    project, state, problems = Project.open(folder)
    assert project.read_only
    assert problems == ()
    project.save_as(tmp_path / "Copy.studio")
    project.save(replace(state, name="Copy"))
    project.close()
    assert manifest(tmp_path / "Copy.studio")["name"] == "Copy"
    assert manifest(folder)["name"] == "Geese"


def test_references_cannot_leave_the_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    store = BlobStore(tmp_path / "blobs")
    reference = {"blob": "../secret", "kind": "png", "width": 1, "height": 1, "channels": 1}
    with pytest.raises(ValueError, match="not a reference"):
        store.get(reference)


@pytest.mark.parametrize("change", [{"width": 1}, {"height": 999}, {"width": 10**4}])
def test_blob_that_is_not_the_size_it_claims(tmp_path: Path, change: dict[str, int]) -> None:
    store = BlobStore(tmp_path)
    reference = store.put(raster32())
    with pytest.raises(StudioError, match="damaged"):
        store.get({**reference, **change})


def test_blob_that_is_no_deflated_data(tmp_path: Path) -> None:
    data = b"nonsense"
    name = hashlib.sha256(data).hexdigest()
    (tmp_path / name[:2]).mkdir()
    (tmp_path / name[:2] / f"{name}.bin").write_bytes(data)
    reference = {"blob": name, "kind": "bin", "width": 1, "height": 1, "channels": 1}
    with pytest.raises(StudioError, match="damaged"):
        BlobStore(tmp_path).get(reference)


# --- Tidying ---


def test_old_unused_blobs_and_stale_temps_go_and_used_ones_stay(folder: Path) -> None:
    project = Project.create(folder, STATE)
    used = blob_files(folder)
    store = BlobStore(folder / "blobs")
    for seed, age in ((100, 2), (101, 0)):
        reference = store.put(raster8(seed))
        path = next((folder / "blobs").rglob(f"{reference['blob']}.*"))
        if age:
            os.utime(path, (0, 0))
    for path in used:
        os.utime(path, (0, 0))
    project.save(replace(STATE, document=Document()))  # the previous manifest still needs them
    project.close()
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    (folder / f".project.json.{child.pid}.0.tmp").touch()
    (used[0].parent / f".x.png.{child.pid}.0.tmp").touch()
    reopen(folder)
    left = blob_files(folder)
    assert set(used) <= set(left)
    assert len(left) == len(used) + 1  # the fresh one is in its day of grace
    assert not list(folder.rglob("*.tmp"))


# --- Lock ---


def test_second_opener_is_told_who_has_it(folder: Path) -> None:
    project = Project.create(folder, STATE)
    with pytest.raises(StudioError, match=f"process {os.getpid()} on"):
        Project.open(folder)
    project.close()
    assert reopen(folder)[1] == ()


def test_lock_of_another_process_and_after_its_death(folder: Path) -> None:
    create(folder)
    code = (
        "import sys; from pathlib import Path; from studio.project.lock import ProjectLock;"
        "lock = ProjectLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert child.stdin is not None
    with child.stdin, child.stdout:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(StudioError, match=f"process {child.pid} on"):
            Project.open(folder)
        child.kill()
        child.wait()
    assert reopen(folder)[1] == ()


def test_lock_text_that_makes_no_sense(folder: Path) -> None:
    project = Project.create(folder, STATE)
    (folder / "lock").write_text("???")
    with pytest.raises(StudioError, match="another process"):
        Project.open(folder)
    project.close()
