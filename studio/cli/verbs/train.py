"""``train``: a folder of pictures becomes a model."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from studio.cli.run_folder import DATASET
from studio.cli.verb import Verb
from studio.core.control import RunControl
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.engine.api import Aspect, DatasetInfo, Engine, TrainingEvent, TrainingRun

_DEFAULT_MINUTES = 10.0
_DEFAULT_SIZE = 64  # px
_DEFAULT_FAMILY = "stylegan"
_LONGEST_ASPECT = 21  # as in 21:9
_ENDS = {
    "budget": "Done",
    "stopped": "Stopped",
    "settled": "Ended early, because more time would not have helped",
    "diverged": "Ended, because it went out of bounds again and again; the best is kept",
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", type=Path, help="folder of pictures (to resume: the same)")
    parser.add_argument(
        "--family", help="see the verb families (stylegan, or that of --from or --resume)"
    )
    parser.add_argument("--size", type=int, help=f"side of the pictures in px ({_DEFAULT_SIZE})")
    parser.add_argument("--crop", default="center", help="center, smart, subject or fit")
    parser.add_argument("--aspect", default="1:1", help="width to height, as 4:3, or auto")
    parser.add_argument("--alpha", action="store_true", help="keep transparency")
    parser.add_argument("--prompt", help="what to ask for: classes or captions (none)")
    parser.add_argument("--minutes", type=float, help="how long, resumed parts included")
    parser.add_argument("--steps", type=int, help="how many steps, resumed parts included")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--precision", default="auto", help="auto, float32 or bfloat16")
    parser.add_argument("--from", type=Path, dest="start_from", help="model to start from")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument(
        "--early-stop", action="store_true", help="end once more time would not help"
    )
    parser.add_argument(
        "--set", action="append", default=[], dest="config", metavar="NAME=VALUE",
        help="a setting of the family, for example batch=16",
    )  # fmt: skip


def _run(options: argparse.Namespace) -> int:
    from studio.engine.api import load_engine
    from studio.engine.distributed import is_leader
    from studio.engine.setup import check

    control = RunControl()
    run = _request(options)
    engine = load_engine()
    with _interrupt_cancels(control):
        if is_leader():  # under torchrun the others follow
            check(run, options.size or _DEFAULT_SIZE)
            _check_folder(options)
            _take_in_pictures(engine, options, run, control)
        for event in engine.train(run, control):
            _tell(event)
    return 0


def _request(options: argparse.Namespace) -> TrainingRun:
    """The options as a request, all that can be checked without pictures checked.

    Raises:
        StudioError: an option makes no sense.
    """
    from studio.engine.api import CROP_POLICIES, MODEL_FILE, SIZES, TrainingRun

    if options.images is None and not options.resume:
        raise StudioError("There are no pictures to train on.", "Name their folder with --images.")
    parse_aspect(options.aspect)
    if options.size is not None and options.size not in SIZES:
        sizes = ", ".join(map(str, SIZES))
        raise StudioError(f"“{options.size}” is no size.", f"Choose one of: {sizes}.")
    if options.crop not in CROP_POLICIES:
        crops = ", ".join(CROP_POLICIES)
        raise StudioError(f"“{options.crop}” is no crop.", f"Choose one of: {crops}.")
    minutes = options.minutes
    if minutes is None and options.steps is None:
        minutes = _DEFAULT_MINUTES
    return TrainingRun(
        dataset=options.out / DATASET,
        out=options.out,
        family=options.family
        or _family_of(options.out / MODEL_FILE if options.resume else options.start_from),
        config=_settings(options.config, options.prompt),
        minutes=minutes,
        steps=options.steps,
        seed=options.seed,
        device=options.device,
        precision=options.precision,
        start_from=options.start_from,
        resume=options.resume,
        early_stop=options.early_stop,
    )


def _family_of(model: Path | None) -> str:
    """That of the model to start from, if there is one."""
    if model is None or not model.is_file():
        return _DEFAULT_FAMILY
    from studio.engine.checkpoint import read_card

    return read_card(model).family


def _check_folder(options: argparse.Namespace) -> None:
    """Nothing must be overwritten: an earlier run, or where the dataset goes, a folder not ours."""
    from studio.engine.api import DATASET_FILE, MODEL_FILE

    if (options.out / MODEL_FILE).exists() and not options.resume:
        raise StudioError(
            f"There is already a training in “{options.out}”.",
            "Add --resume to go on with it, or choose another folder.",
        )
    dataset = options.out / DATASET
    if dataset.exists() and not (dataset / DATASET_FILE).is_file():
        raise StudioError(
            f"“{dataset}” is not from a training, and would be overwritten.",
            "Choose another folder for --out.",
        )


def parse_aspect(text: str) -> Aspect | None:
    """``4:3`` as width and height; None for ``auto``.

    Raises:
        StudioError: not such a shape.
    """
    if text == "auto":
        return None
    across, _colon, down = text.partition(":")
    try:
        aspect = int(across), int(down)
    except ValueError:
        raise _bad_aspect(text) from None
    divisor = math.gcd(*aspect)
    if min(aspect) < 1 or max(aspect) > _LONGEST_ASPECT * divisor:
        raise _bad_aspect(text)
    return aspect[0] // divisor, aspect[1] // divisor


def _bad_aspect(text: str) -> StudioError:
    return StudioError(
        f"“{text}” is no shape.",
        f"Write for example 3:2, in numbers up to {_LONGEST_ASPECT}, or auto.",
    )


def _settings(pairs: list[str], prompt: str | None) -> dict[str, Any]:
    settings = {} if prompt is None else {"prompt": prompt}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise StudioError(f"“{pair}” is no setting.", "Write it as NAME=VALUE.")
        settings[name] = value
    return settings


def _take_in_pictures(
    engine: Engine, options: argparse.Namespace, run: TrainingRun, control: RunControl
) -> None:
    """Build the dataset, unless a run that goes on has it already, and tell of it."""
    from studio.engine.api import DatasetReady, DatasetSpec

    if run.resume and run.dataset.is_dir():
        info = _begun_with(options, run)
    elif options.images is None:
        raise StudioError(f"There is no training in “{options.out}”.", "Begin one with --images.")
    else:
        size = options.size or _DEFAULT_SIZE
        aspect = parse_aspect(options.aspect)
        spec = DatasetSpec((options.images,), size, options.crop, aspect, options.alpha)
        events = engine.build_dataset(spec, run.dataset, control)
        info = next(event.info for event in events if isinstance(event, DatasetReady))
    _tell_of_pictures(info)


def _begun_with(options: argparse.Namespace, run: TrainingRun) -> DatasetInfo:
    """The dataset of the run that goes on.

    Raises:
        StudioError: the options ask for another one.
    """
    from studio.engine.api import read_dataset

    info = read_dataset(run.dataset)
    if options.size not in (None, info.size):
        raise StudioError(
            f"The training in “{options.out}” was begun at {info.size} px.",
            "Go on without --size, or choose another folder for a new one.",
        )
    if options.images and os.path.abspath(options.images) not in info.sources:  # noqa: PTH100
        raise StudioError(
            f"The training in “{options.out}” was begun with other pictures: "
            f"those of “{', '.join(info.sources)}”.",
            "Go on without --images, or choose another folder for a new one.",
        )
    return info


def _tell_of_pictures(info: DatasetInfo) -> None:
    for skipped in info.skipped:
        print(f"skipped {skipped.path}: {skipped.reason}", file=sys.stderr)
    noun = "picture" if info.count == 1 else "pictures"
    alpha = " with transparency" if info.channels == 4 else ""
    print(f"{info.count} {noun} of {info.width} × {info.height} px{alpha}{_spoken_prompts(info)}")
    if info.channels == 3 and 2 * info.transparent >= info.count:
        print("Most of them are transparent, which was put on white: --alpha keeps it.")


def _spoken_prompts(info: DatasetInfo) -> str:
    """What they can be told apart by: ``, 12 classes, 90 captions``."""
    told = f", {len(info.classes)} classes" if info.classes else ""
    captions = sum(map(bool, info.captions))
    return f"{told}, {captions} captions" if captions else told


def _tell(event: TrainingEvent) -> None:
    from studio.engine.api import Finished, Measured, Sampled, Started, Warned

    match event:
        case Started():
            print(f"{event.family} on {event.device}, {event.parameters / 1e6:.1f} M parameters")
            if event.resumed_at:
                print(f"going on from step {event.resumed_at}")
        case Warned():
            print(event.text, file=sys.stderr)
        case Sampled():
            done = event.progress
            print(
                f"step {done.step}, {done.passes:.1f} passes over the pictures, "
                f"{done.images_per_second:.0f} images/s, {done.seconds_left / 60:.1f} min left",
                flush=True,
            )
        case Measured():
            found, ratio = event.verdict, event.report.ratio
            told = f"{found.kind} ({ratio:.2f} × the floor): {found.text} {found.advice}"
            print(told, flush=True)
        case Finished():
            print(f"{_ENDS[event.reason]}: {event.model}")


@contextlib.contextmanager
def _interrupt_cancels(control: RunControl) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) ends the run with its checkpoint written, a second at once."""

    def cancel(number: int, _frame: FrameType | None) -> None:
        control.cancel()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, cancel) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


VERB = Verb("train", "train a model on a folder of pictures", _arguments, _run)
