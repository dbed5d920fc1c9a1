"""What most pictures have in common, seen from a few of them: their shape and transparency."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.codec.read import PictureHead, read_head, read_pixels8
from studio.core.control import RunControl
from studio.core.image import Pixels8
from studio.engine.api import ASPECTS, Aspect
from studio.errors import StudioError

_HEADS = 512  # pictures whose shape is looked at
_DECODED = 32  # pictures whose alpha is looked at
_CLEAR = 0.01  # share of a picture that is more clear than opaque where there is transparency


def common_aspect(files: Sequence[Path], control: RunControl) -> Aspect:
    """The shape of `ASPECTS` that most pictures are nearest to; square where no half agrees.

    Raises:
        Cancelled: `control` was cancelled.
    """
    counts = Counter(_nearest(head) for _file, head in _heads(files, _HEADS, control))
    aspect, count = max(counts.items(), key=lambda item: item[1], default=((1, 1), 0))
    return aspect if 2 * count >= counts.total() else (1, 1)


def mostly_transparent(files: Sequence[Path], control: RunControl) -> bool:
    """Whether at least half of the pictures have clear parts, not just an alpha channel.

    Raises:
        Cancelled: `control` was cancelled.
    """
    clear = [
        head.has_alpha and _is_transparent(file) for file, head in _heads(files, _DECODED, control)
    ]
    return bool(clear) and 2 * sum(clear) >= len(clear)


def _heads(
    files: Sequence[Path], most: int, control: RunControl
) -> Iterator[tuple[Path, PictureHead]]:
    """Some of the files, from all over, with what they say of themselves; only readable ones."""
    for file in files[:: math.ceil(len(files) / most) or 1]:
        control.check()
        try:
            yield file, read_head(file)
        except StudioError:
            continue


def _nearest(head: PictureHead) -> Aspect:
    ratio = math.log(head.width / head.height)
    return min(ASPECTS, key=lambda aspect: abs(math.log(aspect[0] / aspect[1]) - ratio))


def _is_transparent(file: Path) -> bool:
    try:
        pixels = read_pixels8(file)
    except StudioError:
        return False
    return has_clear_parts(pixels)


def has_clear_parts(pixels: Pixels8) -> bool:
    """Whether something shows through ``uint8 [H, W, C]``: an alpha channel alone does not do."""
    return pixels.shape[2] == 4 and float((pixels[..., 3] < 128).mean()) >= _CLEAR
