"""``generate``: pictures of seeds from a trained model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from studio.cli.verb import Verb
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.core.document import Document
    from studio.core.image import Image
    from studio.core.latent import LatentPoint
    from studio.engine.api import ModelCard

_MOST_SEEDS = 100_000
_LARGEST_SEED = 2**32 - 1


def parse_seeds(text: str) -> list[int]:
    """``0-63`` or ``3,7,20-25`` as numbers, in that order.

    Raises:
        StudioError: not such a list.
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        try:
            low, high = int(first), int(last if dash else first)
        except ValueError:
            raise _bad_seeds(text) from None
        if not 0 <= low <= high <= _LARGEST_SEED or high - low >= _MOST_SEEDS:
            raise _bad_seeds(text)
        seeds += range(low, high + 1)
    return seeds


def _bad_seeds(text: str) -> StudioError:
    return StudioError(f"“{text}” is no list of seeds.", "Write for example 0-63 or 3,7,20-25.")


def _check_prompt(card: ModelCard, prompt: str) -> None:
    """Say which words the model will not heed.

    Raises:
        StudioError: it heeds none, or takes no prompts.
    """
    from studio.core.words import unknown_words, words_of

    if not prompt or card.classes:
        return
    if not card.words:
        raise StudioError(
            "This model was not trained to be asked for anything.",
            "Leave out --prompt, or train with --prompt classes or captions.",
        )
    unknown = unknown_words(prompt, frozenset(card.words))
    told = ", ".join(f"“{word}”" for word in unknown)
    if len(unknown) == len(set(words_of(prompt))):
        known = ", ".join(card.words[:8])
        raise StudioError(f"The model does not know {told}.", f"It knows {known} and others.")
    if unknown:
        print(f"The model does not know {told}: no caption had them.", file=sys.stderr)


def _document(card: ModelCard, point: LatentPoint, image: Image) -> Document:
    """A document of one layer that knows how it was made."""
    from studio.core.document import Document, Layer, Provenance
    from studio.core.raster import Raster

    provenance = Provenance("generated", card.dataset_name or card.family, card.sha256, point)
    layer = Layer(Raster.from_image(image), point.describe(), provenance=provenance)
    return Document(card.width, card.height, (layer,))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="a model.safetensors")
    parser.add_argument("--seeds", default="0-15", help="for example 0-63 or 3,7,20-25")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument(
        "--truncation", type=float, default=1.0, help="0 to 1: lower is more typical"
    )
    parser.add_argument("--prompt", default="", help="class or caption, where the model takes one")
    parser.add_argument("--grid", action="store_true", help="also write all of them as grid.png")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")


def _run(options: argparse.Namespace) -> int:
    from studio.codec.write import write_image
    from studio.core.files import told_as_studio_error
    from studio.core.latent import LatentPoint
    from studio.engine.api import load_engine
    from studio.engine.pictures import sheet
    from studio.project.recipe import document_recipe

    seeds = parse_seeds(options.seeds)
    if not 0.0 <= options.truncation <= 2.0:
        raise StudioError(f"“{options.truncation}” is no truncation.", "Give a number from 0 to 2.")
    generator = load_engine().load(options.model, options.device)
    _check_prompt(generator.card, options.prompt)
    points = [LatentPoint.of_seed(seed, options.truncation, options.prompt) for seed in seeds]
    images = generator.sample(points)
    with told_as_studio_error(f"“{options.out}” could not be written"):
        options.out.mkdir(parents=True, exist_ok=True)
    for seed, point, image in zip(seeds, points, images, strict=True):
        recipe = document_recipe(_document(generator.card, point, image))
        write_image(options.out / f"seed{seed:04d}.png", image, recipe)
    if options.grid:
        write_image(options.out / "grid.png", sheet(images), source="trainedAlgorithmicMedia")
    card = generator.card
    print(f"{options.out}  {len(images)} of {card.width} × {card.height} px")
    return 0


VERB = Verb("generate", "make pictures of seeds with a trained model", _arguments, _run)
