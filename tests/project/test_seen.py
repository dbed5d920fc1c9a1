"""The log of what was looked at: it grows, survives a torn end, and says what was said last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.app.seen_filter import SeenFilter
from studio.core.latent import LatentPoint
from studio.errors import StudioError
from studio.project.seen import INDEX, PICTURES, SeenEntry, SeenLog, digest_of

NOON = 1_790_000_000
POINTS = [LatentPoint.of_seed(seed, 0.8) for seed in range(4)]


@pytest.fixture
def log(tmp_path: Path) -> SeenLog:
    log = SeenLog(tmp_path / "seen")
    for number, point in enumerate(POINTS):
        log.add(point, "model", NOON + number, b"picture %d" % number)
    return log


def test_pictures_come_back_with_their_points_and_thumbnails(log: SeenLog) -> None:
    for number, entry in enumerate(log.read()):
        assert entry.title == f"seed {number}"
        assert log.load(entry) == (POINTS[number], b"picture %d" % number)


def test_what_is_seen_again_is_the_last_and_keeps_its_tags(log: SeenLog) -> None:
    first = next(log.read())
    log.tag(first, ["fox", "good"])
    log.see_again(first, NOON + 99)
    entries = list(log.read())
    assert len(entries) == 4
    assert entries[-1] == replace(first, when=NOON + 99, tags=("fox", "good"))


@pytest.mark.parametrize("cut", [3, 40])
def test_a_torn_end_costs_one_picture(log: SeenLog, tmp_path: Path, cut: int) -> None:
    index = tmp_path / "seen" / INDEX
    index.write_bytes(index.read_bytes()[:-cut])
    assert [entry.title for entry in log.read()] == ["seed 0", "seed 1", "seed 2"]
    log.add(LatentPoint.of_seed(9), "model", NOON, b"nine")
    *_rest, last = log.read()
    assert log.load(last) == (LatentPoint.of_seed(9), b"nine")


def test_lost_bytes_are_told(log: SeenLog, tmp_path: Path) -> None:
    (tmp_path / "seen" / PICTURES).write_bytes(b"{")
    with pytest.raises(StudioError, match="damaged"):
        log.load(next(log.read()))


def entry(title: str, days_ago: float = 0.0, model: str = "a", tags: tuple[str, ...] = ()):
    when = round(NOON - days_ago * 86_400)
    return SeenEntry(model, title, title, when, 0, 0, 0, tags)


def test_all_that_is_asked_for_must_hold() -> None:
    entries = [
        entry("seed 1", 8, tags=("Fox",)),
        entry("seed 12", 2),
        entry("apple, seed 3", 1.5, "b"),
        entry("blend of 4", 0),
    ]

    def found(**wanted: object) -> list[str]:
        chosen = SeenFilter(**wanted).choose(entries, {"seed 12"}, {"b": "Sea animals"}, NOON)
        return [item.title for item in chosen]

    assert found() == ["blend of 4", "apple, seed 3", "seed 12", "seed 1"]
    assert found(words="seed 1") == ["seed 12", "seed 1"]
    assert found(words="FOX") == ["seed 1"]
    assert found(words="animals apple") == ["apple, seed 3"]
    assert found(starred=True) == ["seed 12"]
    assert found(model="b") == ["apple, seed 3"]
    assert found(days=1) == ["blend of 4"]
    assert found(days=7) == ["blend of 4", "apple, seed 3", "seed 12"]
    assert found(days=7, starred=True, words="blend") == []


def test_a_point_has_one_name() -> None:
    assert digest_of(POINTS[0]) == digest_of(LatentPoint.of_seed(0, 0.8))
    assert digest_of(POINTS[0]) != digest_of(LatentPoint.of_seed(0, 0.81))
