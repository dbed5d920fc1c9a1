"""The words of a caption or a prompt, as models and people are told of them."""

from __future__ import annotations

import re
from collections.abc import Collection

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """In lower case: ``"A red-hot pan"`` is a, red, hot, pan."""
    return _WORD.findall(text.lower())


def unknown_words(prompt: str, known: Collection[str]) -> list[str]:
    """What of a prompt is not among the words that are `known`, each once, in order."""
    return [word for word in dict.fromkeys(words_of(prompt)) if word not in known]
