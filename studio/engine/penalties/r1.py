"""Flat at real pictures."""

from __future__ import annotations

from studio.engine.adversary import Penalty, gradient_penalty

# Mescheder et al. 2018, equation 9.
R1 = Penalty(
    "r1",
    "R1",
    "Steadies every loss but the Wasserstein one.",
    lambda critic, real, _fake, _rng: gradient_penalty(critic, real),
)
