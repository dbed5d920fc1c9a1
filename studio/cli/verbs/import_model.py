"""``import``: a model of another program as one of the studio's."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.cli.verb import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a network-snapshot….pkl of StyleGAN2, StyleGAN2-ADA or StyleGAN3",
    )
    parser.add_argument("--out", metavar="MODEL", type=Path, required=True, help="file to write")


def _run(options: argparse.Namespace) -> int:
    from studio.core.control import RunControl
    from studio.engine.api import load_engine

    for _step in load_engine().import_model(options.file, options.out, RunControl()):
        pass
    print(options.out)
    return 0


VERB = Verb("import", "bring in a model that NVIDIA's StyleGAN tools have made", _arguments, _run)
