"""Blurred pictures: less fine detail than the others, and less of it than they have coarse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Image
from studio.engine.api.doctor import Finding
from studio.engine.doctor.check import Album, Check, Figures, Measured, counted, spread, suspects
from studio.engine.doctor.look import Look, laplacian

_LEVELS = 6  # each of half the side of the one before
_SMALLEST = 8  # px; what is smaller says nothing about sharpness
_FLOOR = 1e-6
_UPSCALED = -0.75  # decades from a level to the next coarser one; sharp pictures lose less
# Decades below the album's median, and at least how many of its spreads.
_DECAY, _DECAY_SPREADS = 0.3, 2.5
_ENERGY, _ENERGY_SPREADS = 0.1, 0.5
_LEAST_SPREAD = 0.12


def _measure(look: Look) -> Sequence[float]:
    """The variance of the Laplacian at each level of a pyramid, in decades."""
    grey, energies = look.luma, []
    for _ in range(_LEVELS):
        energies.append(float(laplacian(grey).var()) if min(grey.shape) >= _SMALLEST else 0.0)
        grey = _halved(grey)
    figures: list[float] = np.log10(np.array(energies) + _FLOOR).tolist()
    return figures


def _judge(album: Album, measured: Measured, _control: RunControl) -> Iterable[Finding]:
    scores = _scores(measured.figures)
    blurred = suspects(scores)
    if blurred:
        yield Finding(
            "blur",
            f"{counted(len(blurred), 'looks', 'look')} blurred",
            "A model learns blur as part of the look, and makes some of its own blurred.",
            blurred,
            reason="blurred",
        )


def _scores(figures: Figures) -> Figures:
    """How blurred each picture is, ``[N]``; above 1 it counts as blurred.

    Little fine detail alone may be a calm motif. Blur is told by how much faster than in the
    other pictures detail fades from coarse to fine, over two levels. If all were enlarged, fine
    levels are empty: then the finest one that the album has detail in is looked at.
    """
    medians = np.median(figures, axis=0)
    fade = medians[:-1] - medians[1:]
    finest = next((level for level in range(_LEVELS - 3) if fade[level] > _UPSCALED), _LEVELS - 3)
    decay = figures[:, finest + 2] - figures[:, finest]
    energy = -figures[:, finest]
    steep = (decay - np.median(decay)) / max(_DECAY, _DECAY_SPREADS * spread(decay, _LEAST_SPREAD))
    poor = (energy - np.median(energy)) / max(
        _ENERGY, _ENERGY_SPREADS * spread(energy, _LEAST_SPREAD)
    )
    scores: Figures = np.minimum(steep, poor)
    return scores


def _halved(grey: Image) -> Image:
    even = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2]
    sums: Image = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    sums /= 4
    return sums


CHECK = Check("blur", _judge, _measure)
