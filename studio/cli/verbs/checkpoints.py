"""``checkpoints``: the moments of a training that can be looked at, or gone on from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from studio.cli.run_folder import kept_in
from studio.cli.verb import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="RUN", type=Path, help="folder of a training")
    parser.add_argument("--json", action="store_true", help="print as JSON, for scripts")


def _run(options: argparse.Namespace) -> int:
    from studio.engine.api import best_of

    kept = kept_in(options.folder)
    best = best_of(kept)
    if options.json:
        listing = [
            {**item.to_json(), "model": str(item.model), "best": item is best} for item in kept
        ]
        print(json.dumps(listing, indent=1))
        return 0
    for item in kept:
        ratio = "not measured" if item.ratio is None else f"{item.ratio:.2f} × the floor"
        mark = "  best" if item is best else ""
        where = f"step {item.step:7}  {item.seconds / 60:6.1f} min  {item.images:9,} images"
        print(f"{where}  {ratio}{mark}")
    return 0


VERB = Verb("checkpoints", "list the kept moments of a training", _arguments, _run)
