"""How many pictures that were asked for by class a classifier recognizes as of that class.

    python tests/benchmarks/bench_classes.py FOLDER [--minutes 10] [--size 64] [--out RUN]

FOLDER holds pictures in classes, or the idx.gz files of Fashion-MNIST. A conditional style-based
GAN is trained on nine tenths of them (or RUN is gone on with), and so is a small convolutional
classifier, which is then asked about the tenth that was held out, its own limit, and about samples.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.codec.write import write_image
from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine.api import (
    DatasetSpec,
    Finished,
    TrainingRun,
    load_engine,
    open_dataset,
)
from studio.engine.pictures import sheet
from studio.engine.setup import split
from tests.benchmarks import fashion_mnist

SAMPLES = 50  # of each class
SEEN = 80_000  # pictures that the classifier learns from
BATCH = 100
SHOWN = 8  # of each class, in the sheet


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        dataset = _dataset(options.folder, out / "dataset", options.size)
        model = _trained(dataset, out / "run", options.minutes, options.steps)
        measure(dataset, model, out)


def measure(dataset: Path, model_file: Path, out: Path) -> None:
    info, pixels = open_dataset(dataset)
    labels = torch.tensor(info.labels)
    pictures = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2)
    parts = [part[labels[part] >= 0] for part in split(info.count)]
    training, held_out = ((pictures[part], labels[part]) for part in parts)
    classifier = learned(*training, len(info.classes))
    limit = share_right(classifier, *held_out)
    model = load_engine().load(model_file, "cpu")
    samples = [
        image
        for name in info.classes
        for image in model.sample([LatentPoint.of_seed(s, 1.0, name) for s in range(SAMPLES)])
    ]
    asked = torch.arange(len(info.classes)).repeat_interleave(SAMPLES)
    made = torch.from_numpy(np.stack(samples)).permute(0, 3, 1, 2) * 255.0
    shown = [samples[c * SAMPLES + i] for c in range(len(info.classes)) for i in range(SHOWN)]
    write_image(out / "classes.png", sheet(shown, SHOWN))
    print(f"held-out pictures recognized: {limit:.1%}")
    print(f"samples recognized: {share_right(classifier, made, asked):.1%} ({out / 'classes.png'})")


def learned(pictures: Tensor, labels: Tensor, classes: int) -> nn.Module:
    """A classifier of ``[N, C, H, W]`` in 0 to 255."""
    torch.manual_seed(0)  # noqa: TID251  (layers of torch know no other way)
    layers: list[nn.Module] = []
    wide = pictures.shape[1]
    for width in (24, 48, 96):
        layers += [nn.Conv2d(wide, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
        layers += [nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
        wide = width
    net = nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * wide, classes)
    )
    steps = SEEN // BATCH
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for _ in range(steps):
        chosen = torch.randint(len(pictures), (BATCH,))
        with torch.autocast("cpu", torch.bfloat16):
            scores = net(pictures[chosen].float() / 127.5 - 1.0)
        optimizer.zero_grad()
        nn.functional.cross_entropy(scores.float(), labels[chosen]).backward()
        optimizer.step()
        schedule.step()
    return net.eval()


@torch.inference_mode()
def share_right(net: nn.Module, pictures: Tensor, labels: Tensor) -> float:
    found = [net(part.float() / 127.5 - 1.0).argmax(dim=1) for part in pictures.split(BATCH)]
    return float((torch.cat(found) == labels).float().mean())


def _dataset(folder: Path, into: Path, size: int) -> Path:
    if into.exists():
        return into
    if (folder / "train-images-idx3-ubyte.gz").exists():
        labels = fashion_mnist.read_labels(folder)
        fashion_mnist.write_dataset(into, fashion_mnist.read_pictures(folder), list(labels))
    else:
        for _event in load_engine().build_dataset(DatasetSpec((folder,), size), into, RunControl()):
            pass
    return into


def _trained(dataset: Path, out: Path, minutes: float | None, steps: int | None) -> Path:
    run = TrainingRun(
        dataset,
        out,
        "stylegan",
        config={"prompt": "classes"},
        minutes=minutes,
        steps=steps,
        resume=out.exists(),
    )
    done = [
        event for event in load_engine().train(run, RunControl()) if isinstance(event, Finished)
    ]
    seen = done[-1].progress
    print(f"{seen.images:,} pictures seen, {seen.images / seen.seconds:.0f} images/s")
    return done[-1].model


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.minutes is None and options.steps is None:
        options.minutes = 10.0
    return options


if __name__ == "__main__":
    main()
