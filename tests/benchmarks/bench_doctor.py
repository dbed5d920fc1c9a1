"""What the dataset doctor finds of flaws that were put in, and what of everything else.

    python tests/benchmarks/bench_doctor.py IMAGES [IMAGES ...]

Of each folder 200 pictures are examined again and again, each time with a twentieth more of them
spoiled in one way. Recall is the share of the spoiled that are found. Whatever else is found counts
as wrong for the precision, although some photographs really are blurred. Strangers come from the
other folders. The advisor's figures and the time on the machine at hand come last.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFilter

from studio.core.control import RunControl
from studio.core.image import Pixels8
from studio.engine.api import DatasetSpec, Examination, Finding, load_engine, open_dataset
from studio.engine.doctor.check import Album
from studio.engine.doctor.examine import examine, look_over

SIDE = 256
MOST = 200
Spoil = Callable[[Pixels8, np.random.Generator], Pixels8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path, nargs="+")
    sets = {folder.name: pictures(folder) for folder in parser.parse_args().images}
    total: dict[str, list[int]] = {}
    for name, base in sets.items():
        for flaw, spoiled in flawed(name, sets):
            found, wrong = score(base, spoiled, flaw)
            total.setdefault(flaw, []).extend((found, len(spoiled), wrong))
            print(f"{name:16}{flaw:30}{found:3} of {len(spoiled):3}, {wrong:3} more", flush=True)
    for flaw, counts in total.items():
        found, made, wrong = (sum(counts[start::3]) for start in range(3))
        print(f"{flaw:30}recall {found / made:.2f}  precision {found / max(1, found + wrong):.2f}")
    for name, base in sets.items():
        print(f"{name:16}{advice(base)}", flush=True)


def pictures(folder: Path) -> Pixels8:
    """At most 200 of a folder's pictures as ``[N, 256, 256, 3]``."""
    with tempfile.TemporaryDirectory() as temp:
        spec = DatasetSpec((folder,), SIDE)
        for _ in load_engine().build_dataset(spec, Path(temp) / "data", RunControl()):
            pass
        _, pixels = open_dataset(Path(temp) / "data")
        return np.array(pixels[np.unique(np.linspace(0, len(pixels) - 1, MOST).astype(int))])


def blurred(picture: Pixels8, rng: np.random.Generator) -> Pixels8:
    softly = ImageFilter.GaussianBlur(int(rng.integers(2, 5)))
    return np.asarray(Pillow.fromarray(picture).filter(softly))


def barred(picture: Pixels8, rng: np.random.Generator) -> Pixels8:
    bar = int(SIDE * rng.uniform(0.08, 0.2))
    tone = 0 if rng.random() < 0.7 else 255
    spoiled = picture.copy() if rng.random() < 0.5 else picture.transpose(1, 0, 2).copy()
    spoiled[:bar] = spoiled[-bar:] = tone
    return saved(spoiled, 85)


def twin(picture: Pixels8, rng: np.random.Generator) -> Pixels8:
    image = Pillow.fromarray(picture)
    left, top = rng.integers(0, 9, 2).tolist()
    changes = (
        lambda: saved(picture, 30),
        lambda: image.resize((SIDE // 3,) * 2).resize((SIDE,) * 2),
        lambda: (picture * 1.12).clip(0, 255).astype(np.uint8),
        lambda: image.crop((left, top, SIDE - 8 + left, SIDE - 8 + top)).resize((SIDE,) * 2),
    )
    return np.asarray(changes[rng.integers(len(changes))]())


def saved(picture: Pixels8, quality: int) -> Pixels8:
    file = io.BytesIO()
    Pillow.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Pillow.open(file))


def toned(scale: float, offset: float) -> Spoil:
    return lambda picture, _rng: saved((offset + picture * scale).astype(np.uint8), 85)


FLAWS: dict[str, Spoil] = {
    "blurred": blurred,
    "dark": toned(0.12, 0),
    "washed out": toned(0.15, 215),
    "low contrast": toned(0.1, 115),
    "bars": barred,
    "nearly the same as another": twin,
}


def flawed(name: str, sets: dict[str, Pixels8]) -> Iterator[tuple[str, Pixels8]]:
    rng = np.random.default_rng(1)
    base = sets[name]
    count = max(5, len(base) // 20)
    for flaw, spoil in FLAWS.items():
        chosen = base[rng.choice(len(base), count, replace=False)]
        yield flaw, np.stack([spoil(picture, rng) for picture in chosen])
    others = [other for key, other in sets.items() if key != name]
    if others:
        yield "unlike the others", np.stack([other[rng.integers(len(other))] for other in others])


def score(base: Pixels8, spoiled: Pixels8, flaw: str) -> tuple[int, int]:
    """How many of the spoiled pictures a finding of that flaw names, and how many others.

    Of near-duplicates it is the pair that counts: which of the two stays is another matter.
    """
    album = Album(np.concatenate([base, spoiled]))
    found: set[int] = set()
    for event in look_over(album, RunControl()):
        if isinstance(event, Finding) and flaw in (event.reason, event.kind):
            pairs = {item.group for item in event.suspects if item.index >= len(base)}
            mixed = event.kind == "duplicates"
            found |= {i.index for i in event.suspects if not (mixed and i.group in pairs)}
            found |= {i.index for i in event.suspects if i.index >= len(base)}
    right = sum(index >= len(base) for index in found)
    return right, len(found) - right


def advice(base: Pixels8) -> str:
    start = time.process_time()
    *_, last = examine(Album(base), RunControl())
    assert isinstance(last, Examination)
    told = ", ".join(f"{item.change} {item.told_apart:.2f}" for item in last.advice)
    return f"{told}; {len(base)} pictures in {time.process_time() - start:.1f} s of processor time"


if __name__ == "__main__":
    main()
