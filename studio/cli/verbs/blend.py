"""``blend``: the average of two models, as of two moments of one training."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.cli.verb import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", type=Path, help="a model")
    parser.add_argument("second", metavar="B", type=Path, help="another of the same training")
    parser.add_argument("--share", type=float, default=0.5, help="how much of B, 0 to 1 (0.5)")
    parser.add_argument(
        "--from-px", type=int, default=0, help="only levels of this side and finer ones (all)"
    )
    parser.add_argument("--out", type=Path, required=True, help="file of the new model")


def _run(options: argparse.Namespace) -> int:
    from studio.engine.api import load_engine

    load_engine().blend(options.first, options.second, options.share, options.out, options.from_px)
    print(options.out)
    return 0


VERB = Verb("blend", "average two models of one shape, whole or from a level on", _arguments, _run)
