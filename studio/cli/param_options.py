"""Declared parameters as options of a verb."""

from __future__ import annotations

import argparse
from typing import TypeVar

from studio.core.params import from_json, specs

P = TypeVar("P")


def add_param_options(parser: argparse.ArgumentParser, params_type: type[P]) -> None:
    """One option for each parameter; what is not given keeps its default."""
    for spec in specs(params_type):
        name, told = f"--{spec.name.replace('_', '-')}", spec.help.rstrip(".").lower()
        if spec.kind == "bool":
            parser.add_argument(name, action="store_true", default=spec.default, help=told)
        elif spec.kind == "choice":
            parser.add_argument(name, choices=spec.choices, default=spec.default, help=told)
        else:
            span = f"{spec.low:g} to {spec.high:g}, {spec.default:g} unless told"
            parser.add_argument(name, default=spec.default, help=f"{told} ({span})".strip())


def given_params(options: argparse.Namespace, params_type: type[P]) -> P:
    """The parameters that the options describe.

    Raises:
        StudioError: a value that is not legal.
    """
    chosen = {spec.name: getattr(options, spec.name) for spec in specs(params_type)}
    return from_json(params_type, chosen)
