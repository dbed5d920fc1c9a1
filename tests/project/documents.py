"""Documents of every kind, for tests of storage."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from studio.core.document import (
    Document,
    EditStep,
    Group,
    Layer,
    Provenance,
    SavedSelection,
    arranged,
)
from studio.core.fill import FilledRaster, GradientFill, SolidFill
from studio.core.guides import Guides
from studio.core.latent import Anchor, LatentPoint
from studio.core.raster import Raster

SHA = "ab" * 32


def raster8(seed: int = 0, width: int = 40, height: int = 30, channels: int = 4) -> Raster:
    rng = np.random.default_rng(seed)
    return Raster.from_pixels8(rng.integers(0, 256, (height, width, channels), np.uint8))


def raster32(seed: int = 0, width: int = 40, height: int = 30, channels: int = 3) -> Raster:
    rng = np.random.default_rng(seed)
    return Raster.from_image(rng.random((height, width, channels), np.float32))


def rich_document() -> Document:
    """One of everything: 8-bit and float pixels, masked edits, a generated layer, a selection."""
    point = LatentPoint((Anchor(seed=7), Anchor(vector=(0.1, -1.5), space="w")), (0.3, 0.7), 0.8, 5)
    steps = (
        EditStep("gaussian_blur", {"sigma": 2.5}, mask=raster32(1, channels=1)),
        EditStep("levels", {"color": [0.1, 0.2, 0.3]}, enabled=False),
        EditStep("match_histogram", {"source": {"layer": "other"}}, opacity=0.25),
    )
    return Document(
        320,
        200,
        (
            Layer(raster8(), "Grund 底", -5, 7, 0.25, False, "multiply", steps),
            Layer(raster32(2), "made", provenance=Provenance("generated", "geese", SHA, point)),
            Layer(raster8(3, channels=1), "photo", provenance=Provenance("imported", "me.jpg")),
            Layer(FilledRaster(320, 200, GradientFill(shape="radial")), "sky", group="g"),
            Layer(raster8(8), "upon it", clipped=True, locks=frozenset({"alpha"}), group="g"),
            Group(
                Raster(320, 200),
                "both",
                mask=raster8(6, 320, 200, 1),
                mask_enabled=False,
                pass_through=False,
                collapsed=True,
                id="g",
            ),
        ),
        dpi=72.5,
        selection=raster8(4, 320, 200, 1),
        guides=Guides((10.0, 80.5), (-4.0,)),
        saved_selections=(SavedSelection("sky", raster8(5, 320, 200, 1)),),
    )


def same(first: Document, second: Document) -> bool:
    """Equal to the bit; rasters are compared by their pixels."""
    return _plain(first) == _plain(second)


def _plain(document: Document) -> object:
    layers = [
        (
            *(layer.id, layer.name, layer.x, layer.y, layer.opacity, layer.visible, layer.blend),
            *(layer.provenance, layer.mask_enabled, layer.clipped, layer.locks, layer.group),
            layer.fill,
            (layer.pass_through, layer.collapsed) if isinstance(layer, Group) else None,
            _pixels(layer.raster),
            _pixels(layer.mask),
            [
                (
                    step.id,
                    step.operation,
                    dict(step.params),
                    step.enabled,
                    step.opacity,
                    _pixels(step.mask),
                )
                for step in layer.edits
            ],
        )
        for layer in document.layers
    ]
    kept = [(saved.name, _pixels(saved.raster)) for saved in document.saved_selections]
    size = document.width, document.height
    return *size, document.dpi, _pixels(document.selection), document.guides, kept, layers


def _pixels(raster: Raster | None) -> object:
    if raster is None:
        return None
    size = (raster.width, raster.height, raster.channels, raster.is_8bit)
    return (*size, raster.read().tobytes())


# --- Strategies ---

finite = st.floats(-1e6, 1e6, allow_subnormal=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | finite | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
points = st.builds(
    lambda anchors, truncation, noise: LatentPoint(
        tuple(anchors), (1.0 / len(anchors),) * len(anchors), truncation, noise
    ),
    st.lists(
        st.builds(Anchor, seed=st.integers(0, 2**32 - 1))
        | st.builds(
            Anchor,
            vector=st.lists(finite, min_size=1, max_size=4).map(tuple),
            space=st.sampled_from(["z", "w"]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.floats(0, 1),
    st.integers(0, 2**31),
)
rasters = st.builds(
    lambda make, *args: make(*args),
    st.sampled_from([raster8, raster32]),
    st.integers(0, 99),
    st.integers(1, 20),
    st.integers(1, 20),
    st.sampled_from([1, 3, 4]),
)
steps = st.builds(
    EditStep,
    operation=st.text(min_size=1),
    params=st.dictionaries(st.text(), json_values, max_size=3),
    enabled=st.booleans(),
    mask=st.none() | rasters,
)
provenances = st.builds(
    Provenance,
    kind=st.sampled_from(["imported", "painted", "generated"]),
    source=st.text(),
    model=st.sampled_from(["", SHA]),
    point=st.none() | points,
)
fills = st.builds(SolidFill, st.tuples(*[st.floats(0, 1)] * 4)) | st.builds(
    GradientFill, shape=st.sampled_from(["linear", "radial"])
)
looks = {
    "name": st.text(),
    "x": st.integers(-9999, 9999),
    "y": st.integers(-9999, 9999),
    "opacity": st.floats(0, 1),
    "visible": st.booleans(),
    "blend": st.sampled_from(["normal", "multiply", "color"]),
    "edits": st.lists(steps, max_size=2).map(tuple),
    "provenance": provenances,
    "mask": st.none() | rasters,
    "mask_enabled": st.booleans(),
    "clipped": st.booleans(),
    "locks": st.frozensets(st.sampled_from(["position", "alpha", "all"])),
    "group": st.sampled_from(["", "g", "h"]),
}
filled = st.builds(FilledRaster, st.integers(1, 99), st.integers(1, 99), fills)
layers = st.builds(Layer, raster=rasters | filled, **looks)
groups = st.builds(
    Group,
    raster=st.just(Raster(9, 9)),
    id=st.sampled_from(["g", "h"]),
    pass_through=st.booleans(),
    collapsed=st.booleans(),
    **looks,
)
trees = st.builds(
    lambda *parts: arranged([layer for part in parts for layer in part]),
    st.lists(layers, max_size=3),
    st.lists(groups, max_size=2, unique_by=lambda group: group.id),
)
documents = st.builds(
    Document,
    width=st.integers(1, 5000),
    height=st.integers(1, 5000),
    layers=trees,
    dpi=st.floats(1, 1000),
    selection=st.none() | rasters,
)
