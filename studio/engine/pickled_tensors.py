"""Tensors that torch has put into a pickle, by what the pickle says of them."""

from __future__ import annotations

import io
import math
import sys
from typing import Any, NamedTuple

import torch
from torch import Tensor

from studio.engine.pickled import Call, Makers, finished, noted, read_pickle

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # of torch.save before its files were archives
_TYPES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "BoolStorage": torch.bool,
}
_STORAGE_NAMES = {
    f"{module}.{name}": dtype
    for module in ("torch", "torch.cuda")
    for name, dtype in _TYPES.items()
}
_TENSOR = "torch._utils._rebuild_tensor_v2"
_STORAGE = "torch.storage._load_from_bytes"
_MOST_DIMENSIONS = 8

MAKERS: Makers = {
    **noted(_TENSOR, _STORAGE),
    "torch._utils._rebuild_parameter": lambda arguments: arguments[0],
    "collections.OrderedDict": lambda _arguments: {},
}
"""What a pickle with tensors calls; `Tensors` makes them of the calls."""


class _Storage(NamedTuple):
    numbers: Tensor  # [numel]


class _Layout(NamedTuple):
    storage: Call
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def numel(self) -> int:
        return math.prod(self.size)


class Tensors:
    """Makes tensors of calls; those that share numbers in the file read them once.

    `limit` is how many numbers it makes in all: a few bytes can ask for any number of them.
    """

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._storages: dict[Call, _Storage] = {}

    def make(self, call: object) -> Tensor:
        """The tensor, ``float32`` and contiguous.

        Raises:
            ValueError: it is no tensor, or reaches beyond the numbers that it is made of.
        """
        layout = _layout_of(call)
        self._left -= layout.numel
        if self._left < 0:
            raise ValueError("it asks for more memory than any network needs")
        numbers = self._storage(layout.storage).numbers
        if layout.numel and _end(layout) > len(numbers):
            raise ValueError("a tensor reaches beyond its numbers")
        view = numbers.as_strided(layout.size, layout.stride, layout.offset)
        return view.to(torch.float32, memory_format=torch.contiguous_format, copy=True)

    def _storage(self, call: Call) -> _Storage:
        if call not in self._storages:
            (data,) = call.arguments
            if not isinstance(data, bytes):
                raise ValueError("a tensor has no numbers")
            self._storages[call] = _storage_in(data)
        return self._storages[call]


def size_of(call: object) -> tuple[int, ...] | None:
    """The sides of a tensor that is not made yet; None for what is none."""
    return _layout_of(call).size if isinstance(call, Call) and call.name == _TENSOR else None


def _layout_of(call: object) -> _Layout:
    if not isinstance(call, Call) or call.name != _TENSOR or len(call.arguments) < 4:
        raise ValueError("a tensor is missing")
    storage, offset, size, stride, *_rest = call.arguments
    if not isinstance(storage, Call) or storage.name != _STORAGE:
        raise ValueError("a tensor has no numbers")
    if not isinstance(size, tuple) or not isinstance(stride, tuple) or len(size) != len(stride):
        raise ValueError("a tensor has no shape")
    counts = (offset, *size, *stride)
    if len(size) > _MOST_DIMENSIONS or not all(_is_count(number) for number in counts):
        raise ValueError("a tensor has an impossible shape")
    return _Layout(storage, offset, size, stride)


def _is_count(number: object) -> bool:
    return type(number) is int and 0 <= number < 1 << 48


def _end(layout: _Layout) -> int:
    """One more than the last place of the storage that is read."""
    steps = zip(layout.size, layout.stride, strict=True)
    return layout.offset + sum((count - 1) * stride for count, stride in steps) + 1


def _storage_in(data: bytes) -> _Storage:
    """What `torch.save` wrote before version 1.6: five pickles, then the numbers."""
    file = io.BytesIO(data)
    magic, protocol, system = (_small(file, {}) for _ in range(3))
    if (magic, protocol) != (_MAGIC, _PROTOCOL) or system.get("little_endian") is not True:
        raise ValueError("a tensor is stored in an unknown way")
    kind, keys = _small(file, noted("persistent")), _small(file, {})
    dtype, key, numel = _described(kind)
    if keys != [key] or int.from_bytes(file.read(8), "little") != numel:
        raise ValueError("a tensor is stored in an unknown way")
    raw = file.read()
    if len(raw) != numel * dtype.itemsize or sys.byteorder != "little":
        raise ValueError("a tensor is cut off")
    if not numel:
        return _Storage(torch.empty(0, dtype=dtype))
    return _Storage(torch.frombuffer(bytearray(raw), dtype=dtype))


def _described(kind: Any) -> tuple[torch.dtype, str, int]:
    """Type, key and count of the numbers that a persistent id names."""
    (told,) = kind.arguments
    word, storage, key, _location, numel, view = told
    dtype = _STORAGE_NAMES.get(getattr(storage, "dotted", ""))
    if word != "storage" or dtype is None or view is not None or not _is_count(numel):
        raise ValueError("a tensor is stored in an unknown way")
    return dtype, key, numel


def _small(file: io.BytesIO, makers: Makers) -> Any:
    return finished(read_pickle(file, makers, _STORAGE_NAMES))
