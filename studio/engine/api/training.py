"""A training: the request and the events that it answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from studio.core.image import Image
from studio.engine.health.report import HealthReport, Verdict

FinishReason: TypeAlias = Literal["budget", "stopped", "settled", "diverged"]


@dataclass(frozen=True)
class TrainingRun:
    """The complete request: everything that matters is in here, so it can be stored and repeated.

    `out` receives ``model.safetensors`` (EMA weights), the resume state, ``log.jsonl`` and
    ``samples/``. The budget is `minutes` of training or `steps`, whichever ends first; with
    `early_stop` the run also ends once its health says that more would not help.
    """

    dataset: Path
    out: Path
    family: str
    size: int = 0  # px; 0: as the dataset is; smaller: the pictures are reduced when read
    config: Mapping[str, Any] = field(default_factory=dict)
    minutes: float | None = None
    steps: int | None = None
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"
    start_from: Path | None = None
    resume: bool = False
    early_stop: bool = False
    recipe: str = ""  # the id of the recipe that it came from

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        return {k: str(v) if isinstance(v, Path) else v for k, v in data.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainingRun:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError: the data is not a run.
        """
        start = data.get("start_from")
        return cls(
            **{
                **data,
                "dataset": Path(data["dataset"]),
                "out": Path(data["out"]),
                "start_from": None if start is None else Path(start),
            }
        )


@dataclass(frozen=True)
class Progress:
    """Where a run is. `images` counts pictures seen; `passes` is that over the dataset's size.

    `fraction` of the budget is done; `seconds` is training time so far, resumed parts included.
    """

    step: int
    images: int
    passes: float
    seconds: float
    images_per_second: float
    fraction: float
    seconds_left: float


@dataclass(frozen=True)
class Started:
    """Sent once the networks stand: what will be trained, where, and on how much.

    `threads` is how many cores of a CPU it computes on.
    """

    family: str
    device: str
    threads: int
    parameters: int
    images: int
    size: int
    resumed_at: int = 0


@dataclass(frozen=True)
class StepDone:
    """At most 20 a second. `losses` are named mean values since the last one."""

    progress: Progress
    losses: Mapping[str, float]


@dataclass(frozen=True)
class Sampled:
    """Pictures of the same latents each time, from the EMA weights: a grid, row by row."""

    progress: Progress
    images: tuple[Image, ...]


@dataclass(frozen=True)
class Checkpointed:
    progress: Progress
    model: Path


@dataclass(frozen=True)
class Measured:
    """The run was examined; a checkpoint of this moment is kept."""

    progress: Progress
    report: HealthReport
    verdict: Verdict


@dataclass(frozen=True)
class Warned:
    """A sentence that a person should read; `good`: to be glad of, not to act on."""

    text: str
    good: bool = False


@dataclass(frozen=True)
class Finished:
    """The last event of every run that was not killed; `model` can be loaded."""

    reason: FinishReason
    progress: Progress
    model: Path


TrainingEvent: TypeAlias = (
    Started | StepDone | Sampled | Checkpointed | Measured | Warned | Finished
)
