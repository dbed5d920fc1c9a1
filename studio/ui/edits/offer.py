"""An edit operation as the person sees it before it is added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EditOffer:
    """`tip` is one sentence that says what the edit does."""

    id: str
    title: str
    group: str
    icon: str
    tip: str

    def matches(self, text: str) -> bool:
        """Whether every word of `text` is somewhere in what is said of the edit."""
        said = f"{self.title} {self.group} {self.tip}".lower()
        return all(word in said for word in text.lower().split())
