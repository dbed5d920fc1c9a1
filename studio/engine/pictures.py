"""Between *Image* and ``batch [B, C, H, W]`` in [-1, 1], the form that networks know."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from studio.core.image import Image, on_white, to_pixels8, to_rgba
from studio.engine.family import Shape
from studio.engine.framing import framed

_LEAST_ALPHA = 1 / 255  # what is less opaque has no color that anyone could see


def to_images(batch: Tensor) -> list[Image]:
    """Each picture of ``[B, C, H, W]`` around [-1, 1] as *Image*, clipped; NaN becomes black."""
    values = (batch.detach().float() * 0.5 + 0.5).nan_to_num(0.0).clamp(0.0, 1.0)
    if values.shape[1] == 4:
        color, alpha = values[:, :3], values[:, 3:]
        values = torch.cat([(color / alpha.clamp(min=_LEAST_ALPHA)).clamp(max=1.0), alpha], dim=1)
    arrays = values.permute(0, 2, 3, 1).contiguous().cpu().numpy()  # [B, H, W, C]
    return list(arrays)


def premultiplied(batch: Tensor) -> Tensor:
    """``[B, C, H, W]`` in [0, 1] with the color, where there is alpha, times it."""
    if batch.shape[1] != 4:
        return batch
    return torch.cat([batch[:, :3] * batch[:, 3:], batch[:, 3:]], dim=1)


def to_batch(image: Image, shape: Shape) -> Tensor:
    """Any *Image* as ``float32 [1, C, H, W]``: its center, resized as in training.

    Transparent parts are laid on white, as in training, unless the model has alpha itself.
    """
    pixels = framed(to_pixels8(_with_channels(image, shape.channels)), *shape.size, "center")
    batch = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255.0  # [1, C, H, W]
    return premultiplied(batch) * 2.0 - 1.0


def sheet(images: Sequence[Image], columns: int | None = None) -> Image:
    """Pictures of one size as one, row by row; without `columns`, about as wide as high."""
    from torchvision.utils import make_grid

    columns = columns or math.ceil(math.sqrt(len(images)))
    batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)  # [N, C, H, W]
    grid = make_grid(batch, nrow=columns, padding=2, pad_value=1.0)
    array: Image = grid.permute(1, 2, 0).contiguous().numpy()
    return array


def _with_channels(image: Image, channels: int) -> Image:
    if channels == 4:
        return to_rgba(image)
    seen = on_white(image)
    return seen if channels == 3 else seen.mean(axis=2, keepdims=True)
