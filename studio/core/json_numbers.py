"""Numbers out of files that may have been damaged or made by somebody else."""

from __future__ import annotations

from typing import Any


def within(value: Any, low: float, high: float) -> float:
    """The number that `value` is.

    Raises:
        TypeError, ValueError: it is none, or not from `low` to `high`.
    """
    number = float(value)
    if not low <= number <= high:
        raise ValueError(f"not from {low:g} to {high:g}: {number:g}")
    return number


def share(value: Any) -> float:
    """The same from 0 to 1."""
    return within(value, 0.0, 1.0)
