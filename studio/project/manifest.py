"""A document as JSON and back: the part that the project file and an exported recipe share.

Pixels are not in it. Whoever writes passes a function from a raster to a JSON reference; whoever
reads passes the inverse. What is read may be damaged or made by somebody else, so every value is
converted and checked, and a layer that makes no sense is named instead of failing the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, get_args

from studio.core.document import (
    BlendMode,
    Document,
    EditStep,
    Group,
    Layer,
    Lock,
    Provenance,
    ProvenanceKind,
    SavedSelection,
    arranged,
    new_id,
)
from studio.core.fill import FilledRaster, fill_from_json, fill_to_json
from studio.core.guides import Guides
from studio.core.json_numbers import share, within
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.core.text import TextRaster, text_from_json, text_to_json

Json: TypeAlias = dict[str, Any]
RasterToJson: TypeAlias = Callable[[Raster], Json]
RasterFromJson: TypeAlias = Callable[[Mapping[str, Any]], Raster]

MAX_SIDE = 1 << 17  # px; a document or layer beyond this is a damaged number
MAX_DPI = 100_000.0
MAX_DEPTH = 50  # groups in groups
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)

_BLENDS = get_args(BlendMode)
_KINDS = get_args(ProvenanceKind)
_LOCKS = get_args(Lock)


def document_to_json(document: Document, raster: RasterToJson) -> Json:
    """All of the document but its explorer, which the project keeps beside it."""
    selection = document.selection
    return {
        "width": document.width,
        "height": document.height,
        "selection": None if selection is None else raster(selection),
        "saved_selections": [
            {"name": saved.name, "raster": raster(saved.raster)}
            for saved in document.saved_selections
        ],
        "guides": {"x": list(document.guides.x), "y": list(document.guides.y)},
        "dpi": document.dpi,
        "layers": [layer_to_json(layer, raster) for layer in document.layers],
    }


def document_from_json(
    data: Mapping[str, Any], raster: RasterFromJson
) -> tuple[Document, tuple[str, ...]]:
    """The inverse of `document_to_json`, and a sentence for each layer that had to be left out.

    Raises:
        One of `MALFORMED`: not a document.
    """
    layers: list[Layer] = []
    problems: list[str] = []
    for number, item in enumerate(data["layers"], 1):
        try:
            layers.append(layer_from_json(item, raster))
        except MALFORMED:
            problems.append(f"Layer {number} from the bottom is damaged and was left out.")
    selection = data.get("selection")
    tree = arranged(layers)
    _check_depth(tree)
    document = Document(
        width=side(data["width"]),
        height=side(data["height"]),
        layers=tree,
        selection=None if selection is None else raster(selection),
        guides=_guides_from_json(data.get("guides", {})),
        saved_selections=tuple(
            SavedSelection(str(saved["name"]), raster(saved["raster"]))
            for saved in data.get("saved_selections", ())
        ),
        dpi=within(data.get("dpi", Document().dpi), 1.0, MAX_DPI),
    )
    return document, tuple(problems)


def layer_to_json(layer: Layer, raster: RasterToJson) -> Json:
    return {
        "id": layer.id,
        "name": layer.name,
        **_pixels_to_json(layer, raster),
        "x": layer.x,
        "y": layer.y,
        "opacity": layer.opacity,
        "visible": layer.visible,
        "blend": layer.blend,
        "edits": [step_to_json(step, raster) for step in layer.edits],
        "provenance": _provenance_to_json(layer.provenance),
        "mask": None if layer.mask is None else raster(layer.mask),
        "mask_enabled": layer.mask_enabled,
        "clipped": layer.clipped,
        "locks": sorted(layer.locks),
        "group": layer.group,
    }


def layer_from_json(data: Mapping[str, Any], raster: RasterFromJson) -> Layer:
    mask = data.get("mask")
    return replace(
        _empty_layer(data, raster),
        name=str(data.get("name", "Layer")),
        x=int(data.get("x", 0)),
        y=int(data.get("y", 0)),
        opacity=share(data.get("opacity", 1.0)),
        visible=bool(data.get("visible", True)),
        blend=_one_of(_BLENDS, data.get("blend", "normal")),
        edits=tuple(step_from_json(step, raster) for step in data.get("edits", ())),
        provenance=_provenance_from_json(data.get("provenance", {})),
        mask=None if mask is None else raster(mask),
        mask_enabled=bool(data.get("mask_enabled", True)),
        clipped=bool(data.get("clipped", False)),
        locks=frozenset(_one_of(_LOCKS, lock) for lock in data.get("locks", ())),
        group=str(data.get("group", "")),
        id=str(data.get("id") or new_id()),
    )


def _check_depth(tree: Sequence[Layer]) -> None:
    depth: dict[str, int] = {"": 0}
    for layer in reversed(tree):
        depth[layer.id] = depth[layer.group] + 1
    if max(depth.values()) > MAX_DEPTH:
        raise ValueError("groups in groups without end")


def _pixels_to_json(layer: Layer, raster: RasterToJson) -> Json:
    """What a layer is made of: pixels, or of what size it is and what makes them."""
    size = [layer.raster.width, layer.raster.height]
    if isinstance(layer, Group):
        looks = {"pass_through": layer.pass_through, "collapsed": layer.collapsed}
        return {"members": looks, "size": size}
    if layer.fill is not None:
        return {"fill": fill_to_json(layer.fill), "size": size}
    if layer.text is not None:
        return {"raster": raster(layer.raster), "text": text_to_json(layer.text)}
    return {"raster": raster(layer.raster)}


def _empty_layer(data: Mapping[str, Any], raster: RasterFromJson) -> Layer:
    """A layer of the kind and with the pixels that `data` tells."""
    if "size" not in data:
        pixels = raster(data["raster"])
        text = data.get("text")
        return Layer(pixels if text is None else TextRaster(pixels, text_from_json(text)))
    width, height = (side(value) for value in data["size"])
    if "fill" in data:
        return Layer(FilledRaster(width, height, fill_from_json(data["fill"])))
    looks = data["members"]
    passing, collapsed = bool(looks["pass_through"]), bool(looks["collapsed"])
    return Group(Raster(width, height), pass_through=passing, collapsed=collapsed)


def step_to_json(step: EditStep, raster: RasterToJson) -> Json:
    return {
        "id": step.id,
        "operation": step.operation,
        "params": dict(step.params),
        "enabled": step.enabled,
        "mask": None if step.mask is None else raster(step.mask),
        "opacity": step.opacity,
    }


def step_from_json(data: Mapping[str, Any], raster: RasterFromJson) -> EditStep:
    mask = data.get("mask")
    return EditStep(
        operation=str(data["operation"]),
        params=dict(data.get("params", {})),
        enabled=bool(data.get("enabled", True)),
        mask=None if mask is None else raster(mask),
        opacity=share(data.get("opacity", 1.0)),
        id=str(data.get("id") or new_id()),
    )


def _provenance_to_json(provenance: Provenance) -> Json:
    point = provenance.point
    return {
        "kind": provenance.kind,
        "source": provenance.source,
        "model": provenance.model,
        "point": None if point is None else point.to_json(),
    }


def _provenance_from_json(data: Mapping[str, Any]) -> Provenance:
    point = data.get("point")
    return Provenance(
        kind=_one_of(_KINDS, data.get("kind", "painted")),
        source=str(data.get("source", "")),
        model=str(data.get("model", "")),
        point=None if point is None else LatentPoint.from_json(point),
    )


def _guides_from_json(data: Mapping[str, Any]) -> Guides:
    return Guides(tuple(map(_place, data.get("x", ()))), tuple(map(_place, data.get("y", ()))))


def _place(value: Any) -> float:
    return within(value, -MAX_SIDE, MAX_SIDE)


def side(value: Any) -> int:
    """A width or height in px.

    Raises:
        ValueError: not from 1 to `MAX_SIDE`.
    """
    number = int(value)
    if not 1 <= number <= MAX_SIDE:
        raise ValueError(f"not a side: {number}")
    return number


def _one_of(choices: tuple[Any, ...], value: Any) -> Any:
    if value not in choices:
        raise ValueError(f"not one of {choices}: {value}")
    return value
