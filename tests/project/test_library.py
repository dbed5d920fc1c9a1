"""The library of models, and headers of files that anybody may have made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.files import sha256_of
from studio.errors import StudioError
from studio.paths import models_dir
from studio.project.library import add_model, find_model, list_models, read_header


def model_bytes(seed: int = 0, metadata: dict[str, str] | None = None) -> bytes:
    header = {
        "__metadata__": {"family": "vae"} if metadata is None else metadata,
        "w": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
    }
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes([seed] * 4)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(model_bytes())
    return path


def test_add_and_find(model: Path) -> None:
    assert list_models() == ()
    sha256 = add_model(model, "Geese")
    found = find_model(sha256)
    assert found == models_dir() / f"{sha256}.safetensors"
    assert sha256_of(found) == sha256 == sha256_of(model)
    (listed,) = list_models()
    assert (listed.name, listed.sha256, listed.header) == ("Geese", sha256, {"family": "vae"})


def test_adding_again_keeps_the_name_and_one_file(model: Path) -> None:
    sha256 = add_model(model, "Geese")
    assert add_model(model) == sha256
    assert add_model(find_model(sha256) or model) == sha256
    assert [item.name for item in list_models()] == ["Geese"]


def test_model_without_a_name(model: Path) -> None:
    sha256 = add_model(model)
    assert list_models()[0].name == f"Model {sha256[:6]}"


def put_starter(folder: Path, seed: int, name: str) -> str:
    """A model as the studio ships it; returns its sha256."""
    folder.mkdir(exist_ok=True)
    new = folder / "new"
    new.write_bytes(model_bytes(seed))
    sha256 = sha256_of(new)
    new.rename(folder / f"{sha256}.safetensors")
    (folder / f"{sha256}.json").write_text(json.dumps({"name": name}))
    return sha256


def test_what_comes_with_the_studio_is_found_and_listed_last(model: Path, starters: Path) -> None:
    sha256 = put_starter(starters, 1, "Icons")
    put_starter(starters, 2, "Geese")
    add_model(model, "Mine")
    assert [(item.name, item.shipped) for item in list_models()] == [
        ("Mine", False),
        ("Geese", True),
        ("Icons", True),
    ]
    assert find_model(sha256) == starters / f"{sha256}.safetensors"


def test_a_starter_that_was_imported_too_is_listed_once(starters: Path) -> None:
    sha256 = put_starter(starters, 1, "Icons")
    add_model(starters / f"{sha256}.safetensors", "Mine")
    assert [(item.name, item.shipped) for item in list_models()] == [("Mine", False)]


def test_unknown_hash_and_paths_are_not_found() -> None:
    for name in ("ab" * 32, "", "../../etc/passwd", "..", "/"):
        assert find_model(name) is None


def test_damaged_models_are_passed_over_in_the_list(model: Path) -> None:
    add_model(model)
    (models_dir() / "bad.safetensors").write_bytes(b"nonsense")
    assert len(list_models()) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04}q\x00.",
        (2**62).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        (9).to_bytes(8, "little") + b'{"w": 12}',
        (40).to_bytes(8, "little") + b"[" * 40,
    ],
)
def test_files_that_are_no_models(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(StudioError, match=r"“x\.safetensors”"):
        read_header(path)
    with pytest.raises(StudioError):
        add_model(path)


@pytest.mark.parametrize("cut", [-1, -4])
def test_cut_off_model(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(model_bytes()[:cut])
    with pytest.raises(StudioError, match="cut off"):
        add_model(path)
    assert not models_dir().exists() or not list(models_dir().iterdir())


@given(st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(StudioError):
        read_header(path)
