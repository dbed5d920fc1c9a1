"""Starting from a model: what is taken over still does what it did, and the rest is said."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
import torch
from torch.nn import functional

from studio.core.control import RunControl
from studio.engine.api import Warned, recipe
from studio.engine.checkpoint import load_helpers
from studio.engine.families.stylegan import STYLEGAN, Config
from studio.engine.family import Shape
from studio.engine.inheritance import inherit
from studio.engine.setup import prepare
from studio.engine.state import TrainingState
from studio.engine.step import Stepper
from studio.engine.trainer import train
from studio.errors import StudioError
from tests.support.datasets import make_dataset
from tests.support.training import events_of, same_weights, stop_after, tiny_run

TINY = replace(Config.tiny(), patch=2)
SQUARE = Shape(16, 16, 3)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def networks(shape: Shape, config: Config = TINY, seed: int = 0) -> torch.nn.ModuleDict:
    parts = STYLEGAN.helpers(config, shape, rng(seed + 50))
    built = torch.nn.ModuleDict({"model": STYLEGAN.build(config, shape, rng(seed)), **parts})
    return built.requires_grad_(False)


def heir_of(ancestor, shape: Shape, config: Config = TINY):
    heir = networks(shape, config, seed=1)
    return heir, inherit(heir, ancestor).share


def no_noise(batch: int, height: int, width: int) -> torch.Tensor:
    return torch.zeros(batch, 1, height, width)


def drawn(parts, condition=None) -> torch.Tensor:
    model = parts["model"]
    z = torch.randn(4, model.latent_dim, generator=rng(9))
    return model.synthesize(model.mapping(z, model.embed(condition)), no_noise)


def pictures(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=rng(3))


def likeness(one: torch.Tensor, other: torch.Tensor) -> float:
    """Correlation of two batches at 4 px."""
    small = [functional.adaptive_avg_pool2d(batch, 4).flatten() for batch in (one, other)]
    return float(torch.corrcoef(torch.stack(small))[0, 1])


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    return torch.allclose(one, other, atol=1e-4, rtol=1e-4)


@pytest.fixture(scope="module")
def square():
    return networks(SQUARE)


def test_the_same_shape_takes_over_everything(square):
    heir, share = heir_of(square, SQUARE)
    assert share == 1.0
    assert close(drawn(heir), drawn(square))


def test_a_gray_model_draws_the_mean_of_the_colors_and_judges_as_before(square):
    heir, share = heir_of(square, Shape(16, 16, 1))
    gray = pictures(4, 1, 16, 16)
    assert share == 1.0
    assert close(drawn(heir), drawn(square).mean(dim=1, keepdim=True))
    assert close(heir["discriminator"](gray), square["discriminator"](gray.repeat(1, 3, 1, 1)))


def test_a_color_model_begins_gray_after_a_gray_one():
    gray_model = networks(Shape(16, 16, 1))
    heir, _ = heir_of(gray_model, SQUARE)
    gray = pictures(4, 1, 16, 16)
    assert close(drawn(heir), drawn(gray_model).repeat(1, 3, 1, 1))
    assert close(heir["discriminator"](gray.repeat(1, 3, 1, 1)), gray_model["discriminator"](gray))


def test_alpha_is_new_and_the_colors_stay(square):
    heir, share = heir_of(square, Shape(16, 16, 4))
    batch = pictures(4, 4, 16, 16)
    assert 0.8 < share < 1.0
    assert close(drawn(heir)[:, :3], drawn(square))
    assert drawn(heir)[:, 3].std() > 0.01
    assert close(heir["discriminator"](batch), square["discriminator"](batch[:, :3]))
    back, _ = heir_of(heir, SQUARE)
    assert close(drawn(back), drawn(square))


def test_larger_patches_draw_the_same_picture_larger(square):
    heir, share = heir_of(square, Shape(32, 32, 3), replace(TINY, patch=4))
    batch = pictures(4, 3, 16, 16)
    twice = functional.interpolate(batch, scale_factor=2)
    assert share == 1.0
    assert likeness(drawn(heir), drawn(square)) > 0.99
    assert close(heir["discriminator"](twice), square["discriminator"](batch))


@pytest.mark.parametrize("side", [8, 32, 64])
def test_other_sizes_take_over_the_levels_of_the_same_side(square, side):
    heir, share = heir_of(square, Shape(side, side, 3))
    for name, level in heir["model"].levels.items():
        if name in square["model"].levels:
            before = square["model"].levels[name].second.conv.weight
            assert torch.equal(level.second.conv.weight, before)
        else:
            assert not level.to_rgb.conv.weight.any()  # adds nothing to the picture at first
    assert share >= 0.5
    assert likeness(drawn(heir), drawn(square)) > 0.8
    assert likeness(drawn(networks(Shape(side, side, 3), seed=1)), drawn(square)) < 0.5


@pytest.mark.parametrize("shape", [Shape(16, 24, 3), Shape(12, 16, 3)])
def test_another_aspect_stretches_the_layout(square, shape):
    heir, share = heir_of(square, shape)
    assert share == 1.0
    assert likeness(drawn(heir), drawn(square)) > 0.8


def test_classes_keep_their_rows_and_new_ones_get_the_mean():
    config = replace(TINY, prompt="classes")
    cats = networks(SQUARE._replace(classes=("dog", "cat")), config)
    heir, _ = heir_of(cats, SQUARE._replace(classes=("Cat", "owl")), config)
    for part in ("model", "discriminator"):
        old, new = cats[part].prompt.table, heir[part].prompt.table
        assert torch.equal(new[0], old[1])
        assert close(new[1], old.mean(dim=0))


def test_words_keep_their_rows():
    config = replace(TINY, prompt="captions")
    cup = networks(SQUARE._replace(words=("red", "cup")), config)
    heir, _ = heir_of(cup, SQUARE._replace(words=("cup", "blue", "red")), config)
    old, new = cup["model"].prompt.table, heir["model"].prompt.table
    assert torch.equal(new[[0, 1, 3]], old[[0, 2, 1]])


def test_a_model_without_classes_draws_the_same_for_each_at_first(square):
    heir, _ = heir_of(square, SQUARE._replace(classes=("a", "b")), replace(TINY, prompt="classes"))
    assert close(drawn(heir, torch.tensor([0, 1, 0, 1])), drawn(square))


# --- Whole runs ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "discs")


@pytest.fixture(scope="module")
def base(dataset, tmp_path_factory):
    """A model of 16 px whose settings are those of no other test."""
    out = tmp_path_factory.mktemp("base")
    events_of(tiny_run("stylegan", dataset, out, config={"mapping_layers": 3, "batch": 6}))
    return out / "model.safetensors"


def tuning(dataset, out, base, **changes):
    """A run that leaves everything open."""
    return replace(tiny_run("stylegan", dataset, out, start_from=base, **changes), config={})


def told(run) -> Warned:
    events = train(run, RunControl())
    found = [event for event, _ in zip(events, range(3), strict=False) if type(event) is Warned]
    events.close()
    return found[0]


def test_what_is_left_open_is_as_in_the_model_and_all_is_taken(dataset, base, tmp_path):
    run = tuning(dataset, tmp_path / "tuned", base)
    setup = prepare(run)
    assert (setup.config.mapping_layers, setup.config.batch) == (3, 6)
    assert setup.config.freeze == recipe("fine-tune").config["freeze"]
    assert told(run) == Warned("100% of the network taken over from “discs”.", good=True)
    helpers = load_helpers(base)["discriminator"].state_dict()
    ours = setup.state.networks["discriminator"].state_dict()
    assert all(torch.equal(ours[name], tensor) for name, tensor in helpers.items())
    assert float(setup.state.networks["strength"].share) == 0.0


def test_what_is_new_is_said(base, tmp_path):
    larger = make_dataset(tmp_path / "larger", size=32)
    text, good = astuple(told(tuning(larger, tmp_path / "tuned", base)))
    assert not good
    assert "% of the network taken over from “discs”; new: the level of 32 px, colors" in text
    assert "no level of the discriminator is frozen" in text


def test_too_little_is_refused_with_a_way_out(dataset, base, tmp_path):
    other = {"capacity": 2048, "max_channels": 64, "latent_dim": 16}
    run = replace(tuning(dataset, tmp_path / "tuned", base), config=other)
    with pytest.raises(
        StudioError, match="of the network could be taken over from “discs”"
    ) as what:
        events_of(run)
    assert "capacity" in what.value.hint
    assert not (tmp_path / "tuned").exists()


def test_a_frozen_level_stays_as_it_was_and_costs_no_gradient(dataset, base, tmp_path):
    run = replace(tuning(dataset, tmp_path / "tuned", base), config={"freeze": 1})
    events_of(run)
    before, after = (
        load_helpers(file)["discriminator"].state_dict()
        for file in (base, tmp_path / "tuned/model.safetensors")
    )
    same = {name for name in before if torch.equal(before[name], after[name])}
    frozen = {name for name in before if name.startswith(("from_rgb.", "down.16."))}
    assert same - {"score.bias"} == frozen  # pairing real and made scores, it cancels out
    setup = prepare(replace(run, out=tmp_path / "again"))
    Stepper(setup.family, setup.state, 12).step()
    critic = setup.state.networks["discriminator"]
    assert critic.from_rgb.weight.grad is None


def test_nothing_is_frozen_that_comes_from_noise(dataset, tmp_path):
    setup = prepare(tiny_run("stylegan", dataset, tmp_path / "run", config={"freeze": 2}))
    critic = setup.state.networks["discriminator"]
    before = critic.from_rgb.weight.detach().clone()
    Stepper(setup.family, setup.state, 12).step()
    assert not torch.equal(critic.from_rgb.weight, before)


def test_the_rate_rises_and_the_average_does_not_forget_at_once(dataset, base, tmp_path):
    state = prepare(tuning(dataset, tmp_path / "tuned", base)).state
    stepper = Stepper(STYLEGAN, state, 12)
    remembered = {name: weight.clone() for name, weight in state.ema.named_parameters()}
    rates = []
    for _ in range(3):
        stepper.step()
        rates.append(state.optimizers["generator"].param_groups[0]["lr"])
    assert rates[0] < rates[1] < rates[2] < state.config.rate / 10
    current = state.model.state_dict()
    drift = sum(float((current[name] - weight).norm()) for name, weight in remembered.items())
    followed = sum(
        float((weight - remembered[name]).norm()) for name, weight in state.ema.named_parameters()
    )
    assert 0.0 < followed < 0.2 * drift


def test_a_fine_tuning_resumes_exactly_without_the_model(dataset, base, tmp_path, monkeypatch):
    monkeypatch.setattr("studio.engine.state._WARM_UP", 24)  # four steps: one is after it
    whole, parts = (tuning(dataset, tmp_path / name, base, steps=6) for name in ("a", "b"))
    events_of(whole)
    stop_after(parts, 2)
    gone = replace(parts, start_from=tmp_path / "gone.safetensors", resume=True)
    stop_after(gone, 5)
    events_of(gone)
    for name in ("model.safetensors", "resume.safetensors"):
        assert same_weights(tmp_path / "a" / name, tmp_path / "b" / name)


def test_forgetting_that_it_started_from_a_model_gives_another_one(
    dataset, base, tmp_path, monkeypatch
):
    whole, parts = (tuning(dataset, tmp_path / name, base, steps=4) for name in ("a", "b"))
    events_of(whole)
    stop_after(parts, 2)
    restore = TrainingState.restore

    def forgetful(self, tensors, facts):
        restore(self, tensors, {**facts, "head_start": 0})

    monkeypatch.setattr(TrainingState, "restore", forgetful)
    events_of(replace(parts, resume=True))
    assert not same_weights(tmp_path / "a/model.safetensors", tmp_path / "b/model.safetensors")
