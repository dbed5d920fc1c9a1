"""What is background, and what stands out from it, told by how regions lie along the border.

After Zhu, Liang, Wei, Sun 2014, "Saliency optimization from robust background detection": an
object that the picture cuts off touches the border with little for its size, background with much.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image

Plane: TypeAlias = NDArray[np.float32]  # [H, W], or [N, N] of regions
Labels: TypeAlias = NDArray[np.int64]  # [H, W]: of which region each px is
Counts: TypeAlias = NDArray[np.int64]  # [N]: px of each region

_REGIONS = 250
_ALIKE = 0.07  # of Oklab, colors doubled: a path as long leads through one and the same thing
_NEAR = 0.4  # of the longest side: how far regions are compared
_MOST = 0.6  # of what is usual at the border: what touches it with less is rather an object


class Saliency(NamedTuple):
    """``ground [H, W]``: how likely background, ``contrast [H, W]``: how unlike it; 0 to 1."""

    ground: Plane
    contrast: Plane


def saliency(lab: Image) -> Saliency:
    """Of ``[H, W, 3]`` in Oklab with its colors doubled, a few hundred px wide at most."""
    labels = ski.segmentation.slic(
        lab, _REGIONS, compactness=0.05, channel_axis=-1, convert2lab=False, start_label=0
    )
    sizes = np.bincount(labels.ravel())
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.bincount(border, minlength=len(sizes))
    apart = _distances(_means(labels, lab, sizes))
    akin = np.exp(-((_paths(labels, apart, touching > 0) / _ALIKE) ** 2) / 2.0)
    reach = akin @ touching / np.sqrt(akin @ sizes)  # equations 2 to 5
    ground = 1.0 - 0.5 ** ((reach / (_MOST * _middle(reach, touching))) ** 2)
    places = np.moveaxis(np.indices(labels.shape, np.float32), 0, 2)
    way = _distances(_means(labels, places, sizes)) / (_NEAR * max(labels.shape))
    contrast = (apart * np.exp(-(way**2) / 2.0)) @ (ground * sizes)  # equations 7 and 8
    contrast /= max(float(contrast.max()), 1e-6)
    return Saliency(ground[labels].astype(np.float32), contrast[labels].astype(np.float32))


def _means(labels: Labels, values: Image, sizes: Counts) -> Plane:
    """Of each region, ``[N, channels]``."""
    sums = [np.bincount(labels.ravel(), plane.ravel()) for plane in np.moveaxis(values, 2, 0)]
    return (np.stack(sums, axis=1) / sizes[:, None]).astype(np.float32)


def _distances(points: Plane) -> Plane:
    distances: Plane = np.linalg.norm(points[:, None] - points, axis=2)
    return distances


def _paths(labels: Labels, apart: Plane, at_border: NDArray[np.bool_]) -> Plane:
    """The shortest ways from region to region, through those that lie beside one another.

    Those at the border do: background goes on behind what stands in it. What most regions differ
    by from the one that is most like them counts as nothing.
    """
    from scipy.sparse.csgraph import shortest_path

    beside = at_border[:, None] & at_border
    for one, two in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        beside[one, two] = beside[two, one] = True
    np.fill_diagonal(beside, val=False)
    usual = np.percentile(np.where(beside, apart, apart.max()).min(axis=1), 75)
    steps = np.where(beside, np.maximum(apart - usual, 1e-6), 0.0)
    paths: Plane = shortest_path(steps, directed=False)
    return paths


def _middle(values: Plane, weights: Counts) -> float:
    """The median of `values`, each as often as its weight says."""
    order = np.argsort(values)
    sums = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(sums, sums[-1] / 2)])
