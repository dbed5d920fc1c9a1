"""Files as NVIDIA's StyleGAN tools write them, with small random networks and no code in them."""

from __future__ import annotations

import pickle  # noqa: TID251  (what the studio must read without it)
import sys
import types
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Small:
    """A StyleGAN2 generator: ``lowest`` is the grid that its constant is for."""

    levels: int = 3
    base: int = 32
    most: int = 6
    width: int = 8
    depth: int = 2
    channels: int = 3
    classes: int = 0
    architecture: str = "skip"
    lowest: tuple[int, int] = (4, 4)
    clamp: float | None = 256
    attributes: Mapping[str, Any] = field(default_factory=dict)  # of the first convolution

    @property
    def sides(self) -> list[int]:
        return [4 << level for level in range(self.levels)]

    def wide(self, side: int) -> int:
        return min(self.base // side, self.most)


def stylegan2_tensors(small: Small, seed: int = 0) -> dict[str, Tensor]:
    """All parameters and buffers under NVIDIA's names; nothing is at its neutral value."""
    rng = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=rng)

    tensors: dict[str, Tensor] = {}
    if small.classes:
        tensors["mapping.embed.weight"] = normal(small.width, small.classes)
        tensors["mapping.embed.bias"] = normal(small.width)
    for place in range(small.depth):
        inputs = small.width * (2 if small.classes and place == 0 else 1)
        tensors[f"mapping.fc{place}.weight"] = normal(small.width, inputs) * 100
        tensors[f"mapping.fc{place}.bias"] = normal(small.width) * 10
    tensors["mapping.w_avg"] = normal(small.width)
    tensors["synthesis.b4.const"] = normal(small.wide(4), *small.lowest)
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
    kernel = torch.outer(taps, taps) / 64

    def styled(name: str, inputs: int, outputs: int, size: int) -> None:
        tensors[f"{name}.affine.weight"] = normal(inputs, small.width)
        tensors[f"{name}.affine.bias"] = 1 + normal(inputs) * 0.1
        tensors[f"{name}.weight"] = normal(outputs, inputs, size, size)
        tensors[f"{name}.bias"] = normal(outputs) * 0.1

    for side in small.sides:
        block, outputs = f"synthesis.b{side}", small.wide(side)
        grid = tuple(edge * side // 4 for edge in small.lowest)
        for conv in ("conv1",) if side == 4 else ("conv0", "conv1"):
            inputs = small.wide(side // 2) if conv == "conv0" else outputs
            styled(f"{block}.{conv}", inputs, outputs, 3)
            tensors[f"{block}.{conv}.noise_strength"] = normal()
            tensors[f"{block}.{conv}.noise_const"] = normal(*grid)
            tensors[f"{block}.{conv}.resample_filter"] = kernel.clone()
        tensors[f"{block}.resample_filter"] = kernel.clone()
        if small.architecture == "skip" or side == small.sides[-1]:
            styled(f"{block}.torgb", outputs, small.channels, 1)
        if small.architecture == "resnet" and side > 4:
            tensors[f"{block}.skip.weight"] = normal(outputs, small.wide(side // 2), 1, 1)
    return tensors


def write_stylegan2(
    path: Path,
    small: Small = Small(),
    protocol: int = 4,
    *,
    instead: Mapping[str, Any] | None = None,
    **entries: Any,
) -> dict[str, Tensor]:
    """Write a snapshot, whose `entries` may be others; returns the tensors of its G_ema.

    Some of those may be others, too: `instead`.
    """
    tensors = {**stylegan2_tensors(small), **(instead or {})}
    attributes = {
        "mapping.fc0": {"bias_gain": 0.01, "weight_gain": np.float64(0.01)},
        "synthesis.b4.conv1": {
            "conv_clamp": small.clamp,
            "activation": "lrelu",
            "act_gain": np.sqrt(2),
            **small.attributes,
        },
        **{f"synthesis.b{side}": {"architecture": small.architecture} for side in small.sides},
    }
    averaged = _network(tensors, attributes)
    snapshot = {
        "G": _network(stylegan2_tensors(small, seed=1), attributes),
        "D": None,
        "G_ema": averaged,
        "augment_pipe": None,
        "training_set_kwargs": EasyDict(path="/home/somebody/geese.zip", size=np.zeros(2)),
        **entries,
    }
    path.write_bytes(dumped(snapshot, protocol))
    return tensors


def write_network(
    path: Path, tensors: Mapping[str, Tensor], attributes: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write a snapshot of a generator alone."""
    path.write_bytes(dumped({"G_ema": _network(tensors, attributes)}))


def dumped(value: object, protocol: int = 4) -> bytes:
    """A pickle, as it would be written where NVIDIA's modules can be imported."""
    with _nvidia_modules(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch on its own old storages
        return pickle.dumps(value, protocol)


class EasyDict(dict):
    pass


EasyDict.__module__, EasyDict.__qualname__ = "dnnlib.util", "EasyDict"


def _reconstruct_persistent_obj(_meta: object) -> None:
    raise AssertionError("nothing of the file may ever be run")


_reconstruct_persistent_obj.__module__ = "torch_utils.persistence"


class Part:
    """A persistent object: its class is told by name only."""

    def __init__(self, kind: str, state: dict[str, Any]) -> None:
        self._meta = {
            "type": "class",
            "version": 6,
            "module_src": "",
            "class_name": kind,
            "state": state,
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return _reconstruct_persistent_obj, (self._meta,)


def _network(tensors: Mapping[str, Tensor], attributes: Mapping[str, Mapping[str, Any]]) -> Part:
    return _part("", "Generator", tensors, attributes)


def _part(
    path: str, kind: str, tensors: Mapping[str, Tensor], attributes: Mapping[str, Mapping[str, Any]]
) -> Part:
    own: dict[str, Tensor] = {}
    children: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        child, dot, rest = name.partition(".")
        if dot:
            children.setdefault(child, {})[rest] = tensor
        else:
            own[name] = tensor
    buffers = {"w_avg", "noise_const", "resample_filter", "magnitude_ema", "transform"}
    parameters = {n: torch.nn.Parameter(t) for n, t in own.items() if n not in buffers}
    parts = {
        child: _part(f"{path}.{child}".strip("."), "Layer", inner, attributes)
        for child, inner in children.items()
    }
    state = empty_state()
    state["_parameters"].update(parameters)
    state["_buffers"].update({n: t for n, t in own.items() if n in buffers})
    state["_modules"].update(parts)
    return Part(kind, {**state, **attributes.get(path, {})})


def empty_state() -> dict[str, Any]:
    """What torch keeps of a part without any tensors."""
    return {
        "training": False,
        "_parameters": OrderedDict(),
        "_buffers": OrderedDict(),
        "_non_persistent_buffers_set": set(),
        "_backward_hooks": OrderedDict(),
        "_modules": OrderedDict(),
        "_init_args": (),
        "_init_kwargs": EasyDict(),
    }


@contextmanager
def _nvidia_modules() -> Iterator[None]:
    persistence = types.ModuleType("torch_utils.persistence")
    persistence._reconstruct_persistent_obj = _reconstruct_persistent_obj
    util = types.ModuleType("dnnlib.util")
    util.EasyDict = EasyDict
    modules = {"torch_utils": types.ModuleType("torch_utils"), "dnnlib": types.ModuleType("dnnlib")}
    modules |= {"torch_utils.persistence": persistence, "dnnlib.util": util}
    sys.modules.update(modules)
    try:
        yield
    finally:  # these alone: others may be imported meanwhile
        for name in modules:
            del sys.modules[name]
