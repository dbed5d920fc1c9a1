"""Makes a model that comes with the studio: half precision, its header kept, named by its hash.

    STUDIO_DATA_DIR=resources python packaging/starter.py \
        RUN/model.safetensors "Canada geese" "598 heads of Canada geese"

Writes the model, its name and its picture to the library `resources/models`; say there, in
README.md, what it learned from and under which license.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from studio.app.model_shelf import keep
from studio.app.qimage import to_qimage
from studio.core.latent import LatentPoint
from studio.engine.api import MODEL_KEY, load_engine
from studio.project.library import SUFFIX, read_header

SEEDS, TRUNCATION = range(4), 0.7


def main(source: Path, name: str, learned_from: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"half{SUFFIX}"
        write_halved(source, file, learned_from)
        points = [LatentPoint.of_seed(seed, TRUNCATION) for seed in SEEDS]
        samples = load_engine().load(file, "cpu").sample(points)
        print(f"{keep(file, name, [to_qimage(sample) for sample in samples])}{SUFFIX}")


def write_halved(source: Path, file: Path, learned_from: str) -> None:
    """The model in half precision, which is far finer than what 8 bit of a color show."""
    import torch
    from safetensors.torch import load_file, save_file

    header = json.loads(read_header(source)[MODEL_KEY])
    tensors = load_file(source)
    halves = {
        key: tensor.half() if tensor.dtype == torch.float32 else tensor
        for key, tensor in tensors.items()
    }
    save_file(halves, file, {MODEL_KEY: json.dumps({**header, "dataset_name": learned_from})})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
