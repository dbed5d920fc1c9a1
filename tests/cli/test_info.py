"""``python -m studio info`` on each kind of file, and on what is none of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.cli import main
from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.files import sha256_of
from studio.engine.api import DatasetSpec
from studio.engine.dataset import build_dataset
from studio.project.project import Project, ProjectState
from studio.project.recipe import document_recipe
from tests.project.documents import SHA, rich_document
from tests.project.test_library import model_bytes
from tests.support.pictures import gradient


def facts(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["info", str(path), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.safetensors"
    header = {"latent_studio.model": json.dumps({"family": "vae", "size": 64}), "note": "mine"}
    path.write_bytes(model_bytes(metadata=header))
    said = facts(path, capsys)
    assert said["family"] == "vae"
    assert said["size"] == 64
    assert said["note"] == "mine"
    assert said["sha256"] == sha256_of(path)
    assert main(["info", str(path)]) == 0
    assert "family: vae" in capsys.readouterr().out


def test_project(tmp_path: Path, picture_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "Geese.studio"
    Project.create(folder, ProjectState("Geese", rich_document())).close()
    list(build_dataset(DatasetSpec((picture_folder,), 32), folder / "dataset", RunControl()))
    (folder / "runs" / "001").mkdir(parents=True)
    said = facts(folder, capsys)
    assert said["name"] == "Geese"
    assert said["canvas"] == "320 × 200 px"
    names = [layer.name for layer in rich_document().layers]
    assert [layer["name"] for layer in said["layers"]] == names
    assert said["dataset"]["pictures"] == 12
    assert said["training runs"] == 1
    assert main(["info", str(folder)]) == 0
    assert "edits: gaussian_blur, levels" in capsys.readouterr().out


def test_picture_with_and_without_recipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_image(tmp_path / "a.png", gradient(0), document_recipe(rich_document()))
    write_image(tmp_path / "b.png", gradient(0))
    said = facts(tmp_path / "a.png", capsys)
    assert said["source"] == "compositeWithTrainedAlgorithmicMedia"
    assert said["layers"][0]["model"] == SHA
    assert facts(tmp_path / "b.png", capsys) == {"kind": "picture", "recipe": "none"}


@pytest.mark.parametrize("name", ["absent.png", "text.png", "folder", "bad.safetensors"])
def test_bad_input_is_one_sentence_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "folder").mkdir()
    for file in ("text.png", "bad.safetensors"):
        (tmp_path / file).write_text("hello")
    assert main(["info", str(tmp_path / name)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert name in captured.err
    assert captured.err.count("\n") == 1


def test_damaged_project_and_recipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "p.studio"
    folder.mkdir()
    write_image(tmp_path / "a.png", gradient(0), {"schema": 1, "document": {"layers": 3}})
    for text in ("{", "[]", '{"name": "x"}'):
        (folder / "project.json").write_text(text)
        assert main(["info", str(folder)]) == 2
    assert main(["info", str(tmp_path / "a.png")]) == 2
    assert "damaged" in capsys.readouterr().err
