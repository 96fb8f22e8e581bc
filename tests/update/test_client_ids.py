"""Packs that use an id of another one: none of them keeps the other, or all, out of force in a vehicle."""

from __future__ import annotations

import pytest

from emergency import OVERLAY, delegate, engine_of, follower, leave_checks_out, smoke, with_fire
from geopolicy.update.refusals import Attack
from publisher import FOR_TAXIS, NOW


@pytest.fixture
def publisher(tmp_path):
    return with_fire(tmp_path)


@pytest.fixture
def vehicle(publisher, tmp_path):
    return follower(publisher, tmp_path / "vehicle")


@pytest.fixture
def police(publisher):
    """Signs an overlay of a second role, with ids of its choice."""
    delegate(publisher, "police")

    def sign(revision, **how: object):
        publisher.add(revision, role="police", wanted=FOR_TAXIS, **{**OVERLAY, **how})
        publisher.sign("police", "snapshot", "timestamp")

    return sign


@pytest.fixture
def unchecked(monkeypatch):
    """The publisher's own checks, which who has a key leaves out."""
    leave_checks_out(monkeypatch)
    monkeypatch.setattr("geopolicy.update.additions.path_of", lambda role, pack_id, _: f"{role}/{pack_id[-5:]}.gpol")


@pytest.mark.parametrize(
    "how",
    [
        {"fleet": "fire/smoke", "names": ["police/smoke"]},
        {"fleet": "police/smoke", "names": ["fire/smoke"]},
        {"fleet": "police/smoke", "names": ["police"]},
        {"fleet": "police", "names": ["police/smoke"]},
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.usefixtures("unchecked")
def test_role_that_takes_an_id_that_is_not_its_own_is_left_out(publisher, vehicle, police, how, is_first):
    """Be it there already, or guessed before it comes: it keeps nobody else's overlay out of force."""
    if not is_first:
        smoke(publisher, 1)
        vehicle.update(NOW)
    police(1, named=False, **how)
    vehicle.update(NOW)
    if is_first:
        smoke(publisher, 1)
    outcome = vehicle.update(NOW)
    assert [refusal.attack for refusal in outcome.left_out] == [Attack.BEYOND_DELEGATION]
    assert "police/" in str(outcome.left_out[0])
    assert set(engine_of(vehicle).zone_ids) == {"depot", "fire/smoke"}


@pytest.mark.usefixtures("unchecked")
def test_id_of_the_base_is_left_out_and_the_overlay_before_goes_on(publisher, vehicle):
    smoke(publisher, 1)
    vehicle.update(NOW)
    smoke(publisher, 2, named=False, fleet="fire/smoke", names=("fire/smoke", "depot"))
    outcome = vehicle.update(NOW)
    assert [refusal.attack for refusal in outcome.left_out] == [Attack.BEYOND_DELEGATION]
    assert outcome.packs["fire/smoke.gpol"].header.revision == 1
    assert set(engine_of(vehicle).zone_ids) == {"depot", "fire/smoke"}


def test_base_comes_before_an_overlay_whose_id_it_takes(publisher, vehicle):
    smoke(publisher, 1, names=("yard",))
    vehicle.update(NOW)
    publisher.add(2, names=("depot", "fire/yard"))
    publisher.sign()
    outcome = vehicle.update(NOW)
    assert [refusal.file for refusal in outcome.left_out] == ["fire/smoke.gpol"]
    assert outcome.packs["fleet.gpol"].header.revision == 2
    assert set(engine_of(vehicle).zone_ids) == {"depot", "fire/yard"}


@pytest.mark.parametrize("set_id", ["fleet", "other"])
def test_base_that_does_not_open_beside_another_is_refused(publisher, vehicle, monkeypatch, set_id):
    """The set that is installed under another path, which would be older; or a zone of it in another set."""
    monkeypatch.setattr("geopolicy.update.additions.path_of", lambda *_: "other.gpol")
    publisher.add(1, fleet=set_id, east=13.5)
    publisher.sign()
    outcome = vehicle.update(NOW)
    assert outcome.refusal.attack == Attack.ARBITRARY
    assert {path: pack.header.revision for path, pack in outcome.packs.items()} == {"fleet.gpol": 1}
