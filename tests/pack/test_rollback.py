"""Which zones may follow others: never older ones, nor those of another set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import geopolicy as gp
from geopolicy.pack.rollback import check_not_rollback

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(("newest", "new"), [
    ({"id": "a", "revision": 2}, {"id": "a", "revision": 2}),
    ({"id": "a", "revision": 2, "issued": LATER}, {"id": "a", "revision": 3, "issued": NOON}),
    ({"id": "a", "issued": NOON}, {"id": "a", "issued": NOON}),
    ({"id": "a"}, {"id": "a", "revision": 1}),
    ({}, {"id": "b"}),
])  # fmt: skip
def test_rollback_zones_as_new_or_newer_are_accepted(newest, new):
    check_not_rollback(gp.ZoneFileHeader(**new), gp.ZoneFileHeader(**newest), "update", "nothing changes")


@pytest.mark.parametrize(("newest", "new", "text"), [
    ({"id": "a", "revision": 2}, {"id": "b", "revision": 3}, "of set 'a', got 'b'"),
    ({"id": "a"}, {}, "of set 'a', got None"),
    ({"revision": 2}, {"revision": 1}, "of revision 2 or later, got 1"),
    ({"revision": 2}, {}, "of revision 2 or later, got None"),
    ({"issued": LATER}, {"issued": NOON}, r"issued 2026-06-01T13:00:00\+00:00 or later, got 2026-06-01T12:.*"),
    ({"issued": LATER}, {}, r"issued 2026-06-01T13:00:00\+00:00 or later, got None"),
])  # fmt: skip
def test_rollback_older_zones_or_those_of_another_set_are_refused(newest, new, text):
    with pytest.raises(gp.errors.UpdateError, match=f"^update: the zones must be {text}; nothing changes$"):
        check_not_rollback(gp.ZoneFileHeader(**new), gp.ZoneFileHeader(**newest), "update", "nothing changes")
