"""Mixed proportions: most files are of one shape, some are of quite another."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from studio.core.control import RunControl
from studio.engine.api.doctor import Finding
from studio.engine.doctor.check import Album, Check, Measured, counted, suspects

_LOST = 0.4  # share of a picture that a crop to the album's shape cuts off


def _judge(album: Album, _measured: Measured, _control: RunControl) -> Iterable[Finding]:
    if not album.source_sizes or album.crop == "fit":
        return
    sizes = np.array(album.source_sizes, np.float32)
    height, width = album.pixels.shape[1:3]
    stretch = sizes[:, 0] / sizes[:, 1] * (height / width)
    lost = 1 - np.minimum(stretch, 1 / stretch)
    cut = suspects(lost, _LOST)
    if cut:
        yield Finding(
            "shapes",
            f"{counted(len(cut), 'is', 'are')} cropped by more than {_LOST:.0%}",
            "Long and tall images lose their ends to the crop; “Fit” keeps all of them.",
            cut,
            "none",
        )


CHECK = Check("shapes", _judge)
