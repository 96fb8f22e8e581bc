"""A vehicle and the roles of an emergency service: what they were delegated is in force, and nothing else."""

from __future__ import annotations

import pytest

import geopolicy as gp
from emergency import HOUR, OVERLAY, VEHICLE, engine_of, follower, leave_checks_out, smoke, with_fire
from geopolicy.update.client import UpdateClient
from geopolicy.update.fetch import UnreachableError
from geopolicy.update.news import Subscription
from geopolicy.update.refusals import Attack
from publisher import FOR_TAXIS, NOW, FolderFetcher, at


@pytest.fixture
def publisher(tmp_path):
    """A publisher with a base and a role ``fire``."""
    return with_fire(tmp_path)


@pytest.fixture
def vehicle(publisher, tmp_path):
    """A vehicle that has installed what there is."""
    return follower(publisher, tmp_path / "vehicle")


def test_overlay_of_a_role_is_in_force_beside_the_base(publisher, vehicle):
    smoke(publisher, 1)
    outcome = vehicle.update(NOW)
    assert (outcome.is_new, outcome.refusal, outcome.left_out) == (True, None, ())
    monitor = gp.Monitor(gp.open(vehicle.packs["fleet.gpol"], VEHICLE))
    monitor.swap(engine_of(vehicle), trusted_time=vehicle.signed)
    assert set(engine_of(vehicle).zone_ids) == {"depot", "fire/smoke"}


@pytest.mark.parametrize(
    ("how", "attack"),
    [
        ({"east": 14.5}, Attack.BEYOND_DELEGATION),
        ({"level": gp.Level.NO_RECORD}, Attack.BEYOND_DELEGATION),
        ({"ends": NOW + 7 * HOUR}, Attack.BEYOND_DELEGATION),
        ({"ends": None}, Attack.ARBITRARY),
    ],
    ids=["elsewhere", "another level", "too long", "endless"],
)
def test_role_that_goes_beyond_what_was_delegated_is_left_out_and_all_else_taken(
    publisher, vehicle, monkeypatch, how, attack
):
    leave_checks_out(monkeypatch)
    smoke(publisher, 1, **how)
    publisher.add(2, east=15.0)
    publisher.sign()
    outcome = vehicle.update(NOW)
    assert [refusal.attack for refusal in outcome.left_out] == [attack]
    assert outcome.refusal is None
    assert set(outcome.packs) == {"fleet.gpol"}
    assert outcome.packs["fleet.gpol"].header.revision == 2
    assert vehicle.refusals == {str(attack): 1}


def test_role_cannot_take_the_place_of_another_ones_pack(publisher, vehicle, monkeypatch):
    leave_checks_out(monkeypatch)
    monkeypatch.setattr("geopolicy.update.additions.path_of", lambda *_: "fleet.gpol")
    publisher.add(9, role="fire", wanted=FOR_TAXIS, **OVERLAY)
    publisher.sign("fire", "snapshot", "timestamp")
    outcome = vehicle.update(NOW)
    assert [refusal.attack for refusal in outcome.left_out] == [Attack.BEYOND_DELEGATION]
    assert outcome.packs["fleet.gpol"].header.revision == 1


def test_overlay_leaves_by_its_end_once_that_was_signed(publisher, vehicle):
    smoke(publisher, 1)
    vehicle.update(NOW)
    engine = engine_of(vehicle)
    monitor = gp.Monitor(engine)
    publisher.now = NOW + 3 * HOUR
    assert set(vehicle.update(NOW + 3 * HOUR).packs) == {"fleet.gpol", "fire/smoke.gpol"}  # a clock ends nothing
    publisher.sign()
    outcome = vehicle.update(NOW)
    assert (outcome.is_new, set(outcome.packs)) == (True, {"fleet.gpol"})
    monitor.swap(engine_of(vehicle), trusted_time=vehicle.signed)
    assert not vehicle.update(NOW).is_new


def test_what_was_installed_of_a_role_stays_while_its_news_are_left_out(publisher, vehicle, monkeypatch):
    smoke(publisher, 1)
    vehicle.update(NOW)
    leave_checks_out(monkeypatch)
    smoke(publisher, 2, east=14.5)
    outcome = vehicle.update(NOW)
    assert len(outcome.left_out) == 1
    assert outcome.packs["fire/smoke.gpol"].header.revision == 1


def test_before_the_first_update_nothing_is_installed(publisher, tmp_path):
    root = (publisher.metadata / "1.root.json").read_bytes()
    client = UpdateClient(tmp_path / "other", FolderFetcher(tmp_path), Subscription("taxis", "hr"), root)
    assert client.packs == {}


def test_key_of_a_role_alone_cannot_make_an_old_emergency_a_new_one(publisher, vehicle, monkeypatch):
    """It says anew when the overlay was first issued; the vehicle has not forgotten what it said before."""
    smoke(publisher, 1)
    assert vehicle.update(NOW).left_out == ()
    leave_checks_out(monkeypatch)
    monkeypatch.setattr("geopolicy.update.publish.note_first_issued", _forget)
    later = at(publisher, HOUR)
    smoke(later, 2, issued=later.now, ends=later.now + 5.5 * HOUR)
    outcome = vehicle.update(later.now)
    assert [refusal.attack for refusal in outcome.left_out] == [Attack.BEYOND_DELEGATION]
    assert outcome.packs["fire/smoke.gpol"].header.revision == 1


def _forget(targets, path, issued):
    targets.unrecognized_fields["geopolicy"] = {"first_issued": {path: issued.isoformat()}}


def test_pack_of_a_role_that_does_not_come_holds_back_nothing_else(publisher, vehicle, monkeypatch):
    smoke(publisher, 1)
    publisher.add(2, east=15.0)
    publisher.sign()
    get = vehicle._fetcher.get

    def without_fire(path, most_bytes):
        if path.startswith("targets/fire/"):
            raise UnreachableError("update: targets/fire: answers with 503; what is installed goes on, try again later")
        return get(path, most_bytes)

    monkeypatch.setattr(vehicle._fetcher, "get", without_fire)
    outcome = vehicle.update(NOW)
    assert [type(one) for one in outcome.left_out] == [UnreachableError]
    assert (outcome.refusal, outcome.packs["fleet.gpol"].header.revision) == (None, 2)
    assert vehicle.refusals == {"UnreachableError": 1}
