"""The autoencoder: its bound against closed forms, its prior, and what it learns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity
from torch.distributions import Bernoulli, Laplace, Normal

from studio.core.latent import LatentPoint
from studio.engine.api import open_dataset
from studio.engine.families.vae import VAE, Config
from studio.engine.family import Shape, StepContext
from studio.engine.flow import CodeFlow
from studio.engine.generator import LoadedGenerator
from studio.engine.losses import ms_ssim, ssim
from studio.engine.machine import mixed_precision
from studio.engine.reconstruction import RECONSTRUCTIONS
from tests.support.datasets import SIDES, make_dataset
from tests.support.training import events_of, found_point, tiny_run

ABLE = {"batch": 8, "depth": 4, "capacity": 512, "max_channels": 32, "prior": 32}


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=rng(seed))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "discs", count=64)


def pictures_of(dataset):
    return np.asarray(open_dataset(dataset)[1], np.float32) / 255


# --- The two terms -------------------------------------------------------------------------------


def test_costs_are_negative_log_likelihoods_at_the_best_scale():
    made, real = normal(4, 3, 8, 8), normal(4, 3, 8, 8, seed=1).tanh()
    error = made - real
    laplace = Laplace(made, error.abs().mean())
    gaussian = Normal(made, error.square().mean().sqrt())
    for name, distribution in (("l1", laplace), ("mse", gaussian)):
        nats = -distribution.log_prob(real).sum() / 4
        assert RECONSTRUCTIONS[name].cost(made, real) == pytest.approx(float(nats), rel=1e-3)
    bits = (real > 0).float()
    nats = -Bernoulli(logits=made).log_prob(bits).sum() / 4
    assert RECONSTRUCTIONS["bce"].cost(made, 2 * bits - 1) == pytest.approx(float(nats), rel=1e-5)
    light = (RECONSTRUCTIONS["bce"].picture(made) + 1) / 2
    assert torch.allclose(light, made.sigmoid(), atol=1e-6)


def test_structural_similarity_is_that_of_the_papers():
    real = normal(2, 1, 32, 32).tanh()
    made = (real + 0.3 * normal(2, 1, 32, 32, seed=1)).clamp(-1, 1)
    theirs = [
        structural_similarity(a.numpy(), b.numpy(), data_range=2, use_sample_covariance=False)
        for a, b in zip(real[:, 0], made[:, 0], strict=True)
    ]
    assert float(ssim(real, made)[0]) == pytest.approx(np.mean(theirs), abs=1e-5)
    assert float(ms_ssim(real, real)) == pytest.approx(1.0)
    assert 0 < float(ms_ssim(real, made)) < 1


def losses_of(images: int = 0, **changes: float) -> tuple[float, dict[str, float]]:
    """Of an untrained model, always the same but for the settings; summed over the pixels."""
    config = replace(Config.tiny(), **{"prior": 0, "free_bits": 0.0, **changes})
    networks = torch.nn.ModuleDict({"model": VAE.build(config, Shape(16, 16, 3), rng())})
    context = StepContext(normal(4, 3, 16, 16).tanh(), 0, images, 20, rng())
    with torch.no_grad():
        losses = VAE.loss("autoencoder", config, networks, context)
    return float(losses.total) * 768, {name: float(part) for name, part in losses.parts.items()}


@pytest.mark.parametrize("places", [4, 8])
def test_the_code_has_as_many_places_as_asked_for(places):
    model = VAE.build(replace(Config.tiny(), places=places), Shape(32, 48, 1), rng())
    assert model.code_shape == (2, places, places * 3 // 2)
    z = normal(3, model.latent_dim)
    with torch.no_grad():
        assert model.synthesize(z, lambda *_: None).shape == (3, 1, 32, 48)
        assert model.encode(normal(3, 1, 32, 48)).shape == z.shape


def test_kl_is_weighted_warmed_up_and_free_up_to_a_point():
    bare, parts = losses_of(smoothness=0.0)
    whole, _ = losses_of(smoothness=2.0, images=1000, warm_up=1000)
    assert whole - bare == pytest.approx(2.0 * parts["kl"], rel=1e-3)
    early, _ = losses_of(smoothness=2.0, images=249, warm_up=1000)
    assert early - bare == pytest.approx(0.5 * parts["kl"], rel=1e-3)
    free, _ = losses_of(smoothness=1.0, warm_up=0, free_bits=2.0)
    assert free - bare >= 2.0 * 8 * 8 * Config.tiny().depth


# --- The prior -----------------------------------------------------------------------------------


def trained_flow(prompt_width: int = 0) -> CodeFlow:
    """On codes of +1 or -1 throughout, by chance or as the prompt says."""
    flow = CodeFlow((2, 2, 2), 16, prompt_width, rng())
    optimizer = torch.optim.Adam(flow.parameters(), 0.01)
    chance = rng(1)
    for step in range(200):
        signs = torch.randint(2, (16, 1), generator=chance) * 2.0 - 1.0
        noise = 0.3 * torch.randn(16, 2, 2, 2, generator=chance)
        code = 3.0 + signs[..., None, None] + noise
        flow.follow(code, step * 16)
        optimizer.zero_grad()
        flow.loss(code, signs if prompt_width else None, chance).backward()
        optimizer.step()
    return flow


def test_the_flow_learns_which_numbers_go_together_and_can_be_taken_back():
    flow = trained_flow().requires_grad_(False)
    z = normal(200, 2, 2, 2, seed=2)
    code = flow.code_of(z)
    drawn = code.flatten(1) - 3.0
    assert drawn.std(dim=1).mean() < 0.75  # of z: 1
    assert drawn.mean(dim=1).std() == pytest.approx(1.0, abs=0.25)
    assert torch.allclose(flow.code_of(flow.z_of(code)), code, atol=0.02)


def test_the_flow_draws_what_is_asked_for():
    flow = trained_flow(prompt_width=1).requires_grad_(False)
    asked = torch.tensor([[1.0], [-1.0]]).repeat(50, 1)
    drawn = flow.code_of(normal(100, 2, 2, 2, seed=2), asked) - 3.0
    assert ((drawn.flatten(1).mean(dim=1) > 0) == (asked[:, 0] > 0)).float().mean() > 0.95


# --- Learning ------------------------------------------------------------------------------------


def errors_of(pictures: np.ndarray, precision: str = "float32", **changes: object) -> list[float]:
    """Mean absolute error before each of 40 steps on the same pictures."""
    config = replace(Config.tiny(), capacity=256, depth=4, **changes)
    networks = torch.nn.ModuleDict({"model": VAE.build(config, Shape(16, 16, 3), rng())})
    optimizer = torch.optim.Adam(networks.parameters(), 0.01)
    real = torch.from_numpy(pictures).permute(0, 3, 1, 2) * 2 - 1
    errors = []
    for step in range(40):
        context = StepContext(real, step, step * len(real), len(real), rng(step))
        with mixed_precision(torch.device("cpu"), precision):
            losses = VAE.loss("autoencoder", config, networks, context)
        optimizer.zero_grad()
        losses.total.backward()
        optimizer.step()
        errors.append(float(losses.parts["reconstruction"].detach()))
    return errors


@pytest.mark.parametrize("reconstruction", [item.id for item in RECONSTRUCTIONS])
def test_every_reconstruction_learns_to_redraw(reconstruction, dataset):
    errors = errors_of(pictures_of(dataset)[:16], reconstruction=reconstruction)
    assert errors[-1] < 0.6 * errors[0]


def test_bfloat16_learns_as_float32_does(dataset):
    pictures = pictures_of(dataset)[:16]
    exact, rough = errors_of(pictures), errors_of(pictures, "bfloat16")
    assert rough[-1] == pytest.approx(exact[-1], rel=0.15)


def test_what_a_model_made_is_encoded_to_where_it_was_made(dataset, tmp_path):
    """Through the flow and back: the same code, so the same picture as without a prior."""
    events_of(tiny_run("vae", dataset, tmp_path, steps=40, config=ABLE))
    generator = LoadedGenerator.load(tmp_path / "model.safetensors", "cpu")
    pictures = pictures_of(dataset)[:8]
    made = np.stack(generator.sample([found_point(generator, picture) for picture in pictures]))
    with torch.inference_mode():
        batch = torch.from_numpy(pictures).permute(0, 3, 1, 2) * 2 - 1
        model = generator._model
        direct = model.decoder(model.encoder(batch).mean).permute(0, 2, 3, 1) / 2 + 0.5
    assert np.allclose(made, direct.clamp(0, 1).numpy(), atol=2e-3)


def test_a_picture_is_encoded_with_the_class_that_redraws_it_best(dataset, tmp_path):
    config = {**ABLE, "prompt": "classes", "rate": 0.002}
    events_of(tiny_run("vae", dataset, tmp_path, steps=40, config=config))
    generator = LoadedGenerator.load(tmp_path / "model.safetensors", "cpu")
    picture = pictures_of(dataset)[0]
    point = found_point(generator, picture)
    (anchor,) = point.anchors
    others = [LatentPoint.of_vector(anchor.vector, prompt=side) for side in SIDES]
    made = generator.sample([point, *others])
    errors = [np.square(image - picture).mean() for image in made]
    assert anchor.prompt in SIDES
    assert errors[0] == pytest.approx(min(errors), rel=1e-3)
