"""Exports are what was planned: which part, how large, under which names, marked as what it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from studio.app.export_plan import FORMATS, PRESETS, ExportPlan, ExportSize, write_export
from studio.codec.read import read_head, read_pixels8
from studio.codec.recipe import read_recipe
from studio.codec.resample import resampled
from studio.codec.write import WriteOptions
from studio.core.control import RunControl
from studio.core.document import Document, Layer, Provenance
from studio.core.image import to_pixels8
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.errors import StudioError
from tests.support.pictures import gradient


def document() -> Document:
    photo = Layer(Raster.from_image(gradient(0, 90)), "Photo", 5, 5)
    made = Provenance("generated", "Icons", "abc", LatentPoint.of_seed(3))
    icon = Layer(Raster.from_image(gradient(1, 40)), "Icon", 10, 0, provenance=made)
    selection = np.zeros((60, 80, 1), np.uint8)
    selection[20:50, 10:30] = 255
    return Document(80, 60, (photo, icon), Raster.from_pixels8(selection))


def export(plan: ExportPlan, layer: Layer | None = None) -> list[Path]:
    return list(write_export(plan, document(), layer, RunControl()))


@pytest.mark.parametrize(
    ("text", "size", "tag"),
    [
        ("100%", (80, 60), ""),
        ("1x", (80, 60), ""),
        ("@2x", (160, 120), "@2x"),
        ("0,5x", (40, 30), "@0.5x"),
        ("50 %", (40, 30), "@0.5x"),
        ("512", (512, 384), "-512"),
        ("512 px", (512, 384), "-512"),
        ("40w", (40, 30), "-40w"),
        ("120h", (160, 120), "-120h"),
    ],
)
def test_sizes_are_read_as_designers_write_them(text: str, size: tuple[int, int], tag: str) -> None:
    assert ExportSize.parse(text).of(80, 60) == size
    assert ExportSize.parse(text).tag == tag


@pytest.mark.parametrize("text", ["", "big", "0", "-2x", "2x3", "99999999"])
def test_what_is_no_size_is_one_sentence(text: str) -> None:
    with pytest.raises(StudioError):
        ExportSize.parse(text).of(80, 60)


def test_several_sizes_become_several_files(tmp_path: Path) -> None:
    files = export(ExportPlan(tmp_path, "Otter", sizes=("1x", "2x", "32", "100%")))
    assert [file.name for file in files] == ["Otter.png", "Otter@2x.png", "Otter-32.png"]
    heads = [read_head(file) for file in files]
    assert [(head.width, head.height) for head in heads] == [(80, 60), (160, 120), (32, 24)]


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format_is_written_with_its_options(tmp_path: Path, suffix: str) -> None:
    options = WriteOptions(deep=True, quality=100, background=(1.0, 0.0, 0.0))
    files = export(ExportPlan(tmp_path, "Otter", suffix, sizes=("32", "64"), options=options))
    assert files == list(ExportPlan(tmp_path, "Otter", suffix, sizes=("32", "64")).files)
    for file in files:
        with Pillow.open(file) as picture:
            picture.load()
            assert max(picture.size) in (32, 64)


def test_an_icon_is_one_square_file_of_all_sizes(tmp_path: Path) -> None:
    plan = ExportPlan(tmp_path, "Otter", ".ico", sizes=PRESETS["Windows icon: 16 to 256"])
    (file,) = export(plan)
    with Pillow.open(file) as icon:
        assert icon.info["sizes"] == {(side, side) for side in (16, 24, 32, 48, 64, 128, 256)}
        corner = icon.convert("RGBA").getpixel((0, 0))
        assert corner[3] == 0  # the canvas is wider than high


def test_a_selection_is_cut_out(tmp_path: Path) -> None:
    whole = read_pixels8(export(ExportPlan(tmp_path, "whole"))[0])
    part = read_pixels8(export(ExportPlan(tmp_path, "part", subject="selection"))[0])
    np.testing.assert_array_equal(part, whole[20:50, 10:30])


def test_a_layer_is_exported_alone_and_marked_for_itself(tmp_path: Path) -> None:
    photo, icon = document().layers
    for layer, marked in ((photo, False), (icon, True)):
        (file,) = export(ExportPlan(tmp_path, layer.name, subject="layer"), layer)
        np.testing.assert_array_equal(read_pixels8(file), to_pixels8(layer.raster.read()))
        assert (b"trainedAlgorithmicMedia" in file.read_bytes()) == marked
    assert read_recipe(export(ExportPlan(tmp_path, "whole"))[0]) is not None


def test_nothing_to_export_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="no layer"):
        export(ExportPlan(tmp_path, "a", subject="layer"))
    plan = ExportPlan(tmp_path, "a", subject="selection")
    with pytest.raises(StudioError, match="Nothing is selected"):
        list(write_export(plan, Document(), None, RunControl()))
    assert list(tmp_path.iterdir()) == []


def test_hard_pixels_stay_hard(tmp_path: Path) -> None:
    (file,) = export(ExportPlan(tmp_path, "big", sizes=("3x",), nearest=True))
    whole = read_pixels8(export(ExportPlan(tmp_path, "whole"))[0])
    np.testing.assert_array_equal(read_pixels8(file), whole.repeat(3, axis=0).repeat(3, axis=1))


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from((1, 3, 4)))
def test_a_flat_color_stays_flat_at_any_size(width: int, height: int, channels: int) -> None:
    image = np.full((17, 23, channels), 0.6, np.float32)
    scaled = resampled(image, width, height)
    assert scaled.shape == (height, width, channels)
    np.testing.assert_allclose(scaled, 0.6, atol=1e-5)


def test_what_is_transparent_lends_no_color(tmp_path: Path) -> None:
    image = np.zeros((64, 64, 4), np.float32)
    image[..., 1] = 1.0  # green, where nobody sees it
    image[16:48, 16:48] = (1.0, 0.0, 0.0, 1.0)
    scaled = resampled(image, 20, 20)
    assert scaled[scaled[..., 3] > 0.01][:, 1].max() < 0.02


def test_a_plan_is_kept_and_nonsense_is_not(tmp_path: Path) -> None:
    options = WriteOptions(quality=71, metadata="marking")
    plan = ExportPlan(tmp_path, "Otter", ".webp", "layer", ("2x", "64"), True, options)
    fresh = ExportPlan(tmp_path, "Otter")
    assert fresh.with_json(plan.to_json()) == plan
    for nonsense in (
        None,
        [],
        {},
        {**plan.to_json(), "suffix": ".exe"},
        {**plan.to_json(), "sizes": ["huge"]},
        {**plan.to_json(), "options": {"quality": 900}},
    ):
        assert fresh.with_json(nonsense) == fresh
