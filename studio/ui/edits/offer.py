"""An edit operation as the person sees it before it is added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EditOffer:
    """`tip` is one sentence that says what the edit does; `words` are other names for it."""

    id: str
    title: str
    group: str
    icon: str
    tip: str
    words: str = ""

    def rank(self, text: str) -> int | None:
        """How well `text` fits: 0 where its words are in the title, 1 where they are in its other
        names, 2 where they are in all that is said of the edit; None where a word is nowhere.
        """
        names = f"{self.title} {self.words}"
        for rank, said in enumerate((self.title, names, f"{names} {self.group} {self.tip}")):
            if all(word in said.lower() for word in text.lower().split()):
                return rank
        return None
