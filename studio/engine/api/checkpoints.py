"""The checkpoints that a run keeps on its way: to look back at, to go on from, to blend."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.files import atomic_folder, read_json, told_as_studio_error
from studio.engine.api.models import MODEL_FILE
from studio.errors import StudioError

CHECKPOINTS = "checkpoints"
STATE_FILE = "resume.safetensors"  # everything that goes on from there exactly, beside the model
PREVIOUS_STATE_FILE = "resume.previous.safetensors"
LOG_FILE = "log.jsonl"  # of a run
FACTS_FILE = "checkpoint.json"


@dataclass(frozen=True)
class KeptCheckpoint:
    """A moment of a run, with everything needed to make pictures and to go on from there.

    `ratio` is how far its pictures were from held-out ones, over the floor; None where that was
    not measured.
    """

    folder: Path
    step: int
    images: int
    seconds: float
    ratio: float | None = None

    @property
    def model(self) -> Path:
        return self.folder / MODEL_FILE

    @property
    def state(self) -> Path:
        return self.folder / STATE_FILE

    @property
    def samples(self) -> Path:
        """The sample grid of that moment; always the same latents."""
        return self.folder / "samples.png"

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "images": self.images,
            "seconds": self.seconds,
            "ratio": self.ratio,
        }

    @classmethod
    def read(cls, folder: Path) -> KeptCheckpoint:
        """The checkpoint in `folder`.

        Raises:
            StudioError, KeyError, TypeError, ValueError: there is none, or it is damaged.
        """
        facts = read_json(folder / FACTS_FILE)
        ratio = facts["ratio"]
        return cls(
            folder,
            int(facts["step"]),
            int(facts["images"]),
            float(facts["seconds"]),
            None if ratio is None else float(ratio),
        )


def kept_checkpoints(run: Path) -> tuple[KeptCheckpoint, ...]:
    """All that the run in the folder `run` has kept, by step; damaged ones are passed over."""
    folder = run / CHECKPOINTS
    kept = []
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(StudioError, KeyError, TypeError, ValueError):
            kept.append(KeptCheckpoint.read(path))
    return tuple(sorted(kept, key=lambda checkpoint: checkpoint.step))


def best_of(kept: tuple[KeptCheckpoint, ...]) -> KeptCheckpoint | None:
    """The one whose pictures were nearest to held-out ones."""
    measured = [checkpoint for checkpoint in kept if checkpoint.ratio is not None]
    return min(measured, key=lambda checkpoint: checkpoint.ratio or 0.0, default=None)


def branch(run: Path, checkpoint: KeptCheckpoint, out: Path) -> None:
    """Make `out` a run that stands where `checkpoint` of `run` stood; resume it to go on.

    Raises:
        StudioError: `out` exists already, or the disk refused.
    """
    if out.exists():
        raise StudioError(f"“{out}” exists already.", "Choose another folder.")
    with (
        told_as_studio_error(f"“{out.name}” could not be written"),
        atomic_folder(out) as temp,
    ):
        shutil.copy2(checkpoint.state, temp / STATE_FILE)
        shutil.copy2(checkpoint.model, temp / MODEL_FILE)
        shutil.copy2(run / "log.jsonl", temp / "log.jsonl")  # resuming cuts it to that moment
