from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from studio.cli.verb import Verb
from studio.core.document import Document, EditStep, Layer
from studio.core.raster import Raster
from studio.errors import StudioError

_Word = tuple[str, str]  # "op" or "set", and what followed it


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path, help="the picture to read")
    parser.add_argument("target", metavar="OUT", type=Path, help="the picture to write")
    parser.add_argument(
        "--op",
        dest="words",
        metavar="ID",
        action="append",
        type=lambda text: ("op", text),
        help="an operation (see `operations`); give it again for the next step",
    )
    parser.add_argument(
        "--set",
        dest="words",
        metavar="NAME=VALUE",
        action="append",
        type=lambda text: ("set", text),
        help="a parameter of the operation before it",
    )


def _run(options: argparse.Namespace) -> int:
    from studio.codec.read import read_image
    from studio.codec.write import source_type, write_image
    from studio.edits.render import apply_steps, checked

    steps = [checked(step) for step in _steps(options.words or ())]
    names = {name for step in steps for name in step.references}
    layers = [Layer(Raster.from_image(read_image(Path(name))), id=name) for name in names]
    document = Document(layers=tuple(layers))  # a step's other layers are files here
    image = apply_steps(read_image(options.source), steps, document=document).image
    write_image(options.target, image, source=source_type(options.source))
    print(f"{options.target}  {image.shape[1]} × {image.shape[0]} px")
    return 0


def _steps(words: Iterable[_Word]) -> list[EditStep]:
    """The stack that the words describe, in their order."""
    uses: list[tuple[str, dict[str, str]]] = []
    for kind, text in words:
        if kind == "op":
            uses.append((text, {}))
        elif uses:
            name, value = _assignment(text)
            uses[-1][1][name] = value
        else:
            raise StudioError(f"“--set {text}” comes before any --op.", "Name the operation first.")
    if not uses:
        raise StudioError("There is nothing to do.", "Name an operation with --op.")
    # Fixed ids: a step's randomness comes from its id, and the same command makes the same file.
    return [EditStep(use, params, id=str(place)) for place, (use, params) in enumerate(uses)]


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise StudioError(f"“--set {text}” is no assignment.", "Write --set NAME=VALUE.")
    return name, value


VERB = Verb("edit", "apply edit operations to a picture file", _arguments, _run)
