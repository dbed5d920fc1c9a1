"""What a network takes over from another of its kind, whose shape may differ.

Parts are matched by name, and levels are named after their octave: what was learned at one size
serves at the same size in a larger, smaller or wider network.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.engine.axes import Pixels, carried, known
from studio.engine.blocks import Conv, Linear
from studio.engine.modulation import ModulatedConv
from studio.engine.prompts import PromptEncoder

_Conv = Conv | ModulatedConv
_Layer = Linear | _Conv


@dataclass(frozen=True)
class Inheritance:
    """What was taken over of each layer, as a share of its weights, by the layer's name.

    Layers count alike: weights are so unevenly spread over them (nine of ten in the lowest levels)
    that the share of weights says little about what a network still knows.
    """

    shares: Mapping[str, float]

    @property
    def share(self) -> float:
        return sum(self.shares.values()) / len(self.shares)

    @property
    def fresh(self) -> tuple[str, ...]:
        """The layers of which something is new."""
        return tuple(name for name, share in self.shares.items() if share < 1.0)


@torch.no_grad()
def inherit(heir: nn.Module, ancestor: nn.Module) -> Inheritance:
    """Fill `heir` with what fits of `ancestor`; the rest stays as it is.

    An output that the ancestor has not begins silent: it adds nothing to the picture at first.
    """
    ancestors = dict(ancestor.named_modules())
    shares = {}
    for name, module in heir.named_modules():
        own = sum(weight.numel() for weight in module.parameters(recurse=False))
        before = ancestors.get(name)
        taken = 0 if before is None else _taken(module, before)
        if before is None and isinstance(module, _Conv) and isinstance(module.outputs, Pixels):
            module.weight.zero_()
        if own:
            shares[name] = taken / own
    return Inheritance(shares)


def _taken(heir: nn.Module, ancestor: nn.Module) -> int:
    """How many of the module's own weights, without those of its children, were taken over."""
    if isinstance(heir, _Layer) and isinstance(ancestor, _Layer) and not _wrapped(heir, ancestor):
        return _layer(heir, ancestor)
    if isinstance(heir, PromptEncoder) and isinstance(ancestor, PromptEncoder):
        return _table(heir, ancestor)
    return _equals(heir, ancestor)


def _wrapped(*layers: nn.Module) -> bool:
    """Whether the weight of one is computed from another, as spectral normalization does."""
    return any("weight" not in layer._parameters for layer in layers)  # noqa: SLF001


def _equals(heir: nn.Module, ancestor: nn.Module) -> int:
    """Weights and buffers of one name and shape."""
    theirs = dict(
        [*ancestor.named_parameters(recurse=False), *ancestor.named_buffers(recurse=False)]
    )
    for name, buffer in heir.named_buffers(recurse=False):
        if name in theirs and theirs[name].shape == buffer.shape:
            buffer.copy_(theirs[name])
    taken = 0
    for name, weight in heir.named_parameters(recurse=False):
        if name in theirs and theirs[name].shape == weight.shape:
            weight.copy_(theirs[name])
            taken += weight.numel()
    return taken


def _layer(heir: _Layer, ancestor: _Layer) -> int:
    outputs = heir.outputs.maps(ancestor.outputs)
    inputs = ancestor.inputs.maps(heir.inputs)  # what they read, from what we read
    if outputs is None or inputs is None:
        return 0
    weight = carried(ancestor.weight, 0, outputs)
    weight = carried(weight, 1, tuple(matrix.T for matrix in inputs))
    weight = _refitted(weight, heir.weight) * (ancestor.scale / heir.scale)
    rows = known(outputs)  # others keep their first weights
    columns = known(tuple(matrix.T for matrix in inputs))  # others are not listened to at first
    bias = carried(ancestor.bias, 0, outputs)
    heir.weight.copy_(
        torch.where(rows.view(-1, *[1] * (weight.dim() - 1)), weight, heir.weight.cpu())
    )
    heir.bias.copy_(torch.where(rows, bias, heir.bias.cpu()))
    return int(rows.sum()) * (int(columns.sum()) * math.prod(weight.shape[2:]) + 1)


def _refitted(weight: Tensor, like: Tensor) -> Tensor:
    """The kernel at the size of `like`: in the middle of a larger one, or the sum of its taps."""
    if weight.shape[2:] == like.shape[2:]:
        return weight
    if weight.shape[-1] > like.shape[-1]:
        return weight.sum(dim=(2, 3), keepdim=True).expand_as(like) / like[0, 0].numel()
    return functional.pad(weight, ((like.shape[-1] - weight.shape[-1]) // 2,) * 4)


def _table(heir: PromptEncoder, ancestor: PromptEncoder) -> int:
    """Rows of the same names; new names begin as the mean of all."""
    if heir.width != ancestor.width or (heir.pair is None) != (ancestor.pair is None):
        return 0
    places = {name.lower(): place for place, name in enumerate(ancestor.names)}
    rows = [places.get(name.lower()) for name in heir.names]
    mean = ancestor.table.mean(dim=0)
    for own, row in zip(heir.table, rows, strict=True):
        own.copy_(mean if row is None else ancestor.table[row])
    return sum(row is not None for row in rows) * heir.width
