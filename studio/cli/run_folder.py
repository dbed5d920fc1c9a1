"""A training run as the verbs know it: the folder that was given as ``--out``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.engine.api import KeptCheckpoint

DATASET = "dataset"  # the folder of its pictures


def kept_in(run: Path) -> tuple[KeptCheckpoint, ...]:
    """The checkpoints that a run has kept, at least one.

    Raises:
        StudioError: there are none.
    """
    from studio.engine.api import kept_checkpoints

    kept = kept_checkpoints(run)
    if not kept:
        raise StudioError(
            f"“{run}” has kept no checkpoints.",
            "A training keeps one whenever it measures itself, first after about a minute.",
        )
    return kept
