"""Which zones may follow others: never older ones, nor those of another set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import geopolicy as gp
from geopolicy.pack.rollback import Edition, check_not_rollback, newest_of
from shapes import box

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def check(newest, new, content="same"):
    old = Edition(gp.ZoneFileHeader(**newest), "same")
    check_not_rollback(Edition(gp.ZoneFileHeader(**new), content), old, "update", "nothing changes")


@pytest.mark.parametrize(("newest", "new"), [
    ({"id": "a", "revision": 2}, {"id": "a", "revision": 2}),
    ({"id": "a", "revision": 2, "issued": NOON}, {"id": "a", "revision": 3, "issued": LATER}),
    ({"id": "a", "revision": 2, "issued": NOON}, {"id": "a", "revision": 3, "issued": NOON}),
    ({"id": "a", "revision": 2, "issued": NOON}, {"id": "a", "revision": 3}),
    ({"id": "a", "revision": 2}, {"id": "a", "revision": 3, "issued": NOON}),
    ({"id": "a", "issued": NOON}, {"id": "a", "issued": NOON}),
    ({"id": "a"}, {"id": "a", "revision": 1}),
    ({}, {"id": "b"}),
])  # fmt: skip
def test_rollback_zones_as_new_or_newer_are_accepted(newest, new):
    check(newest, new)


@pytest.mark.parametrize(("newest", "new", "text"), [
    ({"id": "a", "revision": 2}, {"id": "b", "revision": 3}, "of set 'a', got 'b'"),
    ({"id": "a"}, {}, "of set 'a', got None"),
    ({"revision": 2}, {"revision": 1}, "of revision 2 or later, got 1"),
    ({"revision": 2}, {}, "of revision 2 or later, got None"),
    ({"issued": LATER}, {"issued": NOON}, r"issued 2026-06-01T13:00:00\+00:00 or later, got 2026-06-01T12:.*"),
    ({"issued": LATER}, {"issued": NOON, "revision": 1}, r"issued 2026-06-01T13.* or later, got 2026-06-01T12:.*"),
    ({"issued": LATER}, {}, r"issued 2026-06-01T13:00:00\+00:00 or later, got None"),
    ({"revision": 2, "issued": LATER}, {"revision": 3, "issued": NOON}, "issued .*T13.* or later, got .*T12.*"),
])  # fmt: skip
def test_rollback_older_zones_or_those_of_another_set_are_refused(newest, new, text):
    with pytest.raises(gp.errors.UpdateError, match=f"^update: the zones must be {text}; nothing changes$"):
        check(newest, new)


@pytest.mark.parametrize(("header", "number"), [
    ({"id": "a", "revision": 2}, "revision 2"),
    ({"revision": 0, "issued": NOON}, "revision 0"),
    ({"issued": NOON}, "that time of issue"),
])  # fmt: skip
@pytest.mark.parametrize("content", ["other", None])
def test_rollback_other_content_of_the_same_edition_is_refused(header, number, content):
    rule = f"the zones must be those already seen of {number}, or of a later one"
    with pytest.raises(gp.errors.UpdateError, match=f"^update: {rule}, got other content; nothing changes$"):
        check(header, header, content)


@pytest.mark.parametrize(("newest", "new"), [
    ({"id": "a", "revision": 2}, {"id": "a", "revision": 3}),
    ({"issued": NOON}, {"issued": LATER}),
    ({"issued": NOON}, {"issued": NOON, "revision": 1}),
    ({"id": "a"}, {"id": "a"}),
    ({}, {}),
])  # fmt: skip
def test_rollback_other_content_of_another_edition_or_of_none_is_accepted(newest, new):
    check(newest, new, "other")


def test_rollback_edition_without_a_time_of_issue_does_not_hide_the_time_before_it():
    first, second, third = (
        Edition(gp.ZoneFileHeader("a", revision, issued=issued), str(revision))
        for revision, issued in ((1, LATER), (2, None), (3, NOON))
    )
    check_not_rollback(second, first, "update", "nothing changes")
    newest = newest_of(second, first)
    assert (newest.header.revision, newest.header.issued, newest.content) == (2, LATER, "2")
    with pytest.raises(gp.errors.UpdateError, match=r"issued .*T13.* or later, got .*T12"):
        check_not_rollback(third, newest, "update", "nothing changes")
    assert newest_of(third, second) == third


def test_rollback_content_is_one_for_both_engines_where_both_opened_the_pack():
    zones = gp.ZoneSet([gp.Zone("yard", box(13, 45, 14, 46), [gp.Rule(["camera"], gp.Level.OFF)])])
    pack = gp.compile(zones)
    assert gp.open(pack, engine="kernel").content_id == gp.open(pack, engine="reference").content_id
    by_zones = [gp.open(zones, engine=name).content_id for name in ("kernel", "reference", "reference")]
    assert by_zones[0] == pack.digest != by_zones[1] == by_zones[2]
