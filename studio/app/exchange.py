"""Pictures in and out of a document: files as layers, the flattened document as a file."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from studio.app import layered_file
from studio.app.engine_host import EngineHost
from studio.app.layer_rendering import render_document
from studio.codec.read import PICTURE_SUFFIXES, read_image, read_pixels8
from studio.codec.recipe import read_recipe
from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Group, Layer
from studio.core.explorer import ExplorerState
from studio.core.files import files_below
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.engine.api import Generator
from studio.errors import StudioError
from studio.project import library
from studio.project.recipe import document_recipe, recipe_document

log = logging.getLogger(__name__)

FIT_SHARE = 0.9  # of the canvas: a larger picture is reduced so that its edges can be seen
_NAMED = 3  # files that cannot be read


@dataclass(frozen=True, slots=True)
class Variation:
    """An exported picture, opened again; `complete` if every layer came back as it was."""

    name: str
    document: Document
    complete: bool


@dataclass(frozen=True, slots=True)
class SampleSet:
    """Pictures that come with the program, from ``resources/samples/<id>``."""

    id: str
    title: str
    sentence: str
    recipe: str
    folder: Path
    pictures: tuple[Path, ...]


def centered(layer: Layer, document: Document) -> Layer:
    """The layer in the middle of the canvas; one that is larger gets a scale edit to fit."""
    width, height = layer.raster.width, layer.raster.height
    x, y = (document.width - width) // 2, (document.height - height) // 2
    share = min(document.width / width, document.height / height)
    edits = layer.edits
    if share < 1.0:
        percent = max(1.0, round(share * FIT_SHARE * 100.0, 1))
        edits = (EditStep("scale", {"width": percent, "height": percent}), *edits)
    return replace(layer, x=x, y=y, edits=edits)


def centered_all(picture: Document, document: Document) -> tuple[Layer, ...]:
    """The layers of `picture` where they lie when it is laid on the middle of the canvas."""
    dx, dy = (document.width - picture.width) // 2, (document.height - picture.height) // 2
    return tuple(replace(layer, x=layer.x + dx, y=layer.y + dy) for layer in picture.layers)


def export_document(document: Document, file: Path, control: RunControl) -> None:
    """Flatten and write, with the recipe in the metadata; the suffix picks the format.

    Raises:
        StudioError: no such format, or the disk refused.
        Cancelled: `control` was cancelled; nothing was written.
    """
    write_image(file, render_document(document, control), document_recipe(document))


def read_variation(file: Path, host: EngineHost) -> Variation:
    """An exported picture as a document again.

    Generated layers are made again by their models. Where one cannot be (its model is not here or
    cannot be read, or its pixels were imported), the flattened picture stands in for all of them,
    and the explorer still goes to the first latent point.

    Raises:
        StudioError: not a picture, or one without a recipe.
    """
    recipe = read_recipe(file)
    if recipe is None:
        raise StudioError(
            f"“{file.name}” carries no recipe.", "Import it as a picture instead (File, Import)."
        )
    document = recipe_document(recipe)
    load = functools.cache(lambda model: host.get().load(model))
    layers = tuple(_regenerated(layer, load) for layer in document.layers)
    whole = tuple(layer for layer in layers if layer is not None)
    document = replace(document, explorer=_explorer_at(document))
    if len(whole) == len(layers):
        return Variation(file.stem, replace(document, layers=whole), complete=True)
    flat = Layer(Raster.from_image(read_image(file)), file.stem)
    return Variation(file.stem, replace(document, layers=(flat,)), complete=False)


def read_alive(file: Path, longest: int | None, host: EngineHost) -> Document:
    """A picture file as a document: made again from its recipe, or as `read_picture` reads it.

    Raises:
        StudioError: the file is not a readable picture.
    """
    with contextlib.suppress(StudioError):  # no recipe, or not all of it can be made here
        variation = read_variation(file, host)
        if variation.complete:
            return variation.document
    return layered_file.read_picture(file, longest)


def _regenerated(layer: Layer, load: Callable[[Path], Generator]) -> Layer | None:
    """The layer with its pixels back, or None where they cannot be made.

    A mask that was too detailed for a recipe comes back without px, which would hide everything.
    """
    if layer.mask is not None and layer.mask.nbytes == 0:
        return None
    if isinstance(layer, Group) or layer.fill is not None:
        return layer
    point = layer.provenance.point
    model = library.find_model(layer.provenance.model) if layer.provenance.model else None
    if point is None or model is None:
        return None
    try:
        image = load(model).sample([point])[0]
    except StudioError as error:
        log.info("The layer %s cannot be made again: %s", layer.name, error)
        return None
    return replace(layer, raster=Raster.from_image(image))


def _explorer_at(document: Document) -> ExplorerState:
    for layer in document.layers:
        if layer.provenance.point is not None:
            point = layer.provenance.point
            return ExplorerState(layer.provenance.model, point, point.truncation)
    return document.explorer


def told_point(file: Path) -> tuple[str, LatentPoint] | None:
    """The model (sha256) and the latent that a picture's recipe tells, if that model is here.

    Raises:
        StudioError: not a picture.
    """
    recipe = read_recipe(file)
    if recipe is None:
        return None
    with contextlib.suppress(StudioError):  # damaged, or of a newer version: a picture like others
        told = _explorer_at(recipe_document(recipe))
        if told.model and library.find_model(told.model) is not None:
            return told.model, told.point
    return None


def is_picture(file: Path) -> bool:
    """Whether it is called like a picture that can be read."""
    return file.suffix.lower() in PICTURE_SUFFIXES


def require_pictures(sources: Sequence[Path]) -> None:
    """Look for one readable picture in files and folders, before anything is made of them.

    Raises:
        StudioError: a source is not there, or nothing in them can be read.
    """
    for source in sources:
        if not source.exists():
            raise StudioError(f"There are no images at “{source}”.", "Give a folder of pictures.")
    wanted = (file for file in _files_in(sources) if is_picture(file) or file in sources)
    if any(map(_is_readable, wanted)):
        return
    names = [f"“{file.name}”" for file in islice(_files_in(sources), _NAMED + 1)]
    only = f"Only {', '.join(names[:_NAMED])}{' and more' if names[_NAMED:] else ''}. "
    raise StudioError(
        f"There are no pictures in {', '.join(f'“{source.name}”' for source in sources)} "
        "that can be read.",
        f"{only if names else ''}Choose a folder of pictures.",
    )


def _is_readable(file: Path) -> bool:
    try:
        read_pixels8(file)
    except StudioError:
        return False
    return True


def _files_in(sources: Sequence[Path]) -> Iterator[Path]:
    """Files in `sources`, and those in its folders that are not hidden."""
    for source in sources:
        if source.is_file():
            yield source
        yield from files_below(source)


def sample_sets(folder: Path) -> tuple[SampleSet, ...]:
    """The sample sets that ship in `folder`, by title."""
    found = (_sample_set(file) for file in sorted(folder.glob("*/set.json")))
    return tuple(sorted(found, key=lambda item: item.title))


def _sample_set(file: Path) -> SampleSet:
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    folder = file.parent
    return SampleSet(
        data["id"],
        data["title"],
        data["sentence"],
        data["recipe"],
        folder,
        tuple(filter(is_picture, _files_in([folder]))),
    )
