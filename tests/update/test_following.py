"""A monitor that follows a repository: what is new counts between two calls, and silence restricts."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

import geopolicy as gp
from emergency import leave_checks_out
from geopolicy.errors import UpdateError
from geopolicy.update.client import UpdateClient
from geopolicy.update.following import Follower
from geopolicy.update.install import InstallError
from geopolicy.update.news import Subscription
from geopolicy.update.publish import RoleKeys
from publisher import DAY, LOOSER, NOW, FolderFetcher, Publisher, at, secret
from shapes import box

CAR = gp.Vehicle(["camera.front", "radar"])
HERE = {"lat": 45.5, "lon": 13.5}
AWAY = (45.5, 13.9)
MINUTES_S = {"timestamp": 600, "snapshot": 600}
FIRE = {"area": box(13, 45, 15, 46), "sensors": ["camera"], "levels": ["off"], "most_duration_s": 6 * 3600}
SMOKE = {"fleet": "smoke", "kind": "overlay", "ends": NOW + timedelta(hours=2), "names": ("smoke",)}


class Road:
    """A publisher, a vehicle that follows it, and one clock for both, whatever the vehicle's own clock says."""

    def __init__(self, folder, profile) -> None:
        self.publisher = Publisher(folder, lasts_s=MINUTES_S).released()
        own = RoleKeys([self.publisher.file.make_key("fire", secret)])
        self.publisher.repository.delegate("fire", json.dumps(FIRE), own, NOW)
        self.publisher.sign()
        self.host = FolderFetcher(self.publisher.repository.folder)
        self.seconds = 0.0
        self.clock_is_off = timedelta(0)
        root = (self.publisher.metadata / "1.root.json").read_bytes()
        self.client = UpdateClient(folder / "vehicle", self.host, Subscription("taxis", "hr"), root)
        self.monitor = gp.Monitor(None, vehicle=CAR, profile=profile)
        self.follower = Follower(
            self.client,
            self.monitor,
            every_s=10.0,
            now=lambda: NOW + timedelta(seconds=self.seconds) + self.clock_is_off,
            monotonic_s=lambda: 1000.0 + self.seconds,
        )

    def smoke(self, revision=1, **how: object):
        self.publisher.add(revision, role="fire", **SMOKE | {"issued": self.publisher.now} | how)
        self.publisher.sign("fire", "snapshot", "timestamp")

    def signed_again(self):
        self.publisher.sign("snapshot", "timestamp")

    def later(self, seconds):
        self.seconds += seconds
        at(self.publisher, timedelta(seconds=seconds))
        return self

    def asked(self):
        """The decision after a question, and fixes for six seconds."""
        self.follower.ask()
        return self.driven()

    def driven(self):
        for _ in range(3):
            self.later(3.0)
            self.follower.apply()
            fix = gp.Fix(**HERE, accuracy_95_m=4, speed_mps=0.0, monotonic_s=1000.0 + self.seconds)
            decision = self.monitor.update(fix, "parked")
        return decision


@pytest.fixture
def road(tmp_path):
    return Road(tmp_path, gp.MonitorProfile(follows_overlays=True, stale_after_s=60.0))


def stale(decision):
    return gp.Reason.OVERLAY_STALE in decision.reasons


def test_monitor_gets_what_is_published_and_an_emergency_beside_it(road):
    assert gp.Reason.NO_PACK in road.driven().reasons
    assert road.asked().zones == ("depot",)
    road.smoke()
    decision = road.asked()
    assert (decision.zones, decision.disabled) == (("depot", "fire/smoke"), {"camera.front"})
    assert not stale(decision)
    assert (road.follower.trouble, road.follower.outcome.refusal) == (None, None)


def test_nothing_new_is_a_comparison(road):
    road.asked()
    assert not road.follower.apply()
    engine = road.monitor.engine
    road.signed_again()
    road.asked()
    assert road.monitor.engine is engine


def test_silence_makes_overlays_stale_when_the_timestamp_expires(road):
    assert not stale(road.asked())
    road.host.is_down = True
    assert not stale(road.later(560.0).asked())
    assert stale(road.later(40.0).asked())
    road.signed_again()
    road.host.is_down = False
    assert not stale(road.asked())


def test_exemptions_end_with_the_timestamp_whatever_the_profile_says(tmp_path):
    road = Road(tmp_path, gp.MonitorProfile(stale_after_s=60.0))
    assert not stale(road.monitor.decision)
    assert stale(road.driven())
    assert not stale(road.asked())
    road.host.is_down = True
    assert not stale(road.later(560.0).asked())
    assert stale(road.later(40.0).asked())


def test_what_was_installed_at_an_earlier_start_decides_but_is_not_confirmed(road):
    road.asked()
    client = UpdateClient(road.client._installation.folder, road.host, Subscription("taxis", "hr"))
    follower = Follower(client, gp.Monitor(None, vehicle=CAR, profile=road.monitor.profile))
    assert follower.apply()
    monitor = follower._monitor
    assert monitor.engine is not None
    assert stale(monitor.decision)


# Overlays and their ends --------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=400), -timedelta(days=9000)], ids=str)
def test_overlay_ends_by_what_was_signed_and_not_by_a_clock_that_can_be_set(road, ahead):
    road.asked()
    road.smoke()
    assert "fire/smoke" in road.asked().zones
    road.clock_is_off = ahead
    road.host.is_down = True
    assert "fire/smoke" in road.later(3600.0).asked().zones
    assert "fire/smoke" not in road.later(3720.0).asked().zones
    assert road.follower.trouble is None


def test_overlay_that_ended_is_taken_out_at_that_moment_although_nobody_answers(road):
    road.asked()
    road.smoke()
    road.asked()
    road.host.is_down = True
    left = 7200.0 - road.seconds
    for _ in range(8):
        road.later(1.0).follower.ask()
    road.later(left - 8.0 - 7.0)
    wait_s = road.follower.ask()
    assert 0.0 < wait_s <= 20.0
    assert "fire/smoke" in road.driven().zones


def test_overlay_leaves_by_a_later_revision_of_itself(road):
    road.asked()
    road.smoke()
    road.asked()
    road.publisher.add(2, role="fire", wanted=LOOSER, **SMOKE | {"issued": road.publisher.now, "east": 13.1})
    road.publisher.sign()
    assert "fire/smoke" in road.asked().zones  # held: nobody leaves the middle of a zone in a second
    for _ in range(20):
        decision = road.driven()
    assert decision.zones == ("depot",)
    assert road.monitor.engine.zone_ids == ("depot", "fire/smoke")


def test_overlay_that_the_repository_lists_no_more_stays_until_its_end(road):
    road.asked()
    road.smoke()
    road.asked()
    role = road.client._metadata.pop("fire")
    assert role
    assert "fire/smoke" in road.asked().zones


def test_overlay_in_front_of_an_older_base_does_not_hide_it(road):
    """The base that is installed goes on, and the source is not confirmed."""
    road.publisher.released(2, names=("depot", "yard"))
    road.asked()
    older = gp.read_pack(road.publisher.pack(1))
    overlay = gp.compile(gp.ZoneSet([], gp.ZoneFileHeader("o", 1, kind="overlay")))
    with pytest.raises(UpdateError, match="must be of revision 2 or later"):
        road.monitor.swap(gp.open([older, overlay], CAR))
    assert set(road.monitor.engine.zone_ids) == {"depot", "yard"}


# What goes wrong ------------------------------------------------------------------------


def test_zones_that_the_monitor_refuses_are_told_and_not_confirmed(road):
    road.asked()
    newer = gp.compile(gp.ZoneSet([], gp.ZoneFileHeader("fleet", 9, issued=NOW)))
    road.monitor.swap(gp.open(newer, CAR), replace=True)
    road.publisher.released(2, names=("depot", "yard"))
    assert stale(road.asked())
    assert "must be of revision 9 or later" in road.follower.trouble
    assert road.monitor.engine.header.revision == 9


def test_role_that_was_left_out_leaves_the_source_unconfirmed(road, monkeypatch):
    assert not stale(road.asked())
    leave_checks_out(monkeypatch)
    road.smoke(east=15.5)
    assert not stale(road.asked())  # for as long as the last one holds
    assert [str(one.attack) for one in road.follower.outcome.left_out] == ["beyond-delegation"]
    assert stale(road.later(600.0).driven())


def test_full_disk_does_not_hold_back_an_emergency(road, monkeypatch):
    road.asked()
    road.smoke()

    def full(*_: object):
        raise InstallError("update: installing failed: no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(road.client._installation, "install", full)
        assert "fire/smoke" in road.asked().zones
        assert "no space left" in road.client.trouble
        assert road.client.refusals == {"InstallError": 1}
    again = UpdateClient(road.client._installation.folder, road.host, Subscription("taxis", "hr"))
    assert set(again.packs) == {"fleet.gpol"}
    road.asked()
    assert road.client.trouble is None
    again = UpdateClient(road.client._installation.folder, road.host, Subscription("taxis", "hr"))
    assert set(again.packs) == {"fleet.gpol", "fire/smoke.gpol"}


def test_error_within_ends_no_thread(road, monkeypatch):
    monkeypatch.setattr(road.client, "update", lambda *_: 1 / 0)
    with road.follower as follower:
        assert follower.ask() > 0.0
    assert stale(road.driven())


def test_thread_asks_and_the_monitors_own_thread_swaps(road):
    came = threading.Event()
    update = road.client.update

    def updated(*time: object):
        outcome = update(*time)
        came.set()
        return outcome

    road.client.update = updated
    with road.follower:
        assert came.wait(60.0)
    assert road.driven().zones == ("depot",)
    assert not road.follower._thread.is_alive()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"every_s": "often"}, TypeError),
        ({"every_s": 0.0}, ValueError),
        ({"client": "zones"}, TypeError),
        ({"monitor": None}, TypeError),
        ({"now": NOW}, TypeError),
        ({"monotonic_s": 3.0}, TypeError),
    ],
)
def test_what_is_no_client_monitor_interval_or_clock_is_refused(road, change, error):
    given = {"client": road.client, "monitor": road.monitor} | change
    with pytest.raises(error, match=next(iter(change))):
        Follower(given.pop("client"), given.pop("monitor"), **given)


def test_days_later_the_newest_counts(road):
    road.asked()
    road.host.is_down = True
    road.later(3 * DAY.total_seconds())
    assert stale(road.driven())
    road.publisher.released(2, names=("depot", "yard"))
    road.host.is_down = False
    assert road.asked().zones == ("depot", "yard")
