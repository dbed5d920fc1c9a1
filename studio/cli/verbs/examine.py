"""``examine``: what may be wrong with a folder of pictures before anything is trained on it."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cli.verb import Verb

if TYPE_CHECKING:
    from studio.engine.api import Advice, Engine, ExaminationEvent, Finding

_SIZE = 256  # px; what the studio takes pictures in at
_NAMED = 5  # pictures of a finding that are named
_ANSWERS = {True: "yes", False: "no", None: "?"}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", type=Path, help="folder of pictures, or a dataset of a training")
    parser.add_argument("--json", action="store_true", help="print as JSON, for scripts")


def _run(options: argparse.Namespace) -> int:
    from studio.engine.api import DATASET_FILE, load_engine

    engine = load_engine()
    if (options.images / DATASET_FILE).is_file():
        return _examine(engine, options.images, options.json)
    with tempfile.TemporaryDirectory(prefix="examine-") as temp:
        dataset = Path(temp) / "dataset"
        _take_in(engine, options.images, dataset)
        return _examine(engine, dataset, options.json)


def _take_in(engine: Engine, images: Path, dataset: Path) -> None:
    from studio.core.control import RunControl
    from studio.engine.api import DatasetSpec

    for _event in engine.build_dataset(DatasetSpec((images,), _SIZE), dataset, RunControl()):
        pass


def _examine(engine: Engine, dataset: Path, as_json: bool) -> int:
    from studio.core.control import RunControl
    from studio.engine.api import Examination, read_dataset

    names = read_dataset(dataset).names
    for event in engine.examine(dataset, RunControl()):
        if not as_json:
            for line in _lines(event, names):
                print(line, flush=True)
        elif isinstance(event, Examination):
            print(json.dumps({"names": names, **asdict(event)}, indent=1))
    return 0


def _lines(event: ExaminationEvent, names: tuple[str, ...]) -> Iterator[str]:
    from studio.engine.api import Advice, Examination, Finding

    if isinstance(event, Finding):
        yield from _finding(event, names)
    elif isinstance(event, Advice):
        yield _advice(event)
    elif isinstance(event, Examination) and not event.findings:
        yield f"Nothing stands out among {len(names):,} images."


def _finding(finding: Finding, names: tuple[str, ...]) -> Iterator[str]:
    yield f"{finding.title}. {finding.why}"
    for suspect in finding.suspects[:_NAMED]:
        note = "the best of its kind" if suspect.best else f"{suspect.score:.1f}"
        yield f"    {names[suspect.index]}  ({note})"
    if len(finding.suspects) > _NAMED:
        yield f"    and {len(finding.suspects) - _NAMED:,} more"


def _advice(advice: Advice) -> str:
    return f"{advice.title + ':':20}{_ANSWERS[advice.safe]:4}{advice.sentence}"


VERB = Verb("examine", "find what may be wrong with pictures before training", _arguments, _run)
