"""How long a painting takes: seconds to the first preview and to the result, by size.

    python tests/benchmarks/bench_style_transfer.py [--sizes 256,512] [CONTENT STYLE]

Without pictures a procedural photograph and painting are used: the time hardly depends on what is
to be seen. Wall-clock time, and the processor's (which a busy machine does not lengthen). The
baseline is what Gatys et al. 2016 would take at the least: 300 steps, forward and backward, of the
second of the 16 convolutions of VGG19 alone.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from skimage.transform import resize
from torch.nn import functional

from studio.codec.read import read_image
from studio.core.control import RunControl
from studio.core.image import Image
from studio.engine.api import StyleSettings
from studio.engine.painting import stylize

STEPS = 300


def procedural(seed: int, side: int = 768) -> Image:
    """Soft shapes under strokes of noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    planes = [np.sin(9 * x + seed * y), np.cos(7 * y - 3 * x), np.sin(20 * x * y + seed)]
    grain = np.repeat(rng.standard_normal((side, side // 8, 1)), 8, axis=1)
    return np.clip(0.5 + 0.35 * np.stack(planes, axis=2) + 0.05 * grain, 0, 1).astype(np.float32)


def scaled(image: Image, side: int) -> Image:
    share = side / max(image.shape[:2])
    size = (round(image.shape[0] * share), round(image.shape[1] * share))
    return resize(image, size, anti_aliasing=True).astype(np.float32)


def one_convolution(side: int) -> float:
    """Seconds of `STEPS` passes over a convolution of 64 channels, from three of them."""
    x = torch.ones(1, 64, side, side, requires_grad=True)
    weight = torch.ones(64, 64, 3, 3)
    start = time.perf_counter()
    for _ in range(3):
        functional.conv2d(x, weight, padding=1).sum().backward()
    return (time.perf_counter() - start) / 3 * STEPS


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="256,512,1024,2048")
    parser.add_argument("pictures", nargs="*", type=Path)
    options = parser.parse_args()
    files = options.pictures
    content, style = map(read_image, files) if files else (procedural(1), procedural(5))
    print("    px   preview s   result s   processor s   baseline s")
    for side in map(int, options.sizes.split(",")):
        picture = scaled(content, side)
        start, spent = time.perf_counter(), time.process_time()
        seen = [
            time.perf_counter() - start
            for _ in stylize(picture, style, StyleSettings(), RunControl())
        ]
        spent = time.process_time() - spent
        times = f"{side:6} {seen[0]:11.1f} {seen[-1]:10.1f} {spent:13.1f}"
        print(times, f"{one_convolution(side):12.0f}", flush=True)


if __name__ == "__main__":
    main()
