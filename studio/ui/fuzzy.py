"""How well a few typed letters match a name."""

from __future__ import annotations

_START_OF_WORD, _IN_A_ROW, _HIT, _GAP = 12.0, 6.0, 1.0, 0.15
_AS_TYPED = 30.0  # more than letters at the starts of several words can add up to


def score(query: str, text: str) -> float | None:
    """Higher is better; None where the letters of `query` do not occur in `text` in order.

    What is in the name as it was typed counts most, then letters that start words or follow one
    another, so that ``gb`` and ``gaus`` both find *Gaussian blur* first. Of equal matches the
    shorter name wins.
    """
    needle, hay = query.lower().replace(" ", ""), text.lower()
    if not needle:
        return 0.0
    best: float | None = None
    for start, letter in enumerate(hay):
        if letter == needle[0]:
            found = _from(needle, hay, start)
            if found is not None and (best is None or found > best):
                best = found
    if best is None:
        return None
    typed = hay.find(query.lower().strip())
    is_there = typed >= 0 and _starts_word(hay, typed)
    return best + (_AS_TYPED if is_there else 0.0) - 0.05 * len(text)


def _from(needle: str, hay: str, start: int) -> float | None:
    """The greedy match that begins at `start`, preferring starts of words."""
    total, last = 0.0, start - 1
    for letter in needle:
        place = _next(letter, hay, last + 1)
        if place < 0:
            return None
        total += _HIT + (_START_OF_WORD if _starts_word(hay, place) else 0.0)
        total += _IN_A_ROW if place == last + 1 else -_GAP * (place - last)
        last = place
    return total


def _next(letter: str, hay: str, start: int) -> int:
    near = hay.find(letter, start)
    if near in (start, -1):
        return near
    for place in range(near, len(hay)):
        if hay[place] == letter and _starts_word(hay, place):
            return place
    return near


def _starts_word(hay: str, place: int) -> bool:
    return place == 0 or not hay[place - 1].isalnum()
