"""From a picture of any size to the frame of a dataset: cropped or padded, resized, with alpha."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from studio.core.image import Pixels8, Rect
from studio.engine.api import CropPolicy
from studio.engine.subject import close_window, largest_window, salience

_GLANCE = 64  # px; the long side of the copy on which the subject is looked for


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
    return _resized(pixels[_window(pixels, height, width, crop).slices], height, width)


def _window(pixels: Pixels8, height: int, width: int, crop: CropPolicy) -> Rect:
    """What is taken of a picture for a frame; a close window is never enlarged for it."""
    ratio = width / height
    if crop == "center":
        return _central(pixels, ratio)
    least = height / _largest(pixels, ratio)[0] if crop == "subject" else 1.0
    return _on_subject(pixels, ratio, least)


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


def _on_subject(pixels: Pixels8, ratio: float, least: float = 1.0) -> Rect:
    """The window that shows the subject best, at least that share of the largest.

    It is found on a small copy, so that texture counts little.
    """
    full_height, full_width = pixels.shape[:2]
    shrink = min(1.0, _GLANCE / max(full_height, full_width))
    small = _resized(
        on_white(pixels), max(1, round(full_height * shrink)), max(1, round(full_width * shrink))
    )
    found = salience(small)
    window = largest_window(found, ratio) if least >= 1.0 else close_window(found, ratio, least)
    height, width = (max(1, round(side * window.share)) for side in _largest(pixels, ratio))
    top = round(window.down * (full_height - height))
    return Rect(round(window.across * (full_width - width)), top, width, height)


def _border_mean(pixels: NDArray[Any]) -> NDArray[Any]:
    border = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    mean: NDArray[Any] = np.concatenate(border).mean(axis=0)
    return mean
