"""From a picture of any size to the frame of a dataset: cropped or padded, resized, with alpha."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from studio.core.image import Image, Pixels8, Rect
from studio.engine.api import CropPolicy

_GLANCE = 32  # px; the short side of the copy on which a smart crop is chosen
_NEARLY_BEST = 0.95  # windows with this share of the best one compete by how central they are


def on_white(pixels: Pixels8) -> Pixels8:
    """Grey, color or color with alpha as ``[H, W, 3]``."""
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:].astype(np.uint16)
        blended = pixels[..., :3] * alpha + 255 * (255 - alpha)
        return ((blended + 127) // 255).astype(np.uint8)
    return np.broadcast_to(pixels, (*pixels.shape[:2], 3))


def with_alpha(pixels: Pixels8) -> Pixels8:
    """Grey, color or color with alpha as ``[H, W, 4]``, straight."""
    if pixels.shape[2] == 4:
        return pixels
    color = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    return np.concatenate([color, np.full((*pixels.shape[:2], 1), 255, np.uint8)], axis=2)


def framed(pixels: Pixels8, height: int, width: int, crop: CropPolicy) -> Pixels8:
    """``uint8 [H, W, C]`` as ``[height, width, C]`` under a crop policy, antialiased."""
    if crop == "fit":
        return _padded(_resized(pixels, *_fitted(pixels, height, width)), height, width)
    choose = _central if crop == "center" else _interesting
    return _resized(pixels[choose(pixels, width / height).slices], height, width)


def _resized(pixels: Pixels8, height: int, width: int) -> Pixels8:
    """Color under no alpha does not bleed: it is resized premultiplied."""
    tensor = torch.from_numpy(np.array(pixels.transpose(2, 0, 1)))  # [H, W, C] -> [C, H, W]
    if pixels.shape[2] == 4:
        return _resized_with_alpha(tensor, height, width)
    return _to_pixels(_resample(tensor, height, width))


def _resized_with_alpha(tensor: torch.Tensor, height: int, width: int) -> Pixels8:
    color, alpha = tensor[:3].float(), tensor[3:].float() / 255.0
    small = _resample(torch.cat([color * alpha, alpha]), height, width)
    opacity = small[3:].clamp(0.0, 1.0)
    straight = small[:3] / opacity.clamp(min=1 / 255)
    joined = torch.cat([straight, opacity * 255.0]).round().clamp(0.0, 255.0)
    return _to_pixels(joined.to(torch.uint8))


def _resample(tensor: torch.Tensor, height: int, width: int) -> torch.Tensor:
    how = InterpolationMode.BICUBIC
    resized: torch.Tensor = functional.resize(tensor, [height, width], how, antialias=True)
    return resized


def _to_pixels(tensor: torch.Tensor) -> Pixels8:
    return np.ascontiguousarray(tensor.numpy().transpose(1, 2, 0))  # [C, H, W] -> [H, W, C]


def _fitted(pixels: Pixels8, frame_height: int, frame_width: int) -> tuple[int, int]:
    """The largest height and width that fit into the frame, with the same proportions."""
    height, width = pixels.shape[:2]
    scale = min(frame_height / height, frame_width / width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _padded(pixels: Pixels8, frame_height: int, frame_width: int) -> Pixels8:
    """The picture centered in the frame, on the mean color of its border, or on nothing."""
    height, width, channels = pixels.shape
    canvas = np.empty((frame_height, frame_width, channels), np.uint8)
    canvas[:] = 0 if channels == 4 else _border_mean(pixels).round()
    top, left = (frame_height - height) // 2, (frame_width - width) // 2
    canvas[Rect(left, top, width, height).slices] = pixels
    return canvas


def _largest(pixels: Pixels8, ratio: float) -> tuple[int, int]:
    """Height and width of the largest window of that width to height that fits."""
    height, width = pixels.shape[:2]
    return min(height, max(1, round(width / ratio))), min(width, max(1, round(height * ratio)))


def _central(pixels: Pixels8, ratio: float) -> Rect:
    height, width = _largest(pixels, ratio)
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return Rect(left, top, width, height)


def _interesting(pixels: Pixels8, ratio: float) -> Rect:
    """The window, as large as fits, that holds the most of what stands out.

    That is measured on a small copy, so that texture counts little: edges, and distance from the
    border's mean color. Among windows that are nearly as good, the most central one.
    """
    height, width = _largest(pixels, ratio)
    full_height, full_width = pixels.shape[:2]
    shrink = min(1.0, _GLANCE / min(full_height, full_width))
    small = _resized(
        pixels[..., :3], max(1, round(full_height * shrink)), max(1, round(full_width * shrink))
    )
    along = 1 if full_width - width >= full_height - height else 0  # the axis with room to move
    share = _standing_out(small.astype(np.float32)).sum(axis=1 - along)
    room, side = ((full_width - width), width) if along else ((full_height - height), height)
    length = max(1, min(len(share), round(side * shrink)))
    offset = round(_best_start(share, length) * room)
    return Rect(offset, 0, width, height) if along else Rect(0, offset, width, height)


def _best_start(share: NDArray[np.float32], length: int) -> float:
    """Where the best window of that length starts, from 0 to 1."""
    total = np.concatenate([[0.0], np.cumsum(share, dtype=np.float64)])
    window = total[length:] - total[:-length]  # what the window that starts at each offset holds
    good = np.flatnonzero(window >= _NEARLY_BEST * window.max())
    middle = (len(window) - 1) / 2
    return float(good[np.argmin(np.abs(good - middle))] / max(1, len(window) - 1))


def _standing_out(color: Image) -> NDArray[np.float32]:
    """How much each pixel of ``[H, W, 3]`` draws the eye, as ``[H, W]``."""
    energy: NDArray[np.float32] = np.linalg.norm(color - _border_mean(color), axis=2)
    energy[:, 1:] += np.linalg.norm(np.diff(color, axis=1), axis=2)
    energy[1:] += np.linalg.norm(np.diff(color, axis=0), axis=2)
    return energy


def _border_mean(pixels: NDArray[Any]) -> NDArray[Any]:
    border = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    mean: NDArray[Any] = np.concatenate(border).mean(axis=0)
    return mean
