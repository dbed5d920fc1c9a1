"""What every model family promises, whoever writes it."""

from __future__ import annotations

import json
import math
from dataclasses import is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core.control import RunControl
from studio.core.latent import MASK_SIDE, LatentPoint, Region, StyleMix
from studio.core.params import from_json, specs, to_json
from studio.core.steering import Bend, LevelRange, Slide, bytes_of
from studio.engine import inversion
from studio.engine.api import SIZES, Finished, Sampled, Started, StepDone, frame_of, open_dataset
from studio.engine.checkpoint import load_helpers, load_model, save_model
from studio.engine.family import ARCHITECTURES, FAMILIES, Model, Shape, StepContext
from studio.engine.generator import LoadedGenerator
from studio.engine.trainer import train
from tests.support.datasets import make_dataset
from tests.support.training import events_of, same_weights, stop_after, tiny_run

IDS = [family.id for family in FAMILIES]
every_family = pytest.mark.parametrize("family_id", IDS)
IMPORTED = [kind.id for kind in ARCHITECTURES if kind.id not in IDS]
every_kind = pytest.mark.parametrize("family_id", [*IDS, *IMPORTED])


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "discs")


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    """The run folder of a finished tiny run, per family."""
    folders = {}
    for family_id in IDS:
        folders[family_id] = tmp_path_factory.mktemp(family_id)
        events_of(tiny_run(family_id, dataset, folders[family_id]))
    return folders


@pytest.fixture(scope="module")
def files(trained, tmp_path_factory):
    """A model file of each kind: trained, or as an import would write it."""
    made = {family_id: folder / "model.safetensors" for family_id, folder in trained.items()}
    for family_id in IMPORTED:
        made[family_id] = tmp_path_factory.mktemp(family_id) / "model.safetensors"
        write_untrained(made[family_id], family_id)
    return made


def rng():
    return torch.Generator().manual_seed(1)


def built(family_id: str, shape: Shape) -> Model:
    kind = ARCHITECTURES[family_id]
    return kind.build(kind.config_type.tiny(), shape, rng())


def write_untrained(file: Path, family_id: str) -> None:
    model = built(family_id, Shape(16, 16, 3))
    header = {
        "family": family_id,
        "config": to_json(ARCHITECTURES[family_id].config_type.tiny()),
        "size": 16,
        "height": 16,
        "width": 16,
        "channels": 3,
        "latent_dim": model.latent_dim,
        "step": 0,
        "images": 0,
        "seconds": 0.0,
        "dataset_name": "",
        "dataset_fingerprint": "",
        "classes": (),
        "words": (),
    }
    save_model(file, model, torch.nn.ModuleDict(), header)


def no_noise(batch: int, height: int, width: int, _own: object = None) -> torch.Tensor:
    return torch.zeros(batch, 1, height, width)


def test_no_family_file_fails_to_import():
    assert IDS
    assert ARCHITECTURES.broken == {}


@every_kind
def test_config_is_a_frozen_dataclass_of_params_that_survives_json(family_id):
    config_type = ARCHITECTURES[family_id].config_type
    assert is_dataclass(config_type)
    assert {spec.name for spec in specs(config_type)} == set(config_type.__dataclass_fields__)
    for config in (config_type(), config_type.tiny()):
        assert from_json(config_type, to_json(config)) == config


@every_family
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("aspect", [(1, 1), (4, 3), (2, 3), (16, 9)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_makes_pictures_of_every_shape(family_id, size, aspect, channels):
    height, width = frame_of(size, aspect)
    model = built(family_id, Shape(height, width, channels))
    with torch.inference_mode():
        w = model.mapping(torch.randn(2, model.latent_dim, generator=rng()))
        batch = model.synthesize(w, no_noise)
    assert batch.shape == (2, channels, height, width)
    assert batch.dtype == torch.float32
    assert model.center().shape == (1, w.shape[1])


@every_family
@pytest.mark.parametrize("prompts", [{"classes": ("cat", "dog")}, {"words": ("red", "cup")}])
def test_a_prompt_changes_the_picture(family_id, prompts):
    model = built(family_id, Shape(16, 16, 3, **prompts))
    condition = torch.tensor([0, 1]) if "classes" in prompts else torch.tensor([[1, 0], [1, 2]])
    with torch.inference_mode():
        z = torch.randn(1, model.latent_dim, generator=rng()).expand(2, -1)
        one, other = model.synthesize(model.mapping(z, model.embed(condition)), no_noise)
    assert (one - other).abs().max() > 1e-4


@every_family
def test_seamless_pictures_are_the_same_wherever_they_begin(family_id):
    """Shifting the features of a seamless model shifts the picture: nothing marks its edges."""
    family = FAMILIES[family_id]
    config = replace(family.config_type.tiny(), tileable=True)
    model = family.build(config, Shape(32, 32, 3), rng())
    with torch.inference_mode():
        w = model.mapping(torch.randn(8, model.latent_dim, generator=rng()))
        batch = model.synthesize(w, no_noise)
    across = (batch[..., 0] - batch[..., -1]).abs().mean()
    inside = (batch[..., 1:] - batch[..., :-1]).abs().mean(dim=(0, 1, 2))
    assert across < 1.5 * inside.max()


@every_kind
def test_a_preview_is_no_smaller_than_asked_and_no_larger_than_full(family_id):
    model = built(family_id, Shape(64, 64, 3))
    w = model.mapping(torch.randn(1, model.latent_dim, generator=rng()))
    assert 32 <= model.synthesize(w, no_noise, size=32).shape[-1] <= 64


@every_kind
def test_first_weights_depend_on_the_generator_alone(family_id):
    before = torch.get_rng_state()
    one, same = built(family_id, Shape(32, 32, 3)), built(family_id, Shape(32, 32, 3))
    assert torch.equal(torch.get_rng_state(), before)
    pairs = zip(one.state_dict().values(), same.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


@every_family
def test_a_phase_gives_gradients_to_its_own_networks(family_id):
    family = FAMILIES[family_id]
    config, shape = family.config_type.tiny(), Shape(16, 16, 3)
    networks = torch.nn.ModuleDict(
        {"model": family.build(config, shape, rng()), **family.helpers(config, shape, rng())}
    )
    trained_parts = set()
    for phase in family.phases(config):
        for name, part in networks.items():
            part.requires_grad_(name in phase.parts)
        context = StepContext(torch.zeros(4, 3, 16, 16), 0, 0, 20, rng())
        losses = family.loss(phase.id, config, networks, context)
        losses.total.backward()
        assert math.isfinite(float(losses.total.detach()))
        assert all(math.isfinite(float(value.detach())) for value in losses.parts.values())
        for name in phase.parts:
            assert any(w.grad is not None for w in networks[name].parameters())
        trained_parts |= set(phase.parts)
    assert trained_parts == {name for name, part in networks.items() if list(part.parameters())}


@every_family
def test_learns(family_id, dataset, tmp_path):
    """The mean of its pictures comes near the mean of the pictures that it was shown."""
    run = tiny_run(family_id, dataset, tmp_path, steps=200, config={"batch": 8})
    grids = [event.images for event in events_of(run) if isinstance(event, Sampled)]
    _, pixels = open_dataset(dataset)
    wanted = pixels.mean(axis=0) / 255

    def distance(images):
        return np.abs(np.mean(images, axis=0) - wanted).mean()

    assert distance(grids[-1]) < 0.75 * distance(grids[0])


@every_family
def test_tells_its_story_in_order(family_id, dataset, tmp_path):
    events = events_of(tiny_run(family_id, dataset, tmp_path, steps=3))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "budget"
    assert events[-1].progress.step == 3
    assert events[-1].progress.fraction == 1.0
    assert any(isinstance(event, Sampled) for event in events)


@every_kind
def test_model_file_round_trips_bit_for_bit(family_id, files, tmp_path):
    file = files[family_id]
    model, card = load_model(file)
    again = tmp_path / "again.safetensors"
    header = {**vars(card), "config": dict(card.config)}
    for name in ("path", "sha256", "can_encode", "has_mapping", "abilities"):
        del header[name]
    save_model(again, model, load_helpers(file), header)
    assert same_weights(file, again)


@every_family
def test_resumed_run_equals_an_uninterrupted_one(family_id, dataset, trained, tmp_path):
    stop_after(tiny_run(family_id, dataset, tmp_path), steps=3)
    events_of(tiny_run(family_id, dataset, tmp_path, resume=True))
    for name in ("model.safetensors", "resume.safetensors"):
        assert same_weights(tmp_path / name, trained[family_id] / name)


@every_family
def test_cancels_into_a_loadable_checkpoint(family_id, dataset, tmp_path):
    control = RunControl()
    events = []
    for event in train(tiny_run(family_id, dataset, tmp_path, steps=10_000), control):
        events.append(event)
        if isinstance(event, StepDone):
            control.cancel()
    assert events[-1].reason == "stopped"
    card = LoadedGenerator.load(events[-1].model, "cpu").card
    assert card.step == events[-1].progress.step < 10_000


@every_kind
def test_sample_is_deterministic_and_in_range(family_id, files):
    file = files[family_id]
    points = [LatentPoint.of_seed(seed, truncation=0.7) for seed in range(3)]
    images = LoadedGenerator.load(file, "cpu").sample(points)
    again = LoadedGenerator.load(file, "cpu").sample(points)
    for image, same in zip(images, again, strict=True):
        assert image.shape == (16, 16, 3)
        assert image.dtype == np.float32
        assert image.min() >= 0.0
        assert image.max() <= 1.0
        assert np.array_equal(image, same)
    assert not np.array_equal(images[0], images[1])


def steered(generator: LoadedGenerator, seed: int) -> LatentPoint:
    """A point with everything that a point may carry."""
    dimension, other = generator.card.latent_dim, LatentPoint.of_seed(seed + 1)
    mask = np.zeros((MASK_SIDE, MASK_SIDE), np.uint8)
    mask[: MASK_SIDE // 2] = 255
    return replace(
        LatentPoint.of_seed(seed, truncation=0.7),
        cutoff=2,
        noise=0.5,
        slides=(Slide("a", bytes_of(np.ones(dimension)), 0.5, LevelRange(1, 2)),),
        mixes=(StyleMix(other, LevelRange(1)),),
        bends=(
            Bend("rotate", 0, 30.0),
            Bend("multiply", 1, 2.0, 0.5),
            Bend("blank", 0, channels=(0,)),
        ),
        region=Region(mask.tobytes(), other),
    )


@every_kind
def test_a_point_gives_the_same_pixels_alone_and_in_company(family_id, files):
    generator = LoadedGenerator.load(files[family_id], "cpu")
    points = [LatentPoint.of_seed(3), steered(generator, 4), LatentPoint.of_seed(5)]
    together = generator.sample(points)
    for point, image in zip(points, together, strict=True):
        again = LatentPoint.from_json(json.loads(json.dumps(point.to_json())))
        assert again == point
        assert np.array_equal(generator.sample([again])[0], image)


@every_kind
def test_each_thing_that_a_point_carries_shows_where_the_model_is_able(family_id, files):
    generator = LoadedGenerator.load(files[family_id], "cpu")
    able, point = generator.card.abilities, steered(generator, 4)
    assert able.levels
    assert sorted(able.levels) == list(able.levels)
    maps = generator.feature_maps(point, len(able.levels) - 1)
    assert all(min(each.shape[:2]) == able.levels[-1] for each in maps)
    assert all(each.min() >= 0.0 and each.max() <= 1.0 for each in maps)
    plain = generator.sample([point.unsteered])[0]
    shows = {"slides": True, "mixes": able.mixes, "bends": True, "region": True}
    for name, seen in shows.items():
        only = replace(point.unsteered, **{name: getattr(point, name)})
        assert np.array_equal(generator.sample([only])[0], plain) != seen, name


@every_kind
def test_finds_a_point_for_any_picture(family_id, files, monkeypatch):
    for name in ("_GUESSES", "_STEPS_W", "_STEPS_PLUS"):
        monkeypatch.setattr(inversion, name, 20)
    generator = LoadedGenerator.load(files[family_id], "cpu")
    assert generator.card.can_encode == ARCHITECTURES[family_id].card.can_encode
    assert generator.card.has_mapping == ARCHITECTURES[family_id].card.has_mapping
    *before, last = generator.invert(np.full((20, 30, 4), 0.5, np.float32), RunControl())
    assert bool(before) != generator.card.can_encode
    assert last.share == 1.0
    assert last.point.fits(generator.card.latent_dim)
    assert np.allclose(generator.sample([last.point])[0], last.image, atol=1e-4)
