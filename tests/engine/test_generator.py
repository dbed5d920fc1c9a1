"""From latent points to pictures and back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.core.control import Cancelled, RunControl
from studio.core.latent import LatentPoint, z_of_seed
from studio.engine.family import Shape
from studio.engine.generator import LoadedGenerator
from studio.engine.pictures import sheet, to_batch
from studio.errors import StudioError
from tests.support.datasets import make_dataset
from tests.support.training import events_of, found_point, tiny_run


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    dataset = make_dataset(folder / "discs")
    larger = {
        "batch": 8,
        "depth": 4,
        "patch": 1,
        "capacity": 512,
        "max_channels": 32,
        "smoothness": 0.1,
    }
    events_of(tiny_run("vae", dataset, folder / "vae", steps=150, config=larger))
    noisy = {"noise": True, "noise_from": 4}
    events_of(tiny_run("stylegan", dataset, folder / "gan", config=noisy))
    return folder


@pytest.fixture
def vae(models):
    return LoadedGenerator.load(models / "vae/model.safetensors", "cpu")


@pytest.fixture
def gan(models):
    generator = LoadedGenerator.load(models / "gan/model.safetensors", "cpu")
    for name, strength in generator._model.named_parameters():
        if name.endswith("noise_strength"):
            strength.fill_(0.5)
    return generator


def close(a, b):
    return np.allclose(a, b, atol=1e-5)


def test_pictures_do_not_depend_on_what_is_made_with_them(gan):
    points = [LatentPoint.of_seed(seed) for seed in range(20)]
    together = gan.sample(points)
    assert close(together[17], gan.sample(points[17:18])[0])


def test_noise_follows_its_seed(gan):
    point = LatentPoint.of_seed(3)
    other = LatentPoint(point.anchors, noise_seed=1)
    one, same, different = gan.sample([point, point, other])
    assert np.array_equal(one, same)
    assert not np.array_equal(one, different)


def test_no_truncation_left_means_the_same_picture_for_all(gan, vae):
    for generator in (gan, vae):
        one, other = generator.sample([LatentPoint.of_seed(seed, 0.0) for seed in (1, 2)])
        assert np.array_equal(one, other)


def test_a_w_vector_is_its_own_place(gan):
    point = LatentPoint.of_seed(5)
    (w,) = gan.vectors([point], "w")
    assert close(gan.sample([point])[0], gan.sample([LatentPoint.of_vector(w, "w")])[0])


def test_gan_blends_in_w(gan):
    one, other = LatentPoint.of_seed(1), LatentPoint.of_seed(2)
    blend = LatentPoint.blend([one, other], [1.0, 3.0])
    a, b, mixed = gan.vectors([one, other, blend], "w")
    assert close(mixed, 0.25 * a + 0.75 * b)


def test_vae_blends_in_z_at_full_length(vae):
    z = [z_of_seed(seed, vae.card.latent_dim) for seed in (1, 2)]
    blend = LatentPoint.blend([LatentPoint.of_seed(1), LatentPoint.of_seed(2)], [0.5, 0.5])
    (mixed,) = vae.vectors([blend], "z")
    assert close(mixed, (z[0] + z[1]) / np.sqrt(2))


def test_a_preview_is_smaller_and_alike(gan):
    small, full = (
        gan.sample([LatentPoint.of_seed(4)], size=4)[0],
        gan.sample([LatentPoint.of_seed(4)])[0],
    )
    assert small.shape == (4, 4, 3)
    assert full.shape == (16, 16, 3)


def test_a_vector_of_another_model_is_refused(gan):
    with pytest.raises(StudioError, match="has 3 numbers; the model wants 8"):
        gan.sample([LatentPoint.of_vector([0.0, 1.0, 2.0])])


def test_there_is_no_way_back_from_w_to_z(gan):
    with pytest.raises(StudioError, match="in w only"):
        gan.vectors([LatentPoint.of_vector([0.0] * 8, "w")], "z")


def test_encoding_finds_a_point_near_the_picture(vae, models):
    pixels = np.fromfile(models / "discs/images.u8", np.uint8).reshape(-1, 16, 16, 3)
    pictures = [picture.astype(np.float32) / 255 for picture in pixels]
    made = vae.sample([found_point(vae, picture) for picture in pictures])
    own = np.mean([np.abs(a - b).mean() for a, b in zip(pictures, made, strict=True)])
    other = np.mean([np.abs(a - b).mean() for a, b in zip(pictures, made[1:], strict=False)])
    assert own < 0.75 * other


def test_cancel_stops_a_long_request(gan):
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        gan.sample([LatentPoint.of_seed(0)], control=control)


def test_no_points_give_no_pictures(gan):
    assert gan.sample([]) == []


def test_transparent_parts_are_laid_on_white():
    image = np.zeros((10, 14, 4), np.float32)
    batch = to_batch(image, Shape(8, 8, 3))
    assert batch.shape == (1, 3, 8, 8)
    assert torch.equal(batch, torch.ones(1, 3, 8, 8))
    grey = to_batch(np.full((8, 8, 1), 0.5, np.float32), Shape(8, 8, 1))
    assert float(grey.abs().max()) < 0.01


def test_sheet_has_every_picture_in_rows():
    pictures = [np.full((4, 4, 3), value, np.float32) for value in (0.1, 0.2, 0.3)]
    grid = sheet(pictures, columns=2)
    assert grid.shape == (2 * 6 + 2, 2 * 6 + 2, 3)
    assert [round(float(grid[y, x, 0]), 1) for y, x in ((3, 3), (3, 9), (9, 3))] == [0.1, 0.2, 0.3]
