"""Enlarging: real learning on small pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from studio.core.control import Cancelled, RunControl
from studio.core.image import Image
from studio.engine.api import UpscaleSettings
from studio.engine.upscaling import upscale
from studio.errors import StudioError


def drawing(side: int) -> Image:
    """Hard disks and stripes: what interpolation blurs."""
    y, x = np.mgrid[0:side, 0:side]
    disks = np.hypot(x % 24 - 12, y % 24 - 12) < 7
    stripes = ((x + 2 * y) // 6) % 2 == 0
    return np.stack([disks, stripes, disks & stripes], axis=2).astype(np.float32)


def half(image: Image) -> Image:
    planes = torch.from_numpy(image.transpose(2, 0, 1).copy())[None]
    small = functional.interpolate(planes, scale_factor=0.5, mode="bicubic", antialias=True)
    return small.clamp(0, 1)[0].permute(1, 2, 0).contiguous().numpy()


def enlarged(image: Image, *examples: Image, **settings: object) -> Image:
    chosen = UpscaleSettings(**settings)  # type: ignore[arg-type]
    return list(upscale(image, examples, chosen, RunControl()))[-1].image


def test_details_that_were_learned_come_nearer_than_interpolation() -> None:
    full = drawing(96)
    learned = enlarged(half(full), drawing(120), steps=120)
    plain = enlarged(half(full), method="interpolated")
    assert learned.shape == full.shape
    assert ((learned - full) ** 2).mean() < 0.75 * ((plain - full) ** 2).mean()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_kind_of_picture_keeps_its_channels(channels: int) -> None:
    image = np.random.default_rng(0).random((7, 150, channels), np.float32)
    result = enlarged(image, factor="4", steps=50)
    assert result.shape == (28, 600, channels)
    assert 0.0 <= result.min() <= result.max() <= 1.0
    flat = enlarged(np.full((9, 9, channels), 0.5, np.float32))
    np.testing.assert_allclose(flat, 0.5, atol=1e-5)


def test_bands_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    image = drawing(60)
    whole = enlarged(image, steps=50)
    monkeypatch.setattr("studio.engine.upscaling._BAND", 16)
    np.testing.assert_allclose(enlarged(image, steps=50), whole, atol=1e-4)


def test_too_large_is_refused_and_work_can_be_cancelled() -> None:
    with pytest.raises(StudioError, match="too large"):
        enlarged(np.zeros((2, 5000, 3), np.float32))
    control = RunControl()
    work = upscale(drawing(96), [], UpscaleSettings(), control)
    next(work)
    control.cancel()
    with pytest.raises(Cancelled):
        list(work)
