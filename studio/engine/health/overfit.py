"""What the discriminator's scores say about learning by heart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_CERTAIN = 2.0  # standard errors


def held_out_place(
    training: NDArray[Any], held_out: NDArray[Any], fake: NDArray[Any]
) -> float | None:
    """Where the scores of held-out pictures lie between those of training (1) and of fakes (0).

    One minus the heuristic r_v of Karras et al. 2020, equation 1, within [0, 1]. None where
    training and fake scores do not differ for certain: then nothing can be said.
    """
    gap = float(training.mean() - fake.mean())
    error = float(np.sqrt(training.var() / training.size + fake.var() / fake.size))
    if not gap > _CERTAIN * error:  # also where the scores are not finite
        return None
    return float(np.clip((held_out.mean() - fake.mean()) / gap, 0.0, 1.0))
