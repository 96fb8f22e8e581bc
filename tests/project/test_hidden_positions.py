"""No error and no repr shows the position of a vehicle."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import geopolicy as gp
from error_cases.samples import ENGINE
from examples import dear

NAN = math.nan
# Seven digits and more, so that a position cannot be mistaken for another number.
odd = st.integers(1, 9_999_999).map(lambda n: n * 1e-7 + 1e-9)
latitudes = st.builds(lambda whole, part: whole + part, st.integers(-400, 400), odd)
positions = st.tuples(latitudes, latitudes)
metres = st.sampled_from([0.0, 5.0, 10_000.0, 10_001.0, -1.0, NAN])


def told_by(call):
    """Everything that an exception says, with its causes; empty if there is none."""
    try:
        call()
    except Exception as error:  # whatever is raised must keep the position to itself
        seen, text = error, ""
        while seen is not None:
            text += f"{seen!s} {seen!r} {seen.args!r} {getattr(seen, '__notes__', '')}"
            seen = seen.__cause__ or seen.__context__
        return text
    return ""


def shown_in(text, numbers):
    return [n for n in numbers if f"{abs(n):.6f}"[:-1] in text or repr(abs(n)) in text]


@dear(150, 40, suppress_health_check=list(HealthCheck))
@given(positions, positions, metres)
def test_errors_of_an_engine_never_show_the_position(here, there, length):
    for call in (
        lambda: ENGINE.decide(*here, length),
        lambda: ENGINE.decide_path(*here, *there, length),
        lambda: ENGINE.near(*here, length),
        lambda: ENGINE.safe_radius(*here, length),
        lambda: ENGINE.decide_many([here[0], there[0]], [here[1], there[1]], [length] * 2),
    ):
        assert shown_in(told_by(call), (*here, *there)) == []


def test_errors_of_an_engine_hidden_position_check_can_fail():
    def careless():
        raise ValueError("lat must be in [-90, 90], got 481.2345678")

    assert shown_in(told_by(careless), [481.2345678]) == [481.2345678]


@pytest.mark.parametrize("method", ["decide", "near", "safe_radius"])
@pytest.mark.parametrize(
    "place", [("45.1234567", "13.7654321"), ([45.1234567], [13.7654321]), (45.1234567, "13.7654321E")]
)
def test_errors_of_an_engine_given_a_position_that_is_no_number_do_not_show_it(method, place):
    more = (1.0,) if method == "near" else ()
    text = told_by(lambda: getattr(ENGINE, method)(*place, *more))
    assert text
    assert "1234567" not in text
    assert "7654321" not in text


@pytest.mark.parametrize(
    "place", [(["45.1234567N"], [13.7]), ([[45.1234567]], [13.7]), ([{"lat": 45.1234567}], [13.7])]
)
def test_errors_of_decide_many_given_what_is_no_number_do_not_show_it(place):
    text = told_by(lambda: ENGINE.decide_many(*place))
    assert text
    assert "1234567" not in text


@given(positions, st.none() | st.floats(0, 100), st.booleans())
def test_fix_repr_hides_the_position_and_shows_the_rest(place, accuracy, is_valid):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    fix = gp.Fix(*place, accuracy_95_m=accuracy, time=now, valid=is_valid, spoofing=True)
    assert shown_in(repr(fix), place) == []
    assert repr(fix).startswith("Fix(position hidden, ")
    assert repr(fix).endswith(")")
    for name in ("accuracy_95_m", "valid", "time", "spoofing"):
        default = {"accuracy_95_m": accuracy is None, "valid": is_valid}.get(name, False)
        assert (f"{name}=" in repr(fix)) != default


def test_fix_repr_without_more_is_only_hidden():
    assert repr(gp.Fix(45.1234567, 13.7654321)) == str(gp.Fix(45.1234567, 13.7654321)) == "Fix(position hidden)"
    assert repr(gp.Fix(NAN, NAN, valid=False)) == "Fix(position hidden, valid=False)"
