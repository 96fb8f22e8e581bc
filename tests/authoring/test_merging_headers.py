"""What headers state alike stays when sets are joined; what they do not is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import geopolicy as gp
from diff_scenes import box, polygon
from geopolicy.authoring.merging import header_left_out, merged

HEADER = gp.ZoneFileHeader(id="set", revision=7, issued=datetime(2026, 1, 1, tzinfo=UTC))


def sets(*headers: gp.ZoneFileHeader):
    rules = [gp.Rule(["camera"], gp.Level.OFF)]
    zones = [gp.Zone(f"z{i}", polygon(box(100 * i, 0, 9, 9)), rules) for i in range(len(headers))]
    return [gp.ZoneSet([zone], header) for zone, header in zip(zones, headers, strict=True)]


def test_header_that_all_state_alike_stays_whole():
    alike = sets(HEADER, HEADER)
    assert (merged(alike).header, header_left_out(alike)) == (HEADER, [])
    assert not gp.diff_zones(alike[0], merged(alike)).is_looser


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("id", None, "'set' and none"),
        ("revision", 8, "7 and 8"),
        ("issued", None, "2026-01-01T00:00:00Z and none"),
        ("expires", datetime(2027, 1, 1, tzinfo=UTC), "none and 2027-01-01T00:00:00Z"),
    ],
)
def test_header_member_that_is_left_out_is_named_with_what_each_states(name, value, text):
    differing = sets(HEADER, replace(HEADER, **{name: value}), HEADER)
    assert getattr(merged(differing).header, name) is None
    (warning,) = header_left_out(differing)
    assert (warning.code, warning.path, warning.value) == ("header-disagrees", f"$.geopolicy.{name}", text)
    assert "each file" in warning.hint
