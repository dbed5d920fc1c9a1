"""Maps of models, kept with a project: making one takes seconds, reading it nothing.

::

    atlas/<the first 16 digits of the model's sha256>.npz    the arrays of a `LatentMap`
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

from studio.core.atlas import LatentMap
from studio.core.files import write_bytes_atomic

ATLAS = "atlas"


class AtlasFiles:
    """Maps by their models. What is missing or damaged is simply made again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, model: str) -> LatentMap | None:
        """The map of a model (sha256), if it was kept."""
        try:
            with (
                self._file(model).open("rb") as file,
                np.load(file, allow_pickle=False) as arrays,
            ):
                return LatentMap.of_arrays(arrays)
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            return None

    def keep(self, model: str, found: LatentMap) -> None:
        """Raises: StudioError: the disk refused."""
        data = io.BytesIO()
        np.savez(data, allow_pickle=False, **found.arrays())
        self._folder.mkdir(parents=True, exist_ok=True)
        write_bytes_atomic(self._file(model), data.getvalue())

    def _file(self, model: str) -> Path:
        return self._folder / f"{model[:16]}.npz"
