"""What may be dropped on the canvas."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QMimeData

from studio.core.latent import LatentPoint

LATENT_MIME = "application/x-studio-latent"  # JSON of a LatentPoint


def latent_mime(point: LatentPoint) -> QMimeData:
    """What a dragged picture of the explorer carries."""
    data = QMimeData()
    data.setData(LATENT_MIME, json.dumps(point.to_json()).encode())
    return data


def dropped_latent(data: QMimeData) -> LatentPoint | None:
    """The latent point that is dropped; None if it is something else, or damaged."""
    if not data.hasFormat(LATENT_MIME):
        return None
    try:
        return LatentPoint.from_json(json.loads(bytes(data.data(LATENT_MIME).data())))
    except (KeyError, TypeError, ValueError):
        return None


def dropped_files(data: QMimeData) -> list[Path]:
    """Local files and folders that are dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
