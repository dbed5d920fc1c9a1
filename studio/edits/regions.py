"""Pictures divided into regions: finding them small, coloring them at full size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image
from studio.edits.drawing import thick_lines
from studio.edits.parallel import each_band
from studio.edits.pixels import resized

Labels = NDArray[np.integer[Any]]  # [H, W], from 0


def shrunk(image: Image, most_pixels: int) -> Image:
    """The picture at no more than so many px."""
    height, width, _ = image.shape
    share = min(1.0, math.sqrt(most_pixels / (height * width)))
    return resized(image, max(1, round(height * share)), max(1, round(width * share)))


def at_full_size(labels: Labels, image: Image) -> Labels:
    """Labels found on a smaller picture, for each px of `image`."""
    height, width, _ = image.shape
    if labels.shape == (height, width):
        return labels
    rows = ((np.arange(height) + 0.5) * labels.shape[0] / height).astype(np.intp)
    columns = ((np.arange(width) + 0.5) * labels.shape[1] / width).astype(np.intp)
    full: Labels = labels[rows[:, None], columns[None, :]]
    return full


def mean_colors(pixels: Image, labels: Labels) -> Image:
    """Each region in the mean of its px."""
    flat = labels.ravel()
    counts = np.maximum(np.bincount(flat), 1)
    sums = [np.bincount(flat, plane.ravel()) for plane in np.moveaxis(pixels, 2, 0)]
    means: Image = (np.stack(sums, axis=1) / counts[:, None]).astype(np.float32)
    flat_colors = np.empty(pixels.shape, np.float32)

    def work(rows: slice) -> None:
        flat_colors[rows] = means[labels[rows]]

    each_band(len(labels), work)
    return flat_colors


def bordered(pixels: Image, labels: Labels, width: float) -> Image:
    """Premultiplied `pixels` with black lines of `width` px between the regions."""
    if width <= 0.0:
        return pixels
    ink = thick_lines(borders(labels), width)[..., None]
    dark = pixels * (1.0 - ink)
    if pixels.shape[2] == 4:
        dark[..., 3:] = pixels[..., 3:]
    return dark


def borders(labels: Labels) -> NDArray[np.bool_]:
    """Where the label to the right or below is another one."""
    edge = np.zeros(labels.shape, np.bool_)
    edge[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    edge[:-1] |= labels[1:] != labels[:-1]
    return edge
