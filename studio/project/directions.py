"""The sliders of a model: a file beside it in the library, so that every project has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.core.direction import Direction
from studio.core.files import read_json, told_as_studio_error, write_json_atomic
from studio.errors import StudioError
from studio.paths import models_dir


def directions_file(sha256: str) -> Path:
    return models_dir() / f"{sha256}.directions.json"


def read_directions(sha256: str) -> tuple[Direction, ...]:
    """What is known of a model; nothing where nothing was found yet, or the file is damaged."""
    try:
        data = read_json(directions_file(sha256))
        return tuple(Direction.from_json(item) for item in data["directions"])
    except (StudioError, KeyError, TypeError, ValueError):
        return ()


def write_directions(sha256: str, directions: Sequence[Direction]) -> None:
    """Keep these, in place of those that were kept.

    Raises:
        StudioError: the disk refused.
    """
    file = directions_file(sha256)
    with told_as_studio_error("The sliders of the model could not be kept"):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json_atomic(file, {"directions": [each.to_json() for each in directions]})
