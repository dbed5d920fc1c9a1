"""Pictures that are nearly black, nearly white, or hardly anything but one tone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from studio.core.control import RunControl
from studio.engine.api.doctor import Finding
from studio.engine.doctor.check import Album, Check, Figures, Measured, counted, spread, suspects
from studio.engine.doctor.look import Look

_PERCENTILES = (2, 50, 98)
# How far from the album's median, so that a dark album stays as it is; that much is always far.
_SPREADS, _FAR = 2.5, 0.25
_DARK, _BRIGHT, _FLAT = 0.35, 0.65, 0.18  # tones that no good picture stays below, above, within
_LEAST_SPREAD = 0.03
_FAINT = 0.05  # share of the pixels; with less to see there is nothing to judge


def _measure(look: Look) -> Sequence[float]:
    """Of what is visible: percentiles of the brightness, contrast of the liveliest channel."""
    visible = look.visible[::2, ::2]
    if visible.mean() < _FAINT:
        visible = np.ones_like(visible)
    low, middle, high = np.percentile(look.luma[::2, ::2][visible], _PERCENTILES)
    ends = np.percentile(look.color[::2, ::2][visible], _PERCENTILES[::2], axis=0)
    return (float(low), float(middle), float(high), float((ends[1] - ends[0]).max()))


def _judge(_album: Album, measured: Measured, _control: RunControl) -> Iterable[Finding]:
    low, middle, high, contrast = measured.figures.T
    dark = np.minimum(_below(high, _DARK), _apart(-middle))
    pale = np.minimum(_below(1 - low, 1 - _BRIGHT), _apart(middle))
    flat = np.minimum(_below(contrast, _FLAT), _apart(-contrast))
    yield from _found(
        dark,
        "is very dark", "are very dark", "dark",
        "There is little to learn from shadows, and the model makes some images that dark.",
    )  # fmt: skip
    yield from _found(
        pale,
        "is washed out", "are washed out", "washed out",
        "There is little to learn from glare, and the model makes some images that pale.",
    )  # fmt: skip
    yield from _found(
        np.where(np.maximum(dark, pale) > 1, 0, flat),
        "has hardly any contrast", "have hardly any contrast", "low contrast",
        "Flat images teach the model fog instead of form.",
    )  # fmt: skip


def _below(values: Figures, limit: float) -> Figures:
    """Above 1 where ``[N]`` values are below the limit."""
    scores: Figures = limit / np.maximum(values, 1e-3)
    return scores


def _apart(values: Figures) -> Figures:
    """Above 1 where ``[N]`` values are far above the album's median."""
    far = min(_FAR, _SPREADS * spread(values, _LEAST_SPREAD))
    scores: Figures = (values - np.median(values)) / far
    return scores


def _found(scores: Figures, singular: str, plural: str, reason: str, why: str) -> Iterable[Finding]:
    found = suspects(scores)
    if found:
        title = counted(len(found), singular, plural)
        yield Finding("exposure", title, why, found, reason=reason)


CHECK = Check("exposure", _judge, _measure)
