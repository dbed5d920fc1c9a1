"""An edit's parameters in a few figures: ``+12° · 1.10``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from studio.core.params import ParamSpec
from studio.ui.widgets.param_form import number_range

_PARTS = 2


def summary(specs: Sequence[ParamSpec], values: Mapping[str, Any]) -> str:
    """The first parameters that say much in little room; rare ones and colors are left out."""
    parts = []
    for spec in specs:
        value = values.get(spec.name, spec.default)
        if not spec.advanced and (text := _text(spec, value)):
            parts.append(text)
    return " · ".join(parts[:_PARTS])


def _text(spec: ParamSpec, value: Any) -> str:
    if spec.kind in ("int", "float"):
        limits = number_range(spec)
        return replace(limits, signed=limits.low < 0).text(limits.legal(value))
    if spec.kind == "choice":
        return str(value).replace("_", " ")
    if spec.kind == "bool":
        return spec.label.lower() if value else ""
    return ""
