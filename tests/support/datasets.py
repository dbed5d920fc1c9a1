"""Dataset folders made in code, as `studio.engine.api.open_dataset` wants them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from studio.engine.api import DATASET_FILE, PIXELS_FILE

SIDES = ("left", "right")


def make_dataset(folder: Path, count: int = 12, size: int = 16, seed: int = 0) -> Path:
    """Bright discs of random color and place on a dark ground: something that can be learned.

    Their classes are where they are, left or right; their captions say that and how bright.
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size]
    pixels = np.full((count, size, size, 3), 24, np.uint8)
    labels, captions = [], []
    for picture in pixels:
        y, x = rng.uniform(size * 0.3, size * 0.7, 2)
        disc = (rows - y) ** 2 + (columns - x) ** 2 < (size / 4) ** 2
        picture[disc] = color = rng.integers(100, 256, 3)
        labels.append(int(x > size / 2))
        captions.append(f"{'bright' if color.mean() > 178 else 'dim'} disc {SIDES[labels[-1]]}")
    folder.mkdir(parents=True)
    (folder / PIXELS_FILE).write_bytes(pixels.tobytes())
    facts = {
        "count": count,
        "size": size,
        "channels": 3,
        "crop": "center",
        "fingerprint": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "names": [f"disc{index}.png" for index in range(count)],
        "skipped": [],
        "sources": ["/somewhere/discs"],
        "classes": SIDES,
        "labels": labels,
        "captions": captions,
    }
    (folder / DATASET_FILE).write_text(json.dumps(facts))
    return folder
