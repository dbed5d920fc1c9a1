"""Breeding: children of their parents, unlike one another, with a lineage that leads back."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.breeding import LITTER, Breeding, alike, farthest
from studio.core.explorer import ExplorerState
from studio.core.latent import LatentPoint, StyleMix
from studio.core.neighbors import CENTER, SIDE, Neighborhood
from studio.core.steering import level_groups

PARENTS = tuple(LatentPoint.of_seed(seed, 0.8) for seed in (1, 2, 3))


def test_children_are_blends_of_all_parents_and_a_stranger() -> None:
    drawn = Breeding(PARENTS, mutation=0.2).drawn()
    assert drawn == Breeding(PARENTS, mutation=0.2).drawn(), "the same litter again"
    assert drawn != Breeding(PARENTS, mutation=0.2, litter=1).drawn()
    for child in drawn:
        shares = dict(zip(child.anchors, child.weights, strict=True))
        of_parents = sum(shares[parent.anchors[0]] for parent in PARENTS)
        assert of_parents == pytest.approx(0.8)
        assert sum(child.weights) == pytest.approx(1.0)
        assert child.truncation == pytest.approx(0.8)
    assert {len(child.anchors) for child in Breeding(PARENTS, mutation=0.0).drawn()} == {3}
    assert Breeding().drawn() == ()


def test_locked_levels_are_those_of_the_first_parent() -> None:
    groups = level_groups(6)
    free = Breeding(PARENTS).drawn(groups)
    locked = Breeding(PARENTS, locks=("coarse", "fine")).drawn(groups)
    for child, bound in zip(free, locked, strict=True):
        assert bound.anchors == child.anchors
        assert bound.mixes == tuple(StyleMix(PARENTS[0], groups[g]) for g in ("coarse", "fine"))
    assert Breeding(PARENTS, locks=("coarse",)).drawn() == free, "no levels, no locks"


def test_the_sheet_shows_those_that_differ_most() -> None:
    random = np.random.default_rng(0)
    crowd = random.normal(scale=0.01, size=(40, 8)).astype(np.float32)
    loners = 5 * np.eye(8, dtype=np.float32)
    chosen = farthest([*crowd, *loners], 8)
    assert set(chosen) == set(range(40, 48))
    assert sorted(farthest(list(crowd[:5]), LITTER)) == [0, 1, 2, 3, 4]


def test_the_lineage_leads_back_to_the_first_parents() -> None:
    first = Breeding(PARENTS[:2])
    child = first.drawn()[0]
    bred = first.with_birth(child).with_birth(child)
    second = Breeding((child, PARENTS[2]), births=bred.births)
    grandchild = second.drawn()[3]
    family = second.with_birth(grandchild)
    assert len(family.births) == 2
    assert family.parents_of(grandchild) == (child, PARENTS[2])
    assert family.parents_of(child) == PARENTS[:2]
    assert family.parents_of(PARENTS[0]) == ()
    rows = family.generations()
    assert set(rows[0]) == set(PARENTS)
    assert rows[1:] == ((child,), (grandchild,))


def test_no_more_than_four_parents() -> None:
    breeding = Breeding()
    for seed in range(6):
        breeding = breeding.with_parent(LatentPoint.of_seed(seed))
    assert [point.seed for point in breeding.parents] == [0, 1, 2, 5]


def test_the_explorer_keeps_all_of_it_in_its_json() -> None:
    breeding = Breeding(PARENTS, 0.3, 2, ("fine",)).with_birth(LatentPoint.of_seed(9))
    state = ExplorerState(breeding=breeding, candidates=PARENTS)
    assert ExplorerState.from_json(state.to_json()) == state
    old = {key: value for key, value in state.to_json().items() if key == "truncation"}
    assert ExplorerState.from_json(old).breeding == Breeding()


def test_neighbors_go_on_evenly_in_two_directions() -> None:
    center = LatentPoint.of_seed(7, 0.8)
    around = Neighborhood(0.5, 3)
    sheet = around.around(center)
    assert len(sheet) == SIDE * SIDE
    assert sheet[CENTER] == center
    right = around.around(sheet[CENTER + 1])
    assert right[CENTER - 1].anchors[0] == center.anchors[0]
    assert all(len(point.anchors) <= 3 for point in right), "anchors must not pile up"
    assert all(sum(point.weights) == pytest.approx(1.0) for point in right)


def test_a_third_is_alike_and_stays_in_order() -> None:
    places = np.array([[5.0, 0.0], [0.1, 0.0], [9.0, 0.0], [0.0, 0.0], [7.0, 0.0]])
    assert alike(places, np.zeros(2)) == [1, 3]
