"""What declaring a parameter promises."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.core.params import param, redeclared, specs


@dataclass(frozen=True)
class Base:
    rate: float = param(0.5, "Rate", 0.0, 1.0, help="How fast.", advanced=True)


@dataclass(frozen=True)
class Slow(Base):
    rate: float = redeclared(Base, "rate", 0.1, help="Slowly.")


def test_a_redeclared_parameter_keeps_all_but_its_default():
    (before,), (after,) = specs(Base), specs(Slow)
    assert after == replace(before, default=0.1, help="Slowly.")
    assert Slow().rate == 0.1
