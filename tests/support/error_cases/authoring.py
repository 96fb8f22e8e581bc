"""Other formats in and out."""

from __future__ import annotations

import io
import json

import geopolicy as gp
from error_cases.samples import SET

AREA = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
AREAS = json.dumps(
    {"type": "FeatureCollection", "features": [{"type": "Feature", "id": 7, "properties": {}, "geometry": AREA}]}
).encode()
WORLD = {"coverage": "world"}
NAMED_LONG = gp.ZoneSet([gp.Zone("z", AREA, [gp.Rule(["camera"], gp.Level.OFF)], name=300 * "x")])


def imported(content=AREAS, header=WORLD, **arguments: object):
    return gp.import_zones(io.BytesIO(content), header=header, **arguments)


CASES = {
    "import_zones": [
        (lambda _: imported(), gp.errors.ZoneFileError, r"must be given rules: it knows nothing of sensors - at "),
        (lambda _: imported(b"{", disable=["camera"]), gp.errors.ZoneFileError, r"a source must be in a known format"),
        (
            lambda _: imported(rules={"rules_for": [{"where": {"a": 1}, "rules": []}]}),
            gp.errors.ZoneFileError,
            r"^zone '7': a zone that restricts something must be selected by an entry of the rules file",
        ),
        (
            lambda _: imported(rules={"rules_fro": []}),
            gp.errors.ZoneFileError,
            r"a rules file needs rules_for, a list of entries, got no rules_for - at \$.rules_for",
        ),
        (
            lambda folder: imported(rules=folder / "none.json"),
            gp.errors.ZoneFileError,
            r"a zone file must be readable, got No such file",
        ),
        (lambda _: imported(disable=["camera"], format="gbsf"), ValueError, r"^format must be one of .*, got 'gbsf'"),
        (
            lambda _: imported(disable=["camera"], options={"colour": "red"}),
            ValueError,
            r"^the options of geojson are .*, got 'colour'$",
        ),
        (lambda _: imported(disable=["camera"], header={}), ValueError, r"^header must state coverage"),
        (
            lambda _: imported(disable=["camera"], rules={"rules_for": []}),
            ValueError,
            r"^rules and disable must not both be given$",
        ),
        (lambda _: imported(disable="camera"), TypeError, r"^disable must be a list of texts, got str$"),
        (
            lambda _: imported(disable=["camera"], header={"coverage": object()}),
            TypeError,
            r"^header must hold values of JSON only",
        ),
    ],
    "export_effective": [
        (
            lambda folder: gp.export_effective(NAMED_LONG, folder / "effective.shz"),
            gp.errors.ZoneFileError,
            r"the format must hold what is written, got Value 'xxx",
        ),
        (
            lambda folder: gp.export_effective(SET, folder / "effective.shp"),
            ValueError,
            r"^path must end with one of \.geojson, .* got '.*effective\.shp'; a Shapefile is several files",
        ),
        (
            lambda folder: gp.export_effective(SET, folder / "none" / "effective.geojson"),
            OSError,
            r"No such file",
        ),
        (
            lambda folder: gp.export_effective([], folder / "effective.geojson"),
            TypeError,
            r"^zones must be a ZoneSet or a Pack, got list$",
        ),
    ],
    "export_zones": [
        (
            lambda folder: gp.export_zones(SET, folder / "zones.json", format="mavlink"),
            gp.errors.ZoneFileError,
            r"has no place for rules of sensors, got 1 zones with rules",
        ),
        (
            lambda folder: gp.export_zones(SET, folder / "zones.json", format="gbsf"),
            ValueError,
            r"^format must be one of .*, got 'gbsf'",
        ),
        (
            lambda folder: gp.export_zones(SET, folder / "zones.json", format="geojson", options={"colour": "red"}),
            ValueError,
            r"^the options of geojson are .*, got 'colour'$",
        ),
        (
            lambda folder: gp.export_zones(SET, folder / "none" / "zones.json", format="geojson", drop_rules=True),
            OSError,
            r"No such file",
        ),
        (
            lambda folder: gp.export_zones([], folder / "zones.json", format="geojson", drop_rules=True),
            TypeError,
            r"^zones must be a ZoneSet, got list$",
        ),
    ],
}
