"""What all children can be made to have from the first parent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pytestqt.qtbot import QtBot
from skimage.color import rgb2lab

from studio.app.studio import Studio
from studio.core.breeding import COLORS, LITTER
from studio.core.latent import LatentPoint
from tests.support.studios import open_model
from tests.support.waiting import wait_until_calm

PARENTS = tuple(LatentPoint.of_seed(seed, 1.0) for seed in (3, 4, 5))


def color_distance(studio: Studio, children: Sequence[LatentPoint]) -> float:
    """Mean distance in the plane of a and b from the first parent's mean color."""
    model = studio.latent.memory.get(studio.latent.card.path)
    means = [
        rgb2lab(image[..., :3])[..., 1:].mean((0, 1))
        for image in model.sample((PARENTS[0], *children))
    ]
    return float(np.linalg.norm(np.stack(means[1:]) - means[0], axis=1).mean())


def test_children_keep_the_colors_of_the_first_parent(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, "stylegan")
    breeding = studio.breeding
    assert COLORS in breeding.locks
    for place, parent in enumerate(PARENTS):
        breeding.set_parent(place, parent)
    breeding.follow()
    wait_until_calm(qtbot, studio)
    free = breeding.brood
    breeding.toggle_lock(COLORS)
    breeding.follow()
    wait_until_calm(qtbot, studio)
    assert len(set(breeding.brood)) == len(free) == LITTER
    assert color_distance(studio, breeding.brood) < 0.8 * color_distance(studio, free)
    studio.documents.undo_stack.undo()
    assert COLORS not in breeding.breeding.locks
