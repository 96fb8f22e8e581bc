"""What who has stolen the key of an emergency role can do: within what was delegated, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain, combinations

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Targets

import geopolicy as gp
from emergency import CITY, HOUR, engine_of
from key_page import table_below
from published import DAY, NOW
from publisher import zones
from shapes import box
from thief import FIRE, Thief, World, entry, revision_in, smoke

SUBSETS = [(FIRE, *more) for more in chain.from_iterable(combinations(("timestamp", "snapshot"), n) for n in range(3))]
DOCUMENTED = table_below("The key of an emergency role")
WITHIN = [(45.5, 13.3), (45.5, 13.8)]
OUTSIDE = [(45.5, 14.2), (44.9, 13.5), (10.0, 10.0)]
RIM = {"type": "Point", "coordinates": [13.9999, 45.5]}
SENSORS = ("camera.front", "radar")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"), 1)


def levels(engine, places):
    return [engine.decide(*place).level(sensor) for place in places for sensor in SENSORS]


def ruled(*rules: gp.Rule, **shape: object):
    """An overlay with other rules, or elsewhere."""
    made = smoke(9)
    (zone,) = made
    return gp.ZoneSet([replace(zone, rules=rules, **shape)], made.header)


BEYOND = {
    "elsewhere": smoke(9, east=14.5),
    "rim elsewhere": ruled(gp.Rule(["camera"], gp.Level.OFF), geometry=RIM, radius_m=20.0),
    "another sensor": ruled(gp.Rule(["radar"], gp.Level.OFF)),
    "all sensors": ruled(gp.Rule(["*"], gp.Level.OFF)),
    "another level": smoke(9, level=gp.Level.NO_RECORD),
    "a consent": ruled(gp.Rule(["camera"], gp.Level.OFF, needs_consent=True)),
    "a limit": ruled(gp.Rule(["camera"], gp.Level.OFF, limits={"retain_s": 60})),
    "endless": smoke(9, ends=None),
    "too long": smoke(9, ends=NOW + 7 * HOUR),
    "a base": zones(9, fleet="fire/smoke", names=("fire/smoke",)),
    "a base that is looser": zones(9, fleet="fire/smoke", names=()),
    "a zone of the base": smoke(9, names=("fire/smoke", "depot")),
    "the set of the base": zones(9, fleet="city", names=()),
    "a zone named after nobody": smoke(9, names=("smoke",)),
    "a zone of another role": smoke(9, names=("police/smoke",)),
    "a set of another role": smoke(9, fleet="police/smoke"),
    "a set named after nobody": smoke(9, fleet="smoke"),
    "issued in 2099": smoke(9, issued=NOW.replace(year=2099), ends=NOW.replace(year=2099) + HOUR),
}


def edits_to(world, zone_set, path="fire/smoke.gpol"):
    pack = world.shelve(path, zone_set)
    return {FIRE: lambda targets: targets.targets.update({path: entry(path, pack)})}


def harmless(client):
    """Asks for news; nothing but the legitimate packs is installed, and decisions are the base's or tighter within."""
    client.update(NOW)
    assert client.refusals
    assert set(client.packs) <= {"city.gpol", "fire/smoke.gpol"}
    assert client.packs["city.gpol"].header.revision in (2, 3)
    assert client.packs["fire/smoke.gpol"].header.revision in (1, 2)
    base = gp.open(client.packs["city.gpol"], engine_of(client).vehicle)
    assert levels(engine_of(client), OUTSIDE) == levels(base, OUTSIDE)
    assert all(map(at_least, levels(engine_of(client), WITHIN), levels(base, WITHIN)))


def at_least(level, other):
    return level >= other


def row_of(stolen):
    return ", ".join(stolen)


def test_table_has_all_subsets():
    assert list(DOCUMENTED) == [row_of(stolen) for stolen in SUBSETS]
    assert {row["beyond what was delegated"] for row in DOCUMENTED.values()} == {"no"}


@pytest.mark.parametrize("stolen", SUBSETS, ids=row_of)
def test_what_the_key_can_do_within_what_was_delegated(world, stolen):
    edits = edits_to(world, smoke(9, ends=NOW + 6 * HOUR))
    clients = [world.vehicle(files) for files in Thief(world, stolen).hosts(edits)]
    installed = [revision_in(client, "fire/smoke.gpol") == 9 for client in clients]
    assert any(installed) is (DOCUMENTED[row_of(stolen)]["zones within what was delegated"] == "yes")


@pytest.mark.parametrize("what", BEYOND)
@pytest.mark.parametrize("stolen", SUBSETS, ids=row_of)
def test_what_was_not_delegated_is_never_installed(world, stolen, what):
    paths = ("fire/smoke.gpol", "fire/other.gpol", "city.gpol", "other.gpol")
    for path in paths if stolen == SUBSETS[-1] else paths[:1]:
        for files in Thief(world, stolen).hosts(edits_to(world, BEYOND[what], path)):
            harmless(world.vehicle(files))


@pytest.mark.parametrize("stolen", SUBSETS, ids=row_of)
def test_role_delegates_no_more_than_it_has(world, stolen):
    """A role of the thief's own, with all the world as its area."""
    thief, own = Thief(world, stolen), CryptoSigner.generate_ed25519()
    path = "fire/mob.gpol"
    pack = world.shelve(path, smoke(9, fleet="mob/mob", names=("mob/mob",), east=14.5))
    mob = Targets(expires=NOW + 30 * DAY, targets={path: entry(path, pack)})
    metadata = Metadata(mob)
    metadata.sign(own)
    thief.publishes("1.mob.json", metadata.to_bytes())

    def edit(targets):
        role = DelegatedRole("mob", [], 1, False, ["fire/*"])
        role.unrecognized_fields["geopolicy"] = json.dumps(CITY | {"area": box(-180, -89, 180, 89)})
        targets.delegations = Delegations({}, {"mob": role})
        targets.add_key(own.public_key, "mob")

    for files in thief.hosts({FIRE: edit}, listed={"mob": 1}):
        harmless(world.vehicle(files))


def test_key_takes_back_what_its_own_role_asked_and_no_more(world):
    thief = Thief(world, (FIRE, "timestamp", "snapshot"))
    (files,) = thief.hosts(edits_to(world, smoke(9, names=())))
    client = world.vehicle(files)
    before = levels(engine_of(client), WITHIN)
    assert revision_in(client, "fire/smoke.gpol") == 9
    after = levels(engine_of(client), WITHIN)
    assert before != after
    assert after == levels(gp.open(client.packs["city.gpol"], engine_of(client).vehicle), WITHIN)
