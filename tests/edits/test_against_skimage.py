"""Edits that are a function of scikit-image give what a direct call of it gives."""

from __future__ import annotations

import numpy as np
import pytest
import skimage as ski

from studio.core.image import Image
from studio.edits.operation import OPERATIONS, EditContext
from tests.support.direct import DIRECT, Direct, other


def photograph() -> Image:
    """A part of scikit-image's own cat, with fur, edges and soft background; no download."""
    image = ski.data.chelsea()[20:212, 60:300]
    return (image / 255.0).astype(np.float32)


@pytest.mark.parametrize("name", DIRECT)
def test_gives_what_scikit_image_gives(name: str) -> None:
    direct: Direct = DIRECT[name]
    image = photograph()
    if direct.gray:
        image = image.mean(axis=2, keepdims=True)
    operation = OPERATIONS[name]
    params = operation.starting_params(image.shape[1], image.shape[0], "other") | direct.params
    context = EditContext(pictures=lambda _layer: other(image))
    result = operation(image, params, context).image
    expected = np.asarray(direct.call(image[..., 0] if direct.gray else image), np.float32)
    expected = np.clip(expected.reshape(result.shape), 0.0, 1.0)
    inner = slice(direct.border, -direct.border or None)
    difference = abs(result - expected)[inner, inner].mean()
    assert difference <= direct.tolerance
    assert expected.shape != image.shape or abs(expected - image).mean() > 1e-3
