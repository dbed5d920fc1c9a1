"""Files of weights: whole or refused, and never believed unchecked."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from studio.engine.checkpoint import (
    load_helpers,
    load_model,
    load_state,
    read_card,
    save_state,
)
from studio.engine.family import FAMILIES
from studio.engine.setup import public_name
from studio.errors import StudioError
from tests.support.datasets import make_dataset
from tests.support.training import events_of, same_weights, stop_after, tiny_run

MODEL_KEY = "latent_studio.model"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "discs")


@pytest.fixture(scope="module")
def model_file(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    events_of(tiny_run("vae", dataset, out, steps=2))
    return out / "model.safetensors"


def rewritten(model_file, target, change_header=None, change_tensors=None):
    """A copy of a model file with its header or tensors changed."""
    with model_file.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(json.loads(file.read(length))["__metadata__"][MODEL_KEY])
    tensors = load_file(model_file)
    if change_header:
        change_header(header)
    if change_tensors:
        change_tensors(tensors)
    save_file(tensors, target, {MODEL_KEY: json.dumps(header)})
    return target


def test_card_says_what_the_model_is(model_file, dataset):
    card = read_card(model_file)
    facts = json.loads((dataset / "dataset.json").read_text())
    assert (card.family, card.size, card.channels, card.step) == ("vae", 16, 3, 2)
    assert card.images == 8
    assert card.dataset_fingerprint == facts["fingerprint"]
    assert card.dataset_name == "discs"
    assert card.config["batch"] == FAMILIES["vae"].config_type.tiny().batch


def test_a_model_file_holds_no_path(model_file):
    assert b"somewhere" not in model_file.read_bytes()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/home/anna/Pictures/otters/", "otters"),
        ("D:\\Geese", "Geese"),
        (str(Path.home()), ""),
        ("/home/anna", ""),
        ("C:\\Users\\Anna\\", ""),
        ("E:\\", ""),
        ("/", ""),
    ],
)
def test_a_model_is_named_after_its_pictures_never_after_a_person(source, name):
    assert public_name(source) == name


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StudioError, match=r"nothing\.safetensors"):
        read_card(tmp_path / "nothing.safetensors")


@pytest.mark.parametrize("content", [b"", b"short", b"\x89PNG" * 40, b"\xff" * 300, b"\0" * 300])
def test_a_foreign_file_is_refused(tmp_path, content):
    file = tmp_path / "foreign.safetensors"
    file.write_bytes(content)
    with pytest.raises(StudioError, match=r"foreign\.safetensors.* is not a file of Latent"):
        read_card(file)


def test_a_giant_header_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "giant.safetensors"
    with file.open("wb") as out:
        out.write(struct.pack("<Q", 1 << 30))
        out.truncate((1 << 30) + 8)
    with pytest.raises(StudioError, match="not a file of Latent Studio"):
        read_card(file)


def test_weights_of_another_program_are_refused(tmp_path):
    file = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(3)}, file)
    with pytest.raises(StudioError, match="not a file of Latent Studio"):
        load_model(file)


def test_a_newer_format_asks_for_an_update(model_file, tmp_path):
    newer = rewritten(model_file, tmp_path / "m.safetensors", lambda h: h.update(format=99))
    with pytest.raises(StudioError, match="newer Latent Studio"):
        read_card(newer)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 1 << 20},
        {"height": 17},
        {"size": "big"},
        {"channels": 2},
        {"step": -1},
        {"config": None},
        {"config": {"depth": 10**9}},
        {"config": {"colour": 1}},
        {"family": "horoscope"},
        {"latent_dim": None},
    ],
)
def test_a_header_that_cannot_be_is_refused(model_file, tmp_path, change):
    bad = rewritten(model_file, tmp_path / "bad.safetensors", lambda h: h.update(change))
    with pytest.raises(StudioError):
        load_model(bad)


def test_a_file_that_is_older_than_a_setting_stands_for_what_was_then(gan_file, tmp_path):
    old = rewritten(gan_file, tmp_path / "old.safetensors", lambda h: h["config"].pop("stem"))
    assert read_card(gan_file).config["stem"] == 2
    assert read_card(old).config["stem"] == 1


@pytest.mark.parametrize("key", ["family", "size", "config", "step", "format"])
def test_a_header_that_lacks_something_is_refused(model_file, tmp_path, key):
    bad = rewritten(model_file, tmp_path / "bad.safetensors", lambda h: h.pop(key))
    with pytest.raises(StudioError, match=r"bad\.safetensors"):
        load_model(bad)


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.pop("flow.mean"),
        lambda tensors: tensors.update(extra=torch.zeros(1)),
        lambda tensors: tensors.update({"flow.mean": torch.zeros(3)}),
        lambda tensors: tensors.update({"flow.mean": tensors["flow.mean"].double()}),
        lambda tensors: tensors["flow.mean"].fill_(float("nan")),
        lambda tensors: tensors["flow.mean"].fill_(float("inf")),
    ],
    ids=["missing", "extra", "shape", "type", "nan", "infinite"],
)
def test_weights_that_do_not_fit_are_refused(model_file, tmp_path, change):
    bad = rewritten(model_file, tmp_path / "bad.safetensors", change_tensors=change)
    with pytest.raises(StudioError, match=r"“bad\.safetensors” is damaged"):
        load_model(bad)


def test_a_model_of_the_library_is_called_as_the_person_called_it(model_file, tmp_path):
    spoilt = tmp_path / f"{'5a' * 32}.safetensors"
    rewritten(model_file, spoilt, change_tensors=lambda tensors: tensors.pop("flow.mean"))
    spoilt.with_suffix(".json").write_text('{"name": "Geese at dusk"}')
    with pytest.raises(StudioError, match="“Geese at dusk” is damaged"):
        load_model(spoilt)


@pytest.fixture(scope="module")
def gan_file(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("gan")
    events_of(tiny_run("stylegan", dataset, out, steps=2))
    return out / "model.safetensors"


def test_the_helpers_come_back_as_they_were_trained(gan_file):
    helpers = load_helpers(gan_file)
    state, _ = load_state(gan_file.with_name("resume.safetensors"))
    assert set(helpers) == {"discriminator", "strength"}
    for name, tensor in helpers.state_dict().items():
        assert torch.equal(tensor, state[f"networks.{name}"])


def test_making_pictures_reads_no_helper(gan_file, tmp_path):
    """Even one that is damaged: it is refused where it is needed."""

    def spoil(tensors):
        tensors["helpers.discriminator.score.bias"].fill_(float("nan"))

    spoilt = rewritten(gan_file, tmp_path / "spoilt.safetensors", change_tensors=spoil)
    model, _card = load_model(spoilt)
    assert not any(name.startswith("helpers") for name in model.state_dict())
    with pytest.raises(StudioError, match=r"“spoilt\.safetensors” is damaged"):
        load_helpers(spoilt)


def test_a_model_without_helpers_is_a_model(gan_file, tmp_path):
    def drop(tensors):
        for name in [name for name in tensors if name.startswith("helpers.")]:
            del tensors[name]

    bare = rewritten(gan_file, tmp_path / "bare.safetensors", change_tensors=drop)
    load_model(bare)
    assert len(load_helpers(bare)) == 0


def test_a_truncated_model_is_refused(model_file, tmp_path):
    data = model_file.read_bytes()
    file = tmp_path / "cut.safetensors"
    for length in (9, 100, len(data) // 2, len(data) - 1):
        file.write_bytes(data[:length])
        with pytest.raises(StudioError, match=r"cut\.safetensors"):
            load_model(file)


def test_a_state_comes_back_as_it_was(tmp_path):
    last, previous = tmp_path / "last", tmp_path / "previous"
    tensors = {"a": torch.arange(6.0).reshape(2, 3), "rng": torch.arange(5, dtype=torch.uint8)}
    for step in (1, 2):
        save_state(last, previous, tensors, {"step": step})
    loaded, facts = load_state(last)
    assert facts == {"step": 2}
    assert load_state(previous)[1] == {"step": 1}
    assert all(torch.equal(loaded[name], tensor) for name, tensor in tensors.items())


def test_any_flipped_bit_or_cut_of_a_state_is_noticed(tmp_path):
    last, previous = tmp_path / "last", tmp_path / "previous"
    save_state(last, previous, {"a": torch.linspace(0, 1, 200)}, {"step": 7, "seconds": 1.5})
    good = last.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(good), 50):
        flipped = bytearray(good)
        flipped[place] ^= 1 << int(rng.integers(8))
        for damaged in (bytes(flipped), good[:place]):
            last.write_bytes(damaged)
            try:
                tensors, facts = load_state(last)
            except StudioError:
                continue
            # A flip in the padding of the header changes nothing that was stored.
            assert facts == {"step": 7, "seconds": 1.5}
            assert torch.equal(tensors["a"], torch.linspace(0, 1, 200))


def test_a_damaged_last_state_falls_back_to_the_one_before(dataset, tmp_path):
    whole, hurt = tmp_path / "whole", tmp_path / "hurt"
    events_of(tiny_run("stylegan", dataset, whole))
    stop_after(tiny_run("stylegan", dataset, hurt), 2)
    stop_after(tiny_run("stylegan", dataset, hurt, resume=True), 4)
    data = bytearray((hurt / "resume.safetensors").read_bytes())
    data[-1000] ^= 1
    (hurt / "resume.safetensors").write_bytes(data)
    events = events_of(tiny_run("stylegan", dataset, hurt, resume=True))
    assert "damaged" in events[1].text
    assert "step 2" in events[1].text
    assert same_weights(whole / "model.safetensors", hurt / "model.safetensors")


def test_both_states_damaged_is_said(dataset, tmp_path):
    stop_after(tiny_run("vae", dataset, tmp_path), 2)
    for name in ("resume.safetensors", "resume.previous.safetensors"):
        (tmp_path / name).write_bytes(b"rubbish")
    with pytest.raises(StudioError, match="resume"):
        events_of(tiny_run("vae", dataset, tmp_path, resume=True))
