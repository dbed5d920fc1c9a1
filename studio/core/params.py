"""Everything adjustable is declared once: a dataclass field made with `param`.

Form, command-line value, JSON, tooltip, preview scaling and contract test come from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias, TypeVar

from studio.core.param_values import Curve, Gradient, LayerRef, Palette, read_color
from studio.errors import StudioError

ParamKind: TypeAlias = Literal[
    "float", "int", "bool", "choice", "color", "curve", "gradient", "palette", "layer"
]
P = TypeVar("P")

_KEY = "studio.param"


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """What is known of one adjustable value.

    `unit` ``"px"`` marks lengths in pixels: they are rescaled for previews. `low`/`high` are hard
    limits; `soft_high` is where a slider ends when larger values are legal but rare. `formerly` is
    what files stand for that are older than the parameter, where that is not the default.
    """

    name: str
    kind: ParamKind
    default: Any
    label: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""
    soft_high: float | None = None
    advanced: bool = False
    formerly: Any = None

    def coerce(self, value: Any) -> Any:
        """`value` (JSON, command-line text or Python) as a legal value of this parameter.

        Raises:
            StudioError: wrong type, out of range, or not one of the choices.
        """
        try:
            return _COERCE[self.kind](self, value)
        except (TypeError, ValueError, KeyError):
            raise self._refused(value) from None

    def _refused(self, value: Any) -> StudioError:
        return StudioError(f"“{value}” is no {self.label.lower()} ({self.name}).", self._wanted())

    def _wanted(self) -> str:
        if self.kind == "choice":
            return f"Choose one of: {', '.join(self.choices)}."
        if self.kind in _WANTED:
            return _WANTED[self.kind]
        number = "a whole number" if self.kind == "int" else "a number"
        low, high = self.low, self.high
        if low is not None and high is not None:
            return f"Give {number} from {low:g} to {high:g}."
        if low is not None:
            return f"Give {number} of at least {low:g}."
        return f"Give {number}."


def param(  # noqa: PLR0913  (a declaration: every argument is a keyword the reader sees)
    default: Any,
    label: str,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    unit: str = "",
    *,
    choices: Sequence[str] = (),
    help: str = "",  # noqa: A002  (the field's standard word)
    soft_high: float | None = None,
    advanced: bool = False,
    formerly: Any = None,
) -> Any:
    """Declare an adjustable dataclass field; its kind follows from the default.

    ``bool``, ``int``, ``float``, ``str`` (with `choices`), or one of `studio.core.param_values`:
    a color, curve, gradient, palette or another layer.
    """
    spec = ParamSpec(
        name="",
        kind=_kind_of(default),
        default=default,
        label=label,
        low=low,
        high=high,
        step=step,
        unit=unit,
        choices=tuple(choices),
        help=help,
        soft_high=soft_high,
        advanced=advanced,
        formerly=formerly,
    )
    return field(default=default, metadata={_KEY: spec})


def redeclared(owner: type[Any], name: str, default: Any, **changes: Any) -> Any:
    """The parameter `name` of a base class with another default, and what else differs."""
    (spec,) = (spec for spec in specs(owner) if spec.name == name)
    return field(default=default, metadata={_KEY: replace(spec, default=default, **changes)})


def specs(params_type: type[Any]) -> tuple[ParamSpec, ...]:
    """The parameters of a dataclass, in the order of declaration."""
    return tuple(
        replace(item.metadata[_KEY], name=item.name)
        for item in fields(params_type)
        if _KEY in item.metadata
    )


def to_json(params: Any) -> dict[str, Any]:
    """All parameters of an instance as plain JSON data."""
    return {spec.name: plain(getattr(params, spec.name)) for spec in specs(type(params))}


def plain(value: Any) -> Any:
    """A parameter's value as JSON data."""
    if isinstance(value, Curve | Gradient | Palette | LayerRef):
        return value.to_json()
    return list(value) if isinstance(value, tuple) else value


def from_json(params_type: type[P], data: Mapping[str, Any]) -> P:
    """An instance from plain data or command-line text; what is missing keeps its default.

    Raises:
        StudioError: an unknown name, or a value that is not legal.
    """
    known = {spec.name: spec for spec in specs(params_type)}
    for name in data:
        if name not in known:
            raise StudioError(
                f"There is no parameter named “{name}”.",
                f"There are: {', '.join(known) or 'none'}.",
            )
    return params_type(**{name: known[name].coerce(value) for name, value in data.items()})


def completed(params_type: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as a file has them, with those that the file is older than."""
    older = {s.name: s.formerly for s in specs(params_type) if s.formerly is not None}
    return {**older, **data}


def scaled(params: P, scale: float) -> P:
    """The same parameters for a picture `scale` times as large: lengths in px are multiplied."""
    changes: dict[str, Any] = {}
    for spec in specs(type(params)):
        if spec.unit == "px":
            value = getattr(params, spec.name) * scale
            changes[spec.name] = round(value) if spec.kind == "int" else value
    return replace(params, **changes) if changes else params  # type: ignore[type-var]


def _kind_of(default: Any) -> ParamKind:
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, int):
        return "int"
    if isinstance(default, float):
        return "float"
    if isinstance(default, str):
        return "choice"
    if isinstance(default, tuple) and len(default) == 3:
        return "color"
    if type(default) in _KINDS:
        return _KINDS[type(default)]
    raise TypeError(f"no parameter kind for a default of type {type(default).__name__}")


def _in_range(spec: ParamSpec, value: float) -> None:
    if not math.isfinite(value):
        raise ValueError
    if (spec.low is not None and value < spec.low) or (spec.high is not None and value > spec.high):
        raise ValueError


def _float(spec: ParamSpec, value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    number = float(value)
    _in_range(spec, number)
    return number


def _int(spec: ParamSpec, value: Any) -> int:
    number = _float(spec, value)
    if number != int(number):
        raise ValueError
    return int(number)


def _bool(_spec: ParamSpec, value: Any) -> bool:
    word = str(value).lower()
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise ValueError


def _choice(spec: ParamSpec, value: Any) -> str:
    if value not in spec.choices:
        raise ValueError
    return str(value)


_KINDS: dict[type[Any], ParamKind] = {
    Curve: "curve",
    Gradient: "gradient",
    Palette: "palette",
    LayerRef: "layer",
}
_COERCE: dict[ParamKind, Callable[[ParamSpec, Any], Any]] = {
    "float": _float,
    "int": _int,
    "bool": _bool,
    "choice": _choice,
    "color": lambda _spec, value: read_color(value),
    "curve": lambda _spec, value: Curve.read(value),
    "gradient": lambda _spec, value: Gradient.read(value),
    "palette": lambda _spec, value: Palette.read(value),
    "layer": lambda _spec, value: LayerRef.read(value),
}
_WANTED = {
    "bool": "Give true or false.",
    "color": "Give a color as #rrggbb or three numbers from 0 to 1.",
    "curve": "Give points from left to right, as 0,0;0.5,0.6;1,1.",
    "gradient": "Give colors from left to right, as 0:#000000;1:#ffffff.",
    "palette": "Give colors, as #102030;#ffffff.",
    "layer": "Name a layer, or on the command line a picture file.",
}
