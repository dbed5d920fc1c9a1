"""Letter-boxed pictures: black or white bars along two sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.core.control import RunControl
from studio.engine.api.doctor import Finding
from studio.engine.doctor.bars import find_bars
from studio.engine.doctor.check import Album, Check, Measured, counted, suspects
from studio.engine.doctor.look import Look

_NOTABLE = 0.04  # share of the picture


def _measure(look: Look) -> Sequence[float]:
    """The share of the picture that is bars."""
    top, bottom, left, right = find_bars(look.pixels)
    height, width = look.pixels.shape[:2]
    return (1 - (1 - (top + bottom) / height) * (1 - (left + right) / width),)


def _judge(album: Album, measured: Measured, _control: RunControl) -> Iterable[Finding]:
    if album.crop == "fit":
        return  # the bars are ours
    barred = suspects(measured.figures[:, 0], _NOTABLE)
    if barred:
        yield Finding(
            "bars",
            f"{counted(len(barred), 'has', 'have')} bars at the sides",
            "The model draws the bars too, and has less room for what is between them.",
            barred,
            "trim",
        )


CHECK = Check("bars", _judge, _measure)
