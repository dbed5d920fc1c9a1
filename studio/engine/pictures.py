"""Between *Image* and ``batch [B, C, H, W]`` in [-1, 1], the form that networks know."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from studio.core.image import Image, split_alpha, to_pixels8, to_rgba
from studio.engine.dataset import square
from studio.engine.family import Shape


def to_images(batch: Tensor) -> list[Image]:
    """Each picture of ``[B, C, H, W]`` around [-1, 1] as *Image*, clipped; NaN becomes black."""
    values = (batch.detach().float() * 0.5 + 0.5).nan_to_num(0.0).clamp(0.0, 1.0)
    arrays = values.permute(0, 2, 3, 1).contiguous().cpu().numpy()  # [B, H, W, C]
    return list(arrays)


def to_batch(image: Image, shape: Shape) -> Tensor:
    """Any *Image* as ``float32 [1, C, size, size]``: its central square, resized as in training.

    Transparent parts are laid on white, as in training, unless the model has alpha itself.
    """
    pixels = square(to_pixels8(_with_channels(image, shape.channels)), shape.size, "center")
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1.0  # [1, C, H, W]


def sheet(images: Sequence[Image], columns: int | None = None) -> Image:
    """Pictures of one size as one, row by row; without `columns`, about as wide as high."""
    from torchvision.utils import make_grid

    columns = columns or math.ceil(math.sqrt(len(images)))
    batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)  # [N, C, H, W]
    grid = make_grid(batch, nrow=columns, padding=2, pad_value=1.0)
    array: Image = grid.permute(1, 2, 0).contiguous().numpy()
    return array


def _with_channels(image: Image, channels: int) -> Image:
    rgba = to_rgba(image)
    if channels == 4:
        return rgba
    color, alpha = split_alpha(rgba)
    assert alpha is not None
    on_white = color * alpha + (1.0 - alpha)
    return on_white if channels == 3 else on_white.mean(axis=2, keepdims=True)
