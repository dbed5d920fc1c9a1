"""Numbers as controls take and show them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.widgets.number_range import NumberRange

UNIT = NumberRange(0.0, 2.0, 0.01)


@pytest.mark.parametrize(
    ("limits", "value", "text"),
    [
        (UNIT, 0.8, "0.80"),
        (NumberRange(0, 50, 0.1, "px"), 12.0, "12.0 px"),
        (NumberRange(-180, 180, 0.1, "°"), 33.3, "33.3°"),
        (NumberRange(-3, 3, 0.1, "σ", signed=True), 1.1, "+1.1σ"),
        (NumberRange(2, 32, 1), 6, "6"),
        (NumberRange(0, 1, 0.25), 0.75, "0.75"),
    ],
)
def test_text(limits, value, text):
    assert limits.text(value) == text
    assert limits.parse(text) == pytest.approx(value)


@pytest.mark.parametrize("typed", ["0,5", " 0.5 ", ".5", "+0.5"])
def test_reads_what_people_type(typed):
    assert UNIT.parse(typed) == 0.5


@pytest.mark.parametrize("typed", ["", "half", "nan", "inf", "1 2"])
def test_refuses_what_is_no_number(typed):
    assert UNIT.parse(typed) is None


def test_a_typed_number_may_pass_the_sliders_end():
    limits = NumberRange(0, 1000, 1, "px", soft_high=100)
    assert limits.end == 100
    assert limits.parse("400 px") == 400
    assert limits.fraction(400) == 1.0
    assert limits.parse("4000") == 1000


def test_origin_is_zero_where_zero_is_inside():
    assert NumberRange(-3, 3).origin == 0
    assert NumberRange(1, 3).origin == 1


def test_without_limits_there_is_no_slider():
    assert not NumberRange(low=0.0).is_finite
    assert NumberRange(0, 1).is_finite


@given(st.floats(-1e6, 1e6))
def test_legal_values_are_legal_and_stay(value):
    legal = UNIT.legal(value)
    assert 0.0 <= legal <= 2.0
    assert UNIT.legal(legal) == legal


@given(st.floats(0.0, 1.0))
def test_places_and_values_agree(fraction):
    value = UNIT.at(fraction)
    assert abs(UNIT.fraction(value) - fraction) <= 0.5 * 0.01 / 2.0 + 1e-9
