"""The verbs checkpoints, branch and blend, on a run that kept what it measured."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image as Pillow
from safetensors.torch import load_file

from studio.cli import main

TINY = [
    *("--set", "batch=4", "--set", "latent_dim=8", "--set", "capacity=128"),
    *("--set", "max_channels=8", "--set", "min_channels=4"),
]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for number in range(24):
        pixels = rng.integers(0, 256, (32, 32, 3), np.uint8)
        Pillow.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def train(pictures, out, *more):
    where = ("--images", str(pictures), "--out", str(out))
    return main(["train", *where, "--size", "32", "--device", "cpu", *TINY, *more])


@pytest.fixture(scope="module")
def run(pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.engine.pace.Pace.measure_due", lambda pace: True)
        assert train(pictures, out, "--steps", "3") == 0
    return out


def test_train_tells_each_verdict(pictures, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("studio.engine.pace.Pace.measure_due", lambda pace: True)
    assert train(pictures, tmp_path / "run", "--steps", "1", "--early-stop") == 0
    told = capsys.readouterr().out
    assert "× the floor): It is still learning. Let it go on" in told


def test_checkpoints_lists_what_was_kept_and_which_is_best(run, capsys):
    assert main(["checkpoints", str(run)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["1", "2", "3"]
    assert sum(line.endswith("best") for line in lines) == 1
    assert main(["checkpoints", str(run), "--json"]) == 0
    listing = json.loads(capsys.readouterr().out)
    best = min(listing, key=lambda item: item["ratio"])
    assert [item["best"] for item in listing] == [item is best for item in listing]


def test_a_run_that_kept_nothing_says_so(tmp_path, capsys):
    assert main(["checkpoints", str(tmp_path)]) == 2
    assert "has kept no checkpoints" in capsys.readouterr().err


def test_a_branch_can_be_gone_on_with(run, pictures, tmp_path, capsys):
    out = tmp_path / "branch"
    assert main(["branch", str(run), "--step", "9", "--out", str(out)]) == 2
    assert "1, 2, 3" in capsys.readouterr().err
    assert main(["branch", str(run), "--step", "2", "--out", str(out)]) == 0
    assert train(pictures, out, "--steps", "4", "--resume") == 0
    assert "going on from step 2" in capsys.readouterr().out


def test_blend_averages_two_models_and_names_them(run, tmp_path, capsys):
    one, other = (str(run / f"checkpoints/step{step:08d}/model.safetensors") for step in (1, 3))
    out = tmp_path / "blend.safetensors"
    assert main(["blend", one, other, "--share", "0.25", "--out", str(out)]) == 0
    a, b, made = (load_file(file) for file in (one, other, out))
    own = [name for name in made if not name.startswith("helpers.")]
    name = max(own, key=lambda name: (b[name].float() - a[name].float()).abs().max())
    assert not torch.equal(a[name], b[name])
    torch.testing.assert_close(made[name], 0.75 * a[name] + 0.25 * b[name])
    capsys.readouterr()
    assert main(["info", str(out), "--json"]) == 0
    parents = json.loads(capsys.readouterr().out)["blend_of"]
    assert [(parent["step"], parent["share"]) for parent in parents] == [(1, 0.75), (3, 0.25)]


def test_blend_from_a_level_on_leaves_coarser_ones_alone(run, tmp_path, capsys):
    one, other = (str(run / f"checkpoints/step{step:08d}/model.safetensors") for step in (1, 3))
    out = tmp_path / "blend.safetensors"
    blend = ["blend", one, other, "--share", "1", "--out", str(out)]
    assert main([*blend, "--from-px", "16"]) == 0
    a, b, made = (load_file(file) for file in (one, other, out))
    own = [name for name in made if not name.startswith("helpers.")]
    fine = {name for name in own if name.startswith(("levels.16.", "levels.32."))}
    assert fine
    for name in own:
        assert torch.equal(made[name], (b if name in fine else a)[name]), name
    capsys.readouterr()
    assert main([*blend, "--from-px", "4096"]) == 2
    assert "has no level of 4096 px" in capsys.readouterr().err


def test_blend_refuses_another_shape(run, pictures, tmp_path, capsys):
    assert train(pictures, tmp_path / "other", "--steps", "1", "--set", "latent_dim=4") == 0
    models = [str(folder / "model.safetensors") for folder in (run, tmp_path / "other")]
    assert main(["blend", *models, "--out", str(tmp_path / "blend.safetensors")]) == 2
    assert "different shapes" in capsys.readouterr().err
    assert not (tmp_path / "blend.safetensors").exists()
