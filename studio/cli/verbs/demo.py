"""``python -m studio demo``: the main job through the real window, without a person."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from studio.cli.verb import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="a new folder for what comes of it")
    parser.add_argument("--images", type=Path, help="pictures to learn from (default: the samples)")
    parser.add_argument("--minutes", type=float, default=2.0, help="how long to train")


def _run(options: argparse.Namespace) -> int:
    run_demo = import_module("studio.ui.demo").run_demo
    return int(run_demo(options.out, options.images, options.minutes))


DEMO = Verb("demo", "work the real window from images to export, with pictures", _arguments, _run)
