"""What an importer is: one file in `studio.engine.importers` for each format of other programs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from studio.core.control import RunControl
from studio.core.files import sha256_of
from studio.core.params import to_json
from studio.core.registry import Registry
from studio.engine.api import Importing
from studio.engine.checkpoint import MAX_SIZE, check_against, check_shape, save_model
from studio.engine.family import ARCHITECTURES, Architecture, Shape
from studio.engine.pickled import finished
from studio.errors import StudioError

READING = 0.7  # share of an import that is reading


@dataclass(frozen=True)
class Foreign:
    """A model of another program, in the studio's words; `weights` makes its tensors.

    `title` is what a person calls its kind; `learned_from` and `images` (that training saw) are
    what can be guessed, if anything.
    """

    title: str
    architecture: str
    config: Any
    shape: Shape
    latent_dim: int
    weights: Callable[[], Mapping[str, Tensor]]
    learned_from: str = ""
    images: int = 0


@dataclass(frozen=True)
class Importer:
    """Reads files that end in `suffix`, without running anything of them.

    `read` tells up to a share of `READING`. It raises `Cancelled`, and `StudioError` if the file is
    damaged, of another kind, or not to be trusted; says what to do.
    """

    id: str
    suffix: str
    read: Callable[[Path, RunControl], Generator[Importing, None, Foreign]]


IMPORTERS: Registry[Importer] = Registry("studio.engine.importers", Importer, "importer")


def importer_of(file: Path) -> Importer:
    """The importer for a file, by its suffix.

    Raises:
        StudioError: there is none.
    """
    for importer in IMPORTERS:
        if file.suffix.lower() == importer.suffix:
            return importer
    known = ", ".join(sorted({importer.suffix for importer in IMPORTERS}))
    raise StudioError(f"“{file.name}” is no model that can be imported.", f"Those end in {known}.")


def import_model(file: Path, out: Path, control: RunControl) -> Iterator[Importing]:
    """Write the model of another program's `file` to `out` as the studio has them.

    Raises:
        Cancelled: `control` was cancelled; nothing is written.
        StudioError: it cannot be read, is not to be trusted, or the disk refused.
    """
    foreign = yield from importer_of(file).read(file, control)
    yield Importing(READING)
    control.check()
    check_shape(file, foreign.shape)
    weights = foreign.weights()
    architecture = ARCHITECTURES[foreign.architecture]
    model = architecture.build(foreign.config, foreign.shape, torch.Generator())
    check_against(file, model.state_dict(), weights)
    model.load_state_dict(weights)
    control.check()
    save_model(out, model, nn.ModuleDict(), _header(file, foreign, architecture))
    yield Importing(1.0)


def _header(file: Path, foreign: Foreign, architecture: Architecture[Any]) -> dict[str, Any]:
    shape = foreign.shape
    origin = {"format": foreign.title, "file": file.name, "sha256": sha256_of(file)}
    return {
        "family": architecture.id,
        "family_title": foreign.title,
        "config": to_json(foreign.config),
        "size": min(max(shape.size), MAX_SIZE),
        "height": shape.height,
        "width": shape.width,
        "channels": shape.channels,
        "classes": shape.classes,
        "words": shape.words,
        "latent_dim": foreign.latent_dim,
        "step": 0,
        "images": foreign.images,
        "seconds": 0.0,
        "dataset_name": foreign.learned_from,
        "dataset_fingerprint": "",
        "imported_from": origin,
    }


def describe(file: Path) -> dict[str, Any]:
    """What another program's model file says of itself, as JSON data.

    Raises:
        StudioError: it cannot be read, or is not to be trusted.
    """
    foreign = finished(importer_of(file).read(file, RunControl()))
    return _header(file, foreign, ARCHITECTURES[foreign.architecture])
