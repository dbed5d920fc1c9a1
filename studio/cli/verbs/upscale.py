"""``upscale``: a picture at twice or four times the size."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.cli.param_options import add_param_options, given_params
from studio.cli.verb import Verb
from studio.engine.api.art import UpscaleSettings


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path, help="the picture to enlarge")
    parser.add_argument("target", metavar="OUT", type=Path, help="the picture to write")
    parser.add_argument(
        "--like",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a sharper picture of the same kind to learn from; give it again for more",
    )
    add_param_options(parser, UpscaleSettings)


def _run(options: argparse.Namespace) -> int:
    from studio.codec.read import read_image
    from studio.codec.recipe import source_type
    from studio.codec.write import write_image
    from studio.core.control import RunControl
    from studio.engine.api import load_engine

    settings = given_params(options, UpscaleSettings)
    image = read_image(options.source)
    examples = [read_image(file) for file in options.like]
    for made in load_engine().upscale(image, examples, settings, RunControl()):
        image = made.image
    write_image(options.target, image, source=source_type(options.source))
    print(f"{options.target}  {image.shape[1]} × {image.shape[0]} px")
    return 0


VERB = Verb("upscale", "enlarge a picture by what it shows itself", _arguments, _run)
