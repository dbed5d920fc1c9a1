"""Which of the pictures that were looked at are shown: words, stars, a model, some days."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from studio.project.seen import SeenEntry

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class SeenFilter:
    """All must hold. `words` are looked for in title, tags, date and name of the model.

    `model` is the sha256 of one; `days` counts back from now, today being 1; 0 is any time.
    """

    words: str = ""
    starred: bool = False
    model: str = ""
    days: int = 0

    def choose(
        self,
        entries: Sequence[SeenEntry],
        starred: Collection[str],
        names: Mapping[str, str],
        now: float,
    ) -> list[SeenEntry]:
        """Those that fit, the newest first. `starred` are digests, `names` those of models."""
        found: Sequence[SeenEntry] = entries
        if self.starred:
            found = [entry for entry in found if entry.digest in starred]
        if self.model:
            found = [entry for entry in found if entry.model == self.model]
        if self.days:
            start = _midnight(now) - (self.days - 1) * _DAY
            found = [entry for entry in found if entry.when >= start]
        for word in self.words.lower().split():
            models = {sha256 for sha256, name in names.items() if word in name.lower()}
            found = [entry for entry in found if _says(entry, word, models)]
        return list(reversed(found))


def _says(entry: SeenEntry, word: str, models: Collection[str]) -> bool:
    if word in entry.title or word in entry.title.lower() or entry.model in models:
        return True
    if any(word in tag.lower() for tag in entry.tags):
        return True
    return not word.isdigit() and word in _day(entry.when // 3600)  # a number alone is a seed


@lru_cache(maxsize=4096)
def _day(hour: int) -> str:
    """The local date of an hour since 1970: ``2026-11-21 saturday november``."""
    return time.strftime("%Y-%m-%d %A %B", time.localtime(hour * 3600)).lower()


def _midnight(now: float) -> float:
    local = time.localtime(now)
    return now - (local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec)
