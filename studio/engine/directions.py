"""Directions through w that mean something: found by themselves, measured, or taught.

Principal ones as Härkönen et al. 2020 (GANSpace), factors as Shen & Zhou 2021 (SeFa), the others by
linear regression. All are scaled so that one unit is one standard deviation of w.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.control import RunControl
from studio.core.direction import Direction, DirectionKind
from studio.core.latent import Anchor, Vector
from studio.core.steering import bytes_of
from studio.engine.api.steering import DirectionsFound
from studio.engine.family import Model, Shape, silence
from studio.engine.latents import condition_of, has_mapping
from studio.engine.measures import MEASURES, measured, unrolled
from studio.engine.pictures import to_images

Matrix = NDArray[np.float64]

W_SAMPLES = 10_000  # as in GANSpace
PICTURES = 1_000  # that are measured
PREVIEW = 64  # px; enough for every measure
_CHUNK = 16
_PRINCIPAL, _FACTORS = 10, 6
_LEAST_SURE = 0.1  # a slider that explains less of what it is named after is not offered
_RIDGES = (1e-3, 1e-2, 1e-1, 1.0)  # of the mean variance of w
_HELD_OUT = 5  # one in so many is not learned from
_FOLDS = 5


class Sample(NamedTuple):
    """Random places: what of w directions are of, ``[N, latent_dim]``; and all of w, ``[N, D]``."""

    moved: Matrix
    w: Tensor

    @property
    def mean(self) -> Matrix:
        mean: Matrix = self.moved.mean(axis=0)
        return mean


def find_directions(
    model: Model, shape: Shape, device: torch.device, control: RunControl
) -> Iterator[DirectionsFound]:
    """Principal directions and factors at once, then measured ones while pictures are made.

    Raises:
        Cancelled: `control` was cancelled.
    """
    sample = draw(model, shape, device, W_SAMPLES if has_mapping(model) else PICTURES)
    found = [*_principal_of_w(sample)] if has_mapping(model) else []
    found += _factors(model, sample)
    yield DirectionsFound(0.05, tuple(found))
    values: list[NDArray[np.float32]] = []
    features: list[Matrix] = []
    for start in range(0, PICTURES, _CHUNK):
        control.check()
        images, seen = _pictures(model, sample.w[start : min(start + _CHUNK, PICTURES)])
        values.append(measured(images))
        features.append(seen)
        yield DirectionsFound(0.05 + 0.9 * (start + _CHUNK) / (PICTURES + _CHUNK), tuple(found))
    some = sample.moved[:PICTURES]
    if not has_mapping(model) and model.stages:
        found += _principal_of_features(some, np.concatenate(features))
    found += _measured(sample, np.concatenate(values))
    yield DirectionsFound(1.0, tuple(found))


@torch.inference_mode()
def draw(model: Model, shape: Shape, device: torch.device, count: int) -> Sample:
    """The same random places at each call; classes take turns."""
    rng = torch.Generator().manual_seed(0)
    z = torch.randn(count, model.latent_dim, generator=rng)
    condition = condition_of(shape, [Anchor(seed=place) for place in range(count)])
    prompts = model.embed(None if condition is None else condition.to(device))
    w = model.mapping(z.to(device), prompts)
    return Sample(w[:, : model.latent_dim].cpu().double().numpy(), w)


@torch.inference_mode()
def _pictures(model: Model, w: Tensor) -> tuple[list[NDArray[np.float32]], Matrix]:
    """Small pictures, and the features of their first level ``[N, F]``."""
    seen: list[Tensor] = []

    def see(_stage: object, _inputs: object, output: Tensor | tuple[Tensor, ...]) -> None:
        seen.append(output[0] if isinstance(output, tuple) else output)

    with ExitStack() as stack:
        for stage in model.stages[:1]:
            stack.callback(stage.register_forward_hook(see).remove)
        images = to_images(model.synthesize(w, silence(w), PREVIEW))
    features = seen[0].flatten(1).cpu().double().numpy() if seen else np.zeros((len(w), 0))
    return images, features


def _principal_of_w(sample: Sample) -> Iterator[Direction]:
    variances, axes = np.linalg.eigh(np.cov(sample.moved.T))
    shares = variances / variances.sum()
    for place in range(min(_PRINCIPAL, len(axes))):
        axis, share = _signed(axes[:, -1 - place]), float(shares[-1 - place])
        yield _direction("principal", str(place), f"Principal {place + 1}", axis, sample, share)


def _principal_of_features(z: Matrix, features: Matrix) -> Iterator[Direction]:
    """Where z itself is isotropic: the axes that change the first features most.

    They are those of the best linear map from z to features; GANSpace's section 2.2 likewise goes
    back to z by regression.
    """
    centered = features - features.mean(axis=0)
    axes, strengths, _ = np.linalg.svd(z.T @ centered / len(z), full_matrices=False)
    shares = strengths**2 / max(float(centered.var(axis=0).sum()), 1e-12)
    for place in range(min(_PRINCIPAL, len(strengths))):
        share = min(1.0, float(shares[place]))
        name = f"Principal {place + 1}"
        sample = Sample(z, torch.empty(0))
        yield _direction("principal", str(place), name, _signed(axes[:, place]), sample, share)


def _signed(axis: Matrix) -> Matrix:
    """The axis with its largest number positive: a sign is nothing that is found."""
    signed: Matrix = axis * np.sign(axis[np.abs(axis).argmax()])
    return signed


def _factors(model: Model, sample: Sample) -> Iterator[Direction]:
    """The directions that move what reads w most: eigenvectors of ``A^T A`` (SeFa, equation 4)."""
    if not model.w_readers:
        return
    weights = torch.cat([weight[:, : model.latent_dim] for weight in model.w_readers])
    rows = torch.nn.functional.normalize(weights.cpu().double(), dim=1).numpy()
    strengths, axes = np.linalg.eigh(rows.T @ rows)
    shares = strengths / strengths.sum()
    for place in range(min(_FACTORS, len(axes))):
        axis, share = _signed(axes[:, -1 - place]), float(shares[-1 - place])
        yield _direction("factor", str(place), f"Factor {place + 1}", axis, sample, share)


def _measured(sample: Sample, values: NDArray[np.float32]) -> Iterator[Direction]:
    for measure, column in zip(MEASURES, values.T, strict=True):
        axis, sureness = regressed(
            sample.moved[: len(column)], unrolled(column, measure.period).astype(np.float64)
        )
        if sureness >= _LEAST_SURE:
            yield _direction("measured", measure.id, measure.name, axis, sample, sureness)


def regressed(w: Matrix, values: Matrix) -> tuple[Matrix, float]:
    """The axis along which `values` grow, and what share of their variance it explains.

    The share is of values that were held out; they also choose the strength of the ridge.
    """
    if values.std() < 1e-6:
        return np.zeros(w.shape[1]), 0.0
    held_out = np.arange(len(w)) % _HELD_OUT == 0
    tries = [(_explained(w, values, held_out, ridge), ridge) for ridge in _RIDGES]
    sureness, ridge = max(tries)
    return _ridge(w, values, ridge), max(0.0, sureness)


def _explained(w: Matrix, values: Matrix, held_out: NDArray[np.bool_], ridge: float) -> float:
    learned = ~held_out
    axis = _ridge(w[learned], values[learned], ridge)
    offset = values[learned].mean() - w[learned].mean(axis=0) @ axis
    error = values[held_out] - (w[held_out] @ axis + offset)
    return float(1.0 - error.var() / values[held_out].var())


def _ridge(w: Matrix, values: Matrix, strength: float) -> Matrix:
    centered = w - w.mean(axis=0)
    gram = centered.T @ centered / len(w)
    damped = gram + np.eye(len(gram)) * (strength * np.trace(gram) / len(gram))
    axis: Matrix = np.linalg.solve(damped, centered.T @ (values - values.mean()) / len(w))
    return axis


def taught(sample: Sample, more: Sequence[Vector], less: Sequence[Vector]) -> tuple[Matrix, float]:
    """The axis from `less` to `more`, and its accuracy on examples that were left out.

    A linear discriminant with the model's own covariance of w, which is known far better than
    that of some examples.
    """
    examples = np.array([*more, *less], np.float64)
    labels = np.array([1.0] * len(more) + [-1.0] * len(less))
    covariance = np.cov(sample.moved.T).reshape(len(examples[0]), -1)
    tries = [(_accuracy(examples, labels, covariance, ridge), ridge) for ridge in _RIDGES]
    accuracy, ridge = max(tries)
    return _discriminant(examples, labels, covariance, ridge)[0], accuracy


def _accuracy(examples: Matrix, labels: Matrix, covariance: Matrix, ridge: float) -> float:
    order = np.argsort(np.random.RandomState(0).rand(len(labels)) + (labels > 0) * 10)
    fold = np.empty(len(labels), int)
    fold[order] = np.arange(len(labels)) % min(_FOLDS, len(labels))
    right = 0
    for out in range(fold.max() + 1):
        inside = fold != out
        axis, middle = _discriminant(examples[inside], labels[inside], covariance, ridge)
        right += int((((examples[~inside] - middle) @ axis > 0) == (labels[~inside] > 0)).sum())
    return right / len(labels)


def _discriminant(
    examples: Matrix, labels: Matrix, covariance: Matrix, ridge: float
) -> tuple[Matrix, Matrix]:
    """Axis and middle of a linear discriminant (Fisher 1936)."""
    high, low = examples[labels > 0].mean(axis=0), examples[labels < 0].mean(axis=0)
    damped = covariance + np.eye(len(covariance)) * (ridge * np.trace(covariance) / len(covariance))
    return np.linalg.solve(damped, high - low), (high + low) / 2


def _direction(
    kind: DirectionKind, key: str, name: str, axis: Matrix, sample: Sample, sureness: float
) -> Direction:
    return Direction(f"{kind}:{key}", name, kind, bytes_of(in_deviations(axis, sample)), sureness)


def in_deviations(axis: Matrix, sample: Sample) -> Matrix:
    """The axis as long as the standard deviation of w along it."""
    unit = axis / max(float(np.linalg.norm(axis)), 1e-12)
    spread = float(((sample.moved - sample.mean) @ unit).std())
    scaled: Matrix = unit * spread
    return scaled
