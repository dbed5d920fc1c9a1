"""Convolutions whose gradient can be differentiated cheaply.

Torch finds the gradient of a convolution's gradient at the weights by a convolution with kernels as
large as the picture, which no library is made for. It is the gradient at the weights of an ordinary
convolution, seen from the right side (Karras et al. 2021, their `conv2d_gradfix`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class TwiceDifferentiable(TorchFunctionMode):
    """Inside, convolutions are such: for penalties on gradients. The values are the same.

    While a graph of the gradient is recorded, there is none at the weights: a penalty is on the
    gradient at its input.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        del types
        if func is functional.conv2d:
            return _convolved(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


def _convolved(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0
) -> Tensor:
    y: Tensor = _Convolution.apply(x, weight, stride, padding)
    return y if bias is None else y + bias[:, None, None]


class _Convolution(torch.autograd.Function):
    """``x [B, I, H, W]`` and ``weight [O, I, k, k]`` to ``[B, O, H', W']``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(x, weight)
        ctx.geometry = stride, padding
        return functional.conv2d(x, weight, None, stride, padding)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor | None) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        (slope,) = slopes
        if slope is None:
            return None, None, None, None
        if torch.is_grad_enabled():
            return _SlopeAtInput.apply(slope, x.detach(), weight, *ctx.geometry), None, None, None
        stride, padding = ctx.geometry
        return *_slopes(slope, x, weight, stride, padding, ctx.needs_input_grad[:2]), None, None


class _SlopeAtInput(torch.autograd.Function):
    """The gradient of a convolution at its input: linear in `slope` and in `weight`."""

    @staticmethod
    def forward(
        ctx: Any, slope: Tensor, x: Tensor, weight: Tensor, stride: int, padding: int
    ) -> Tensor:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(slope, weight)
        ctx.geometry = stride, padding
        at_input, _ = _slopes(slope, x, weight, stride, padding, (True, False))
        return cast("Tensor", at_input)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor | None) -> tuple[Tensor | None, ...]:
        slope, weight = ctx.saved_tensors
        (direction,) = slopes
        if direction is None:
            return None, None, None, None, None
        stride, padding = ctx.geometry
        at_slope = functional.conv2d(direction, weight, None, stride, padding)
        wanted = (False, ctx.needs_input_grad[2])
        _, at_weight = _slopes(slope, direction, weight, stride, padding, wanted)
        return at_slope, None, at_weight, None, None


def _slopes(
    slope: Tensor, x: Tensor, weight: Tensor, stride: int, padding: int, wanted: tuple[bool, bool]
) -> tuple[Tensor | None, Tensor | None]:
    """The gradients of a convolution at its input (of `x`, only the shape counts) and weights."""
    geometry = [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1
    at_input, at_weight, _ = torch.ops.aten.convolution_backward(
        slope, x, weight, None, *geometry, [*wanted, False]
    )
    return at_input, at_weight
