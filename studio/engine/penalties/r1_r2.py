"""Flat at real and at made pictures."""

from __future__ import annotations

import torch

from studio.engine.adversary import Penalty, gradient_penalty

# Mescheder et al. 2018, equations 9 and 10, both as in R3GAN (Huang et al. 2024).
R1_R2 = Penalty(
    "r1+r2",
    "R1 and R2",
    "What the relativistic loss needs to converge; costs twice as much as R1.",
    lambda critic, real, fake, _rng: 2 * gradient_penalty(critic, torch.cat([real, fake])),
)
