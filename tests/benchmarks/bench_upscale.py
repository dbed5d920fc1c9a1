"""Whether learned enlargement comes nearer to the truth than Lanczos, on held-out pictures.

    python tests/benchmarks/bench_upscale.py [--like FILE]… [--steps N] [--shrink HOW] PICTURE…

Each picture is made smaller by 2 and by 4, then enlarged again: by the network, which learns from
the small picture and from those named by `--like`, and by Lanczos as Pillow has it. Beside both
stand decibels (PSNR, over all channels, 4 px at the border left out), the baseline is Lanczos. What
is below it is marked. The processor's seconds of learning and enlarging stand at the end.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image as Picture

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.codec.read import read_image
from studio.core.control import RunControl
from studio.core.image import Image, on_white
from studio.engine.api import UpscaleSettings
from studio.engine.upscaling import upscale

BORDER = 4
WAYS = {"bicubic": Picture.Resampling.BICUBIC, "box": Picture.Resampling.BOX}


def resized(image: Image, height: int, width: int, way: Picture.Resampling) -> Image:
    planes = [
        np.asarray(Picture.fromarray(np.ascontiguousarray(plane)).resize((width, height), way))
        for plane in np.moveaxis(image, 2, 0)
    ]
    return np.clip(np.stack(planes, axis=2), 0.0, 1.0)


def decibels(image: Image, truth: Image) -> float:
    inner = slice(BORDER, -BORDER)
    error = float(((image[inner, inner] - truth[inner, inner]) ** 2).mean())
    return 10.0 * math.log10(1.0 / max(error, 1e-12))


def learned(small: Image, like: list[Image], factor: int, steps: int) -> Image:
    settings = UpscaleSettings(factor=str(factor), steps=steps)
    return list(upscale(small, like, settings, RunControl()))[-1].image


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--like", type=Path, action="append", default=[])
    parser.add_argument("--steps", type=int, default=UpscaleSettings().steps)
    parser.add_argument("--shrink", choices=WAYS, default="bicubic")
    parser.add_argument("pictures", nargs="+", type=Path)
    options = parser.parse_args()
    like = [on_white(read_image(path)) for path in options.like]
    print(f"{'picture':24}{'times':>6}{'Lanczos':>12}{'learned':>12}{'gain':>9}{'seconds':>9}")
    for path in options.pictures:
        truth = on_white(read_image(path))
        for factor in (2, 4):
            height, width = (length // factor * factor for length in truth.shape[:2])
            whole = truth[:height, :width]
            small = resized(whole, height // factor, width // factor, WAYS[options.shrink])
            plain = decibels(resized(small, height, width, Picture.Resampling.LANCZOS), whole)
            started = time.process_time()
            found = decibels(learned(small, like, factor, options.steps), whole)
            seconds, mark = time.process_time() - started, "!" if found < plain else " "
            values = f"{plain:9.2f} dB{found:9.2f} dB{found - plain:+8.2f}{mark}{seconds:9.1f}"
            print(f"{path.stem:24}{factor:6}{values}", flush=True)


if __name__ == "__main__":
    main()
