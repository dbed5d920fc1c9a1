"""How fast and how safe storage is: ``python tests/benchmarks/bench_storage.py [KILLS]``.

Baselines: for the first save, writing the same bytes with Python alone; for later ones, the first
save; for datasets, decoding with Pillow alone (one thread, no books kept).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PIL import Image as Pillow  # noqa: E402

from studio.core.control import RunControl  # noqa: E402
from studio.core.document import Document, Layer  # noqa: E402
from studio.core.image import to_pixels8  # noqa: E402
from studio.core.raster import Raster  # noqa: E402
from studio.engine.api import DatasetSpec  # noqa: E402
from studio.engine.dataset import build_dataset  # noqa: E402
from studio.project.project import Project, ProjectState  # noqa: E402
from tests.support.pictures import gradient  # noqa: E402

SIDE, LAYERS, PICTURES = 2048, 5, 200


def best(action: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of several runs."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def photo(seed: int) -> Raster:
    """A smooth picture with some grain, which compresses as a photograph does."""
    grain = np.random.default_rng(seed).normal(0, 0.01, (SIDE, SIDE, 1))
    color = np.clip(gradient(seed, SIDE) + grain, 0, 1).astype(np.float32)
    return Raster.from_pixels8(to_pixels8(np.dstack([color, np.ones((SIDE, SIDE, 1))])))


def written_plainly(folder: Path, project: Path) -> float:
    data = [path.read_bytes() for path in (project / "blobs").rglob("*.png")]

    def write() -> None:
        for number, item in enumerate(data):
            with (folder / f"{number}").open("wb") as file:
                file.write(item)
                file.flush()
                os.fsync(file.fileno())

    return best(write)


def saves(folder: Path) -> None:
    layers = tuple(Layer(photo(seed)) for seed in range(LAYERS))
    state = ProjectState("bench", Document(SIDE, SIDE, layers))
    begun = time.perf_counter()
    project = Project.create(folder / "p.studio", state)
    first = time.perf_counter() - begun
    again = best(lambda: project.save(state))
    changed = Document(SIDE, SIDE, (*layers[:-1], Layer(photo(99))))
    begun = time.perf_counter()
    project.save(ProjectState("bench", changed))
    one = time.perf_counter() - begun
    project.close()
    begun = time.perf_counter()
    opened, _state, _problems = Project.open(folder / "p.studio")
    opening = time.perf_counter() - begun
    opened.close()
    plain = written_plainly(folder, folder / "p.studio")
    print(f"save, {LAYERS} new layers of {SIDE}²   {first * 1e3:8.1f} ms")
    print(f"  the same bytes, plainly       {plain * 1e3:8.1f} ms   ratio {first / plain:.1f}")
    print(f"save, one layer changed         {one * 1e3:8.1f} ms   ratio {one / first:.4f}")
    print(f"save, nothing changed           {again * 1e3:8.1f} ms   ratio {again / first:.4f}")
    print(f"open                            {opening * 1e3:8.1f} ms")


def datasets(folder: Path) -> None:
    source = folder / "in"
    source.mkdir()
    rng = np.random.default_rng(0)
    for number in range(PICTURES):
        image = np.clip(gradient(number, 800) + rng.normal(0, 0.02, (800, 800, 1)), 0, 1)
        Pillow.fromarray(to_pixels8(image.astype(np.float32))).save(source / f"{number}.jpg")

    def plainly() -> None:
        for path in source.iterdir():
            with Pillow.open(path) as picture:
                picture.convert("RGB").resize((64, 64), Pillow.Resampling.BICUBIC)

    for crop in ("center", "smart", "subject", "fit"):
        spec = DatasetSpec((source,), 64, crop)
        ours = best(lambda: list(build_dataset(spec, folder / "data", RunControl())))  # noqa: B023
        plain = best(plainly, 1)
        rate = PICTURES / ours
        print(
            f"dataset, {crop:6}  {rate:8.0f} pictures/s   ratio {plain / ours:.2f} of plain Pillow"
        )


def kills(folder: Path, count: int) -> None:
    command = [sys.executable, str(ROOT / "tests/project/kill_saves.py"), str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STUDIO_DATA_DIR": str(folder)}
    done = subprocess.run(
        [*command, str(folder / "k.studio")], env=environment, capture_output=True, check=True
    )
    result = json.loads(done.stdout)
    print(f"kill -9 during save: {result['verdicts']} in {count} kills, {result['saves']} saves")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for bench in (saves, datasets, lambda folder: kills(folder, count)):
        with tempfile.TemporaryDirectory() as name:
            os.environ["STUDIO_DATA_DIR"] = name
            bench(Path(name))


if __name__ == "__main__":
    main()
