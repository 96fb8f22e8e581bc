"""The proof of gp_settle.h: how far its integers are from the true value of the formula, term by term."""

from __future__ import annotations

import re
from math import cos, pi, radians, sin, sqrt

import pytest

from c_builds import KERNEL

HEADER = (KERNEL / "lookup" / "gp_settle.h").read_text(encoding="utf-8")
FRAMES = (KERNEL / "lookup" / "gp_frames.c").read_text(encoding="utf-8")
AXIS_M, EXCENTRICITY_SQ = (
    float(re.findall(rf"#define {name} ([\d.]+)", FRAMES)[0]) for name in ("AXIS_M", "EXCENTRICITY_SQ")
)


def numbers_in(function: str) -> list[int]:
    """The long numbers in a function of the header, in their order."""
    body = HEADER[HEADER.index(f" {function}(") :]
    return [int(number) for number in re.findall(r"\b(\d{5,})u?\b", body[: body.index("\n}\n")])]


def bit(count: int) -> float:
    """2 to the power of -count: what is cut off is less; what is rounded is off by half of it at most."""
    return 2.0**-count


def is_off(true: float, got: int) -> float:
    """The relative error of a factor."""
    return abs(got / true - 1)


# In half turns, sines and degrees. A place as q40 is cut, as q26 it is rounded.
QUARTER, QUARTER_TO_HALF = 2.1 * bit(31), 1.1 * bit(31)  # tried for every argument; test_settle.c tries some
PLACE = bit(40)
PLACE_26 = bit(27) + PLACE
WAVE = QUARTER + bit(31)


def fast(times: int) -> float:
    """The error of a sine of pi times a place."""
    return WAVE + pi * (bit(31) + times * PLACE)


def slow(parts: int, factor: int, shift: int) -> float:
    """The error of a sine of pi times a place divided by parts."""
    return WAVE + pi * (PLACE_26 / parts + 36 / parts * is_off(32 / parts * 2.0**shift, factor) + bit(32))


def waves(of_12: int, of_30: int) -> float:
    """The error of the sums of sines, in thirtieths of a metre."""
    third, tenth = numbers_in("waves")[0], numbers_in("waves")[2]
    parts = 8 * slow(3, third, 28) + of_12 * slow(12, third, 30) + of_30 * slow(30, tenth, 31)
    return 100 * (4 * fast(6) + 4 * fast(2) + 4 * fast(1) + parts)


def metres(lat: float) -> tuple[float, float, float, float]:
    """Bounds at a latitude, in thirtieths of a metre: the way east and its error, the way north and its error."""
    y, xs = lat - 35, [-36 + step / 4 for step in range(289)]
    by_x = max(abs(30 + 3 * x + 3 * y) for x in xs)
    by_y = max(abs(90 + 6 * y + 3 * x) for x in xs)
    east = max(abs(9000 + 60 * y + x * (30 + 3 * x + 3 * y)) for x in xs) + 18 + 11000 + 50  # between the xs
    north = max(abs(-3000 + 60 * x + y * (90 + 6 * y + 3 * x)) for x in xs) + 36 + 11600 + 50
    root = bit(20) + sqrt(PLACE)
    cut = 36 * (bit(22) + 9 * PLACE) + 60 * PLACE + bit(17)
    of_east = waves(30, 60) + (bit(25) + PLACE) * (by_x + 0.1) + 3 * root + cut
    of_north = waves(32, 64) + (bit(25) + PLACE) * (by_y + 0.1) + 6 * root + cut
    return east, of_east, north, of_north


def gcj02(lat: float) -> tuple[float, float]:
    """The errors in grid units at a latitude: to the east, to the north."""
    factor, n0, n1, n2, e0, e1, e2, *_ = numbers_in("units_per_metre")
    sine, cosine = sin(radians(abs(lat))), cos(radians(lat))
    turn = pi / 2 * (PLACE_26 / 90 + abs(lat) / 90 * is_off(2.0**38 / 90, factor) + bit(32))
    of_sine = turn * cosine + QUARTER
    of_cosine = turn * sine + (QUARTER_TO_HALF if abs(lat) > 45 else QUARTER)
    square = sine * sine
    of_square = 2 * sine * of_sine + of_sine * of_sine + bit(33)
    per_north = (n0 - square * (n1 - square * n2)) / 2.0**30
    per_along = (e0 - square * (e1 + square * e2)) / 2.0**30
    true_north = 6e7 / (AXIS_M * (1 - EXCENTRICITY_SQ) * pi) * (1 - EXCENTRICITY_SQ * square) ** 1.5
    true_along = 6e7 / (AXIS_M * pi) * sqrt(1 - EXCENTRICITY_SQ * square)
    of_north = abs(per_north - true_north) + n1 / 2.0**30 * of_square + bit(31) * (1 + square)
    of_along = abs(per_along - true_along) + 1.1 * e1 / 2.0**30 * of_square + bit(31) * (1 + square)
    of_inverse = of_cosine / cosine**2 * 1.0001 + bit(31) * (1 / cosine + 1)
    of_east = per_along * of_inverse + of_along / cosine + of_along * of_inverse + bit(30)
    east, east_off, north, north_off = metres(lat)
    position = 1e7 * PLACE + 2 * bit(20) + 1e-6  # of the place, of two cuts, of the doubles
    return (
        east_off * (per_along / cosine + of_east) + east * of_east + position,
        north_off * (per_north + of_north) + north * of_north + position,
    )


def bd09(before: float) -> float:
    """The error of BD-09 for one of GCJ-02."""
    turn = (
        (before + bit(11) + bit(20)) * 1e-7 * 50 / 3 + 2 * is_off(2.0**52 / 1.2e6, numbers_in("turns_of")[1]) + bit(32)
    )
    wave, most = WAVE + pi * turn, 1.4104e9 * 3e-6
    turned = most * (wave + is_off(3e-6 * 2.0**49, numbers_in("turned")[0])) + 3e-6 * (1 + before) + bit(18) + bit(20)
    twice = 0.0065 * 4 * wave + 1e-6 + bit(20)
    inverse = 5 * bit(29) + bit(28) + 4e-9  # its roundings, the cut of the square, places cut to whole units
    stretched = 200 * (wave + inverse + bit(30)) + 2 * bit(20)
    return before * (1 + 3e-7) + turned + twice + stretched + 2e-6  # and of the doubles


def test_integers_and_doubles_differ_by_less_than_what_is_doubtful():
    doubt = int(re.findall(r"#define DOUBT (\d+)u", HEADER)[0]) / 2.0**20
    lats = [step / 50 for step in range(-50, 3051)]
    east, north = (max(gcj02(lat)[axis] for lat in lats) for axis in (0, 1))
    assert north < east == gcj02(61.0)[0]
    assert east + 10 * (gcj02(61.0)[0] - gcj02(60.98)[0]) < doubt  # between two of the latitudes
    assert bd09(east) == pytest.approx(0.00120, abs=1e-5)  # the sum in the header
    assert bd09(east) < doubt < 1.1 * bd09(east)  # not much more than needed: it costs doubles


def test_fixed_point_holds_the_ways():
    ways = [metres(lat / 10) for lat in range(-10, 611)]
    assert max(max(way[0], way[2]) for way in ways) < 31_750 < 2**32 / 2**17
