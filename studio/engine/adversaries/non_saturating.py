"""The original loss, in the form that keeps the generator's gradient alive."""

from __future__ import annotations

from torch.nn.functional import softplus

from studio.engine.adversary import Adversary

# Goodfellow et al. 2014, section 3, in logits; binary cross entropy by another name.
NON_SATURATING = Adversary(
    "non-saturating",
    "Non-saturating",
    "The classic: right with R1 and hundreds of pictures or more.",
    lambda real, fake: (softplus(fake) + softplus(-real)).mean(),
    lambda _real, fake: softplus(-fake).mean(),
)
