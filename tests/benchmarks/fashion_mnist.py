"""Fashion-MNIST (Xiao et al. 2017) from its four idx.gz files, as a dataset of the studio."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.engine.api import DATASET_FILE, PIXELS_FILE

SIDE, BORDER = 28, 2  # px; networks halve and double, so a black border makes 32 of 28
CLASSES = (
    *("T-shirt", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)

Pictures = NDArray[np.uint8]  # [N, 28, 28]


def read_pictures(folder: Path, part: str = "train") -> Pictures:
    """`part` is ``train`` (60,000 pictures) or ``t10k``."""
    data = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, SIDE, SIDE)


def read_labels(folder: Path, part: str = "train") -> NDArray[np.uint8]:
    """``[N]``, indices of `CLASSES`."""
    data = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    return np.frombuffer(data, np.uint8, offset=8)


def framed(pictures: Pictures) -> Pictures:
    """``[N, 32, 32]``."""
    return np.pad(pictures, ((0, 0), (BORDER, BORDER), (BORDER, BORDER)))


def write_dataset(folder: Path, pictures: Pictures, labels: Sequence[int] = ()) -> None:
    """As the studio keeps its own; taking in 60,000 files one by one would take minutes."""
    pixels = framed(pictures).tobytes()
    facts = {
        "count": len(pictures),
        "size": SIDE + 2 * BORDER,
        "channels": 1,
        "crop": "center",
        "fingerprint": hashlib.sha256(pixels).hexdigest(),
        "names": [],
        "skipped": [],
        "sources": ["fashion_mnist"],
        "classes": CLASSES if len(labels) else (),
        "labels": [int(label) for label in labels],
    }
    folder.mkdir(parents=True)
    (folder / PIXELS_FILE).write_bytes(pixels)
    (folder / DATASET_FILE).write_text(json.dumps(facts))
