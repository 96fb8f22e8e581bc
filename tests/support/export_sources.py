"""Random sources of UAS zones, notices, policy zones and fences, within one degree of the Alps."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

Json = dict[str, Any]
WEST, SOUTH = 7.0, 46.0
BOX = {"type": "Polygon", "coordinates": [[[6.5, 45.5], [8.5, 45.5], [8.5, 47.5], [6.5, 47.5], [6.5, 45.5]]]}
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def ring(chance: random.Random, size: float = 0.1) -> list[list[float]]:
    """A closed ring that does not cross itself, counter-clockwise, of 3 to 6 corners round a middle."""
    x, y = WEST + chance.random(), SOUTH + chance.random()
    count = chance.randint(3, 6)
    turns = [(n + 0.8 * chance.random()) * 2 * math.pi / count for n in range(count)]
    sizes = [size * chance.uniform(0.3, 1.0) for _ in turns]
    digits = chance.choice([4, 7, 9])
    corners = [
        [round(x + far * math.cos(turn), digits), round(y + far * math.sin(turn), digits)]
        for turn, far in zip(turns, sizes, strict=True)
    ]
    return [*corners, corners[0]]


def middle(chance: random.Random) -> list[float]:
    """A position, longitude first."""
    return [round(WEST + chance.random(), 6), round(SOUTH + chance.random(), 6)]


def moment(hours: float) -> str:
    """So many hours after the begin of March."""
    return (BEGIN + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def periods(chance: random.Random) -> list[Json]:
    """When a zone applies: always, between dates, or at some hours of some days."""
    period: Json = {}
    if chance.random() < 0.5:
        start = chance.randint(0, 200)
        period |= {"startDateTime": moment(start), "endDateTime": moment(start + chance.randint(1, 200))}
    if chance.random() < 0.5:
        clocks = [f"{chance.randint(0, 23):02d}:{chance.choice([0, 30, 59]):02d}" for _ in "ab"]
        offsets = [chance.choice(["Z", "Z", "+01:00", ""]) for _ in "ab"]
        days = chance.sample(DAYS, chance.randint(1, 4))
        period["schedule"] = [{"day": days, "startTime": clocks[0] + offsets[0], "endTime": clocks[1] + offsets[1]}]
    period["permanent"] = "NO" if period and chance.random() < 0.9 else "YES"
    return [period]


def ed269(chance: random.Random) -> Json:
    """Zones of one or two volumes, circles and polygons, in metres or in feet."""

    def volume() -> Json:
        circle = {"type": "Circle", "center": middle(chance), "radius": chance.randint(50, 9000)}
        shape = circle if chance.random() < 0.5 else {"type": "Polygon", "coordinates": [ring(chance)]}
        limits = {"uomDimensions": chance.choice(["M", "FT"]), "lowerLimit": 0, "lowerVerticalReference": "AGL"}
        return limits | {"horizontalProjection": shape}

    zones = []
    for number in range(chance.randint(1, 3)):
        restriction = chance.choice(["PROHIBITED", "REQ_AUTHORISATION", "CONDITIONAL", "NO_RESTRICTION"])
        zone = {"identifier": f"Z{number}", "country": "XSA", "restriction": restriction}
        volumes = [volume() for _ in range(chance.choice([1, 1, 2]))]
        zones.append(zone | {"geometry": volumes, "applicability": periods(chance)})
    return {"features": zones}


def ed318(chance: random.Random) -> Json:
    """Features with one or two geometries, valid for some time or always."""

    def geometry() -> Json:
        layer = {"upper": 120, "upperReference": "AGL", "lower": 0, "lowerReference": "AGL", "uom": "m"}
        if chance.random() < 0.5:
            extent = {"subType": "Circle", "radius": chance.randint(50, 9000)}
            return {"type": "Point", "coordinates": middle(chance), "extent": extent, "layer": layer}
        return {"type": "Polygon", "coordinates": [ring(chance)], "layer": layer}

    features = []
    for number in range(chance.randint(1, 3)):
        kind = chance.choice(["PROHIBITED", "REQ_AUTHORISATION", "CONDITIONAL", "NO_RESTRICTION"])
        properties: Json = {"identifier": f"Z{number}", "country": "XSA", "type": kind, "variant": "COMMON"}
        properties["limitedApplicability"] = periods(chance)
        parts = [geometry() for _ in range(chance.choice([1, 1, 2]))]
        whole = parts[0] if len(parts) == 1 else {"type": "GeometryCollection", "geometries": parts}
        features.append({"type": "Feature", "geometry": whole, "properties": properties})
    metadata = {"validFrom": moment(0), "validTo": moment(9000)} if chance.random() < 0.5 else {}
    return {"type": "FeatureCollection", "metadata": metadata, "features": features}


def notices(chance: random.Random) -> list[Json]:
    """Messages of one or two notices, each with one or two zones; some change or cancel earlier ones."""
    made = []
    for notice in range(chance.randint(1, 2)):
        name = f"urn:gfn:xx-fire:{notice}"
        for sequence in range(1, chance.randint(1, 3) + 1):
            message = "NEW" if sequence == 1 else chance.choice(["UPDATE", "EXTEND", "CANCEL"])
            start = chance.randint(0, 200)
            made.append({
                "spec_version": "gfn/0.1",
                "notice_id": name,
                "sequence": sequence,
                "msg_type": message,
                "status": chance.choice(["ACTUAL", "ACTUAL", "ACTUAL", "TEST", "DRAFT"]),
                "requestor": {"authority_id": "urn:gfn:authority:xx-fire", "agency_name": "Fire"},
                "references": [] if message == "NEW" else [f"{name},{sequence - 1}"],
                "signature": {"alg": "none"},
                "issued_at": moment(0),
                "effective_start": moment(start),
                "effective_end": moment(start + chance.randint(1, 200)),
                "restriction": {"level": "PROHIBITED", "applies_to": ["UAS"]},
                "zones": [_area(chance, f"z{n}") for n in range(chance.randint(1, 2))],
            })  # fmt: skip
            if message == "NEW":
                del made[-1]["references"]
    return made


def _area(chance: random.Random, name: str) -> Json:
    if chance.random() < 0.5:
        point = {"type": "Point", "coordinates": middle(chance)}
        return {"zone_id": name, "area_desc": name, "geometry": point, "buffer_m": chance.randint(50, 5000)}
    return {"zone_id": name, "area_desc": name, "geometry": {"type": "Polygon", "coordinates": [ring(chance)]}}


def open_autonomy(chance: random.Random) -> Json:
    """Policy zones of a message."""
    zones = []
    for number in range(chance.randint(1, 3)):
        geometry = {"type": "Polygon", "coordinates": [ring(chance)]}
        properties = {"name": f"Pit {number}", "policies": {chance.choice(["exclusion", "roughRoad"]): {}}}
        zones.append({"type": "Feature", "id": f"p{number}", "geometry": geometry, "properties": properties})
    header = {"Protocol": "Open-Autonomy", "Version": 1, "Timestamp": moment(0)}
    return header | {"SyncActiveZonesRequestV1": {"Zones": zones}}


def plan(chance: random.Random) -> Json:
    """Fences to stay inside and to stay out of, for PX4 or ArduPilot."""
    polygons = [
        {"inclusion": chance.random() < 0.5, "polygon": [[y, x] for x, y in ring(chance, 0.6)[:-1]], "version": 1}
        for _ in range(chance.randint(1, 3))
    ]
    circles = []
    for _ in range(chance.randint(0, 2)):
        x, y = middle(chance)
        circle = {"center": [y, x], "radius": chance.randint(100, 40_000)}
        circles.append({"circle": circle, "inclusion": chance.random() < 0.3, "version": 1})
    fence = {"polygons": polygons, "circles": circles, "version": 2}
    mission = {"firmwareType": chance.choice([3, 12]), "items": [], "version": 2}
    return {"fileType": "Plan", "geoFence": fence, "mission": mission, "version": 1}


def mission_lines(chance: random.Random) -> bytes:
    """The fences of `plan` as lines of ArduPilot."""
    fence, rows = plan(chance)["geoFence"], []
    for each in fence["polygons"]:
        command = 5001 if each["inclusion"] else 5002
        rows += [(command, len(each["polygon"]), *position) for position in each["polygon"]]
    for each in fence["circles"]:
        rows.append((5003 if each["inclusion"] else 5004, each["circle"]["radius"], *each["circle"]["center"]))
    lines = [f"{n}\t0\t3\t{row[0]}\t{row[1]}\t0\t0\t0\t{row[2]:.9f}\t{row[3]:.9f}\t0\t1" for n, row in enumerate(rows)]
    return "\n".join(["QGC WPL 110", *lines, ""]).encode()


SOURCES = {
    "ed269": ed269,
    "ed318": ed318,
    "geofence-notification": notices,
    "open-autonomy": open_autonomy,
    "mavlink": plan,
    "ardupilot": mission_lines,
}


def random_source(chance: random.Random, format_name: str) -> bytes:
    """The bytes of a source."""
    made = SOURCES[format_name](chance)
    return made if isinstance(made, bytes) else json.dumps(made).encode()
