"""Pictures that were enlarged to the size that is learned from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from studio.core.control import RunControl
from studio.engine.api.doctor import Finding
from studio.engine.doctor.check import Album, Check, Measured, counted, suspects

_ENLARGED = 1.25  # times; less is hardly seen
_MOST = 0.5  # share of the album; if more are small, they are not the exception


def _judge(album: Album, _measured: Measured, _control: RunControl) -> Iterable[Finding]:
    if not album.source_sizes:
        return
    side = min(album.pixels.shape[1:3])
    short = np.array(album.source_sizes, np.float32).min(axis=1)
    small = suspects(side / short, _ENLARGED)
    if not small:
        return
    few = counted(len(small), "is", "are")
    title = f"{'All images are' if len(small) == len(album) else few} smaller than {side} px"
    if len(small) > _MOST * len(album):
        enough = int(np.median(short))
        why = f"Enlarging shows nothing new: a training at {enough} px or less loses nothing."
        yield Finding("tiny", title, why, small, "none")
    else:
        why = f"Enlarged among sharp ones they look blurred; below {side} px they do no harm."
        yield Finding("tiny", title, why, small, reason="small")


CHECK = Check("tiny", _judge)
