"""Sets of zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import geopolicy as gp
from error_cases.samples import SET, ZONE, unreadable_set
from shapes import BOW_TIE, zigzags

MONDAYS_OFF = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=[gp.Window(days=[0])]))


def tangles():
    """Zones that were drawn one by one, and cross too often together."""
    tangle = {"type": "Polygon", "coordinates": [zigzags(120)]}
    sets = [gp.ZoneSet([gp.Zone(f"tangle-{n}", tangle, ZONE.rules, repair=True)]) for n in range(6)]
    return gp.ZoneSet([zone for one in sets for zone in one])


CASES = {
    "ZoneSet": [
        (
            lambda _: gp.ZoneSet([ZONE, ZONE]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': an id must be used only once, got 'yard' - at",
        ),
        (
            lambda _: gp.ZoneSet([replace(ZONE, rules=())]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': a zone needs rules - at ",
        ),
        (
            lambda _: gp.ZoneSet([replace(ZONE, id="")]),
            gp.errors.ZoneFileError,
            r"^zone '': a zone needs an id: text of 1 to",
        ),
        (
            lambda _: gp.ZoneSet([replace(ZONE, timezone="Mars/Olympus")]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': timezone must be a known IANA name, got 'Mars/Olympus' - at ",
        ),
        (
            lambda _: gp.ZoneSet([replace(ZONE, rules=(MONDAYS_OFF,))]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': a window in local time needs a timezone - at ",
        ),
        (
            lambda _: gp.ZoneSet([gp.Zone("bow", BOW_TIE, ZONE.rules)]),
            gp.errors.ZoneFileError,
            r"^zone 'bow': a ring must not cross itself, got a crossing at 1, 1 - at \S+; mend it",
        ),
        (
            lambda _: gp.ZoneSet([], gp.ZoneFileHeader(coverages=(gp.Coverage(gp.Geometry.from_geojson(BOW_TIE)),))),
            gp.errors.ZoneFileError,
            r"^zone file: a ring must not cross itself, got a crossing at 1, 1 - at \S+\[0\]$",
        ),
    ],
    "ZoneSet.with_zones": [
        (lambda _: SET.with_zones([ZONE]), gp.errors.ZoneFileError, r"^zone 'yard': an id must be used only once"),
        (
            lambda _: SET.with_zones(gp.ZoneSet([], gp.ZoneFileHeader(kind="overlay"))),
            gp.errors.ZoneFileError,
            r"^zone file: one set must hold bases alone or overlays alone: .*; open them as layers: gp\.open\(\[base, ",
        ),
        (
            lambda _: SET.with_zones([gp.Zone("p", {"type": "Point", "coordinates": [1, 1]}, ZONE.rules)]),
            gp.errors.ZoneFileError,
            r"^zone 'p': a Point needs radius_m, above 0 and at most 100000 metres - at \$\.properties\.radius_m$",
        ),
    ],
    "ZoneSet.without_zones": [
        (lambda _: SET.without_zones(["port"]), KeyError, r"zone 'port': must be in the set to be left out")
    ],
    "ZoneSet.to_geojson_text": [
        (lambda _: tangles().to_geojson_text(), gp.errors.ZoneFileError, r"crossings of edges, got .* several files")
    ],
    "ZoneSet.write": [
        (lambda folder: SET.write(folder / "no" / "z.geojson"), OSError, r"No such file"),
        (lambda folder: tangles().write(folder / "z.geojson"), gp.errors.ZoneFileError, r"several files"),
    ],
    "ZoneFileHeader": [
        (lambda _: gp.ZoneFileHeader(revision=-3), ValueError, r"^revision must be 0 to 2\*\*63 - 1, got one below$"),
        (
            lambda _: gp.ZoneFileHeader(revision=2**63),
            ValueError,
            r"^revision must be 0 to 2\*\*63 - 1, got one above$",
        ),
        (
            lambda _: gp.ZoneFileHeader(kind="overlays"),
            ValueError,
            r"^kind must be one of base, overlay, got 'overlays'$",
        ),
        (lambda _: gp.ZoneFileHeader(frame=None), TypeError, r"^frame must be a text, got NoneType$"),
    ],
    "lint_zones": [
        (lambda _: gp.lint_zones(3), TypeError, r"^zones must be a path, a binary stream, or a list of them, got int$"),
        (
            lambda folder: gp.lint_zones(folder, now=datetime(2026, 1, 1)),  # that is the error
            ValueError,
            r"^now must be an aware datetime, got a naive one; give it a tzinfo, such as UTC$",
        ),
    ],
    "simplify_zones": [
        (
            lambda _: gp.simplify_zones("zones", 1.0),
            TypeError,
            r"^zones must be a ZoneSet, such as read_zones gives, got str$",
        ),
        (lambda _: gp.simplify_zones(SET, "1"), TypeError, r"^tolerance_m must be a number, got str$"),
        (
            lambda _: gp.simplify_zones(SET, 0.0),
            ValueError,
            r"^tolerance_m must be above 0 and at most 10000 metres, got 0$",
        ),
    ],
    "diff_zones": [
        (
            lambda _: gp.diff_zones("zones", gp.ZoneSet([])),
            TypeError,
            r"^old must be a ZoneSet, such as read_zones gives, got str$",
        ),
    ],
    "read_zones": [
        (lambda folder: gp.read_zones(folder, repair="no"), TypeError, r"^repair must be True or False, got str$"),
        (lambda _: gp.read_zones(3), TypeError, r"^zones must be a path, a binary stream, or a list of them, got int$"),
        (
            lambda folder: gp.read_zones(unreadable_set(folder)),
            gp.errors.ZoneFileError,
            r"^zone file: must be one JSON",
        ),
    ],
}
