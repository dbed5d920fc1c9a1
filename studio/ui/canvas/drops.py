"""What may be dropped on the canvas beside latent points."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData


def dropped_files(data: QMimeData) -> list[Path]:
    """Local files and folders that are dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
