"""What edits do, said as direct calls of scikit-image: for tests of equality and for benchmarks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import skimage as ski

from studio.core.image import LUMA, Image

Call = Callable[[Image], Any]


@dataclass(frozen=True)
class Direct:
    """`call` takes an RGB picture, or a gray plane ``[H, W]`` where `gray`.

    The edit with `params` gives the same within `tolerance` (mean difference), `border` px from
    the sides left out. `smooth`: of a picture without grain, whose specks take the call hours.
    """

    call: Call
    params: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = 1e-4
    gray: bool = False
    border: int = 0
    smooth: bool = False


def planes(call: Call) -> Call:
    return lambda image: np.stack(
        [call(np.ascontiguousarray(p)) for p in np.moveaxis(image, 2, 0)], 2
    )


def sigmoid(image: Image) -> Image:
    black, white = ski.exposure.adjust_sigmoid(np.array([0.0, 1.0]), 0.5, 5.0)
    return (ski.exposure.adjust_sigmoid(image, 0.5, 5.0) - black) / (white - black)


def auto_levels(image: Image) -> Image:
    low, high = np.percentile(image, (0.5, 99.5))
    return ski.exposure.rescale_intensity(image, (low, high), (0.0, 1.0))


def edges(image: Image) -> Image:
    gray = ski.filters.gaussian(image @ LUMA, 1.5, mode="nearest", truncate=3.0)
    lines = np.clip(4.0 * ski.filters.sobel(gray), 0.0, 1.0)
    return np.repeat((1.0 - lines)[..., None], 3, axis=2)


def median(image: Image) -> Image:
    disk = ski.morphology.disk(3)
    return (
        planes(lambda plane: ski.filters.rank.median(ski.util.img_as_ubyte(plane), disk))(image)
        / 255
    )


def local(gray: Image) -> Image:
    level = ski.filters.threshold_local(
        gray, method="gaussian", block_size=31, mode="nearest", param=5.0
    )
    return gray > level - 0.04


def multi(gray: Image) -> Image:
    levels = ski.filters.threshold_multiotsu(gray, 3, nbins=128)
    return np.digitize(gray, levels) / 2.0


def waved(image: Image) -> Image:
    def back(places: Any) -> Any:
        return places + np.stack(
            [np.zeros(len(places)), 12.0 * np.sin(places[:, 0] * math.tau / 120.0)], axis=1
        )

    return ski.transform.warp(image, back, mode="edge", order=1)


def mosaic(image: Image) -> Image:
    count = round(image.shape[0] * image.shape[1] / 24.0**2)
    labels = ski.segmentation.slic(image, count, 10.0, max_num_iter=6, start_label=0)
    return ski.color.label2rgb(labels, image, kind="avg", bg_label=-1)


def gabor(gray: Image) -> Image:
    real, imaginary = ski.filters.gabor(gray - gray.mean(), 0.25, 0.0, mode="nearest")
    return np.clip(14.0 * np.hypot(real, imaginary), 0.0, 1.0)


def pixelated(image: Image) -> Image:
    means = ski.measure.block_reduce(image, (12, 12, 1), np.mean)
    return means.repeat(12, axis=0).repeat(12, axis=1)


def soft(gray: Image, sigma: float) -> Any:
    return ski.filters.gaussian(gray, sigma, mode="nearest", truncate=3.0)


def line_art(gray: Image) -> Image:
    narrow, wide = soft(gray, 2.0), soft(gray, 2.0 * 1.6)
    toned = narrow + (4.0 + 60.0 * 0.4**2) * (narrow - wide)
    return 0.5 + (toned - (0.02 + 0.4 * 0.15)) / (0.02 + 0.6 * 0.4)


def emboss(gray: Image) -> Image:
    surface = soft(gray, 1.5)
    slope = ski.filters.sobel_v(surface) + ski.filters.sobel_h(surface)
    return 0.5 + 7.0 * math.sqrt(0.5) * slope


def fisheye(image: Image) -> Image:
    center = np.array([(image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2])
    reach = math.hypot(*image.shape[:2]) / 2

    def back(places: Any) -> Any:
        share = np.hypot(*(places - center).T) / reach
        return center + (places - center) * (1.0 - 0.6 * 0.8 * (1.0 - share))[:, None]

    return ski.transform.warp(image, back, mode="edge", order=1)


BLACK_TO_WHITE = [[0.0, "#000000"], [1.0, "#ffffff"]]

DIRECT: dict[str, Direct] = {
    "exposure": Direct(lambda i: ski.exposure.adjust_gamma(i, 1.0, 2.0 ** (0.5 / 2.2))),
    "grayscale": Direct(lambda i: ski.color.gray2rgb(ski.color.rgb2gray(i)), tolerance=1e-3),
    "gamma": Direct(lambda i: ski.exposure.adjust_gamma(i, 1 / 1.3)),
    "log_tones": Direct(ski.exposure.adjust_log, {"strength": 1.0}),
    "sigmoid_contrast": Direct(sigmoid),
    "levels": Direct(lambda i: ski.exposure.rescale_intensity(i, (0.06, 0.92), (0.0, 1.0))),
    "auto_levels": Direct(auto_levels, tolerance=2e-3),
    "invert": Direct(ski.util.invert),
    "equalize_histogram": Direct(ski.exposure.equalize_hist, {"amount": 1.0}, 0.01, gray=True),
    "equalize": Direct(
        lambda g: ski.exposure.equalize_adapthist(g, [-(-s // 8) for s in g.shape], 0.02),
        {"strength": 1.0},
        1e-3,
        gray=True,
    ),
    "match_histogram": Direct(
        lambda i: ski.exposure.match_histograms(i, other(i), channel_axis=2), tolerance=2e-3
    ),
    "gaussian_blur": Direct(
        lambda i: ski.filters.gaussian(i, 4.0, mode="nearest", truncate=3.0, channel_axis=2)
    ),
    "high_pass": Direct(
        lambda i: (
            i - ski.filters.gaussian(i, 6.0, mode="nearest", truncate=3.0, channel_axis=2) + 0.5
        ),
        {"colored": True},
    ),
    "unsharp_mask": Direct(
        lambda i: ski.filters.unsharp_mask(i, 2.0, 1.0, channel_axis=2), tolerance=3e-3
    ),
    "median": Direct(median, tolerance=3e-3),
    "edges": Direct(edges),
    "canny": Direct(
        lambda g: 1.0 - ski.feature.canny(g, 2.5, 0.4 * 0.070625, 0.070625, mode="nearest"),
        {"thickness": 1.0},
        gray=True,
    ),
    "gabor": Direct(
        gabor, {"wavelength": 4.0, "directions": "one", "style": "light on black"}, gray=True
    ),
    "ridges": Direct(
        lambda g: 1.0 - np.clip(12.0 * ski.filters.sato(g, [2.0], mode="nearest"), 0.0, 1.0),
        gray=True,
    ),
    "line_art": Direct(line_art, gray=True),
    "emboss": Direct(emboss, gray=True),
    "fisheye": Direct(fisheye),
    "swirl": Direct(
        lambda i: ski.transform.swirl(
            i,
            ((i.shape[1] - 1) / 2, (i.shape[0] - 1) / 2),
            5.0,
            np.hypot(*i.shape[:2]) / 2,
            mode="edge",
        )
    ),
    "wave": Direct(waved, {"direction": "across"}),
    "scale": Direct(
        lambda i: ski.transform.resize(
            i, [round(0.75 * s) for s in i.shape[:2]], mode="edge", anti_aliasing=True
        )
    ),
    "pixelate": Direct(pixelated),
    "denoise_tv": Direct(
        planes(lambda p: ski.restoration.denoise_tv_chambolle(p, 0.1, eps=0.0, max_num_iter=25))
    ),
    "denoise_nlm": Direct(
        lambda i: ski.restoration.denoise_nl_means(i, 5, 6, 0.08, channel_axis=2), tolerance=1e-3
    ),
    "even_background": Direct(
        lambda g: g / (1.0 - ski.restoration.rolling_ball((1.0 - g) * 255.0, radius=16) / 255.0),
        {"radius": 16.0},
        gray=True,
    ),
    "threshold": Direct(
        lambda g: g > ski.filters.threshold_otsu(g), {"softness": 0.0}, 5e-3, gray=True
    ),
    "threshold_local": Direct(local, {"radius": 5.0, "softness": 0.0}, 5e-3, gray=True),
    "threshold_multi": Direct(multi, {"smoothing": 0.0, "colors": BLACK_TO_WHITE}, 5e-3, gray=True),
    "superpixels": Direct(mosaic, tolerance=1e-3),
    "morphology": Direct(
        planes(
            lambda p: ski.morphology.dilation(p, ski.morphology.disk(4, decomposition="sequence"))
        ),
        border=5,
    ),
    "skeleton": Direct(
        lambda g: (
            1.0
            - ski.morphology.skeletonize(
                ski.filters.gaussian(g, 3.0, mode="nearest", truncate=3.0) < 0.5
            )
        ),
        {"thickness": 1.0},
        gray=True,
    ),
    "convex_hull": Direct(
        lambda g: np.where(ski.morphology.convex_hull_object(g < 0.35), 0.0, g),
        {"smallest": 1.0, "line": 0.0, "fill": 1.0, "color": "#000000"},
        5e-3,
        gray=True,
        smooth=True,
    ),
}


def other(image: Image) -> Image:
    """The other layer, for edits that work with one."""
    return np.ascontiguousarray(image[::-1] ** 2)
