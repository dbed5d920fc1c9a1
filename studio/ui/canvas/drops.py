"""What may be dropped on the canvas beside latent points."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

from studio.ui.latent_mime import LATENT_MIME


def dropped_files(data: QMimeData) -> list[Path]:
    """Local files and folders that are dropped; a picture of the explorer is none of them."""
    if data.hasFormat(LATENT_MIME):
        return []
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
