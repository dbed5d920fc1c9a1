"""Scores are drawn to fixed targets."""

from __future__ import annotations

from studio.engine.adversary import Adversary

# Mao et al. 2017, equation 9, with the targets 1 and 0.
LEAST_SQUARES = Adversary(
    "least-squares",
    "Least squares",
    "Gentle gradients for small networks that do not settle with the classic loss.",
    lambda real, fake: 0.5 * ((real - 1.0).square() + fake.square()).mean(),
    lambda _real, fake: 0.5 * (fake - 1.0).square().mean(),
)
