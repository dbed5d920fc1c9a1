"""``python -m studio import``: another program's model, explored like one of the studio's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.cli import main
from tests.support.stylegan_files import write_stylegan2


def test_a_model_is_described_imported_and_asked_for_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, model, out = tmp_path / "birds.pkl", tmp_path / "birds.safetensors", tmp_path / "out"
    write_stylegan2(file)
    assert main(["info", str(file), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["kind"], said["family_title"]) == ("model to import", "StyleGAN2")
    assert main(["import", str(file), "--out", str(model)]) == 0
    assert main(["generate", str(model), "--seeds", "0-1", "--out", str(out)]) == 0
    assert len(list(out.glob("*.png"))) == 2
    capsys.readouterr()
    assert main(["info", str(model), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["imported_from"]["file"] == "birds.pkl"


@pytest.mark.parametrize("name", ["absent.pkl", "rubbish.pkl", "model.onnx"])
def test_what_cannot_be_imported_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    if name != "absent.pkl":
        (tmp_path / name).write_bytes(b"rubbish")
    assert main(["import", str(tmp_path / name), "--out", str(tmp_path / "m.safetensors")]) == 2
    captured = capsys.readouterr()
    assert name in captured.err
    assert captured.err.count("\n") == 1
