"""``vectorize``: a picture as a drawing of few colors and smooth curves."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.cli.param_options import add_param_options, given_params
from studio.cli.verb import Verb
from studio.edits.tracing import Tracing
from studio.errors import StudioError


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path, help="the picture to read")
    parser.add_argument("target", metavar="OUT.svg", type=Path, help="the drawing to write")
    add_param_options(parser, Tracing)


def _run(options: argparse.Namespace) -> int:
    from studio.codec.read import read_image
    from studio.codec.svg import write_svg
    from studio.core.control import RunControl
    from studio.edits.tracing import trace

    if options.target.suffix.lower() != ".svg":
        raise StudioError(
            f"Drawings cannot be written as “{options.target.suffix}”.",
            "Name a file that ends in .svg.",
        )
    settings = given_params(options, Tracing)
    drawing = trace(read_image(options.source), settings, RunControl())
    write_svg(options.target, drawing)
    print(f"{options.target}  {len(drawing.shapes)} colors, {drawing.curves} curves")
    return 0


VERB = Verb("vectorize", "draw a picture as SVG of few colors", _arguments, _run)
