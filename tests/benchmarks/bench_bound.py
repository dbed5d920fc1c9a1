"""How well the autoencoder describes pictures it has not seen: nats on the Fashion-MNIST test set.

    python tests/benchmarks/bench_bound.py FOLDER [--minutes 20] [--samples 20]

FOLDER holds the four idx.gz files. Pixels are random bits as likely to be lit as they are bright
(dynamic binarization), so figures compare with papers that do the same. Printed are the evidence
lower bound and the importance-weighted one (Burda et al. 2016, equation 8), both as nats a picture
and upper bounds of the negative log likelihood: lower is better.

The model is the public family with reconstruction “bce” and smoothness 1 and makes pictures of
32 px; the border of 2 px, always black, is summed out. Its prior here is the standard normal of the
ELBO, without the learned flow. A tenth of the training pictures is held out, as in every training
of the studio.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.distributions import Normal
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.core.control import RunControl
from studio.engine.api import StepDone, TrainingRun
from studio.engine.checkpoint import load_model
from studio.engine.families.vae import Autoencoder
from studio.engine.trainer import train
from tests.benchmarks.fashion_mnist import BORDER, framed, read_pictures, write_dataset

# Norouzi et al. 2020 (Exemplar VAE), table 1: a VAE with a Gaussian prior, 40 latents and two
# hidden layers of 300 gated units, dynamic binarization, 5000 importance samples. Quoted from
# memory: check it in the paper before it is quoted again.
PUBLISHED = 228.70
GOAL = 1.03
CONFIG = {
    "reconstruction": "bce",
    "smoothness": 1.0,
    "free_bits": 0.0,
    "prior": 0,
    "batch": 16,
    "depth": 2,
}


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_dataset(folder / "data", read_pictures(options.folder))
        model = _trained(folder, options.minutes)
    test = read_pictures(options.folder, "t10k")
    bound, weighted = bounds(model, test[: options.pictures], options.samples)
    reached = "reached" if weighted <= GOAL * PUBLISHED else "missed"
    print(f"evidence lower bound: {bound:.2f} nats")
    print(
        f"with {options.samples} importance samples: {weighted:.2f} nats, "
        f"{weighted / PUBLISHED - 1:+.1%} of the published {PUBLISHED} (goal +3 %: {reached})"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--pictures", type=int, default=10_000)
    return parser.parse_args()


def _trained(folder: Path, minutes: float) -> Autoencoder:
    run = TrainingRun(folder / "data", folder / "run", "vae", minutes=minutes, config=CONFIG)
    for event in train(run, RunControl()):
        if isinstance(event, StepDone) and event.progress.step % 50 == 0:
            print(f"\r{event.progress.images} pictures seen", end="", flush=True)
    print()
    model, card = load_model(folder / "run/model.safetensors")
    print(f"{card.images} pictures in {card.seconds / 60:.1f} minutes, {card.latent_dim} latents")
    assert isinstance(model, Autoencoder)
    return model


@torch.inference_mode()
def bounds(
    model: Autoencoder, pictures: NDArray[np.uint8], samples: int, chunk: int = 200
) -> tuple[float, float]:
    """The evidence lower bound and the importance-weighted one, negative, in nats a picture."""
    rng = torch.Generator().manual_seed(0)
    sums = torch.zeros(2)
    for start in range(0, len(pictures), chunk):
        grey = torch.from_numpy(framed(pictures[start : start + chunk]))[:, None].float() / 255.0
        bits = torch.bernoulli(grey, generator=rng)
        weights = torch.stack([_log_weight(model, grey, bits, rng) for _ in range(samples)])
        weighted = weights.logsumexp(dim=0) - math.log(samples)
        sums -= torch.stack([weights.mean(dim=0).sum(), weighted.sum()])
    elbo, weighted = (sums / len(pictures)).tolist()
    return elbo, weighted


def _log_weight(model: Autoencoder, grey: Tensor, bits: Tensor, rng: torch.Generator) -> Tensor:
    """``log p(bits, code) - log q(code)`` of one code drawn for each picture, ``[B]``.

    The encoder sees the grey pictures that the bits were drawn from: a bound holds for any q.
    """
    posterior = model.encoder(grey * 2.0 - 1.0)
    q = Normal(posterior.mean, (0.5 * posterior.log_variance).exp())
    code = posterior.mean + q.stddev * torch.randn(posterior.mean.shape, generator=rng)
    logits = model.decoder(code)
    inside = (..., slice(BORDER, -BORDER), slice(BORDER, -BORDER))
    cost = functional.binary_cross_entropy_with_logits(
        logits[inside], bits[inside], reduction="none"
    )
    ratio = Normal(0.0, 1.0).log_prob(code) - q.log_prob(code)
    return ratio.flatten(1).sum(dim=1) - cost.flatten(1).sum(dim=1)


if __name__ == "__main__":
    main()
