"""Networks as NVIDIA's tools keep them in pickles: parts with attributes, tensors, and parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from torch import Tensor

from studio.engine.pickled import Call
from studio.engine.pickled_tensors import Tensors, size_of

PERSISTENT = "torch_utils.persistence._reconstruct_persistent_obj"
_MOST_PARTS = 2_000  # of a generator; that of 1024 px has 80
_DEEPEST = 8  # parts within parts
_MOST_NUMBERS = 1 << 28  # of a generator; that of 1024 px has 30 million

Renames: TypeAlias = tuple[tuple[str, str], ...]


class Unfamiliar(Exception):  # noqa: N818  (a finding about the file)
    """A network of another kind than the studio knows; its text says which, after “holds”."""


class Network(NamedTuple):
    """All parts of a network by their dotted names, and its tensors by theirs, none made yet."""

    kind: str
    parts: Mapping[str, Mapping[str, Any]]
    tensors: Mapping[str, Call]

    @classmethod
    def of(cls, root: object) -> Network:
        """The network that a pickle has noted down.

        Raises:
            ValueError: it is none, or without end.
        """
        kind, _state = _opened(root)
        parts: dict[str, Mapping[str, Any]] = {}
        tensors: dict[str, Call] = {}
        for name, state in _parts(root, ""):
            parts[name] = state
            tensors.update(_tensors(name, state))
            if max(len(parts), len(tensors)) > _MOST_PARTS:
                raise ValueError("its network has no end")
        return cls(kind, parts, tensors)

    def told(self, part: str, name: str, default: Any = None) -> Any:
        """An attribute of a part; `default` where there is none."""
        return self.parts.get(part, {}).get(name, default)

    def size(self, tensor: str) -> tuple[int, ...]:
        """The sides of a tensor.

        Raises:
            Unfamiliar: there is none of that name.
        """
        size = size_of(self.tensors.get(tensor))
        if size is None:
            raise Unfamiliar(f"a network without “{tensor}”")
        return size

    def made(self, renames: Renames, dropped: tuple[str, ...] = ()) -> dict[str, Tensor]:
        """All tensors under new names, but for those whose names end in one of `dropped`.

        Raises:
            ValueError: one is damaged, or they are too many.
        """
        tensors = Tensors(_MOST_NUMBERS)
        kept = {n: call for n, call in self.tensors.items() if not n.endswith(dropped)}
        return {_renamed(name, renames): tensors.make(call) for name, call in kept.items()}


def _opened(part: object) -> tuple[str, Mapping[str, Any]]:
    """The class name and the attributes of a part."""
    if not isinstance(part, Call) or part.name != PERSISTENT:
        raise ValueError("a part of its network is missing")
    (meta,) = part.arguments
    kind, state = str(meta["class_name"]), meta["state"]
    if meta["type"] != "class" or not isinstance(state, dict):
        raise ValueError("a part of its network is no part")
    return kind, state


def _parts(part: object, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    _kind, state = _opened(part)
    yield name, state
    if name.count(".") >= _DEEPEST:
        raise ValueError("its network has no end")
    for child, inner in state["_modules"].items():
        if inner is not None:
            yield from _parts(inner, f"{name}.{child}" if name else str(child))


def _tensors(part: str, state: Mapping[str, Any]) -> Iterator[tuple[str, Call]]:
    for table in ("_parameters", "_buffers"):
        for name, call in state[table].items():
            if isinstance(call, Call):
                yield f"{part}.{name}" if part else str(name), call


def _renamed(name: str, renames: Renames) -> str:
    for theirs, ours in renames:
        new, found = re.subn(f"^{theirs}", ours, name)
        if found:
            return new
    return name
