"""The command line: ``python -m studio <verb> …``. Imports everything but the window."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from studio import __version__
from studio.cli.verb import VERBS
from studio.errors import StudioError

USAGE_ERROR = 2
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run one verb; the exit status is 0, or 2 with one sentence on stderr for bad input."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except StudioError as error:
        print(f"studio: {error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m studio",
        description="Latent Studio. Without a verb, opens the window: python -m studio [project]",
        epilog="What a verb takes: python -m studio VERB --help",
    )
    parser.add_argument("--version", action="version", version=f"Latent Studio {__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="verb")
    for verb in VERBS:
        sub = verbs.add_parser(verb.id, help=verb.help, description=verb.help)
        verb.arguments(sub)
        sub.set_defaults(run=verb.run)
    return parser
