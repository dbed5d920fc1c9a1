"""The dataset doctor: finds what was done to real pictures, leaves alone what was not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFilter

from studio.core.control import Cancelled, RunControl
from studio.core.image import Pixels8
from studio.engine.api import Advice, Examination, Examining, Finding, read_examination
from studio.engine.doctor.advisor import advise
from studio.engine.doctor.bars import without_bars
from studio.engine.doctor.check import CHECKS, Album
from studio.engine.doctor.examine import examine, examine_dataset, look_over
from studio.paths import resources_dir
from tests.support.datasets import make_dataset

SIDE = 128
GEESE = 48


@pytest.fixture(scope="module")
def geese() -> Pixels8:
    """``[48, 128, 128, 3]``: photographs, no two of them much alike."""
    files = sorted((resources_dir() / "samples" / "goose").glob("*.jpg"))[::3][:GEESE]
    return np.stack(
        [np.asarray(Pillow.open(file).convert("RGB").resize((SIDE,) * 2)) for file in files]
    )


def found(pixels: Pixels8, what: str, **facts: object) -> list[Finding]:
    """The findings of a kind, or with that reason."""
    events = look_over(Album(pixels, **facts), RunControl())
    findings = [event for event in events if isinstance(event, Finding)]
    return [item for item in findings if what in (item.kind, item.reason)]


def spoiled(pixels: Pixels8, places: set[int], spoil) -> Pixels8:
    copy = pixels.copy()
    for place in places:
        copy[place] = spoil(copy[place])
    return copy


def blurred(picture: Pixels8) -> Pixels8:
    return np.asarray(Pillow.fromarray(picture).filter(ImageFilter.GaussianBlur(2)))


def barred(picture: Pixels8) -> Pixels8:
    picture = picture.copy()
    picture[:16] = picture[-16:] = 0
    return picture


SPOILS = {
    "dark": lambda picture: (picture * 0.1).astype(np.uint8),
    "washed out": lambda picture: (220 + picture * 0.1).astype(np.uint8),
    "low contrast": lambda picture: (110 + picture * 0.1).astype(np.uint8),
    "blurred": blurred,
}


def test_no_check_fails_to_import():
    assert len(CHECKS) >= 7
    assert CHECKS.broken == {}


@pytest.mark.parametrize("reason", SPOILS)
def test_spoiled_pictures_are_found_and_no_others(geese: Pixels8, reason: str):
    places = {3, 17, 40}
    natural = {place for item in found(geese, reason) for place in item.treated}
    (finding,) = found(spoiled(geese, places, SPOILS[reason]), reason)
    assert len(natural) <= 1  # one of the photographs is a little out of focus
    assert set(finding.treated) == places | natural
    assert finding.title.startswith(f"{len(finding.treated)} images ")
    assert all(item.score > 1 for item in finding.suspects)


def test_the_sharpest_of_near_duplicates_stays(geese: Pixels8):
    small = Pillow.fromarray(geese[5]).resize((48, 48)).resize((SIDE, SIDE))
    lighter = (geese[5] * 1.1).clip(0, 255).astype(np.uint8)
    pixels = np.concatenate([geese, np.asarray(small)[None], lighter[None]])
    (finding,) = found(pixels, "duplicates")
    trio = {5, GEESE, GEESE + 1}
    assert {item.index for item in finding.suspects} == trio
    assert GEESE in finding.treated
    assert len(finding.treated) == 2
    assert found(geese, "duplicates") == []


def test_bars_are_found_and_cut_off(geese: Pixels8):
    pixels = spoiled(geese, {2, 9}, barred)
    (finding,) = found(pixels, "bars")
    assert (finding.remedy, sorted(finding.treated)) == ("trim", [2, 9])
    assert without_bars(pixels[2]).shape == (SIDE - 34, SIDE, 3)  # one pixel of blend at each
    assert without_bars(geese[2]).shape == (SIDE, SIDE, 3)
    assert found(pixels, "bars", crop="fit") == []  # those would be ours


def test_an_icon_on_white_has_no_bars():
    icon = np.full((64, 64, 3), 255, np.uint8)
    icon[20:44, 16:48] = (200, 30, 30)
    assert without_bars(icon).shape == icon.shape


def test_a_picture_of_something_else_stands_out(geese: Pixels8):
    food = resources_dir() / "samples" / "food_and_animals" / "broccoli.png"
    stranger = Pillow.open(food).convert("RGB").resize((SIDE, SIDE))
    (finding,) = found(np.concatenate([geese, np.asarray(stranger)[None]]), "outliers")
    assert finding.suspects[0].index == GEESE


def test_small_and_long_sources_are_found_where_sizes_are_known(geese: Pixels8):
    sizes = [(800, 800)] * GEESE
    sizes[1], sizes[2] = (60, 60), (1600, 400)
    (small,) = found(geese, "tiny", source_sizes=tuple(sizes))
    (long,) = found(geese, "shapes", source_sizes=tuple(sizes))
    assert (small.treated, small.remedy) == ((1,), "leave out")
    assert [item.index for item in long.suspects] == [2]
    (all_small,) = found(geese, "tiny", source_sizes=((64, 64),) * GEESE)
    assert "64 px or less" in all_small.why
    assert all_small.treated == ()


def advice_on(pixels: Pixels8) -> dict[str, Advice]:
    return {item.change: item for item in advise(Album(pixels), RunControl())}


def test_the_advisor_tells_what_has_a_left_and_a_right(geese: Pixels8):
    ramp = np.linspace(0.3, 1.0, SIDE)[:, None]
    lit = np.concatenate([geese * ramp, geese[:, :, ::-1] * ramp]).astype(np.uint8)
    both_ways = np.concatenate([geese, geese[:, :, ::-1]])
    assert advice_on(lit)["mirror"].safe is False
    advice = advice_on(both_ways)
    assert advice["mirror"].safe is not False
    assert advice["upside_down"].safe is False


def test_the_advisor_admits_when_there_are_too_few(geese: Pixels8):
    advice = advice_on(geese[:20])["mirror"]
    assert advice.safe is None
    assert advice.sentence.startswith("Too few images to tell.")


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("count", [1, 2, 11])
def test_any_channels_shape_and_number(channels: int, count: int):
    pixels = np.random.default_rng(0).integers(0, 256, (count, 24, 40, channels), np.uint8)
    events = list(examine(Album(pixels), RunControl()))
    fractions = [event.fraction for event in events if isinstance(event, Examining)]
    assert fractions == sorted(fractions)
    assert isinstance(events[-1], Examination)


def test_an_examination_is_kept_with_its_dataset(tmp_path: Path):
    folder = make_dataset(tmp_path / "discs", count=20)
    *_, first = examine_dataset(folder, RunControl())
    assert read_examination(folder) == first
    again = list(examine_dataset(folder, RunControl()))
    assert again == [*first.findings, *first.advice, first]


def test_an_examination_can_be_cancelled(tmp_path: Path):
    folder = make_dataset(tmp_path / "discs", count=20)
    control = RunControl()
    events = examine_dataset(folder, control)
    next(events)
    control.cancel()
    with pytest.raises(Cancelled):
        list(events)
    assert read_examination(folder) is None
