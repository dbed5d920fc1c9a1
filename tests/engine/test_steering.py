"""What a latent point carries beside its place, and what a generator makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.core.latent import MASK_SIDE, Anchor, LatentPoint, Region, StyleMix
from studio.core.steering import BEND_KINDS, Bend, LevelRange, Slide, bytes_of
from studio.engine.bending import BENDS, feathered
from studio.engine.families.stylegan import STYLEGAN, Config
from studio.engine.family import Shape
from studio.engine.generator import synthesize_points
from studio.engine.latents import Place
from studio.errors import StudioError

CPU = torch.device("cpu")
SHAPE = Shape(32, 32, 3)
LEVELS = 4  # 4, 8, 16, 32


@pytest.fixture(scope="module")
def gan():
    config = replace(Config.tiny(), noise=True, noise_from=4)
    model = STYLEGAN.build(config, SHAPE, torch.Generator().manual_seed(1))
    for name, strength in model.named_parameters():
        strength.requires_grad_(False)
        if name.endswith("noise_strength"):
            strength.fill_(0.3)
    return model.eval()


def picture(gan, point):
    return synthesize_points(gan, SHAPE, [point], CPU)[0]


def styles(gan, point):
    return Place(gan, SHAPE, point, CPU).styles().numpy()


def seed(number, **more):
    return replace(LatentPoint.of_seed(number), **more)


def slide(direction=0, amount=1.0, levels=(0, LEVELS)):
    return Slide(str(direction), bytes_of(np.eye(8)[direction]), amount, LevelRange(*levels))


def half_mask():
    mask = np.zeros((MASK_SIDE, MASK_SIDE), np.uint8)
    mask[:, MASK_SIDE // 2 :] = 255
    return mask.tobytes()


def test_truncation_reaches_the_levels_before_its_cutoff(gan):
    free, all_of_it = styles(gan, seed(1)), styles(gan, seed(1, truncation=0.5))
    some = styles(gan, seed(1, truncation=0.5, cutoff=2))
    assert np.allclose(some[:2], all_of_it[:2])
    assert np.allclose(some[2:], free[2:])
    assert not np.allclose(free, all_of_it, atol=1e-3)


def test_a_slide_moves_w_by_its_amount_in_its_levels(gan):
    moved = styles(gan, seed(1, slides=(slide(3, 2.0, (1, 3)),))) - styles(gan, seed(1))
    expected = np.zeros((LEVELS, 8))
    expected[1:3, 3] = 2.0
    assert np.allclose(moved, expected, atol=1e-6)


def test_a_mix_takes_the_styles_of_a_steered_point(gan):
    other = seed(2, slides=(slide(1),))
    mixed = styles(gan, seed(1, mixes=(StyleMix(other, LevelRange(2)),)))
    assert np.array_equal(mixed[:2], styles(gan, seed(1))[:2])
    assert np.allclose(mixed[2:], styles(gan, other)[2:], atol=1e-6)


def test_styles_written_out_in_w_plus_make_the_same_picture(gan):
    point = seed(1, mixes=(StyleMix(seed(2), LevelRange(2)),), slides=(slide(),))
    written = LatentPoint.of_vector(styles(gan, point).flatten(), "w+")
    assert np.allclose(picture(gan, point), picture(gan, written), atol=1e-5)
    assert written.fits(8)


def test_w_plus_of_a_model_of_other_size_keeps_its_coarse_levels(gan):
    own = styles(gan, seed(1, mixes=(StyleMix(seed(2), LevelRange(2)),)))
    fewer = styles(gan, LatentPoint.of_vector(own[:2].flatten(), "w+"))
    assert np.allclose(fewer, own[[0, 1, 1, 1]])
    more = styles(gan, LatentPoint.of_vector(np.vstack([own, own]).flatten(), "w+"))
    assert np.allclose(more, own)
    with pytest.raises(StudioError, match="has 12 numbers; the model wants 8"):
        picture(gan, LatentPoint.of_vector([0.0] * 12, "w+"))


def test_the_noise_of_a_point_has_a_strength(gan):
    silent = picture(gan, seed(1, noise=0.0))
    assert np.array_equal(silent, picture(gan, seed(1, noise=0.0, noise_seed=7)))
    assert not np.array_equal(silent, picture(gan, seed(1)))


def test_there_is_a_bend_for_every_kind():
    assert BENDS.keys() == BEND_KINDS.keys()


@pytest.mark.parametrize("kind", BEND_KINDS)
def test_a_bend_changes_features_unless_its_amount_is_neutral(kind):
    x = torch.randn(1, 3, 8, 12, generator=torch.Generator().manual_seed(0))
    about = BEND_KINDS[kind]
    assert not torch.allclose(BENDS[kind](x, about.start), x)
    if about.step:
        assert torch.allclose(BENDS[kind](x, about.neutral), x, atol=1e-5)


def test_bends_move_what_is_in_the_features():
    x = torch.zeros(1, 1, 8, 16)
    x[..., 2, 4] = 1.0
    assert torch.nonzero(BENDS["translate_x"](x, 0.25)[0, 0] > 0.9).tolist() == [[2, 8]]
    assert torch.nonzero(BENDS["translate_y"](x, 0.25)[0, 0] > 0.9).tolist() == [[4, 4]]
    assert int((BENDS["dilate"](x, 1.0) > 0).sum()) == 9
    turned = BENDS["rotate"](x, 180.0)
    assert torch.nonzero(turned[0, 0] > 0.9).tolist() == [[5, 11]]


def test_bends_follow_one_another_and_reach_a_share_of_the_channels(gan):
    blank, double = Bend("blank", 1, share=0.5, seed=3), Bend("multiply", 1, 2.0)
    there = [seed(1, bends=bends) for bends in ((blank,), (blank, double), (double,))]
    pictures = [picture(gan, point) for point in (seed(1), *there)]
    for place, one in enumerate(pictures):
        assert not any(np.allclose(one, other, atol=1e-3) for other in pictures[place + 1 :])
    assert np.array_equal(pictures[0], picture(gan, seed(1, bends=(Bend("blank", 1, share=0.0),))))


def test_a_region_shows_another_point_inside_and_leaves_the_rest(gan):
    quiet = [seed(number, noise=0.0) for number in (1, 2)]
    region = Region(half_mask(), quiet[1], 0, 0.0)
    own, other = (picture(gan, point) for point in quiet)
    both = picture(gan, replace(quiet[0], region=region))
    assert np.abs(both[:, :2] - own[:, :2]).mean() < 0.2 * np.abs(other - own).mean()
    assert np.abs(both[:, -2:] - other[:, -2:]).mean() < 0.2 * np.abs(other - own).mean()


def test_the_edge_of_a_region_is_as_soft_as_asked():
    hard, soft = (feathered(Region(half_mask(), seed(1), 0, f), 16, 16) for f in (0.0, 0.1))
    steps, gentle = hard[0].diff(), soft[0].diff()
    assert float(steps.max()) > 0.7
    assert bool((gentle >= -1e-6).all())
    assert float(gentle.max()) < 0.4


def test_points_blend_in_all_their_amounts():
    bend = Bend("rotate", 1, 10.0)
    one = seed(1, slides=(slide(0, 2.0),), bends=(bend,), noise=0.0)
    other = seed(1, slides=(slide(0, -1.0), slide(1, 4.0)), bends=(replace(bend, amount=30.0),))
    half = LatentPoint.blend([one, other], [1.0, 1.0])
    assert [(s.direction, s.amount) for s in half.slides] == [("0", 0.5), ("1", 2.0)]
    assert [b.amount for b in half.bends] == [20.0]
    assert half.noise == 0.5
    assert half.anchors == (Anchor(seed=1),)


def test_a_point_from_before_steering_is_still_one():
    data = {"anchors": [{"seed": 3}], "weights": [1.0], "truncation": 0.7, "noise_seed": 0}
    assert LatentPoint.from_json(data) == LatentPoint.of_seed(3, 0.7)
    assert LatentPoint.of_seed(3, 0.7).to_json() == data


@pytest.mark.parametrize(
    "garbled",
    [
        {"bends": [{"kind": "explode", "level": 0, "amount": 1, "share": 1, "seed": 0}]},
        {"slides": [{"direction": "a", "numbers": "!", "amount": 1}]},
        {"slides": [{"direction": "a", "numbers": "AADAfw==", "amount": 1}]},
        {"region": {"mask": "eJwDAAAAAAE=", "point": None, "level": 0, "feather": 0}},
    ],
)
def test_garbled_steering_is_refused(garbled):
    with pytest.raises((KeyError, TypeError, ValueError)):
        LatentPoint.from_json({**LatentPoint.of_seed(3).to_json(), **garbled})


def test_only_picked_channels_are_bent(gan):
    def blanked(**chosen):
        return picture(gan, replace(LatentPoint.of_seed(3), bends=(Bend("blank", 1, **chosen),)))

    every = tuple(range(99))  # more than there are
    assert np.array_equal(blanked(channels=every), blanked())
    one = Bend("blank", 1, channels=(0, 2)).with_toggled(2)
    assert not np.array_equal(blanked(channels=one.channels), blanked())
    assert not np.array_equal(blanked(channels=one.channels), picture(gan, LatentPoint.of_seed(3)))
    assert Bend.from_json(one.to_json()) == one
