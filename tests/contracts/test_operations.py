"""What every edit operation promises, checked for each one that is found."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from studio.codec.read import read_image
from studio.core.control import Cancelled, RunControl
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Image, from_pixels8, to_pixels8
from studio.core.params import ParamSpec, from_json, specs, to_json
from studio.core.raster import Raster
from studio.edits.operation import OPERATIONS, EditContext, EditOperation
from studio.edits.pixels import premultiplied
from studio.edits.render import render_layer
from studio.errors import StudioError
from studio.paths import resources_dir

ALL = [pytest.param(item, id=item.id) for item in OPERATIONS]
PLAIN = [pytest.param(item, id=item.id) for item in OPERATIONS if not item.geometric]
OTHER = "other"
GEOMETRIC = [item for item in OPERATIONS if item.geometric]

# How far a preview may be from the full result (mean difference, of 255), a draft as well; but for
# those that find something else in half the px. They are seen so until the preview is there.
TOLERANCE, ROUGH_TOLERANCE = 2.0, 5.0
ROUGH_DRAFTS = {"canny", "equalize", "reduce_palette", "skeleton", "superpixels", "watershed"}


# Done with 12 megapixels before anybody could cancel.
AT_ONCE = {"crop", "erase", "flip", "invert", "noise", "pattern", "tile_offset", "translate"}

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
EXTREMES: dict[str, list[object]] = {
    "color": [BLACK, WHITE],
    "curve": ["0,1;1,0", "0,0;0.001,1;0.002,0;1,1"],
    "gradient": [[(0.0, BLACK), (0.0, WHITE)], [(1.0, WHITE), (1.0, BLACK)]],
    "palette": [[BLACK], [WHITE, WHITE]],
    "layer": [{"layer": OTHER}],
}


def picture(height: int, width: int, channels: int) -> Image:
    """Smooth color, a hard-edged square, a disk of alpha; nothing random."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = (y + 0.5) / height, (x + 0.5) / width
    planes = [0.5 + 0.4 * np.sin(7 * x), 0.5 + 0.4 * np.cos(5 * y), 0.3 + 0.6 * x * y]
    image = np.stack(planes, axis=2).astype(np.float32)
    image[(abs(x - 0.3) < 0.12) & (abs(y - 0.4) < 0.12)] = (0.9, 0.2, 0.1)
    if channels == 1:
        return image[..., :1]
    alpha = np.clip((0.45 - np.hypot(x - 0.5, y - 0.5)) * 20.0, 0.0, 1.0)[..., None]
    return image if channels == 3 else np.concatenate([image, alpha.astype(np.float32)], axis=2)


def photograph() -> Image:
    """Grain, soft and hard edges: the middle of a sample."""
    pixels = read_image(resources_dir() / "samples" / "photos" / "coffee.jpg")
    return np.ascontiguousarray(pixels[40:360, 160:480])


def selection(height: int, width: int) -> Image:
    mask = np.zeros((height, width, 1), np.float32)
    mask[height // 4 : height // 2 + 1, width // 4 : width // 2 + 1] = 1.0
    return mask


def context_of(image: Image, scale: float = 1.0, mask: Image | None = None) -> EditContext:
    """A selection, and another layer that is the picture in other colors."""

    def other(layer: str) -> Image:
        assert layer == OTHER
        return np.ascontiguousarray(image[::-1] ** 2)

    mask = selection(*image.shape[:2]) if mask is None else mask
    return EditContext(mask=mask, scale=scale, pictures=other)


def run(
    operation: EditOperation, image: Image, params: dict[str, Any] | None = None, scale: float = 1.0
) -> Image:
    start = operation.starting_params(*_full_size(image, scale), OTHER)
    return operation(image, start | (params or {}), context_of(image, scale)).image


def _full_size(image: Image, scale: float) -> tuple[int, int]:
    return round(image.shape[1] / scale), round(image.shape[0] / scale)


def extremes(spec: ParamSpec) -> list[object]:
    if spec.kind == "bool":
        return [False, True]
    if spec.kind == "choice":
        return list(spec.choices)
    if spec.kind in EXTREMES:
        return EXTREMES[spec.kind]
    return [spec.low, spec.high]


def assert_valid(image: Image) -> None:
    assert image.dtype == np.float32
    assert image.ndim == 3
    assert image.shape[2] in (1, 3, 4)
    assert image.size
    assert np.isfinite(image).all()
    assert image.min() >= 0.0
    assert image.max() <= 1.0


def test_every_file_in_the_package_was_found() -> None:
    assert len(OPERATIONS) >= 30
    assert not OPERATIONS.broken
    assert len(GEOMETRIC) >= 5


@pytest.mark.parametrize("operation", ALL)
def test_describes_itself(operation: EditOperation) -> None:
    assert operation.title
    assert (resources_dir() / "icons" / f"{operation.icon}.svg").is_file()
    assert operation.tooltip.endswith(".")
    assert operation.tooltip != operation.title
    for spec in specs(operation.params_type):
        assert spec.label, spec.name
        assert spec.coerce(spec.default) == spec.default
        if spec.kind in ("int", "float"):
            assert spec.low is not None, f"{spec.name} needs limits: a slider has ends"
            assert spec.high is not None, spec.name


@pytest.mark.parametrize("operation", ALL)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_gives_a_valid_image_and_leaves_its_input_alone(
    operation: EditOperation, channels: int
) -> None:
    image = picture(45, 37, channels)
    before = image.copy()
    image.flags.writeable = False
    result = run(operation, image)
    assert_valid(result)
    np.testing.assert_array_equal(image, before)
    if not operation.geometric:
        assert result.shape[:2] == image.shape[:2]
        assert result.shape[2] in (channels, 4)  # what cuts out adds alpha


@pytest.mark.parametrize("operation", ALL)
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (5, 1), (3, 2)])
def test_survives_tiny_pictures(
    operation: EditOperation, channels: int, height: int, width: int
) -> None:
    assert_valid(run(operation, picture(height, width, channels)))


@pytest.mark.parametrize("operation", ALL)
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_survives_flat_and_transparent_pictures(operation: EditOperation, value: float) -> None:
    assert_valid(run(operation, np.full((9, 12, 3), value, np.float32)))
    assert_valid(run(operation, np.zeros((9, 12, 4), np.float32)))


@pytest.mark.parametrize("operation", ALL)
def test_survives_the_extremes_of_every_param(operation: EditOperation) -> None:
    image = picture(13, 16, 4)
    for spec in specs(operation.params_type):
        for value in extremes(spec):
            assert_valid(run(operation, image, {spec.name: value}))


@pytest.mark.parametrize("operation", ALL)
def test_params_round_trip_through_json(operation: EditOperation) -> None:
    start = operation.starting_params(64, 48)
    params = from_json(operation.params_type, json.loads(json.dumps(start)))
    assert to_json(params) == start


@pytest.mark.parametrize("operation", ALL)
def test_presets_are_legal_and_differ(operation: EditOperation) -> None:
    start = operation.starting_params(64, 48, OTHER)
    looks = [
        to_json(from_json(operation.params_type, {**start, **preset}))
        for preset in operation.presets.values()
    ]
    assert all(looks.count(look) == 1 for look in looks)


@pytest.mark.parametrize("operation", ALL)
def test_refuses_wrong_params(operation: EditOperation) -> None:
    image = picture(8, 8, 3)
    with pytest.raises(StudioError, match="no_such_thing"):
        operation(image, {"no_such_thing": 1}, EditContext())
    for spec in specs(operation.params_type):
        with pytest.raises(StudioError, match=spec.name):
            operation(image, {spec.name: ["nonsense"]}, EditContext())


@pytest.mark.parametrize("operation", ALL)
def test_is_deterministic(operation: EditOperation) -> None:
    image = picture(33, 40, 4)
    np.testing.assert_array_equal(run(operation, image), run(operation, image))


@pytest.mark.parametrize("operation", ALL)
def test_a_new_step_shows_something(operation: EditOperation) -> None:
    texture = np.random.default_rng(1).normal(0.0, 0.04, (96, 96, 1)).astype(np.float32)
    image = np.clip(picture(96, 96, 3) + texture, 0.0, 1.0)
    result = operation(image, operation.starting_params(96, 96, OTHER), context_of(image))
    same_place = (result.x, result.y) == (0.0, 0.0) and result.image.shape == image.shape
    assert not same_place or abs(result.image - image).mean() > 1.0 / 255


@pytest.mark.parametrize("operation", ALL)
def test_preview_of_a_photograph_agrees_with_the_full_result(operation: EditOperation) -> None:
    image = photograph()
    other = Layer(Raster.from_image(np.ascontiguousarray(image[::-1] ** 2)), id=OTHER)
    start = operation.starting_params(image.shape[1], image.shape[0], OTHER)
    mask = Raster.from_image(selection(*image.shape[:2]))
    layer = Layer(Raster.from_image(image), edits=(EditStep(operation.id, start, mask=mask),))
    document = Document(layers=(other, layer))
    full, *small = (render_layer(layer, level, document=document) for level in range(3))
    for level, preview in enumerate(small, start=1):
        assert not preview.problems
        assert_alike(preview.raster.read(), full.raster.level(level).read(), TOLERANCE)


@pytest.mark.parametrize("operation", ALL)
@pytest.mark.parametrize("channels", [3, 4])
def test_half_a_picture_looks_like_the_whole(operation: EditOperation, channels: int) -> None:
    """What a draft shows, and a preview of what is not `fine`."""
    full = Raster.from_image(picture(256, 320, channels))
    start = operation.starting_params(full.width, full.height, OTHER)
    placed = operation(full.read(), start, context_of(full.read()))
    mask = Raster.from_image(selection(256, 320)).half().read()
    half = full.half().read()
    small = operation(half, start, context_of(half, 0.5, mask))
    assert small.x == pytest.approx(placed.x / 2, abs=1.0)
    assert small.y == pytest.approx(placed.y / 2, abs=1.0)
    tolerance = ROUGH_TOLERANCE if operation.id in ROUGH_DRAFTS else TOLERANCE
    assert_alike(small.image, Raster.from_image(placed.image).half().read(), tolerance)


def assert_alike(small: Image, expected: Image, tolerance: float) -> None:
    seen, wanted = _common(small, expected), _common(expected, small)
    assert abs(premultiplied(seen) - premultiplied(wanted)).mean() * 255 <= tolerance


def _common(image: Image, other: Image) -> Image:
    """The middle of `image`, of the size that both have: canvases may differ by a px."""
    assert abs(image.shape[0] - other.shape[0]) <= 2
    assert abs(image.shape[1] - other.shape[1]) <= 2
    return image[: min(image.shape[0], other.shape[0]), : min(image.shape[1], other.shape[1])]


@pytest.mark.parametrize("operation", PLAIN)
def test_color_under_transparency_does_not_leak(operation: EditOperation) -> None:
    """No dark or colored fringes: what cannot be seen must not change what can."""
    image = picture(40, 40, 4)
    image[..., :3][image[..., 3] == 0.0] = (0.0, 0.0, 0.0)
    other = image.copy()
    other[..., :3][other[..., 3] == 0.0] = (0.0, 1.0, 0.0)
    seen = premultiplied(run(operation, image)), premultiplied(run(operation, other))
    np.testing.assert_allclose(*seen, atol=2 / 255)


@pytest.mark.parametrize("operation", [item for item in OPERATIONS if item.group == "color"])
def test_color_operations_leave_alpha_alone(operation: EditOperation) -> None:
    image = picture(30, 30, 4)
    np.testing.assert_array_equal(run(operation, image)[..., 3], image[..., 3])


@pytest.mark.parametrize("operation", PLAIN)
def test_gives_8_bit_pictures_back_without_bias(operation: EditOperation) -> None:
    """Rounding to 8 bits before the edit changes little after it."""
    image = picture(64, 64, 3)
    rounded = from_pixels8(to_pixels8(image))
    tolerance = 6.0 if operation.id == "canny" else 3.0  # where a crest is, a rounding decides
    assert abs(run(operation, image) - run(operation, rounded)).mean() * 255 < tolerance


class Impatient(RunControl):
    """Cancels when it is asked for the third time."""

    def __init__(self) -> None:
        super().__init__()
        self._checks = itertools.count(1)

    def check(self) -> None:
        if next(self._checks) >= 3:
            raise Cancelled


@pytest.mark.parametrize("operation", [item for item in ALL if item.id not in AT_ONCE])
def test_asks_again_and_again_whether_to_go_on(operation: EditOperation) -> None:
    image = np.tile(photograph(), (2, 2, 1))
    start = operation.starting_params(640, 640, OTHER)
    with pytest.raises(Cancelled):
        operation(image, start, replace(context_of(image), control=Impatient()))


def test_importing_every_operation_stays_light() -> None:
    code = (
        "import sys; from studio.edits.operation import OPERATIONS; import studio.edits.render;"
        "assert len(OPERATIONS) and not OPERATIONS.broken;"
        "print([m for m in sys.modules if m.split('.')[0] in ('torch', 'scipy') or"
        " (m.startswith('skimage.') and not m.startswith('skimage._shared'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
