"""``branch``: a training that goes on from a kept moment of another."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from studio.cli.run_folder import DATASET, kept_in
from studio.cli.verb import Verb
from studio.errors import StudioError


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="RUN", type=Path, help="folder of a training")
    parser.add_argument("--step", type=int, required=True, help="see the verb checkpoints")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new training")


def _run(options: argparse.Namespace) -> int:
    from studio.core.files import told_as_studio_error
    from studio.engine.api import branch

    kept = {item.step: item for item in kept_in(options.folder)}
    if options.step not in kept:
        steps = ", ".join(map(str, kept))
        raise StudioError(f"Step {options.step} was not kept.", f"Choose one of: {steps}.")
    branch(options.folder, kept[options.step], options.out)
    if (options.folder / DATASET).is_dir():
        with told_as_studio_error(f"“{options.out.name}” could not be written"):
            shutil.copytree(options.folder / DATASET, options.out / DATASET)
    print(f"{options.out}: go on with train --resume, and the settings of {options.folder}")
    return 0


VERB = Verb("branch", "begin a training at a kept moment of another", _arguments, _run)
