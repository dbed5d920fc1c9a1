"""The discriminator measures a distance between distributions."""

from __future__ import annotations

from studio.engine.adversary import Adversary

# Arjovsky et al. 2017, equation 2; wants the penalty “gradient” (Gulrajani et al. 2017).
WASSERSTEIN = Adversary(
    "wasserstein",
    "Wasserstein",
    "Its curve falls as pictures improve; slow, and only with the gradient penalty.",
    lambda real, fake: (fake - real).mean(),
    lambda _real, fake: -fake.mean(),
)
