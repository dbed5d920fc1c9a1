"""Each made picture against a real one of its own."""

from __future__ import annotations

from torch.nn.functional import softplus

from studio.engine.adversary import Adversary

# Relativistic pairing (Jolicoeur-Martineau 2019) as in R3GAN (Huang et al. 2024, equation 2).
RELATIVISTIC = Adversary(
    "relativistic",
    "Relativistic pairing",
    "The most varied pictures and the safest from collapse; with R1 and R2.",
    lambda real, fake: softplus(fake - real).mean(),
    lambda real, fake: softplus(real - fake).mean(),
    relative=True,
)
