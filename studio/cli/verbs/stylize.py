"""``stylize``: a picture painted in the manner of another."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.cli.verb import Verb
from studio.core.params import from_json, specs
from studio.engine.api.art import StyleSettings


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("content", metavar="CONTENT", type=Path, help="the picture to paint")
    parser.add_argument("style", metavar="STYLE", type=Path, help="the painting to learn from")
    parser.add_argument("target", metavar="OUT", type=Path, help="the picture to write")
    for spec in specs(StyleSettings):
        name, told = f"--{spec.name.replace('_', '-')}", spec.help.rstrip(".").lower()
        if spec.kind == "bool":
            parser.add_argument(name, action="store_true", default=spec.default, help=told)
        else:
            span = f"{told} ({spec.low:g} to {spec.high:g}, {spec.default:g} unless told)"
            parser.add_argument(name, default=spec.default, help=span)


def _run(options: argparse.Namespace) -> int:
    from studio.codec.read import read_image
    from studio.codec.write import source_type, write_image
    from studio.core.control import RunControl
    from studio.engine.api import load_engine

    chosen = {spec.name: getattr(options, spec.name) for spec in specs(StyleSettings)}
    settings = from_json(StyleSettings, chosen)
    image, style = read_image(options.content), read_image(options.style)
    for painted in load_engine().stylize(image, style, settings, RunControl()):
        image = painted.image
    write_image(options.target, image, source=source_type(options.content))
    print(f"{options.target}  {image.shape[1]} × {image.shape[0]} px")
    return 0


VERB = Verb("stylize", "paint a picture in the manner of another", _arguments, _run)
