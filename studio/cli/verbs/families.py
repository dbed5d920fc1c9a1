"""``families``: what can be trained."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from studio.cli.verb import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print as JSON, with all settings")


def _run(options: argparse.Namespace) -> int:
    from studio.core.params import specs
    from studio.engine.family import FAMILIES

    if options.json:
        listing = [
            {**asdict(family.card), "config": [asdict(spec) for spec in specs(family.config_type)]}
            for family in FAMILIES
        ]
        print(json.dumps(listing, indent=1))
        return 0
    for family in FAMILIES:
        print(f"{family.id:12} {family.card.title}: {family.card.summary}")
    return 0


VERB = Verb("families", "list the model families that can be trained", _arguments, _run)
