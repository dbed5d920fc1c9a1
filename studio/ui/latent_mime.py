"""A latent point on its way from one widget to another."""

from __future__ import annotations

import json

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDropEvent

from studio.core.latent import LatentPoint

LATENT_MIME = "application/x-studio-latent"  # JSON of a LatentPoint


def mime_of(point: LatentPoint) -> QMimeData:
    """What a dragged picture of the explorer carries."""
    mime = QMimeData()
    mime.setData(LATENT_MIME, json.dumps(point.to_json()).encode())
    return mime


def take_latent(event: QDropEvent) -> LatentPoint | None:
    """The latent point that comes over a widget or is dropped there, which is then accepted."""
    point = dropped_latent(event.mimeData())
    if point is not None:
        event.acceptProposedAction()
    return point


def dropped_latent(mime: QMimeData) -> LatentPoint | None:
    """The latent point that is dropped; None if it is something else, or damaged."""
    if not mime.hasFormat(LATENT_MIME):
        return None
    try:
        return LatentPoint.from_json(json.loads(bytes(mime.data(LATENT_MIME).data())))
    except (KeyError, TypeError, ValueError):
        return None
