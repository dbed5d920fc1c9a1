"""``python -m studio selftest``: whether everything that this copy needs is there and works.

For installed bundles: a packager leaves things out silently, and only use finds out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from studio.cli.verb import VERBS, Verb
from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.registry import Registry
from studio.edits.operation import OPERATIONS, EditContext
from studio.engine.api import DatasetReady, DatasetSpec, Finished, TrainingRun, load_engine
from studio.errors import StudioError
from studio.paths import resources_dir

SIDE = 48  # px of the test picture: small, yet larger than any filter's window
FORMATS = (".png", ".jpg", ".webp", ".avif", ".tif")
STEPS = 3


def _run(options: argparse.Namespace) -> int:
    failed = 0
    for name, check in CHECKS.items():
        try:
            result, good = check(), True
        except Exception as error:  # noqa: BLE001  (whatever breaks is the result)
            result, good = f"{type(error).__name__}: {error}", False
            if options.verbose:
                traceback.print_exc()
        failed += not good
        print(f"{'ok  ' if good else 'FAIL'}  {name:<18}{result}", flush=True)
    print(f"{len(CHECKS) - failed} of {len(CHECKS)} checks passed")
    return 1 if failed else 0


# --- What is discovered ---


def _operations() -> str:
    return _count(OPERATIONS, "studio.edits.ops")


def _families() -> str:
    return _count(import_module("studio.engine.family").ARCHITECTURES, "studio.engine.families")


def _importers() -> str:
    return _count(import_module("studio.engine.importer").IMPORTERS, "studio.engine.importers")


def _panels() -> str:
    return _count(import_module("studio.ui.panel").PANELS, "studio.ui.panels")


def _verbs() -> str:
    return _count(VERBS, "studio.cli.verbs")


def _count(registry: Registry[Any], package: str) -> str:
    """Every file of the package must have given one object."""
    found = len(registry)
    if registry.broken:
        raise StudioError(f"These do not load: {', '.join(registry.broken)}.")
    files = len(_files(import_module(package)))
    if found == 0 or (files and found < files):
        raise StudioError(f"{files} files, but only {found} found in {package}.")
    return f"{found} found"


def _files(package: ModuleType) -> list[Path]:
    """The sources, where there are any: a bundle may hold compiled modules only."""
    folder = Path(next(iter(package.__path__)))
    return [file for file in folder.glob("*.py") if not file.name.startswith("_")]


# --- What is used ---


def _resources() -> str:
    folder = resources_dir()
    counts = {name: len(list((folder / name).rglob("*"))) for name in ("icons", "theme", "samples")}
    if not all(counts.values()):
        raise StudioError(f"Resources are missing: {counts}.")
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _picture_formats() -> str:
    read, write = import_module("studio.codec.read"), import_module("studio.codec.write")
    with tempfile.TemporaryDirectory() as folder:
        for suffix in FORMATS:
            file = Path(folder) / f"picture{suffix}"
            write.write_image(file, _picture())
            if read.read_image(file).shape[:2] != (SIDE, SIDE):
                raise StudioError(f"{suffix} does not come back as it was written.")
    return ", ".join(suffix[1:] for suffix in FORMATS)


def _every_edit() -> str:
    """Runs each operation once: that is every scikit-image function in use."""
    mask = np.zeros((SIDE, SIDE, 1), np.float32)
    mask[16:32, 16:32] = 1.0
    for operation in OPERATIONS:
        used_mask = mask if operation.fills_mask else None
        context = EditContext(used_mask, pictures=lambda _layer: _picture())
        placed = operation(_picture(), operation.starting_params(SIDE, SIDE, "other"), context)
        if not np.isfinite(placed.image).all():
            raise StudioError(f"{operation.id} makes no picture.")
    return f"{len(OPERATIONS)} run"


def _qt() -> str:
    """Platform plugin, SVG, fonts; offscreen where there is no screen."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main, icons = import_module("studio.ui.main"), import_module("studio.ui.icons")
    app = main.make_application()
    if icons.app_icon().pixmap(32, 32).isNull():
        raise StudioError("Qt cannot draw SVG.")
    families = import_module("PySide6.QtGui").QFontDatabase.families()
    if not families:
        raise StudioError("Qt finds no fonts.")
    return f"{app.platformName()}, {len(families)} font families"


def _training() -> str:
    """A dataset, a few steps of every family, the model loaded and asked for a picture."""
    engine = load_engine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write = import_module("studio.codec.write").write_image
        (folder / "pictures").mkdir()
        for number in range(8):
            picture = folder / "pictures" / f"{number}.png"
            write(picture, _picture(number))
            picture.with_suffix(".txt").write_text(f"noise {number}")  # some families want captions
        spec = DatasetSpec((folder / "pictures",), 32)
        events = list(engine.build_dataset(spec, folder / "dataset", RunControl()))
        if not isinstance(events[-1], DatasetReady):
            raise StudioError("The pictures could not be taken in.")
        families = [card.id for card in engine.families()]
        for family in families:
            run = TrainingRun(
                folder / "dataset", folder / family, family, size=32, steps=STEPS, device="cpu"
            )
            last = list(engine.train(run, RunControl()))[-1]
            if not isinstance(last, Finished):
                raise StudioError(f"Training {family} did not finish.")
            generator = engine.load(last.model, "cpu")
            point = import_module("studio.core.latent").LatentPoint.of_seed(0)
            if not np.isfinite(generator.sample([point])[0]).all():
                raise StudioError(f"The {family} model makes no picture.")
    return f"{', '.join(families)} on cpu; devices: {', '.join(engine.devices())}"


def _picture(seed: int = 0) -> Image:
    return np.random.default_rng(seed).random((SIDE, SIDE, 3), np.float32)


CHECKS: dict[str, Callable[[], str]] = {
    "operations": _operations,
    "model families": _families,
    "importers": _importers,
    "panels": _panels,
    "verbs": _verbs,
    "resources": _resources,
    "picture formats": _picture_formats,
    "edits": _every_edit,
    "window system": _qt,
    "training": _training,
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--verbose", action="store_true", help="show where a check failed")


SELFTEST = Verb("selftest", "check that everything this copy needs works", _arguments, _run)
