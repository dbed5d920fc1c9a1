from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from studio.core.change import DocumentChange
from studio.core.control import Cancelled, RunControl
from studio.core.document import Document, EditStep, Layer
from studio.core.image import Image
from studio.core.raster import Raster
from studio.edits import render
from studio.edits.operation import OPERATIONS, EditContext, Placed
from studio.edits.render import apply_steps, has_draft, layer_key, render_layer
from studio.edits.render_cache import RenderCache, Rendered
from studio.errors import StudioError

INVERT = EditStep("invert")
BLUR = EditStep("gaussian_blur", {"sigma": 2.0})


def picture(height: int = 48, width: int = 64, channels: int = 4) -> Image:
    image = np.random.default_rng(3).random((height, width, channels), np.float32)
    if channels == 4:
        image[..., 3] = 1.0
    return image


def layer(*steps: EditStep, image: Image | None = None) -> Layer:
    raster = Raster.from_image(picture() if image is None else image)
    return Layer(raster, x=10, y=20, edits=steps)


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The ids of the steps that were really computed, in order."""
    calls: list[str] = []
    original = render._Scene.apply

    def counted(scene: render._Scene, placed: Placed, step: EditStep) -> Placed:
        calls.append(step.id)
        return original(scene, placed, step)

    monkeypatch.setattr(render._Scene, "apply", counted)
    return calls


def test_without_edits_the_raster_itself_is_given() -> None:
    raster = Raster.from_pixels8(np.zeros((4, 4, 3), np.uint8))
    plain = Layer(raster, x=3, y=5, edits=(replace(INVERT, enabled=False),))
    assert render_layer(plain) == Rendered(raster, 3.0, 5.0)
    assert render_layer(plain, 1) == Rendered(raster.half(), 1.5, 2.5)


def test_steps_are_applied_in_order() -> None:
    darkened = EditStep("levels", {"black": 0.0, "white": 1.0, "brightest": 0.5})
    result = render_layer(layer(darkened, INVERT)).raster.read()
    np.testing.assert_allclose(result[..., :3], 1.0 - 0.5 * picture()[..., :3], atol=1e-5)


def test_geometry_moves_the_layer() -> None:
    crop = EditStep("crop", {"x": 8, "y": 4, "width": 20, "height": 12})
    move = EditStep("translate", {"dx": 2.0, "dy": -6.0})
    full = render_layer(layer(crop, move))
    assert (full.x, full.y) == (10 + 8 + 2, 20 + 4 - 6)
    assert (full.raster.width, full.raster.height) == (20, 12)
    half = render_layer(layer(crop, move), 1)
    assert (half.x, half.y) == (10.0, 9.0)
    assert (half.raster.width, half.raster.height) == (10, 6)


def test_a_mask_restricts_the_effect() -> None:
    mask = np.zeros((48, 64, 1), np.float32)
    mask[:, 32:] = 1.0
    masked = replace(INVERT, mask=Raster.from_image(mask))
    result = render_layer(layer(masked)).raster.read()
    before = picture()
    np.testing.assert_array_equal(result[:, :32], before[:, :32])
    np.testing.assert_allclose(result[:, 32:, :3], 1.0 - before[:, 32:, :3], atol=1e-6)


def test_a_mask_of_another_size_is_fitted() -> None:
    crop = EditStep("crop", {"width": 21, "height": 33})
    masked = replace(INVERT, mask=Raster.from_image(np.ones((48, 64, 1), np.float32)))
    for level in (0, 1, 2):
        assert not render_layer(layer(crop, masked), level).problems


def test_only_what_follows_a_change_is_computed_again(applied: list[str]) -> None:
    cache = RenderCache()
    stack = layer(BLUR, INVERT)
    first = render_layer(stack, cache=cache)
    assert applied == [BLUR.id, INVERT.id]

    applied.clear()
    assert render_layer(stack, cache=cache).raster is first.raster
    assert not applied

    changed = stack.with_step(INVERT.id, params={"amount": 0.5})
    render_layer(changed, cache=cache)
    assert applied == [INVERT.id]

    applied.clear()
    render_layer(stack.with_step(BLUR.id, enabled=False), cache=cache)
    assert applied == [INVERT.id]

    applied.clear()
    assert render_layer(replace(stack, x=99), cache=cache).raster is first.raster
    assert not applied


def test_the_cache_tells_levels_masks_and_pictures_apart(applied: list[str]) -> None:
    cache = RenderCache()
    stack = layer(INVERT)
    ones = Raster.from_image(np.ones((48, 64, 1), np.float32))
    for other in (stack, layer(INVERT), stack.with_step(INVERT.id, mask=ones)):
        render_layer(other, cache=cache)
        render_layer(other, 1, cache=cache)
    assert len(applied) == 6


def test_the_cached_result_is_the_uncached_one() -> None:
    stack = layer(BLUR, EditStep("rotate", {"angle": 20.0}), EditStep("noise"), INVERT)
    cache = RenderCache()
    render_layer(stack.with_step(INVERT.id, enabled=False), cache=cache)
    cached, fresh = render_layer(stack, cache=cache), render_layer(stack)
    np.testing.assert_array_equal(cached.raster.read(), fresh.raster.read())
    assert (cached.x, cached.y) == (fresh.x, fresh.y)


def test_the_cache_keeps_within_its_limit_and_drops_the_oldest() -> None:
    one = layer(INVERT)
    size = one.raster.nbytes
    cache = RenderCache(limit_bytes=2 * size)
    results = [render_layer(one, cache=cache)]
    amounts = (0.1, 0.2, 0.3)
    stacks = [one.with_step(INVERT.id, params={"amount": amount}) for amount in amounts]
    results += [render_layer(stack, cache=cache) for stack in stacks]
    assert cache.nbytes == 2 * size
    assert render_layer(stacks[-1], cache=cache).raster is results[-1].raster
    assert render_layer(one, cache=cache).raster is not results[0].raster


def test_a_result_larger_than_the_cache_is_not_kept() -> None:
    cache = RenderCache(limit_bytes=10)
    render_layer(layer(INVERT), cache=cache)
    assert cache.nbytes == 0


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (EditStep("from_the_future"), "from_the_future"),
        (EditStep("invert", {"amount": 7}), "amount"),
        (EditStep("invert", {"wobble": 1}), "wobble"),
    ],
)
def test_a_bad_step_is_left_out_and_named(bad: EditStep, words: str) -> None:
    for cache in (None, RenderCache()):
        for _ in range(2):
            result = render_layer(layer(BLUR, bad, INVERT), cache=cache)
            (problem,) = result.problems
            assert words in problem
            good = render_layer(layer(BLUR, INVERT))
            np.testing.assert_array_equal(result.raster.read(), good.raster.read())


def test_a_picture_that_would_fill_the_memory_is_told_at_every_level() -> None:
    vast = EditStep("scale", {"width": 3200.0, "height": 3200.0})
    big = Layer(Raster(300, 300), edits=(vast,))
    for level in (0, 3):
        result = render_layer(big, level, cache=RenderCache())
        assert "too large" in result.problems[0]
        assert result.raster.width == math.ceil(300 / 2**level)


def test_a_step_that_breaks_is_left_out_and_tried_again_next_time(
    monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("edit step gaussian_blur failed")

    def broken(image: Image, params: object, context: EditContext) -> Image:
        raise MemoryError("no room")

    stack = layer(BLUR, INVERT)
    cache = RenderCache()
    with monkeypatch.context() as patch:
        patch.setitem(
            OPERATIONS._all(),
            "gaussian_blur",
            replace(OPERATIONS["gaussian_blur"], function=broken),
        )
        result = render_layer(stack, cache=cache)
    assert "Gaussian blur" in result.problems[0]
    assert "no room" in result.problems[0]
    np.testing.assert_allclose(result.raster.read()[..., :3], 1 - picture()[..., :3], atol=1e-6)
    assert not render_layer(stack, cache=cache).problems


def test_cancelling_stops_and_keeps_nothing_half_done(applied: list[str]) -> None:
    control = RunControl()
    control.cancel()
    cache = RenderCache()
    with pytest.raises(Cancelled):
        render_layer(layer(INVERT), control=control, cache=cache)
    assert not applied
    assert cache.nbytes == 0


def test_steps_on_a_plain_image() -> None:
    image = picture(channels=3)
    result = apply_steps(image, [EditStep("flip"), replace(INVERT, enabled=False)])
    np.testing.assert_array_equal(result.image, image[:, ::-1])
    with pytest.raises(StudioError, match="nope"):
        apply_steps(image, [EditStep("nope")])


def test_randomness_belongs_to_the_step() -> None:
    image = np.full((16, 16, 1), 0.5, np.float32)
    first, second = EditStep("noise"), EditStep("noise")
    same = [apply_steps(image, [first]).image for _ in range(2)]
    np.testing.assert_array_equal(*same)
    assert not np.array_equal(same[0], apply_steps(image, [second]).image)


def test_two_threads_may_share_a_cache() -> None:
    """One draws the screen, the other exports."""
    cache = RenderCache(limit_bytes=3 * layer(INVERT).raster.nbytes)
    stack = layer(BLUR, INVERT)
    stacks = [stack.with_step(INVERT.id, params={"amount": n / 8}) for n in range(8)] * 3
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda one: render_layer(one, cache=cache), stacks))
    for one, result in zip(stacks, results, strict=True):
        np.testing.assert_array_equal(result.raster.read(), render_layer(one).raster.read())
    assert 0 < cache.nbytes <= 3 * stack.raster.nbytes


def even(tone: float) -> Image:
    return np.full((12, 16, 3), tone, np.float32)


def test_a_step_works_with_another_layers_pixels_and_follows_its_edits() -> None:
    dark = Layer(Raster.from_image(even(0.2)), id="dark")
    step = EditStep("match_histogram", {"source": {"layer": "dark"}})
    layer = Layer(Raster.from_image(even(0.7)), edits=(step,), id="bright")
    cache = RenderCache()

    def seen(document: Document) -> float:
        result = render_layer(layer, cache=cache, document=document)
        assert not result.problems
        return float(result.raster.read().mean())

    document = Document(layers=(dark, layer))
    assert seen(document) == pytest.approx(0.2, abs=1e-3)
    inverted = replace(dark, edits=(EditStep("invert"),))
    changed = document.update_layer("dark", lambda _layer: inverted)
    assert seen(changed) == pytest.approx(0.8, abs=1e-3)
    assert layer_key(layer, document) != layer_key(layer, changed)
    assert DocumentChange(document, changed).repainted == {"dark", "bright"}


@pytest.mark.parametrize(
    ("source", "said"), [("", "chosen"), ("gone", "not there"), ("bright", "works with this one")]
)
def test_a_layer_that_cannot_be_referred_to_is_said_in_a_sentence(source: str, said: str) -> None:
    step = EditStep("match_histogram", {"source": {"layer": source}})
    layer = Layer(Raster.from_image(even(0.7)), edits=(step,), id="bright")
    result = render_layer(layer, document=Document(layers=(layer,)))
    (problem,) = result.problems
    assert said in problem
    np.testing.assert_array_equal(result.raster.read(), even(0.7))


def test_two_layers_that_refer_to_each_other_come_to_an_end() -> None:
    layers = tuple(
        Layer(
            Raster.from_image(even(0.5)),
            edits=(EditStep("match_histogram", {"source": {"layer": other}}),),
            id=own,
        )
        for own, other in (("a", "b"), ("b", "a"))
    )
    rendered = render_layer(layers[0], document=Document(layers=layers), cache=RenderCache())
    assert rendered.raster.read().shape == even(0.5).shape


def test_opacity_mixes_a_step_with_what_was_before() -> None:
    raster = Raster.from_image(even(0.2))
    mask = Raster.from_image(np.full((*even(0.2).shape[:2], 1), 0.5, np.float32))
    for step, expected in (
        (EditStep("invert", opacity=0.5), 0.5),
        (EditStep("invert", opacity=0.5, mask=mask), 0.35),
    ):
        result = render_layer(Layer(raster, edits=(step,))).raster.read()
        np.testing.assert_allclose(result, expected, atol=1e-5)


def test_what_is_decided_px_by_px_is_worked_out_finer_and_shrunk() -> None:
    detailed = layer(EditStep("posterize"))
    exact = render_layer(detailed).raster.level(2).read()
    np.testing.assert_array_equal(render_layer(detailed, 2).raster.read(), exact)


def test_a_draft_is_worked_out_coarser_unless_what_is_exact_is_known() -> None:
    detailed, cache = layer(EditStep("posterize")), RenderCache()
    exact = render_layer(detailed).raster.level(2).read()

    def draft() -> Image:
        return render_layer(detailed, 2, cache=cache, fine_pixels=64).raster.read()

    assert np.abs(draft() - exact).max() > 0.01
    render_layer(detailed, 2, cache=cache)
    np.testing.assert_array_equal(draft(), exact)


def test_only_large_pictures_with_fine_edits_have_drafts() -> None:
    def drafted(side: int, operation: str, level: int = 2) -> bool:
        return has_draft(Layer(Raster(side, side, 3), edits=(EditStep(operation),)), level)

    assert drafted(3000, "posterize")
    assert not drafted(3000, "gamma")
    assert not drafted(1000, "posterize")
    assert not drafted(3000, "posterize", level=0)
