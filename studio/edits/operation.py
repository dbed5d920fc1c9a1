"""What an edit operation is, and the registry of all of them.

An operation is one file in `studio.edits.ops`::

    @dataclass(frozen=True)
    class Posterize:
        levels: int = param(6, "Levels", 2, 32)

    @operation("posterize", "Posterize", "color", Posterize)
    def posterize(image: Image, params: Posterize, context: EditContext) -> Image:
        \"\"\"Reduce each channel to a few steps.\"\"\"

The docstring's first line is the tooltip.

An operation that works with **another layer's pixels** (colors to match, a style, a texture)
declares a parameter whose default is a `LayerRef`, and asks the context for them::

    source: LayerRef = param(LayerRef(), "Colors of")
    …
    other = context.picture(params.source)

`picture` gives that layer with its own edits, at the scale at hand; where none is chosen, or it is
gone, or refers back, the step is left out with a sentence. `studio.edits.render` renders it, keeps
what it looked like in the cache's key, and whoever shows the document paints again what depends on
a changed layer (`EditStep.references`). In JSON it is ``{"layer": id}``; on the command line it is
a picture's file name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.param_values import LayerRef
from studio.core.params import from_json, scaled, specs, to_json
from studio.core.registry import Registry
from studio.edits.parallel import cancelable
from studio.errors import StudioError

OperationGroup: TypeAlias = Literal["color", "filter", "restore", "geometry", "segment", "art"]
GROUPS: tuple[OperationGroup, ...] = get_args(OperationGroup)
Pictures: TypeAlias = Callable[[str], Image]


def _no_other_layers(_layer: str) -> Image:
    raise StudioError("There are no other layers here.")


class Placed(NamedTuple):
    """A picture whose top-left corner lies `x`, `y` px from that of the picture before the edit."""

    image: Image
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class EditContext:
    """What an operation may know beside image and params.

    `mask` is ``float32 [H, W, 1]``, the selection that the edit was added with (None: everywhere).
    `scale` is the size of the picture at hand relative to full size; params in px are already
    scaled. `rng` is the only source of randomness. Call `control.check()` in long loops; what is
    done in bands (`studio.edits.parallel`) does so by itself.
    `pictures` gives another layer's pixels by its id.
    """

    mask: Image | None = None
    scale: float = 1.0
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    control: RunControl = field(default_factory=RunControl)
    pictures: Pictures = _no_other_layers

    def picture(self, source: LayerRef) -> Image:
        """Another layer with its edits, at `scale`; its size and channels are its own.

        Raises:
            StudioError: none is chosen, it is not there, or it refers back to this one.
        """
        if not source.layer:
            raise StudioError("No other layer is chosen.", "Choose one in its settings.")
        return self.pictures(source.layer)


EditFunction: TypeAlias = Callable[[Image, Any, EditContext], "Image | Placed"]
StartFunction: TypeAlias = Callable[[int, int], dict[str, Any]]


@dataclass(frozen=True)
class EditOperation:
    """A registered edit: a pure function on *Image* (alpha is straight), and its params.

    `geometric` operations may change size and place, and return `Placed` where they do; they do
    not blend with a mask. What only `surrounds` the picture leaves each px of it where it is, and
    is no part of it where it is handled or masked. `fills_mask` operations use the mask themselves
    (inpainting); every other one works everywhere and `render` blends the result through the mask.
    `start` gives params for a picture of some width and height, where no fixed default fits all.
    `presets` are params by a name; what one leaves out keeps its default. What is decided
    px by px looks different on a smaller picture: the preview of a `fine` operation is the result
    at full size, shrunk. `words` are other names that people look for.
    """

    id: str
    title: str
    group: OperationGroup
    params_type: type[Any]
    function: EditFunction
    icon: str
    geometric: bool = False
    surrounds: bool = False
    fills_mask: bool = False
    start: StartFunction | None = None
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fine: bool = False
    words: str = ""

    @property
    def tooltip(self) -> str:
        return (inspect.getdoc(self.function) or self.title).splitlines()[0]

    def starting_params(self, width: int, height: int, other: str = "") -> dict[str, Any]:
        """JSON params for a step that is new on a picture of `width` by `height` px.

        `other` is the id of the layer to work with, for an operation that works with one.
        """
        params = to_json(self.params_type()) | (self.start(width, height) if self.start else {})
        layers = [spec.name for spec in specs(self.params_type) if spec.kind == "layer"]
        return params | {name: LayerRef(other).to_json() for name in layers}

    def __call__(self, image: Image, data: Mapping[str, Any], context: EditContext) -> Placed:
        """Apply the edit with JSON params given at full size.

        Raises:
            StudioError: params that the operation does not know or cannot accept.
            Cancelled: `context.control` asked for it.
        """
        params = scaled(from_json(self.params_type, data), context.scale)
        with cancelable(context.control):
            result = self.function(image, params, context)
        return result if isinstance(result, Placed) else Placed(result)


def operation(  # noqa: PLR0913  (a declaration)
    operation_id: str,
    title: str,
    group: OperationGroup,
    params_type: type[Any],
    *,
    icon: str = "",
    geometric: bool = False,
    surrounds: bool = False,
    fills_mask: bool = False,
    start: StartFunction | None = None,
    presets: Mapping[str, Mapping[str, Any]] = {},
    fine: bool = False,
    words: str = "",
) -> Callable[[EditFunction], EditOperation]:
    """Decorator that makes a function a registered `EditOperation`; the icon defaults to the id."""

    def register(function: EditFunction) -> EditOperation:
        return EditOperation(
            operation_id,
            title,
            group,
            params_type,
            function,
            icon or operation_id,
            geometric,
            surrounds,
            fills_mask,
            start,
            presets,
            fine,
            words,
        )

    return register


OPERATIONS: Registry[EditOperation] = Registry("studio.edits.ops", EditOperation, "edit")
