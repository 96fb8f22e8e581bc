"""What layers of which the first wins may take: places beside each other are free, and what is refused is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest

import geopolicy as gp
from gbfs_files import CHOICE, NO, YES, document, feature, level, read, zones_of
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.layered import first_wins
from geopolicy.authoring.formats.layered.speaking import Speaking
from geopolicy.authoring.formats.rule_choice import RuleChoice, RuleEntry, Where
from geopolicy.authoring.formats.source import SourceZone
from import_samples import imported
from zone_files import collection
from zone_files import feature as zone_feature

RULE = {"sensors": ["camera"], "level": "off"}


def square(lon: float, lat: float, size: float) -> list[list[float]]:
    east, north = round(lon + size, 7), round(lat + size, 7)
    return [[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]


def place(lon: float, lat: float) -> list[object]:
    """A quarter: streets for some types, a square where all may ride, and a zone below them where nobody may."""
    streets = [
        feature(YES | {"vehicle_type_ids": [f"type {i % 3}"]}, ring=square(lon + i * 0.0011, lat + 0.0001, 0.001))
        for i in range(6)
    ]
    return [*streets, feature(YES, ring=square(lon, lat + 0.003, 0.002)), feature(NO, ring=square(lon, lat, 0.008))]


def city(side: int) -> object:
    places = product(range(side), repeat=2)
    return document(*(each for x, y in places for each in place(13 + x / 100, 45 + y / 100)))


def on_one_spot(count: int) -> object:
    """Permits for types and hours of their own, each across the others, over as many zones."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    permits = [
        feature(
            YES | {"vehicle_type_ids": [f"type {i}"]},
            ring=square(13 + i * 1e-4, 45 + i * 1.1e-4, 0.01),
            start=(since + timedelta(hours=i)).isoformat(),
            end=(since + timedelta(hours=i + 100)).isoformat(),
        )
        for i in range(count)
    ]
    return document(*permits, *(feature(NO, ring=square(13 + i * 1e-4, 45, 0.02)) for i in range(count)))


def limit(monkeypatch: pytest.MonkeyPatch, shared: int) -> None:
    monkeypatch.setattr(first_wins, "_SHARED_WORK", shared)


@pytest.mark.parametrize("side", [1, 3])
def test_places_beside_each_other_take_what_their_zones_allow(monkeypatch, side):
    limit(monkeypatch, 0)
    zones = zones_of(city(side))
    assert level(zones, 45.0005, 13.0005, {"vehicle_type": "type 0"}) == "allow"
    assert level(zones, 45.0005, 13.0005, {"vehicle_type": "type 1"}) == "off"


def test_layers_on_one_spot_are_refused_and_the_message_says_what_to_do(monkeypatch):
    limit(monkeypatch, 0)
    (error,) = read(on_one_spot(12)).errors
    hint = "join those that say the same, or split the file: then none is cut out of those of another file"
    assert (error.code, error.path, error.hint) == ("source-crowded", "$", hint)
    assert str(error).startswith("zone file: zones must not overlap so often, got 24 rules")


def test_pairs_of_pieces_are_counted(monkeypatch):
    both = {"ride_start_allowed": False, "ride_end_allowed": False}
    choice = RuleChoice((RuleEntry(Where(tuple(both.items())), (RULE,)), RuleEntry(Where(None), ())))
    # Each zone is whole for either attribute: only the pairs of them take anything.
    piled = document(*(feature(NO, ring=square(13 + i * 1e-4, 45 + i * 1e-4, 0.01)) for i in range(16)))
    content = json.dumps(piled).encode()
    header = {"coverage": "world"}
    assert import_source(content, "zones.json", choice, header).errors == ()
    limit(monkeypatch, 0)
    refused = import_source(content, "zones.json", choice, header)
    assert [error.code for error in refused.errors] == ["source-crowded"]
    assert import_source(content, "zones.json", CHOICE, header).errors == ()


def test_exemptions_by_hours_that_part_a_zone_again_and_again_are_refused(monkeypatch):
    limit(monkeypatch, 0)
    layers = on_one_spot(20)
    for each in layers["data"]["geofencing_zones"]["features"]:
        each["properties"]["rules"][0].pop("vehicle_type_ids", None)
    assert [error.code for error in read(layers).errors] == ["source-crowded"]


def test_progress_of_an_import_only_grows_and_ends_at_all():
    told: list[float] = []
    import_source(json.dumps(city(2)).encode(), "zones.json", CHOICE, {"coverage": "world"}, on_progress=told.append)
    assert all(0 <= a <= b <= 1 for a, b in pairwise(told))
    assert told[-1] == 1
    assert len({each for each in told if 0 < each < 0.9}) > 20  # while zones are cut
    assert len({each for each in told if each >= 0.9}) > 10  # while they are checked


def test_progress_of_cutting_begins_at_nothing_and_does_not_pass_all():
    told: list[float] = []
    cutter = first_wins.Cutter.of([], 2, told.append)
    layers = [first_wins.Layer(SourceZone("a", "$", {}, {}, None, 0), [], Speaking(), {}) for _ in range(4)]
    for _ in range(3):  # once more than was said
        cutter.pieces(layers, [None] * 4)
    assert told == [i / 8 for i in range(8)] + [1.0] * 4


def test_zone_named_as_the_header_of_a_zone_file_is_imported():
    named = document(feature(NO, name="geopolicy", geopolicy={"format": 1}))
    zones = imported(json.dumps(named).encode())
    assert len(zones) == 1
    assert level(zones, 45.275, 13.705) == "off"


def test_document_with_a_header_is_a_zone_file_wherever_the_header_stands():
    stated = json.loads(collection(zone_feature({"type": "Point", "coordinates": [13, 45]}, radius_m=5)))
    header = stated.pop("geopolicy")
    for whole in ({"geopolicy": header} | stated, stated | {"geopolicy": header}):
        assert imported(json.dumps(whole).encode()) == gp.ZoneSet.parse(json.dumps(whole))


@pytest.mark.parametrize("end", [b"", b"}", b',"geopolicy": 1}'], ids=["cut off", "comma left", "twice"])
def test_zone_file_that_was_spoilt_keeps_the_message_of_its_reader(end):
    text = collection(zone_feature({"type": "Point", "coordinates": [13, 45]}, radius_m=5))
    raw = text if isinstance(text, bytes) else text.encode()
    spoilt = raw[: raw.rindex(b"}")] + (b"," if end == b"}" else b"") + end
    with pytest.raises(gp.errors.ZoneFileError) as meant:
        gp.ZoneSet.parse(spoilt)
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        imported(spoilt)
    assert [(each.code, each.rule) for each in refusal.value.problems] == [
        (each.code, each.rule) for each in meant.value.problems
    ]
