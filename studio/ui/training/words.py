"""Training in words for people who make pictures, not models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.app.spoken import spoken_passes, spoken_time

if TYPE_CHECKING:
    from studio.engine.api import KeptCheckpoint, Progress

DEVICES = {"cpu": "CPU", "cuda": "Graphics card", "mps": "Apple graphics"}

# Loss names of the families as (short name, what it tells). Unknown names are shown as they are.
_CURVES = {
    "reconstruction": ("difference to your images", "how far redrawn images are from yours; falls"),
    "kl": ("detail remembered", "how much is kept of each image; rises, then settles"),
    "prior": ("guesswork", "how much is guessed of where your images lie; falls"),
    "generator": ("fakes noticed", "how easily new pictures are told from yours"),
    "discriminator": ("critic in doubt", "how often the critic errs; rises as pictures get better"),
}


def curve_name(loss: str) -> str:
    """The name of a loss on the plot."""
    return _CURVES[loss][0] if loss in _CURVES else loss.replace("_", " ")


def curve_help(loss: str) -> str:
    """What a curve tells, with its technical name."""
    name = curve_name(loss)
    return f"{name}: {_CURVES[loss][1]} ({loss})" if loss in _CURVES else name


def device_name(device: str) -> str:
    """A device as a person calls it; ``cuda:1`` is a graphics card too."""
    return DEVICES.get(device.partition(":")[0], device)


def where_it_stands(progress: Progress) -> str:
    """``23 min left · pass 31 over your images``."""
    left = max(1.0, progress.seconds_left)
    return f"{spoken_time(left)} left · {spoken_passes(progress.passes)}"


def speed(progress: Progress) -> str:
    """Pictures a second: ``54 /s``."""
    rate = progress.images_per_second
    return f"{rate:.0f} /s" if rate >= 10 else f"{rate:.1f} /s"


def moment_words(moment: KeptCheckpoint, best: bool) -> str:
    """A kept moment: ``After 12 min · 1.43 × real · best``."""
    ratio = "" if moment.ratio is None else f"{moment.ratio:.2f} × real"
    words = [f"After {spoken_time(moment.seconds)}", ratio, "best" if best else ""]
    return " · ".join(filter(None, words))
