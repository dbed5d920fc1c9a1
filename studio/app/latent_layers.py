"""From a latent point to a layer of the document: pure functions."""

from __future__ import annotations

from dataclasses import replace

from studio.app.layer_transform import most_percent
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Layer, Provenance
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.engine.api import Generator, ModelCard

PLACED_SHARE = 0.5  # of the canvas's shorter side: big enough to see, small enough to arrange


def made_layer(image: Image, card: ModelCard, point: LatentPoint) -> Layer:
    """A layer at the origin, as large as the model makes it."""
    return Layer(Raster.from_image(image), _name(point), provenance=_provenance(card, point))


def placed_layer(
    document: Document,
    image: Image,
    card: ModelCard,
    point: LatentPoint,
    center: tuple[float, float] | None = None,
) -> Layer:
    """A layer about half as large as the canvas, enlarged by an edit and so without loss.

    `center` is in document px; without one it is the middle of the canvas.
    """
    middle_x, middle_y = center or (document.width / 2, document.height / 2)
    side = min(document.width, document.height) * PLACED_SHARE
    height, width = image.shape[:2]
    percent = min(most_percent(), round(side / max(height, width)) * 100.0)
    enlarge = EditStep("scale", {"width": percent, "height": percent})
    return replace(
        made_layer(image, card, point),
        x=round(middle_x - width / 2),
        y=round(middle_y - height / 2),
        edits=(enlarge,) if percent > 100.0 else (),
    )


def steered(layer: Layer, image: Image, card: ModelCard, point: LatentPoint) -> Layer:
    """The layer with other pixels; its edits stay, and so does a name that a person gave."""
    old = layer.provenance.point
    ours = old is not None and layer.name == _name(old)
    return replace(
        layer,
        raster=Raster.from_image(image),
        name=_name(point) if ours else layer.name,
        provenance=_provenance(card, point),
    )


def nearest_point(
    generator: Generator, picture: Image, control: RunControl, known: Image | None = None
) -> LatentPoint:
    """The point whose picture comes nearest to another one, where that is `known`.

    Raises:
        Cancelled: `control` asked for it.
    """
    search = generator.invert(picture, control, known)
    *_, last = (near.point for near in search if near.point is not None)
    return last


def _name(point: LatentPoint) -> str:
    name = point.describe()
    return name[:1].upper() + name[1:]


def _provenance(card: ModelCard, point: LatentPoint) -> Provenance:
    return Provenance("generated", card.dataset_name or card.family, card.sha256, point)
