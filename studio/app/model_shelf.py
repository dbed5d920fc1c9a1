"""What the window tells of the library's models, and what it may do to them. Runs in a lane."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFile, QRect, Qt
from PySide6.QtGui import QImage, QPainter

from studio.app.qimage import from_qimage
from studio.codec.write import write_image
from studio.core.files import sha256_of, told_as_studio_error
from studio.engine.api import MODEL_FILE, MODEL_KEY
from studio.errors import StudioError
from studio.project import library
from studio.project.directions import directions_file

_TILE = 64  # px of one of the four pictures of a thumbnail


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model in words and numbers for a person; `size` 0 and `family` "" where unknown.

    `shipped` ones come with the studio and stay. `family_id` and `config` are what a training that
    starts from it needs; from one `imported` from another program none can start.
    """

    sha256: str
    name: str
    path: Path
    added: float
    family: str = ""
    size: int = 0
    seconds: float = 0.0
    images: int = 0
    learned_from: str = ""
    thumbnail: Path | None = None
    family_id: str = ""
    shipped: bool = False
    imported: bool = False
    config: Mapping[str, Any] = field(default_factory=dict)


def all_models() -> tuple[ModelFacts, ...]:
    """Everything in the library, newest first."""
    return tuple(facts_of(model) for model in library.list_models())


def facts_of(model: library.LibraryModel) -> ModelFacts:
    """What the header of a model file says; one that says nothing has a name and a date."""
    picture = _thumbnail_file(model.path)
    header: dict[str, object] = {}
    with contextlib.suppress(KeyError, ValueError, TypeError):
        header = dict(json.loads(model.header[MODEL_KEY]))
    config = header.get("config")
    family = str(header.get("family_title", header.get("family", "")))
    return ModelFacts(
        model.sha256,
        model.name,
        model.path,
        model.added,
        family,
        int(_number(header, "size")),
        _number(header, "seconds"),
        int(_number(header, "images")),
        _origin(header),
        picture if picture.exists() else None,
        str(header.get("family", "")),
        model.shipped,
        "imported_from" in header,
        dict(config) if isinstance(config, dict) else {},
    )


def keep(model: Path, name: str, samples: Sequence[QImage] = ()) -> str:
    """Copy a model into the library, with a thumbnail of `samples`; returns its sha256.

    Raises:
        StudioError: not a model file, or the disk refused.
    """
    sha256 = library.add_model(model, name)
    kept = library.find_model(sha256)
    if kept is not None and samples:
        write_image(_thumbnail_file(kept), from_qimage(_mosaic(samples)))
    return sha256


def keep_made(make: Callable[[Path], None], name: str, samples: Sequence[QImage] = ()) -> str:
    """`keep` a model that `make` writes to the file it is given.

    Raises:
        StudioError: it was not made, or the disk refused.
    """
    with tempfile.TemporaryDirectory(prefix="model-") as temp:
        out = Path(temp) / MODEL_FILE
        make(out)
        return keep(out, name, samples)


def bring_home(runs: Path, wanted: Collection[str], name: str) -> tuple[str, ...]:
    """Copy the models that a project needs from its own runs, where the library lacks them.

    A project that comes from another machine brings its models along in its runs. Returns the
    sha256 of those that came.
    """
    missing = {sha256 for sha256 in wanted if sha256 and library.find_model(sha256) is None}
    if not missing:
        return ()
    found = {sha256_of(model): model for model in runs.glob(f"*/{MODEL_FILE}")}
    return tuple(keep(found[sha256], name) for sha256 in sorted(missing & found.keys()))


def rename(sha256: str, name: str) -> None:
    """Give a model of the library another name.

    Raises:
        StudioError: it is not there any more, it is not the person's, or the disk refused.
    """
    library.add_model(_own(sha256), name)


def remove(sha256: str) -> None:
    """Move a model to the system's trash; where there is none it is deleted.

    Raises:
        StudioError: it is not there any more, it is not the person's, or the disk refused.
    """
    path = _own(sha256)
    name = library.name_of(path)
    sliders = directions_file(sha256)
    for file in (path, path.with_suffix(".json"), sliders, _thumbnail_file(path)):
        move_to_trash(file)
        with told_as_studio_error(f"The model “{name}” could not be removed"):
            file.unlink(missing_ok=True)  # where the system has no trash


def move_to_trash(file: Path) -> None:
    """Ask the system; where it has no trash, the file stays."""
    QFile.moveToTrash(str(file))


def _own(sha256: str) -> Path:
    path = library.find_model(sha256)
    if path is None:
        raise StudioError("This model is not in the library any more.", "Refresh the list.")
    if library.is_shipped(path):
        raise StudioError(
            f"“{library.name_of(path)}” comes with the studio and stays as it is.",
            "Start a training from it, or blend it, to get one of your own.",
        )
    return path


def _thumbnail_file(model: Path) -> Path:
    return model.with_suffix(".png")


def _origin(header: Mapping[str, Any]) -> str:
    """What a model learned from; also how much a blend has of which moments, and any tuning."""
    unknown = "unknown pictures" if "imported_from" in header else ""
    told = [str(header.get("dataset_name", "")) or unknown]
    with contextlib.suppress(KeyError, TypeError, ValueError):
        parts = [
            f"{float(part['share']):.0%} of step {part['step']}" for part in header["blend_of"]
        ]
        told.append(f"a blend of {' and '.join(parts)}")
    with contextlib.suppress(KeyError, TypeError):
        origin = header["imported_from"]
        told.append(f"imported from a {origin['format']} file, “{origin['file']}”")
    with contextlib.suppress(KeyError, TypeError):
        told.append(f"tuned to a picture from step {header['tuned_from']['step']}")
    return "; ".join(told)


def _number(header: dict[str, object], name: str) -> float:
    value = header.get(name, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0


def _mosaic(samples: Sequence[QImage]) -> QImage:
    """Up to four pictures, two by two; a single one fills it."""
    columns = 1 if len(samples) < 4 else 2
    side = _TILE * 2 // columns
    image = QImage(_TILE * 2, _TILE * 2, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for place, sample in enumerate(samples[: columns**2]):
        row, column = divmod(place, columns)
        painter.drawImage(QRect(column * side, row * side, side, side), sample)
    painter.end()
    return image
