"""Numbers, said as a person would."""

from __future__ import annotations

import math

from studio.engine.api import Progress


def spoken_time(seconds: float) -> str:
    """A length of time: ``40 s``, ``6 min``, ``1 h 20 min``."""
    if round(seconds) < 60:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def spoken_bytes(count: int) -> str:
    """A file's size: ``812 bytes``, ``34 KB``, ``2.1 MB``, ``1.6 GB``."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:.0f} KB"
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def spoken_passes(passes: float) -> str:
    """The pass that is under way: ``pass 31 over your images``."""
    return f"pass {math.floor(passes) + 1} over your images"


def spoken_outcome(progress: Progress) -> str:
    """What a run has done: how long it took, and how often every picture was seen."""
    passes = math.floor(progress.passes)
    often = "one pass" if passes == 1 else f"{passes} passes"
    return f"Trained for {spoken_time(progress.seconds)}: {often} over your images."
