"""The dataset doctor's findings: what may be wrong with the pictures, and what they can bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from studio.core.files import read_json, write_json_atomic
from studio.errors import StudioError

EXAMINATION_FILE = "examination.json"
VERSION = 1  # another one when checks change: what an older doctor found is not shown

Remedy: TypeAlias = Literal["leave out", "keep best", "trim", "none"]


@dataclass(frozen=True)
class Suspect:
    """A picture of a finding. The larger `score`, the further it stands out; 1 is the limit.

    Pictures that belong together share a `group`, of which one is the `best`.
    """

    index: int
    score: float
    group: int = 0
    best: bool = False


@dataclass(frozen=True)
class Finding:
    """Some pictures that a training may suffer from, worst first.

    `kind` is the check's id, `title` a sentence with their number, `why` one on what training
    makes of them. `reason` is the word for a picture that is left out because of it.
    """

    kind: str
    title: str
    why: str
    suspects: tuple[Suspect, ...]
    remedy: Remedy = "leave out"
    reason: str = ""

    @property
    def treated(self) -> tuple[int, ...]:
        """The pictures that the remedy is for: left out, or trimmed."""
        if self.remedy == "none":
            return ()
        return tuple(item.index for item in self.suspects if not item.best)


@dataclass(frozen=True)
class Advice:
    """Whether a change of pictures (``mirror``, ``turn`` …) gives more pictures of the same kind.

    `told_apart` is the share of held-out pictures whose changed copy a small classifier told from
    the original; guessing gives 0.5. `margin` is the half-width of its 95 % interval. `safe` is
    None where there are too few pictures to tell.
    """

    change: str
    title: str
    safe: bool | None
    told_apart: float
    margin: float
    sentence: str


@dataclass(frozen=True)
class Examining:
    """How far the examination is, 0 to 1."""

    fraction: float


@dataclass(frozen=True)
class Examination:
    """Everything that was found in a dataset; kept in its folder, and gone with it."""

    findings: tuple[Finding, ...]
    advice: tuple[Advice, ...]


ExaminationEvent: TypeAlias = Examining | Finding | Advice | Examination


def read_examination(folder: Path) -> Examination | None:
    """What was found in a dataset folder earlier; None if nobody looked, or looked otherwise."""
    try:
        data = read_json(folder / EXAMINATION_FILE)
        if data["version"] != VERSION:
            return None
        return Examination(
            tuple(_finding(item) for item in data["findings"]),
            tuple(Advice(**item) for item in data["advice"]),
        )
    except (StudioError, KeyError, TypeError):
        return None


def write_examination(folder: Path, examination: Examination) -> None:
    """Keep it for `read_examination`.

    Raises:
        StudioError: the folder cannot be written to.
    """
    write_json_atomic(folder / EXAMINATION_FILE, {"version": VERSION, **asdict(examination)})


def _finding(data: Mapping[str, Any]) -> Finding:
    return Finding(**{**data, "suspects": tuple(Suspect(**item) for item in data["suspects"])})
