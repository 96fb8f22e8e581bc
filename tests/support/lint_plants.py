"""A clean zone file, and for each code of lint what is to be put into it so that the code is found."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from geopolicy.authoring.lint.pairs import MOST_COMPARED
from geopolicy.geometry.frames import to_gcj02

KEPT = [{"sensors": ["lidar"], "store_in": "HR"}]
RULES = [{"sensors": ["camera"], "level": "off", "unless": {"emergency": True}}]
HEADER = {
    "format": 1,
    "authority": "Office of tests",
    "timezone": "UTC",
    "coverage": {"type": "Polygon", "coordinates": [[[5, 30], [140, 30], [140, 60], [5, 60], [5, 30]]]},
}
NOW = "2026-06-01T12:00:00+00:00"


def ring_round(lon, lat, radius, corners=7, turn=0.0):
    """A closed ring round a place, counter-clockwise, in degrees."""
    angles = [turn + 2.0 * math.pi * i / corners for i in range(corners)]
    ring = [[round(lon + radius * math.cos(a), 7), round(lat + radius * 0.8 * math.sin(a), 7)] for a in angles]
    return [*ring, ring[0]]


def polygon(*rings: list):
    return {"type": "Polygon", "coordinates": list(rings)}


def rectangle(west, south, east, north):
    return polygon([[west, south], [east, south], [east, north], [west, north], [west, south]])


def zone(zone_id, geometry, **properties: object):
    """A feature; camera off if no rules are given."""
    if "rules" not in properties and "disable" not in properties:
        properties["rules"] = RULES
    return {"type": "Feature", "id": zone_id, "geometry": geometry, "properties": properties}


def clean_zones(count=1000):
    """Zones about which there is nothing to say: all of another size and shape, some of them overlapping."""
    return [
        zone(
            f"site-{i}",
            polygon(
                ring_round(58.0 + (i % 40) * 0.9, 33.0 + (i // 40) * 0.9, 0.2 + 0.6 * i / count, 5 + i % 23, i * 0.37)
            ),
            name=f"Site {i}",
            rules=[{"sensors": ["camera"], "level": ("off", "no_record")[i % 2]}, *KEPT],
        )
        for i in range(count)
    ]


@dataclass(frozen=True)
class Plant:
    """What makes lint find a code: features, members of the header, files beside it; and which zone is named."""

    features: list[dict[str, Any]] = field(default_factory=list)
    zone_id: str | None = "bad"
    header: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    also: frozenset[str] = frozenset()  # codes that cannot but come with it
    has_vehicle: bool = False

    @property
    def is_alone(self) -> bool:
        """Whether it changes more than the features of the file."""
        return bool(self.header or self.files or self.has_vehicle or not self.features)


def zone_file(features, **header: object):
    members = {name: value for name, value in (HEADER | header).items() if value is not None}
    return {"type": "FeatureCollection", "geopolicy": members, "features": features}


def write(folder, plants, clean):
    """A folder with the clean zones and what is planted."""
    features, header, files = list(clean), {}, {}
    for plant in plants:
        features += plant.features
        header |= plant.header
        files |= plant.files
    folder.mkdir(exist_ok=True)
    (folder / "zones.geojson").write_text(json.dumps(zone_file(features, **header)))
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return folder


PLACE = ring_round(70.0, 40.0, 0.3, 9)
FAR = rectangle(80, 40, 81, 41)
SQUARE = rectangle(70, 40, 70.5, 40.5)


def _in_gcj02(ring):
    return [[lon, lat] for lat, lon in (to_gcj02(lat, lon) for lon, lat in ring)]


def _moved(ring, east, north):
    return [[lon + east, lat + north] for lon, lat in ring]


def _with_middles(ring, count):
    """A ring with so many positions on each edge, which lie exactly on it on the grid."""
    found = []
    for (x0, y0), (x1, y1) in pairwise(ring):
        found += [[x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count] for i in range(count)]
    return [*found, ring[0]]


def _rule(**members: object):
    return [{"sensors": ["camera"], "level": "off"} | members]


def _crowd():
    """A zone of which a thousand borders lie within 11 m."""
    fine = [[71.0 + 1e-7 * (i // 2), 41.0 + 2e-5 * ((i + 1) // 2 % 2)] for i in range(1100)]
    return polygon([*fine, [71.0001, 41.5], [70.9999, 41.5], fine[0]])


def _many():
    return polygon(ring_round(72.0, 41.0, 1.0, 10_500))


KEEP_HR = [{"sensors": ["camera"], "store_in": "HR"}]
KEEP_IT = [{"sensors": ["camera.cabin"], "store_in": "IT"}]
GCJ_RING = ring_round(113.0, 35.0, 0.02, 11)
BAND = [[-170, -80], [0, -80], [170, -80], [170, 80], [0, 80], [-170, 80], [-170, -80]]
# A notch whose tip lies 2.5e-9 degrees from a slanted edge: rounding takes it to the other side.
TIP = [[0.2394188629361984, 1.5], [0.2384188629361984, 0.15190364528054634], [0.2374188629361984, 1.5]]
SNAPPED = [[0, 0], [1, 0.637129180295674], [1, 2], *TIP, [0, 2], [0, 0]]
NULLED = zone("bad", SQUARE, margin_m=None)
A_MONDAY = {"from": "2026-06-01", "until": "2026-06-01"}
BOW = [[70, 40], [71, 41], [71, 40], [70, 41], [70, 40]]


def _perforated(count):
    """Zones with the same bounds and the same area, none of which is nearly another one; the last is bad."""
    for i in range(count):
        west, south = 70.01 + 0.08 * (i % 5), 40.01 + 0.08 * (i // 5)
        hole = rectangle(west, south, west + 0.16, south + 0.16)["coordinates"][0][::-1]
        yield zone("bad" if i == count - 1 else f"hole-{i}", polygon(*SQUARE["coordinates"], hole))


OF_LINT = {
    "cell-crowded": Plant([zone("bad", _crowd())]),
    "emergency-open": Plant([zone("bad", SQUARE, name="Evacuation, chemical spill")]),
    "exemption-always": Plant([zone("bad", SQUARE, rules=_rule(unless={"state": ["parked", "driving"]}))]),
    "frame-mistaken": Plant([zone("right", polygon(GCJ_RING)), zone("bad", polygon(_in_gcj02(GCJ_RING)))]),
    "id-lookalike": Plant([zone("depot-7", SQUARE), zone("Depot 7", FAR)], "Depot 7"),
    "name-lookalike": Plant([zone("first", SQUARE, name="Main street"), zone("bad", FAR, name="Main  Street")]),
    "pairs-left-out": Plant([*_perforated(MOST_COMPARED + 2)]),
    "ring-sliver": Plant([zone("bad", polygon(PLACE, [[70, 40], [70, 40.1], [70.000005, 40.1], [70, 40]]))]),
    "rule-pointless": Plant(
        [zone("bad", SQUARE, rules=[*_rule(), *_rule(sensors=["camera.cabin"], level="anonymize")])]
    ),
    "source-missing": Plant([zone("bad", SQUARE)], None, {"authority": None}),
    "store-contradicts": Plant([zone("ours", SQUARE, rules=KEEP_HR), zone("bad", polygon(PLACE), rules=KEEP_IT)]),
    "vertices-needless": Plant([zone("bad", polygon(_with_middles(SQUARE["coordinates"][0], 8)))]),
    "zone-at-sea": Plant([zone("bad", rectangle(-35.0, -60.1, -34.9, -60.0))], header={"coverage": "world"}),
    "zone-duplicate": Plant([zone("first", SQUARE), zone("bad", SQUARE)]),
    "zone-huge": Plant([zone("bad", polygon(BAND))]),
    "zone-near-duplicate": Plant([zone("first", SQUARE), zone("bad", rectangle(70, 40, 70.501, 40.501))]),
    "zone-sliver": Plant([zone("bad", rectangle(70, 40, 70.000005, 40.1))]),
    "zone-swapped": Plant([zone("bad", rectangle(45, 21, 45.5, 21.5))]),
    "zone-vertices": Plant([zone("bad", _many())]),
}
FROM_READING = {
    "altitude-ignored": Plant([zone("bad", {"type": "Point", "coordinates": [70, 40, 12]}, radius_m=50)]),
    "attribute-unknown": Plant([zone("bad", SQUARE, rules=_rule(applies_to={"colour": ["red"]}))]),
    "attribute-value-unknown": Plant([zone("bad", SQUARE, rules=_rule(applies_to={"class": ["lorry"]}))]),
    "coverage-disjoint": Plant(
        zone_id=None,
        header={"coverage": [HEADER["coverage"], rectangle(5, -20, 6, -19)]},
        also=frozenset({"zone-outside-coverage"}),
    ),
    "edge-long": Plant([zone("bad", rectangle(-100, 40, 100, 41))]),
    "file-passed-over": Plant(zone_id=None, files={"old.kml": {}}),
    "foreign-differs": Plant(
        zone_id=None,
        header={"authority": "Office of tests"},
        files={
            "one.geojson": zone_file([zone("one", SQUARE)]) | {"edition": 1},
            "two.geojson": zone_file([zone("two", FAR)]) | {"edition": 2},
        },
    ),
    "frame-area": Plant([zone("bad", rectangle(5e6, 5e6, 5.1e6, 5.1e6), frame="EPSG:25833")]),
    "header-expired": Plant(zone_id=None, header={"expires": "2026-01-01T00:00:00Z"}),
    "issued-expired": Plant(
        zone_id=None,
        header={"expires": "2027-01-01T00:00:00Z", "issued": "2027-02-01T00:00:00Z"},
        also=frozenset({"issued-later"}),
    ),
    "issued-later": Plant(zone_id=None, header={"issued": "2026-12-01T00:00:00Z"}),
    "member-converted": Plant([zone("bad", SQUARE, disable="['camera' 'lidar']")], None),
    "member-null": Plant([zone("fine", FAR, margin_m=5), NULLED], None),
    "member-suspicious": Plant([zone("bad", SQUARE, marginm=5)]),
    "no-zones": Plant(zone_id=None, files={"none.geojson": zone_file([])}),
    "ring-collapsed-repaired": Plant(
        [zone("bad", polygon([[70, 40], [71, 41], [70, 40], [70, 40]]), repair=True)], also=frozenset({"zone-sliver"})
    ),
    "ring-repaired": Plant([zone("bad", polygon(BOW), repair=True)]),
    "ring-round-pole": Plant([zone("bad", polygon([[-180, 50], [-60, 52], [60, 51], [180, 50], [-180, 50]]))]),
    "ring-snapped": Plant([zone("bad", polygon(_moved(SNAPPED, 70, 40)))]),
    "ring-touches": Plant([zone("bad", polygon([[70, 40], [71, 40], [71, 41], [70.5, 40], [70, 41], [70, 40]]))]),
    "ring-vanished": Plant([zone("bad", polygon(PLACE, [[70, 40], [70, 40.1], [70, 40.2], [70, 40]]), repair=True)]),
    "sensor-unknown": Plant([zone("bad", SQUARE, disable=["camra"])]),
    "text-cut": Plant([zone("bad", SQUARE, reason="x" * 254)], None),
    "window-never": Plant([zone("bad", SQUARE, rules=_rule(active=A_MONDAY | {"days": ["sun"]}))]),
    "window-over": Plant([zone("bad", SQUARE, rules=_rule(active={"until": "2025-01-01"}))]),
    "zone-expired": Plant([zone("bad", SQUARE, expires="2026-01-01T00:00:00Z")]),
    "zone-no-sensor": Plant([zone("bad", SQUARE, disable=["radar"])], has_vehicle=True),
    "zone-outside-coverage": Plant([zone("bad", rectangle(1, 1, 2, 2))]),
}
PLANTS = OF_LINT | FROM_READING
