"""``stylize``: a picture painted in the manner of another."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.cli.param_options import add_param_options, given_params
from studio.cli.verb import Verb
from studio.engine.api.art import StyleSettings


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("content", metavar="CONTENT", type=Path, help="the picture to paint")
    parser.add_argument("style", metavar="STYLE", type=Path, help="the painting to learn from")
    parser.add_argument("target", metavar="OUT", type=Path, help="the picture to write")
    add_param_options(parser, StyleSettings)


def _run(options: argparse.Namespace) -> int:
    from studio.codec.read import read_image
    from studio.codec.recipe import source_type
    from studio.codec.write import write_image
    from studio.core.control import RunControl
    from studio.engine.api import load_engine

    settings = given_params(options, StyleSettings)
    image, style = read_image(options.content), read_image(options.style)
    for painted in load_engine().stylize(image, style, settings, RunControl()):
        image = painted.image
    write_image(options.target, image, source=source_type(options.content))
    print(f"{options.target}  {image.shape[1]} × {image.shape[0]} px")
    return 0


VERB = Verb("stylize", "paint a picture in the manner of another", _arguments, _run)
