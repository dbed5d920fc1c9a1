"""Models of NVIDIA's StyleGAN tools: read without running them, and drawn as they mean it."""

from __future__ import annotations

import os
import pickle  # noqa: TID251  (to write what must be refused)
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core.control import Cancelled, RunControl
from studio.core.latent import LatentPoint, StyleMix, z_of_seed
from studio.core.steering import LevelRange
from studio.engine.api import FOREIGN_SUFFIXES, TrainingRun
from studio.engine.blend import blend_models
from studio.engine.checkpoint import load_model, read_header
from studio.engine.family import ARCHITECTURES, FAMILIES
from studio.engine.generator import LoadedGenerator
from studio.engine.importer import IMPORTERS, describe, import_model
from studio.engine.setup import check
from studio.errors import StudioError
from tests.support.stylegan3_reference import Reference3, Small3, write_stylegan3
from tests.support.stylegan_files import (
    Part,
    Small,
    dumped,
    empty_state,
    stylegan2_tensors,
    write_stylegan2,
)
from tests.support.stylegan_reference import Reference

NEAR = 1e-4  # of pixels in [0, 1]: float32 against float64, whatever machine adds them up
SHAPES = {
    "skip": Small(),
    "residual": Small(architecture="resnet"),
    "plain": Small(architecture="orig", clamp=None),
    "wide, gray": Small(lowest=(4, 8), channels=1),
    "clamped": Small(clamp=0.75),
    "with classes": Small(classes=3, depth=8),
    "one width": Small(base=4096, most=4, levels=2),
}


def imported(folder: Path, small: Small, **how: int) -> tuple[LoadedGenerator, Reference]:
    file, out = folder / "network-snapshot-000400.pkl", folder / "model.safetensors"
    tensors = write_stylegan2(file, small, **how)
    list(import_model(file, out, RunControl()))
    return LoadedGenerator.load(out, "cpu"), Reference(tensors, small)


def pixels(picture: np.ndarray) -> np.ndarray:
    """``[C, H, W]`` in [-1, 1] as *Image*."""
    return np.clip(picture * 0.5 + 0.5, 0.0, 1.0).transpose(1, 2, 0)


def refusal(file: Path) -> StudioError:
    out = file.with_suffix(".safetensors")
    with pytest.raises(StudioError) as caught:
        list(import_model(file, out, RunControl()))
    assert file.name in caught.value.message
    assert caught.value.hint
    assert not out.exists()
    return caught.value


def test_every_importer_is_known_to_the_window():
    assert IMPORTERS.broken == {}
    assert {importer.suffix for importer in IMPORTERS} == set(FOREIGN_SUFFIXES)


def test_what_is_imported_cannot_be_trained(tmp_path):
    assert {family.id for family in FAMILIES} < {kind.id for kind in ARCHITECTURES}
    with pytest.raises(StudioError, match="it cannot learn"):
        check(TrainingRun(tmp_path, tmp_path, "stylegan2", steps=1), 64)


@pytest.mark.parametrize("small", SHAPES.values(), ids=SHAPES)
def test_a_seed_is_the_same_picture_as_with_nvidias_tools(tmp_path, small):
    """Truncation with its cutoff, constant noise, and the class, all by the formulas."""
    generator, reference = imported(tmp_path, small)
    prompt = "Class 2" if small.classes else ""
    point = replace(LatentPoint.of_seed(7, 0.7, prompt), cutoff=3)
    w = reference.w(z_of_seed(7, small.width).astype(float), 2 if small.classes else None)
    wanted = pixels(reference.picture(reference.truncated(w, 0.7, 3), constant_noise=1.0))
    made = generator.sample([point])[0]
    assert made.shape == wanted.shape
    assert wanted.std() > 0.1
    assert np.abs(made - wanted).max() < NEAR


SHAPES_3 = {
    "translation": Small3(),
    "rotation": Small3(kernel=1, radial=True),
    "deep": Small3(size=64, layers=8, base=256),
    "gray": Small3(channels=1),
}


@pytest.mark.parametrize("small", SHAPES_3.values(), ids=SHAPES_3)
def test_stylegan3_makes_the_same_picture_of_a_seed(tmp_path, small):
    file, out = tmp_path / "network.pkl", tmp_path / "model.safetensors"
    reference = Reference3(write_stylegan3(file, small), small)
    list(import_model(file, out, RunControl()))
    generator = LoadedGenerator.load(out, "cpu")
    styles = reference.styles(z_of_seed(7, 8).astype(float), 0.7, 3)
    wanted = pixels(reference.picture(styles))
    made = generator.sample([replace(LatentPoint.of_seed(7, 0.7), cutoff=3)])[0]
    assert made.shape == (small.size, small.size, small.channels)
    assert wanted.std() > 0.05
    assert np.abs(made - wanted).max() < NEAR
    assert generator.card.abilities.styles == small.layers + 2
    assert not generator.card.abilities.noise


def test_styles_of_another_seed_are_taken_level_by_level(tmp_path):
    generator, reference = imported(tmp_path, Small())
    mix = StyleMix(LatentPoint.of_seed(2), LevelRange(3))
    point = replace(LatentPoint.of_seed(1), mixes=(mix,), noise=0.0)
    one, other = (
        reference.truncated(reference.w(z_of_seed(seed, 8).astype(float)), 1.0, 6)
        for seed in (1, 2)
    )
    wanted = pixels(reference.picture(np.concatenate([one[:3], other[3:]])))
    assert np.abs(generator.sample([point])[0] - wanted).max() < NEAR


def test_other_seeds_of_noise_give_other_noise(tmp_path):
    generator, _ = imported(tmp_path, Small())
    still = LatentPoint.of_seed(1)
    kept, again, rolled, none = generator.sample(
        [still, still, replace(still, noise_seed=5), replace(still, noise=0.0)]
    )
    assert np.array_equal(kept, again)
    assert not np.array_equal(kept, rolled)
    assert not np.array_equal(kept, none)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_gives_the_same_weights(tmp_path, protocol):
    generator, _ = imported(tmp_path, Small(), protocol=protocol)
    model, _card = load_model(tmp_path / "model.safetensors")
    tensors = write_stylegan2(tmp_path / "again.pkl", Small())
    assert torch.equal(model.get_parameter("const"), tensors["synthesis.b4.const"])
    weight = model.get_parameter("levels.16.conv1.conv.weight")
    assert torch.equal(weight, tensors["synthesis.b16.conv1.weight"])
    assert generator.card.classes == ()


def test_the_file_says_what_it_is_and_the_model_where_it_is_from(tmp_path):
    imported(tmp_path, Small(classes=3))
    file = tmp_path / "network-snapshot-000400.pkl"
    facts, header = describe(file), read_header(tmp_path / "model.safetensors")
    assert facts["family_title"] == "StyleGAN2"
    assert (facts["height"], facts["width"], facts["channels"]) == (16, 16, 3)
    assert facts["dataset_name"] == "geese"
    assert facts["images"] == 400_000
    assert header["imported_from"] == facts["imported_from"]
    assert header["imported_from"]["file"] == file.name
    assert header["classes"] == ["Class 0", "Class 1", "Class 2"]


def test_a_preview_is_an_early_picture_of_the_network(tmp_path):
    generator, _ = imported(tmp_path, Small(levels=4))
    assert generator.sample([LatentPoint.of_seed(1)], 8)[0].shape == (8, 8, 3)
    assert generator.sample([LatentPoint.of_seed(1)])[0].shape == (32, 32, 3)


def test_color_beside_alpha_becomes_the_studios(tmp_path):
    """Their files keep straight color; it comes through unchanged where there is any alpha."""
    generator, reference = imported(tmp_path, Small(channels=4))
    w = reference.w(z_of_seed(7, 8).astype(float))
    wanted = pixels(reference.picture(reference.truncated(w, 1.0, 6), constant_noise=1.0))
    made = generator.sample([LatentPoint.of_seed(7)])[0]
    seen = wanted[..., 3] > 0.1
    assert seen.any()
    assert np.abs(made[..., 3] - wanted[..., 3]).max() < NEAR
    assert np.abs(made - wanted)[seen].max() < 1e-4


# --- What must not be opened ---


class Payload:
    """Makes a folder when a pickle of it is loaded."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self._folder),)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("place", ["D", "G_ema", "augment_pipe"])
def test_a_hostile_file_is_refused_and_nothing_of_it_runs(tmp_path, protocol, place):
    file, trace = tmp_path / "hostile.pkl", tmp_path / "trace"
    write_stylegan2(file, protocol=protocol, **{place: Payload(trace)})
    assert "mkdir" in refusal(file).message
    assert not trace.exists()
    pickle.loads(dumped(Payload(trace), protocol))
    assert trace.exists(), "the payload does not work, so nothing was proved"


@pytest.mark.parametrize(
    "name", ["os system", "builtins eval", "torch load", "torch_utils.persistence exec"]
)
def test_names_beside_the_list_are_refused(tmp_path, name):
    file = tmp_path / "named.pkl"
    module, function = name.split()
    file.write_bytes(
        b"\x80\x02c" + f"{module}\n{function}\n".encode() + b"X\x01\x00\x00\x00x\x85R."
    )
    assert f"{module}.{function}" in refusal(file).message


@pytest.mark.parametrize("data", [b"\x80\x02P0\n.", b"\x80\x02\x82\x01.", b"\x80\x02K\x01Q."])
def test_instructions_beside_the_list_are_refused(tmp_path, data):
    file = tmp_path / "odd.pkl"
    file.write_bytes(data)
    assert "wants to use" in refusal(file).message


def test_a_file_of_the_tensorflow_tools_is_told_what_to_do(tmp_path):
    file = tmp_path / "old.pkl"
    file.write_bytes(b"\x80\x03cdnnlib.tflib.network\nNetwork\nq\x00)\x81q\x01}q\x02b\x87.")
    assert "TensorFlow" in refusal(file).message


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_damaged(tmp_path, share):
    file = tmp_path / "cut.pkl"
    write_stylegan2(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged" in refusal(file).message


def test_rubbish_is_refused(tmp_path):
    file = tmp_path / "rubbish.pkl"
    rng = np.random.default_rng(0)
    for _ in range(50):
        file.write_bytes(b"\x80\x04" + rng.bytes(200))
        refusal(file)


class Lying:
    """A tensor that claims another layout than its storage has room for."""

    def __init__(self, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
        self._layout = (offset, size, stride)

    def __reduce__(self):
        make, (storage, *_layout) = torch.zeros(8).__reduce_ex__(2)
        return make, (storage, *self._layout, False, {})


@pytest.mark.parametrize(
    "layout",
    [
        (0, (9,), (1,)),
        (1, (8,), (1,)),
        (0, (3, 3), (4, 1)),
        (0, (8,), (-1,)),
        (-1, (8,), (1,)),
        (0, (1 << 40,), (0,)),
        (0, (8,), (1, 1)),
    ],
)
def test_a_tensor_cannot_reach_beyond_its_storage(tmp_path, layout):
    file = tmp_path / "lying.pkl"
    write_stylegan2(file, instead={"mapping.w_avg": Lying(*layout)})
    assert "damaged" in refusal(file).message


def test_strides_are_honored(tmp_path):
    """Networks that ran with channels last are stored so."""
    file, tensors = tmp_path / "strided.pkl", stylegan2_tensors(Small())
    name = "synthesis.b16.conv1.weight"
    write_stylegan2(file, instead={name: tensors[name].to(memory_format=torch.channels_last)})
    list(import_model(file, tmp_path / "model.safetensors", RunControl()))
    model, _card = load_model(tmp_path / "model.safetensors")
    assert torch.equal(model.get_parameter("levels.16.conv1.conv.weight"), tensors[name])


def test_weights_of_another_number_format_become_float32(tmp_path):
    file, tensors = tmp_path / "half.pkl", stylegan2_tensors(Small())
    write_stylegan2(file, instead={"synthesis.b4.const": tensors["synthesis.b4.const"].half()})
    list(import_model(file, tmp_path / "model.safetensors", RunControl()))
    model, _card = load_model(tmp_path / "model.safetensors")
    const = model.get_parameter("const")
    assert const.dtype == torch.float32
    assert torch.allclose(const, tensors["synthesis.b4.const"], atol=1e-2)


@pytest.mark.parametrize(
    "entries", [{"G_ema": None}, {"G_ema": 3}, {"G_ema": Part("FastGenerator", empty_state())}]
)
def test_networks_of_another_kind_are_told_apart(tmp_path, entries):
    file = tmp_path / "other.pkl"
    write_stylegan2(file, **entries)
    refusal(file)


@pytest.mark.parametrize(
    "instead",
    [
        {"synthesis.b4.conv1.resample_filter": torch.ones(4, 4)},
        {"synthesis.b8.conv1.weight": torch.ones(3, 3, 3, 3)},
        {"synthesis.b16.conv1.bias": torch.ones(3)},
        {"mapping.fc0.weight": torch.ones(8, 4)},
        {"synthesis.b16.conv1.extra": torch.ones(3)},
        {"synthesis.b4.const": torch.full((6, 4, 4), torch.nan)},
        {"synthesis.b4.const": torch.zeros(1, 1, 1).expand(6, 4, 1 << 20)},
        {"synthesis.b16.torgb.weight": torch.ones(2, 2, 1, 1)},
    ],
)
def test_networks_that_would_be_drawn_wrongly_are_refused(tmp_path, instead):
    file = tmp_path / "unusual.pkl"
    write_stylegan2(file, instead=instead)
    refusal(file)


def test_two_imported_models_are_blended_from_a_level_on(tmp_path):
    files = [tmp_path / name for name in ("a.safetensors", "b.safetensors", "c.safetensors")]
    for file, seed in zip(files, (0, 1), strict=False):
        write_stylegan2(tmp_path / "n.pkl", instead=stylegan2_tensors(Small(), seed))
        list(import_model(tmp_path / "n.pkl", file, RunControl()))
    blend_models(*files[:2], 1.0, files[2], from_px=16)
    first, second, blended = (load_model(file)[0].state_dict() for file in files)
    for name, weight in blended.items():
        assert torch.equal(weight, (second if name.startswith("levels.16.") else first)[name])


def test_an_import_can_be_cancelled(tmp_path):
    file, out, control = tmp_path / "a.pkl", tmp_path / "a.safetensors", RunControl()
    write_stylegan2(file)
    steps = import_model(file, out, control)
    assert 0.0 < next(steps).share < 1.0
    control.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    assert not out.exists()
