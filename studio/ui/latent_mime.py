"""A latent point on its way from one widget to another."""

from __future__ import annotations

import json

from PySide6.QtCore import QMimeData

from studio.core.latent import LatentPoint

LATENT_MIME = "application/x-studio-latent"  # JSON of a LatentPoint


def mime_of(point: LatentPoint) -> QMimeData:
    """What a dragged picture of the explorer carries."""
    mime = QMimeData()
    mime.setData(LATENT_MIME, json.dumps(point.to_json()).encode())
    return mime


def dropped_latent(mime: QMimeData) -> LatentPoint | None:
    """The latent point that is dropped; None if it is something else, or damaged."""
    if not mime.hasFormat(LATENT_MIME):
        return None
    try:
        return LatentPoint.from_json(json.loads(bytes(mime.data(LATENT_MIME).data())))
    except (KeyError, TypeError, ValueError):
        return None
