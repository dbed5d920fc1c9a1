"""What a model can be asked for, as numbers: the index of a class, or the words of a caption.

A *condition* is what a network sees of a prompt: ``int64 [B]`` for classes, ``int64 [B, WORDS]``
for captions, padded with 0; a word's number is one more than its place in the vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from studio.core.words import words_of
from studio.engine.blocks import ACTIVATION_GAIN, Linear, activate
from studio.errors import StudioError

WORDS = 24  # of a caption that count; the rest is cut off
_MOST_WORDS = 4000  # in a vocabulary


def vocabulary(captions: Sequence[str]) -> tuple[str, ...]:
    """The words of all captions, the most frequent ones first."""
    counts = Counter(word for caption in captions for word in words_of(caption))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return tuple(ranked[:_MOST_WORDS])


def encode_captions(captions: Sequence[str], words: Sequence[str]) -> Tensor:
    """Captions as a condition ``int64 [B, WORDS]``; unknown words are left out."""
    number = {word: place for place, word in enumerate(words, 1)}
    condition = torch.zeros(len(captions), WORDS, dtype=torch.int64)
    for row, caption in enumerate(captions):
        known = [number[word] for word in words_of(caption) if word in number][:WORDS]
        condition[row, : len(known)] = torch.tensor(known, dtype=torch.int64)
    return condition


def encode_classes(names: Sequence[str], classes: Sequence[str]) -> Tensor:
    """Names of classes as a condition ``int64 [B]``.

    Raises:
        StudioError: there is no such class.
    """
    number = {name.lower(): place for place, name in enumerate(classes)}
    for name in names:
        if name.lower() not in number:
            raise StudioError(
                f"This model knows no class “{name}”.", f"It knows: {', '.join(classes)}."
            )
    return torch.tensor([number[name.lower()] for name in names], dtype=torch.int64)


class PromptEncoder(nn.Module):
    """A condition to an embedded prompt ``[B, E]`` of about unit variance.

    Classes have a vector each. A caption is the mean over its words and pairs of neighboring words,
    each through a small network, so that order counts ("red cup on blue plate").
    """

    def __init__(
        self, classes: Sequence[str], words: Sequence[str], width: int, rng: torch.Generator
    ) -> None:
        super().__init__()
        self.width = width
        self.names = tuple(classes) or ("", *words)  # of the rows of the table
        self.table = nn.Parameter(torch.randn(len(self.names), width, generator=rng))
        self.pair = None if classes else Linear(2 * width, width, rng, gain=ACTIVATION_GAIN)
        self.out = None if classes else Linear(width, width, rng)

    def forward(self, condition: Tensor) -> Tensor:
        found = self.table[condition]  # [B, E] or [B, WORDS, E]
        if self.pair is None or self.out is None:
            return found
        present = (condition > 0).to(found.dtype)[..., None]  # [B, WORDS, 1]
        found = found * present
        following = torch.cat([found[:, 1:], torch.zeros_like(found[:, :1])], dim=1)
        features = activate(self.pair(torch.cat([found, following], dim=2))) * present
        count = present.sum(dim=1).clamp(min=1.0)
        encoded: Tensor = self.out(features.sum(dim=1) * count.rsqrt())
        return encoded


def prompt_encoder(
    classes: Sequence[str], words: Sequence[str], width: int, rng: torch.Generator
) -> PromptEncoder | None:
    """The encoder for a model's prompts, or nothing where it takes none."""
    if not classes and not words:
        return None
    return PromptEncoder(classes, words, width, rng)
