"""What a command-line verb is: one file in `studio.cli.verbs`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from studio.core.registry import Registry


@dataclass(frozen=True)
class Verb:
    """``python -m studio <id>``: `arguments` fills the parser, `run` does it.

    `run` returns the exit status; a `StudioError` that it raises becomes one sentence and status 2.
    Heavy modules are imported inside `run`.
    """

    id: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


VERBS: Registry[Verb] = Registry("studio.cli.verbs", Verb, "verb")
