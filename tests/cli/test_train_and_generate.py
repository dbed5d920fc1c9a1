"""The verbs train, generate and families, as scripts use them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image as Pillow

from studio.cli import main
from studio.cli.verbs.generate import parse_seeds
from studio.codec.recipe import read_recipe
from studio.core.latent import LatentPoint
from studio.errors import StudioError
from studio.project.recipe import recipe_document

TINY = [
    *("--set", "batch=4", "--set", "latent_dim=8", "--set", "capacity=128"),
    *("--set", "max_channels=8", "--set", "min_channels=4"),
]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for number in range(5):
        pixels = rng.integers(0, 256, (40, 48, 3), np.uint8)
        Pillow.fromarray(pixels).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def arguments(pictures, out, *more):
    return [
        *("train", "--images", str(pictures), "--family", "stylegan", "--size", "32"),
        *("--device", "cpu", "--out", str(out), *TINY, *more),
    ]


@pytest.fixture(scope="module")
def run(pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    assert main(arguments(pictures, out, "--steps", "3")) == 0
    return out


def test_train_leaves_model_log_and_samples(run):
    assert (run / "model.safetensors").stat().st_size > 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert lines[-1]["step"] == 3
    assert {"images", "seconds", "images_per_second", "losses"} <= lines[-1].keys()
    assert max(file.name for file in (run / "samples").iterdir()) == "step0000003.png"


def test_train_names_what_it_skipped(pictures, tmp_path, capsys):
    assert main(arguments(pictures, tmp_path / "run", "--steps", "1")) == 0
    told = capsys.readouterr()
    assert "broken.png" in told.err
    assert "5 pictures of 32 × 32 px" in told.out
    assert "Done: " in told.out


def test_resume_goes_on_to_the_larger_budget(pictures, tmp_path, capsys):
    out = tmp_path / "run"
    assert main(arguments(pictures, out, "--steps", "2")) == 0
    assert main(arguments(pictures, out, "--steps", "4", "--resume")) == 0
    assert "going on from step 2" in capsys.readouterr().out
    steps = [json.loads(line)["step"] for line in (out / "log.jsonl").read_text().splitlines()]
    assert steps[-1] == 4
    assert steps == sorted(set(steps))


def test_from_starts_with_another_models_weights(pictures, run, tmp_path, capsys):
    """Whose family and settings need not be told again."""
    given = ("--images", str(pictures), "--size", "32", "--out", str(tmp_path / "tuned"))
    more = ("--device", "cpu", "--steps", "1", "--from", str(run / "model.safetensors"))
    assert main(["train", *given, *more]) == 0
    assert "100% of the network" in capsys.readouterr().err


def test_generate_writes_one_file_a_seed_with_its_recipe(run, tmp_path):
    model = str(run / "model.safetensors")
    out = str(tmp_path / "made")
    wish = ["generate", model, "--seeds", "0-2,7", "--out", out, "--truncation", "0.7", "--grid"]
    assert main(wish) == 0
    names = sorted(file.name for file in (tmp_path / "made").iterdir())
    assert names == ["grid.png", "seed0000.png", "seed0001.png", "seed0002.png", "seed0007.png"]
    with Pillow.open(tmp_path / "made/seed0007.png") as picture:
        assert picture.size == (32, 32)
    document = recipe_document(read_recipe(tmp_path / "made/seed0007.png"))
    assert document.layers[0].provenance.point == LatentPoint.of_seed(7, 0.7)


@pytest.mark.parametrize(
    ("text", "seeds"), [("5", [5]), ("0-3", [0, 1, 2, 3]), ("7,1, 3-4", [7, 1, 3, 4])]
)
def test_seeds_are_numbers_and_ranges(text, seeds):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "3-1", "-4", "1-", "0-99999999", "5000000000"])
def test_other_seeds_are_refused(text):
    with pytest.raises(StudioError, match="no list of seeds"):
        parse_seeds(text)


@pytest.mark.parametrize(
    "more",
    [
        ("--size", "48"),
        ("--crop", "round"),
        ("--aspect", "wide"),
        ("--aspect", "100:1"),
        ("--prompt", "poems"),
        ("--family", "horoscope"),
        ("--images", "/nowhere"),
        ("--steps", "0"),
        ("--set", "batch"),
        ("--set", "batch=-1"),
        ("--set", "colour=1"),
        ("--device", "abacus"),
        ("--from", "/nowhere.safetensors"),
        ("--resume",),
    ],
)
def test_bad_train_input_is_one_sentence_and_status_2(more, pictures, tmp_path, capsys):
    assert main(arguments(pictures, tmp_path / "run", "--steps", "1", *more)) == 2
    error = capsys.readouterr().err
    assert error.splitlines()[-1].startswith("studio: ")
    assert "Traceback" not in error
    assert not (tmp_path / "run").exists()


def test_an_earlier_training_is_not_overwritten(pictures, run, capsys):
    before = (run / "model.safetensors").read_bytes()
    assert main(arguments(pictures, run, "--steps", "1")) == 2
    assert "--resume" in capsys.readouterr().err
    assert (run / "model.safetensors").read_bytes() == before


def test_a_folder_of_pictures_is_never_replaced_by_the_dataset(pictures, tmp_path, capsys):
    photos = tmp_path / "dataset"
    shutil.copytree(pictures, photos)
    before = sorted(photos.iterdir())
    assert main(arguments(photos, tmp_path, "--steps", "1")) == 2
    assert str(photos) in capsys.readouterr().err
    assert sorted(photos.iterdir()) == before


def test_pictures_that_cannot_be_read_leave_nothing_behind(pictures, tmp_path, capsys):
    assert main(arguments(pictures / "broken.png", tmp_path / "run", "--steps", "1")) == 2
    assert "broken.png" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_resume_needs_nothing_but_the_folder(pictures, tmp_path, capsys):
    out = tmp_path / "run"
    begin = ["train", "--images", str(pictures), "--family", "vae", "--size", "32"]
    tiny = ["--set", "capacity=64", "--set", "max_channels=8", "--set", "min_channels=4"]
    assert main([*begin, *tiny, "--device", "cpu", "--out", str(out), "--steps", "2"]) == 0
    assert main(["train", "--out", str(out), "--resume", "--steps", "3", "--device", "cpu"]) == 0
    assert "vae on cpu" in capsys.readouterr().out


def test_other_pictures_are_no_resume(pictures, run, tmp_path, capsys):
    before = (run / "model.safetensors").read_bytes()
    others = tmp_path / "others"
    shutil.copytree(pictures, others)
    assert main(arguments(others, run, "--steps", "9", "--resume")) == 2
    told = capsys.readouterr().err
    assert "other pictures" in told
    assert str(pictures) in told
    assert (run / "model.safetensors").read_bytes() == before


def test_nothing_to_resume_is_said(tmp_path, capsys):
    assert main(["train", "--out", str(tmp_path / "none"), "--resume"]) == 2
    assert "no training" in capsys.readouterr().err
    assert main(["train", "--out", str(tmp_path / "none")]) == 2
    assert "--images" in capsys.readouterr().err


def test_another_size_is_no_resume(pictures, run, capsys):
    before = (run / "model.safetensors").read_bytes()
    assert main(arguments(pictures, run, "--steps", "9", "--resume", "--size", "64")) == 2
    assert "32 px" in capsys.readouterr().err
    assert (run / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    "change", [("--seeds", "x"), ("--truncation", "9"), ("--device", "abacus")]
)
def test_bad_generate_input_is_status_2_and_writes_nothing(change, run, tmp_path):
    model = str(run / "model.safetensors")
    assert main(["generate", model, "--out", str(tmp_path / "made"), *change]) == 2
    assert not (tmp_path / "made").exists()


def test_generate_from_no_model_names_the_file(tmp_path, capsys):
    file = tmp_path / "photo.safetensors"
    file.write_bytes(b"no model")
    assert main(["generate", str(file), "--out", str(tmp_path / "made")]) == 2
    assert "photo.safetensors" in capsys.readouterr().err


def test_families_lists_them_with_their_settings(capsys):
    assert main(["families"]) == 0
    assert "vae" in capsys.readouterr().out
    assert main(["families", "--json"]) == 0
    families = {item["id"]: item for item in json.loads(capsys.readouterr().out)}
    assert families["vae"]["can_encode"] is True
    assert families["stylegan"]["has_mapping"] is True
    assert "batch" in [setting["name"] for setting in families["stylegan"]["config"]]


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_an_interrupt_ends_with_the_checkpoint_written(pictures, tmp_path):
    out = tmp_path / "run"
    command = [sys.executable, "-m", "studio", *arguments(pictures, out, "--steps", "1000000")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("step "):
                process.send_signal(signal.SIGINT)
                break
        rest = process.stdout.read()
    assert process.returncode == 0
    assert "Stopped: " in rest
    assert main(["generate", str(out / "model.safetensors"), "--out", str(tmp_path / "made")]) == 0
