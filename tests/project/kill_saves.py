"""Kill a saving process again and again, and look at what it left: ``kill_saves.py COUNT FOLDER``.

A child saves states 0, 1, 2, …, each with its number as name and in every pixel, and reports each
save that returned. It is killed after a random moment. What opens then must be one state, whole,
and no older than the last one reported. Prints one JSON object. POSIX only.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

import numpy as np

from studio.core.document import Document, Layer
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.project.project import Project, ProjectState

LAYERS = 3
LONGEST = 0.25  # s before the kill: some saves


def state(number: int) -> ProjectState:
    rng = np.random.default_rng(number)
    layers = []
    for index in range(LAYERS):
        pixels = rng.integers(0, 255, (96, 96, 4), np.uint8)
        pixels[0, 0] = number % 251
        layers.append(Layer(Raster.from_pixels8(pixels), name=f"{number} {index}"))
    return ProjectState(str(number), Document(96, 96, tuple(layers)))


def save_forever(folder: Path, report: int, first: int) -> None:
    project, _state, _problems = Project.open(folder)
    number = first
    while True:
        project.autosave(state(number))
        project.save(state(number))
        os.write(report, f"{number}\n".encode())
        number += 1


def verdict(folder: Path, reported: int) -> str:
    """``good``, or in a word what is wrong with the project."""
    try:
        project, found, problems = Project.open(folder)
    except StudioError as error:
        return f"lost: {error}"
    recovered = project.recovery() if project.has_recovery() else found
    project.close()
    if problems:
        return f"damaged: {problems}"
    if project.has_recovery() and recovered is None:
        return "autosave lost"
    for each in (found, recovered):
        number = int(each.name) if each else -1
        if number < reported:
            return f"old: {number} after {reported} was saved"
        if not is_whole(each, number):
            return f"mixed: {number}"
    litter = [item.name for item in folder.rglob("*.tmp")]
    return f"litter: {litter}" if litter else "good"


def is_whole(found: ProjectState | None, number: int) -> bool:
    if found is None:
        return False
    expected = state(number)
    return all(
        layer.name == other.name and np.array_equal(layer.raster.pixels8(), other.raster.pixels8())
        for layer, other in zip(found.document.layers, expected.document.layers, strict=True)
    )


def one_round(folder: Path, first: int, moment: float) -> tuple[str, int]:
    """Save, kill after `moment` s, look; the verdict and the last reported number."""
    receive, report = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        save_forever(folder, report, first)
    os.close(report)
    with os.fdopen(receive) as pipe:
        begun = pipe.readline()  # the first save is done: from here on it is killed anywhere
        threading.Event().wait(moment)
        os.kill(child, signal.SIGKILL)
        rest = pipe.read()
    os.waitpid(child, 0)
    complete = [line for line in (begun + rest).splitlines(keepends=True) if line.endswith("\n")]
    reported = int(complete[-1])
    return verdict(folder, reported), reported


def main(count: int, folder: Path) -> None:
    rng = random.Random(0)
    Project.create(folder, state(0)).close()
    reported = 0
    verdicts: Counter[str] = Counter()
    for _ in range(count):
        word, reported = one_round(folder, reported + 1, rng.uniform(0, LONGEST))
        verdicts[word] += 1
    print(json.dumps({"saves": reported, "verdicts": verdicts}))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
