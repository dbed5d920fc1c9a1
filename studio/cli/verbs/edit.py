from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cli.verb import Verb
from studio.core.document import Document, EditStep, Layer
from studio.core.raster import Raster
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.edits.batch import Batch

_Word = tuple[str, str]  # "op" or "set", and what followed it


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pictures",
        metavar="IN",
        type=Path,
        nargs="+",
        help="the picture to read, then the one to write; with --out, any number of pictures "
        "and folders to read",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="the folder for the results")
    parser.add_argument(
        "--recipe", metavar="R", help="a recipe saved in the window, by its name or its file"
    )
    parser.add_argument(
        "--format", metavar="SUFFIX", default="", help="with --out: png, jpg, webp, avif or tif"
    )
    parser.add_argument("--quality", type=int, help="1 to 100, for jpg, webp and avif")
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
    from studio.codec.write import WriteOptions
    from studio.core.params import from_json
    from studio.edits.batch import Batch
    from studio.edits.render import checked

    steps = tuple(checked(step) for step in _all_steps(options))
    quality = {} if options.quality is None else {"quality": options.quality}
    batch = Batch(
        tuple(options.pictures),
        steps,
        options.out or Path(),
        f".{options.format.lower().lstrip('.')}" if options.format else "",
        from_json(WriteOptions, quality),
        _layers_named(steps),
    )
    return _edit_one(batch) if options.out is None else _edit_all(batch)


def _edit_one(batch: Batch) -> int:
    from studio.codec.read import read_image
    from studio.codec.recipe import source_type
    from studio.codec.write import write_image
    from studio.edits.render import apply_steps

    if len(batch.sources) != 2:
        raise StudioError(
            "Name one picture to read and one to write.", "For more, give a folder with --out."
        )
    source, target = batch.sources
    image = apply_steps(read_image(source), batch.steps, document=batch.layers).image
    write_image(target, image, source=source_type(source), options=batch.options)
    print(f"{target}  {image.shape[1]} × {image.shape[0]} px")
    return 0


def _edit_all(batch: Batch) -> int:
    """0, or 1 if some pictures could not be edited; each is named with its reason."""
    from studio.core.control import RunControl
    from studio.edits.batch import run_batch

    control, problems = RunControl(), 0
    try:
        for step in run_batch(batch, control):
            if step.problem:
                problems += 1
                print(f"studio: {step.problem}", file=sys.stderr)
            else:
                print(f"{step.done} of {step.total}  {step.target}", flush=True)
    except KeyboardInterrupt:
        control.cancel()
        raise
    return 1 if problems else 0


def _layers_named(steps: Iterable[EditStep]) -> Document:
    """The pictures that steps refer to: other layers in the window, files here."""
    from studio.codec.read import read_image

    names = {name for step in steps for name in step.references}
    layers = (Layer(Raster.from_image(read_image(Path(name))), id=name) for name in names)
    return Document(layers=tuple(layers))


def _all_steps(options: argparse.Namespace) -> list[EditStep]:
    """Those of the recipe, then those of the words."""
    from studio.project.edit_recipes import find_recipe

    recipe = list(find_recipe(options.recipe).steps) if options.recipe else []
    if recipe and not options.words:
        return recipe
    return [*recipe, *_steps(options.words or ())]


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
        raise StudioError("There is nothing to do.", "Name an operation with --op, or a --recipe.")
    # Fixed ids: a step's randomness comes from its id, and the same command makes the same file.
    return [EditStep(use, params, id=str(place)) for place, (use, params) in enumerate(uses)]


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise StudioError(f"“--set {text}” is no assignment.", "Write --set NAME=VALUE.")
    return name, value


VERB = Verb("edit", "apply edit operations, or a recipe of them, to pictures", _arguments, _run)
