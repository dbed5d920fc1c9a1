"""Which checkpoints a run keeps: the first, the last two, the best, and others ever farther apart.

Like the memory of a long walk: what is near is remembered closely, what is far in steps that grow
with the distance from the beginning, because early minutes change more than late ones.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from studio.core.files import atomic_folder, told_as_studio_error, write_json_atomic
from studio.engine.api import KeptCheckpoint, Progress, best_of, kept_checkpoints
from studio.engine.api.checkpoints import CHECKPOINTS, FACTS_FILE

MOST_BYTES = 1 << 30  # of all kept checkpoints of one run
_MOST = 16


def keep(
    run: Path, model: Path, state: Path, samples: Path, progress: Progress, ratio: float | None
) -> KeptCheckpoint:
    """Keep the files as they are now, and let go of what is least missed.

    Raises:
        StudioError: the disk refused.
    """
    folder = run / CHECKPOINTS / f"step{progress.step:08d}"
    kept = KeptCheckpoint(folder, progress.step, progress.images, progress.seconds, ratio)
    with told_as_studio_error(f"“{folder}” could not be written"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with atomic_folder(folder) as temp:
            into = KeptCheckpoint(temp, kept.step, kept.images, kept.seconds, ratio)
            for source, target in (
                (model, into.model),
                (state, into.state),
                (samples, into.samples),
            ):
                _link(source, target)
            write_json_atomic(temp / FACTS_FILE, kept.to_json())
        thin(run)
    return kept


def forget_after(run: Path, step: int) -> None:
    """Remove what was kept after `step`: the run goes on from there."""
    for checkpoint in kept_checkpoints(run):
        if checkpoint.step > step:
            shutil.rmtree(checkpoint.folder, ignore_errors=True)


def thin(run: Path, most: int = _MOST, most_bytes: int = MOST_BYTES) -> None:
    """Remove kept checkpoints until they are few and small enough."""
    kept = list(kept_checkpoints(run))
    size = sum(_size(checkpoint.folder) for checkpoint in kept)
    while len(kept) > most or size > most_bytes:
        superfluous = least_missed(kept)
        if superfluous is None:
            return
        size -= _size(superfluous.folder)
        kept.remove(superfluous)
        shutil.rmtree(superfluous.folder, ignore_errors=True)


def least_missed(kept: Sequence[KeptCheckpoint]) -> KeptCheckpoint | None:
    """The one between whose neighbors the least happened, on a logarithmic scale of images.

    Never the first, one of the last two or the best.
    """
    best = best_of(tuple(kept))
    inner = [i for i in range(1, len(kept) - 2) if kept[i] is not best]
    gaps = {i: _age(kept[i + 1]) - _age(kept[i - 1]) for i in inner}
    return kept[min(gaps, key=lambda i: gaps[i])] if gaps else None


def _age(checkpoint: KeptCheckpoint) -> float:
    return math.log1p(checkpoint.images)


def _link(source: Path, target: Path) -> None:
    """The same content under another name; files of a run are replaced whole, never changed."""
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
