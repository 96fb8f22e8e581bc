"""Findings of the header agree with what vehicles refuse as a rollback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.errors import UpdateError
from geopolicy.pack.rollback import Edition, check_not_rollback

ISSUED = datetime(2026, 11, 1, tzinfo=UTC)
headers = st.builds(
    gp.ZoneFileHeader,
    id=st.sampled_from([None, "a", "b"]),
    revision=st.sampled_from([None, 2, 3]),
    issued=st.sampled_from([None, ISSUED, ISSUED + timedelta(microseconds=1)]),
)


def is_refused(old, new):
    try:
        check_not_rollback(Edition(new, "same"), Edition(old, "same"), "load", "kept")
    except UpdateError:
        return True
    return False


@given(headers, headers)
def test_header_of_an_edition_that_vehicles_refuse_is_named_and_no_other(old, new):
    found = gp.diff_zones(gp.ZoneSet([], old), gp.ZoneSet([], new)).header
    assert all(change.is_looser for change in found)
    # Another id counts where vehicles have none yet, too: nothing tells then that it is the same set.
    assert bool(found) == (is_refused(old, new) or old.id != new.id)


ENDS = st.sampled_from([None, ISSUED, ISSUED + timedelta(hours=1)])


@given(ENDS, ENDS)
def test_overlay_that_ends_earlier_is_looser_and_later_or_never_is_stricter(before, after):
    old, new = (gp.ZoneSet([], gp.ZoneFileHeader("a", 2, kind="overlay", ends=ends)) for ends in (before, after))
    found = gp.diff_zones(old, new).header
    far = datetime.max.replace(tzinfo=UTC)
    assert [change.kind for change in found] == ["ends"] * (before != after)
    assert [change.is_looser for change in found] == [(after or far) < (before or far)] * (before != after)


def test_header_of_another_kind_is_looser_either_way():
    kinds = [gp.ZoneSet([], gp.ZoneFileHeader("a", 2, kind=kind)) for kind in ("base", "overlay")]
    for old, new in (kinds, kinds[::-1]):
        found = gp.diff_zones(old, new)
        assert [(change.kind, change.is_looser) for change in found.header] == [("kind", True)]
        assert found.is_looser
