"""Only pictures on the wrong side of a margin count."""

from __future__ import annotations

from torch.nn.functional import relu

from studio.engine.adversary import Adversary

# Lim & Ye 2017, equations 4 and 5; Miyato et al. 2018.
HINGE = Adversary(
    "hinge",
    "Hinge",
    "Steady with spectral normalization, and where training must be quick per step.",
    lambda real, fake: (relu(1.0 - real) + relu(1.0 + fake)).mean(),
    lambda _real, fake: -fake.mean(),
)
