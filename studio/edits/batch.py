"""The same edits for many pictures: files in, new files out, the originals never touched."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

from studio.codec.read import PICTURE_SUFFIXES, read_image
from studio.codec.recipe import source_type
from studio.codec.write import WRITABLE, WriteOptions, write_image
from studio.core.control import Cancelled, RunControl
from studio.core.document import Document, EditStep
from studio.core.files import told_as_studio_error
from studio.edits.render import apply_steps, checked
from studio.errors import StudioError

WORKERS = max(1, os.cpu_count() or 1)  # each holds one picture, edited, in memory
KEEP = ""  # as a suffix: each file keeps its own where it can be written


@dataclass(frozen=True, slots=True)
class Batch:
    """What to do: `sources` are files, and folders with all that is in them.

    `suffix` is the format of the results (``""``: each file's own). `into` gets them, under the
    names and sub-folders of their sources. `layers` has what steps may refer to.
    """

    sources: tuple[Path, ...]
    steps: tuple[EditStep, ...]
    into: Path
    suffix: str = KEEP
    options: WriteOptions = field(default_factory=WriteOptions)
    layers: Document = field(default_factory=Document)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """One more file is done. `problem` says why it was not written, in a sentence that names it."""

    done: int
    total: int
    source: Path
    target: Path
    seconds_left: float
    problem: str = ""


def run_batch(batch: Batch, control: RunControl, workers: int = WORKERS) -> Iterator[BatchProgress]:
    """Edit every picture, several at a time, in their order; a bad one is named, the rest go on.

    Raises:
        StudioError: no pictures, a step that cannot be, or a result would replace a source.
        Cancelled: `control` was cancelled; what was written until then stays.
    """
    batch = replace(batch, steps=tuple(checked(step) for step in batch.steps))
    pairs, started = plan_batch(batch), time.monotonic()
    problems = _side_by_side(partial(_edited, batch=batch, control=control), pairs, workers)
    with contextlib.closing(problems):
        for done, ((source, target), problem) in enumerate(zip(pairs, problems, strict=True), 1):
            pace = (time.monotonic() - started) / done
            seconds_left = pace * (len(pairs) - done)
            yield BatchProgress(done, len(pairs), source, target, seconds_left, problem)
            control.check()


def _side_by_side(
    edit: Callable[[Path, Path], str], pairs: Iterable[tuple[Path, Path]], workers: int
) -> Generator[str, None, None]:
    """What `edit` says of each pair, in their order; it is never much ahead of who asks."""
    with ThreadPoolExecutor(workers, "batch") as threads:
        left, waiting = iter(pairs), deque[Future[str]]()
        try:
            while True:
                room = workers + 1 - len(waiting)
                waiting.extend(threads.submit(edit, *pair) for pair in islice(left, room))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            for work in waiting:
                work.cancel()


def plan_batch(batch: Batch) -> list[tuple[Path, Path]]:
    """Each picture, and the file that it becomes.

    Raises:
        StudioError: no pictures, a format that is none, or a result would replace a source.
    """
    if batch.suffix not in (KEEP, *WRITABLE):
        raise StudioError(
            f"Pictures cannot be written as “{batch.suffix}”.",
            f"Choose one of: {', '.join(WRITABLE)}.",
        )
    pairs: list[tuple[Path, Path]] = []
    taken: set[Path] = set()
    for source, place in _pictures(batch.sources, batch.into):
        target = _free(batch.into / place.with_suffix(_suffix(place, batch.suffix)), taken)
        taken.add(target)
        pairs.append((source, target))
    if not pairs:
        raise StudioError("There are no pictures to edit.", "Name files, or a folder of them.")
    sources = {source.resolve() for source, _target in pairs}
    for source, target in pairs:
        if target.resolve() in sources:
            raise StudioError(
                f"“{source.name}” would be replaced by its result.", "Choose another folder."
            )
    return pairs


def _pictures(sources: Sequence[Path], into: Path) -> Iterator[tuple[Path, Path]]:
    """Every picture, and its place below the folder that it was found in.

    What lies in `into`, where that is inside of a source, is from the last time.
    """
    for source in sources:
        if source.is_dir():
            for file in sorted(source.rglob("*")):
                is_result = into != source and into in file.parents
                if file.suffix.lower() in PICTURE_SUFFIXES and file.is_file() and not is_result:
                    yield file, file.relative_to(source)
        elif source.exists():
            yield source, Path(source.name)
        else:
            raise StudioError(f"There is no file or folder “{source}”.", "Check its name.")


def _suffix(place: Path, wanted: str) -> str:
    own = place.suffix.lower()
    return wanted or (own if own in WRITABLE else ".png")


def _free(target: Path, taken: Iterable[Path]) -> Path:
    """Another name where two sources would become one file."""
    free, number = target, 2
    while free in taken:
        free = target.with_stem(f"{target.stem} {number}")
        number += 1
    return free


def _edited(source: Path, target: Path, batch: Batch, control: RunControl) -> str:
    """Write the edited picture; returns what is wrong with it, empty if nothing."""
    try:
        control.check()
        image = apply_steps(read_image(source), batch.steps, control, batch.layers).image
        with told_as_studio_error(f"“{target.parent.name}” could not be made"):
            target.parent.mkdir(parents=True, exist_ok=True)
        write_image(target, image, source=source_type(source), options=batch.options)
    except Cancelled:
        raise
    except StudioError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  (one picture that an edit cannot take)
        return f"“{source.name}” could not be edited: {error}."
    return ""
