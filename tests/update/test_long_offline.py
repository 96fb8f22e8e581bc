"""A vehicle that hears nothing for 400 days, while the keys of the root go through many hands, and comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tuf.api.metadata import Root, Targets, Timestamp

import geopolicy as gp
from emergency import VEHICLE
from geopolicy.update.client import UpdateClient
from geopolicy.update.fetch import UnreachableError
from geopolicy.update.news import Subscription
from geopolicy.update.refusals import Attack
from published import DAY, NOW, Published
from shapes import box
from thief import Shelf, entry, pack_hash

EXPIRES = NOW + 90 * DAY
BACK = NOW + 400 * DAY
PARKED = gp.Condition(state=["parked"])


class NoNetwork:
    def get(self, path, _most_bytes):
        raise UnreachableError(path)


class Fleet:
    """A publisher, and what its host serves."""

    def __init__(self) -> None:
        self.published = Published()
        self.publish(1, NOW, EXPIRES)

    def publish(self, revision, issued, expires, *more: str):
        """A base: cameras are off unless the vehicle is parked, and the radar always; further zones for all sensors."""
        rules = [gp.Rule(["camera"], gp.Level.OFF, unless=[PARKED]), gp.Rule(["radar"], gp.Level.OFF)]
        made = [gp.Zone("depot", box(13, 45, 14, 46), rules)]
        made += [gp.Zone(name, box(13, 45, 14, 46), [gp.Rule(["*"], gp.Level.NO_RECORD)]) for name in more]
        pack = gp.compile(gp.ZoneSet(made, gp.ZoneFileHeader("city", revision, issued=issued, expires=expires)))
        own = self.published
        own.targets[Targets.type].targets["city.gpol"] = entry("city.gpol", pack)
        own.timestamp.unrecognized_fields["geopolicy"] = {"signed": issued.isoformat()}
        for signed in (own.root, own.timestamp, own.snapshot, own.targets[Targets.type]):
            signed.expires = issued + 5 * DAY
        own.publish()
        self.shelf = Shelf({f"targets/{pack_hash(bytes(pack.data))}.city.gpol": bytes(pack.data)})

    def rotate(self, count):
        """Keys of the root that follow one another; the last root has another key of the timestamp, too."""
        for _ in range(count - 1):
            self.published.rotate(Root.type)
        self.published.root.expires = BACK + DAY
        self.published.rotate(Timestamp.type)

    def host(self):
        return Shelf(
            self.shelf | {f"metadata/{name}": content for name, content in self.published.files.items()},
        )


def follower(folder, fetcher, root=None):
    return UpdateClient(folder, fetcher, Subscription("taxis", "hr"), root)


def opened(client):
    return gp.open(client.packs.values(), VEHICLE)


@pytest.mark.parametrize("rotations", [256, 257, 600])
def test_restrictions_hold_for_400_days_and_news_are_found_after_many_roots(tmp_path, rotations):
    fleet = Fleet()
    client = follower(tmp_path / "vehicle", fleet.host(), fleet.published.first_root)
    assert client.update(NOW).refusal is None
    monitor = gp.Monitor(opened(client))

    def at(moment):
        """The decision of a parked vehicle in the zone: it has been heard of for some seconds."""
        seconds = (moment - NOW).total_seconds()
        for second in range(7):
            decision = monitor.update(
                gp.Fix(45.5, 13.5, 4.0, moment + timedelta(seconds=second), seconds + second, 0.0), "parked"
            )
        return decision

    for day in range(400):
        decision = at(NOW + day * DAY)
        assert decision.zones == ("depot",)
        assert decision.level("radar") == gp.Level.OFF  # every day
        assert decision.allows("camera.front") is (day < 90)  # by the exemption, until the zones expire
        assert (gp.Reason.EXPIRED in decision.reasons) is (day >= 90)
        assert monitor.tick((day + 0.5) * 86_400).level("camera.front") == gp.Level.OFF  # nothing is known
        if day % 100 == 50:  # the vehicle starts anew, and finds no network
            client = follower(tmp_path / "vehicle", NoNetwork())
            assert isinstance(client.update(NOW + day * DAY).refusal, UnreachableError)
            assert client.packs["city.gpol"].header.revision == 1
    assert client.refusals == {"UnreachableError": 1}

    fleet.publish(2, BACK, BACK + 90 * DAY, "yard")
    fleet.rotate(rotations)
    fleet.published.publish()
    client = follower(tmp_path / "vehicle", fleet.host())
    outcome = client.update(BACK)
    assert (outcome.refusal, outcome.trouble, outcome.is_new) == (None, None, True)
    monitor.swap(opened(client), trusted_time=client.signed)
    decision = at(BACK)
    assert set(decision.zones) == {"depot", "yard"}
    assert decision.level("camera.front") == gp.Level.NO_RECORD  # exempt again, but for what is new
    assert decision.level("radar") == gp.Level.OFF
    assert follower(tmp_path / "vehicle", NoNetwork()).packs["city.gpol"].header.revision == 2


def test_key_that_was_taken_away_counts_for_nothing_however_many_roots_follow(tmp_path):
    fleet = Fleet()
    client = follower(tmp_path / "vehicle", fleet.host(), fleet.published.first_root)
    client.update(NOW)
    fleet.rotate(600)  # what the timestamp's key signed before is still there
    client = follower(tmp_path / "vehicle", fleet.host())
    assert client.update(NOW).refusal.attack == Attack.WRONG_KEY
    assert client.packs["city.gpol"].header.revision == 1
