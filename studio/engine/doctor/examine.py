"""The examination: one pass over the pixels, then every check, then the advisor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from studio.core.control import RunControl
from studio.core.image import to_pixels8
from studio.engine.api.dataset import open_dataset
from studio.engine.api.doctor import (
    Advice,
    Examination,
    ExaminationEvent,
    Examining,
    Finding,
    read_examination,
    write_examination,
)
from studio.engine.doctor.advisor import advise
from studio.engine.doctor.changes import CHANGES
from studio.engine.doctor.check import CHECKS, THUMBNAIL, Album, Check, Measured

_EVERY = 16  # pictures between two reports
_MEASURED, _CHECKED = 0.5, 0.6  # of the time is gone when that is done; the rest is the advisor's


def examine_dataset(folder: Path, control: RunControl) -> Iterator[ExaminationEvent]:
    """As `examine`, of a dataset folder. What was found is kept there, and found at once later.

    Raises:
        StudioError: there is no dataset, or it is damaged.
        Cancelled: `control` was cancelled.
    """
    info, pixels = open_dataset(folder)
    known = read_examination(folder)
    if known is not None:
        yield from known.findings
        yield from known.advice
        yield known
        return
    for event in examine(Album(pixels, info.crop, info.source_sizes), control):
        if isinstance(event, Examination):
            control.check()  # the folder may hold other pictures by now
            write_examination(folder, event)
        yield event


def examine(album: Album, control: RunControl) -> Iterator[ExaminationEvent]:
    """Findings and advice come as they are made, the last event is all of them.

    Memory: about 4 KB a picture, whatever its size.

    Raises:
        Cancelled: `control` was cancelled.
    """
    findings: list[Finding] = []
    for event in look_over(album, control):
        if isinstance(event, Finding):
            findings.append(event)
        yield event
    advice: list[Advice] = []
    for item in advise(album, control):
        advice.append(item)
        yield item
        yield Examining(_CHECKED + (1 - _CHECKED) * len(advice) / len(CHANGES))
    yield Examination(tuple(findings), tuple(advice))


def look_over(album: Album, control: RunControl) -> Iterator[Examining | Finding]:
    """Look at every picture once, then let every check judge.

    Raises:
        Cancelled: `control` was cancelled.
    """
    measurer = _Measurer(album)
    for done in range(len(album)):
        control.check()
        measurer.take(done)
        if done % _EVERY == 0:
            yield Examining(_MEASURED * done / len(album))
    for place, check in enumerate(CHECKS, 1):
        yield from check.judge(album, measurer.measured(check), control)
        yield Examining(_MEASURED + (_CHECKED - _MEASURED) * place / len(CHECKS))


@dataclass
class _Measurer:
    """Fills the figures of every check, picture by picture."""

    album: Album
    figures: dict[str, list[tuple[float, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        channels = 4 if self.album.pixels.shape[3] == 4 else 3
        self.thumbnails = np.empty((len(self.album), THUMBNAIL, THUMBNAIL, channels), np.uint8)
        self.sharpness = np.empty(len(self.album), np.float32)

    def take(self, index: int) -> None:
        look = self.album.look(index)
        self.thumbnails[index] = to_pixels8(look.small(THUMBNAIL))
        self.sharpness[index] = look.sharpness
        for check in CHECKS:
            if check.measure is not None:
                self.figures.setdefault(check.id, []).append(tuple(check.measure(look)))

    def measured(self, check: Check) -> Measured:
        figures = np.array(self.figures.get(check.id, ()), np.float32)
        return Measured(figures, self.sharpness, self.thumbnails)
