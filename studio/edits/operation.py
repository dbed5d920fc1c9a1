"""What an edit operation is, and the registry of all of them.

An operation is one file in `studio.edits.ops`::

    @dataclass(frozen=True)
    class Posterize:
        levels: int = param(6, "Levels", 2, 32)

    @operation("posterize", "Posterize", "color", Posterize)
    def posterize(image: Image, params: Posterize, context: EditContext) -> Image:
        \"\"\"Reduce each channel to a few steps.\"\"\"

The docstring's first line is the tooltip.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.params import from_json, scaled, to_json
from studio.core.registry import Registry

OperationGroup: TypeAlias = Literal["geometry", "color", "filter", "restore", "art"]


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
    scaled. `rng` is the only source of randomness. Call `control.check()` in long loops.
    """

    mask: Image | None = None
    scale: float = 1.0
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    control: RunControl = field(default_factory=RunControl)


EditFunction: TypeAlias = Callable[[Image, Any, EditContext], "Image | Placed"]
StartFunction: TypeAlias = Callable[[int, int], dict[str, Any]]


@dataclass(frozen=True)
class EditOperation:
    """A registered edit: a pure function on *Image* (alpha is straight), and its params.

    `geometric` operations may change size and place, and return `Placed` where they do; they do
    not blend with a mask. `fills_mask` operations use the mask themselves (inpainting); every
    other one works everywhere and `render` blends the result through the mask. `start` gives
    params for a picture of some width and height, where no fixed default fits every picture.
    """

    id: str
    title: str
    group: OperationGroup
    params_type: type[Any]
    function: EditFunction
    icon: str
    geometric: bool = False
    fills_mask: bool = False
    start: StartFunction | None = None

    @property
    def tooltip(self) -> str:
        return (inspect.getdoc(self.function) or self.title).splitlines()[0]

    def starting_params(self, width: int, height: int) -> dict[str, Any]:
        """JSON params for a step that is new on a picture of `width` by `height` px."""
        if self.start is not None:
            return self.start(width, height)
        return to_json(self.params_type())

    def __call__(self, image: Image, data: Mapping[str, Any], context: EditContext) -> Placed:
        """Apply the edit with JSON params given at full size.

        Raises:
            StudioError: params that the operation does not know or cannot accept.
        """
        params = scaled(from_json(self.params_type, data), context.scale)
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
    fills_mask: bool = False,
    start: StartFunction | None = None,
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
            fills_mask,
            start,
        )

    return register


OPERATIONS: Registry[EditOperation] = Registry("studio.edits.ops", EditOperation, "edit")
