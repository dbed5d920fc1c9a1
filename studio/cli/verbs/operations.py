from __future__ import annotations

import argparse
import json
from typing import Any

from studio.cli.verb import Verb
from studio.core.params import ParamSpec, plain, specs
from studio.edits.operation import OPERATIONS, EditOperation


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print as JSON, for scripts")


def _run(options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps([_described(operation) for operation in OPERATIONS], indent=2))
        return 0
    for operation in OPERATIONS:
        print(f"{operation.id}  [{operation.group}]  {operation.tooltip}")
        for spec in specs(operation.params_type):
            print(f"    {_line(spec)}")
    return 0


def _described(operation: EditOperation) -> dict[str, Any]:
    return {
        "id": operation.id,
        "title": operation.title,
        "group": operation.group,
        "tooltip": operation.tooltip,
        "params": [_param(spec) for spec in specs(operation.params_type)],
    }


def _param(spec: ParamSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "kind": spec.kind,
        "label": spec.label,
        "default": plain(spec.default),
        "low": spec.low,
        "high": spec.high,
        "unit": spec.unit,
        "choices": list(spec.choices),
        "help": spec.help,
    }


def _line(spec: ParamSpec) -> str:
    default = f"{spec.name}={_text(spec.default)}"
    if spec.choices:
        return f"{default}  ({' | '.join(spec.choices)})"
    if spec.low is None or spec.high is None:
        return default
    return f"{default}  ({spec.low:g} to {spec.high:g}{spec.unit and ' ' + spec.unit})"


def _text(value: Any) -> str:
    """A default as it can be typed after ``--set name=``."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


VERB = Verb("operations", "list the edit operations and their parameters", _arguments, _run)
