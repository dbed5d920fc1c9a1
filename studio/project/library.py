"""The models of this machine, shared by all projects and named by what they are.

Those that come with the studio are among them, read where they were installed.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.files import (
    atomic_write,
    sha256_of,
    spoken_name,
    told_as_studio_error,
    write_json_atomic,
)
from studio.errors import StudioError
from studio.paths import models_dir, starters_dir

SUFFIX = ".safetensors"
MAX_HEADER = 8 << 20  # bytes; a larger one takes seconds to parse and is no model of ours


@dataclass(frozen=True, slots=True)
class LibraryModel:
    """A model of the library. `header` is the text that its trainer put into the file.

    `added` is in seconds since the epoch; `shipped` if it comes with the studio.
    """

    path: Path
    sha256: str
    name: str
    added: float
    header: Mapping[str, str] = field(default_factory=dict)
    shipped: bool = False


def add_model(path: Path, name: str = "") -> str:
    """Copy a model file into the library, unless it is there; returns its sha256.

    `name` is for people; an empty one keeps the name that the library has.

    Raises:
        StudioError: not a model file, or the disk refused.
    """
    read_header(path)
    with told_as_studio_error(f"“{path.name}” could not be read"):
        sha256 = sha256_of(path)
    target = _path(sha256)
    with told_as_studio_error("The model library could not be written"):
        target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        with atomic_write(target) as temp:
            shutil.copyfile(path, temp)
            if sha256_of(temp) != sha256:
                raise StudioError(f"“{path.name}” changed while it was copied.", "Try again.")
    if name:
        write_json_atomic(target.with_suffix(".json"), {"name": name})
    return sha256


def find_model(sha256: str) -> Path | None:
    """The file of that hash; None where neither the library nor the studio has it."""
    if not sha256.isalnum():
        return None
    places = (_path(sha256), starters_dir() / f"{sha256}{SUFFIX}")
    return next((path for path in places if path.is_file()), None)


def is_shipped(path: Path) -> bool:
    """Whether a model file is one that comes with the studio: it is never changed nor removed."""
    return path.parent == starters_dir()


def list_models() -> tuple[LibraryModel, ...]:
    """The person's models, newest first, then those that come with the studio, by name.

    Damaged files are passed over.
    """
    own = sorted(_models_in(models_dir()), key=lambda model: model.added, reverse=True)
    known = {model.sha256 for model in own}
    shipped = (model for model in _models_in(starters_dir()) if model.sha256 not in known)
    return (*own, *sorted(shipped, key=lambda model: model.name))


def _models_in(folder: Path) -> Iterator[LibraryModel]:
    for path in folder.glob(f"*{SUFFIX}"):
        with contextlib.suppress(StudioError, OSError):
            header, added = read_header(path), path.stat().st_mtime
            shipped = is_shipped(path)
            yield LibraryModel(path, path.stem, name_of(path), added, header, shipped)


def read_header(path: Path) -> dict[str, str]:
    """The text in a safetensors header, without loading any weight.

    Format: 8 bytes of little-endian length, that much JSON, then the tensors without a gap.

    Raises:
        StudioError: not such a file, or cut off.
    """
    with told_as_studio_error(f"“{path.name}” could not be read"), path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        raw = file.read(length) if length <= MAX_HEADER else b""
        size = path.stat().st_size
    try:
        header = json.loads(raw)
        metadata = header.pop("__metadata__", {})
        end = max((int(tensor["data_offsets"][1]) for tensor in header.values()), default=0)
        texts = {str(key): str(value) for key, value in metadata.items()}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise StudioError(
            f"“{path.name}” is not a model file.", "Models end in .safetensors."
        ) from error
    if size != 8 + length + end:
        raise StudioError(f"The model “{path.name}” is cut off.", "Copy it again.")
    return texts


def _path(sha256: str) -> Path:
    return models_dir() / f"{sha256}{SUFFIX}"


def name_of(path: Path) -> str:
    """What the person calls a model of the library."""
    return spoken_name(path, f"Model {path.stem[:6]}")
