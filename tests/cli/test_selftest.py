"""What an installed copy says of itself."""

from __future__ import annotations

from studio.cli.verbs.selftest import CHECKS
from studio.engine.family import FAMILIES


def test_the_selftest_trains_every_family() -> None:
    told = CHECKS["training"]()
    assert all(family.id in told for family in FAMILIES)
