"""Values that a program makes."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time

import geopolicy as gp
from error_cases.samples import NAIVE, ZONE
from shapes import box

CASES = {
    "Hours": [
        (
            lambda _: gp.Hours(time(8, 0, 30), time(9)),
            ValueError,
            r"^hours must be whole minutes of local time, got 08:00:30$",
        ),
        (
            lambda _: gp.Hours(time(8), time(9, tzinfo=UTC)),
            ValueError,
            r"^hours must be whole minutes of local time, got 09:00:00\+00:00$",
        ),
        (
            lambda _: gp.Hours(time(8), time(8)),
            ValueError,
            r"^hours must have different ends, got 08:00 twice; use 00:00 to 00:00 for the day$",
        ),
    ],
    "SunHours": [
        (
            lambda _: gp.SunHours("sunset", "sunset"),
            ValueError,
            r"^hours by the sun must run from sunset to sunrise or back, got 'sunset', 'sunset'$",
        ),
        (
            lambda _: gp.SunHours("sunset", "sunrise", -361),
            ValueError,
            r"^an offset of hours by the sun must be whole minutes in \[-360, 360\], got -361$",
        ),
    ],
    "Condition": [
        (
            lambda _: gp.Condition(state=["driving", "Parked"]),
            ValueError,
            r"^state must be one of driving, parked, got driving, Parked$",
        ),
        (
            lambda _: gp.Condition(applies_to={" ": ["Example"]}),
            ValueError,
            r"^applies_to must pair an attribute with texts, got ' ': \['Example'\]$",
        ),
        (
            lambda _: gp.Condition(applies_to={"make": []}),
            ValueError,
            r"^applies_to must pair an attribute with texts, got 'make': \[\]$",
        ),
        (
            lambda _: gp.Condition(applies_to={"make": ["Example", " "]}),
            ValueError,
            r"^applies_to must pair an attribute with texts, got 'make': \['Example', ' '\]$",
        ),
        (
            lambda _: gp.Condition(applies_to={"emergency": ["yes"]}),
            ValueError,
            r"^applies_to must not ask for 'emergency': a condition has a member for it$",
        ),
        (
            lambda _: gp.Condition(emergency=1),
            ValueError,
            r"^emergency must be True, False or None, got 1$",
        ),
        (
            lambda _: gp.Condition(not_understood="[]"),
            ValueError,
            r"^not_understood must be a JSON object with members, got '\[\]'$",
        ),
    ],
    "LimitRange": [
        (lambda _: gp.LimitRange(at_least=0), ValueError, r"^at_least must be a finite number above 0, got 0$"),
        (lambda _: gp.LimitRange(at_most=math.nan), ValueError, r"^at_most must be a finite number above 0, got nan$"),
        (lambda _: gp.LimitRange(2, 1), ValueError, r"^at_least must not be above at_most, got 2 and 1$"),
    ],
    "Window": [
        (
            lambda _: gp.Window(),
            ValueError,
            r"^a window must name since, until, days or hours, got none of them$",
        ),
        (lambda _: gp.Window(days=(7,)), ValueError, r"^days must be 0 \(Monday\) to 6 \(Sunday\), got \(7,\)$"),
        (
            lambda _: gp.Window(datetime(2026, 2, 1), datetime(2026, 1, 1)),
            ValueError,
            r"^a window's until must not be before its since, got 2026-02-01 00:00:00 and 2026-01-01 00:00:00$",
        ),
    ],
    "Rule": [
        (lambda _: gp.Rule([], gp.Level.OFF), ValueError, r"^a rule needs at least one sensor, got none; use '\*'"),
        (
            lambda _: gp.Rule(["*", "Camera!"], gp.Level.OFF),
            ValueError,
            r"^a rule's sensor must be '\*' or dotted words of a-z, 0-9 and '_', got 'Camera!'$",
        ),
        (
            lambda _: gp.Rule(["camera"]),
            ValueError,
            r"^a rule needs a level above allow, store_in, needs_consent, limits or must_show, got none of them$",
        ),
        (
            lambda _: gp.Rule(["camera"], store_in="cn"),
            ValueError,
            r"^store_in must be an ISO 3166-1 alpha-2 code in capitals, got 'cn'$",
        ),
        (
            lambda _: gp.Rule(["camera"], gp.Level.OFF, unless=[gp.Condition()]),
            ValueError,
            r"^an exemption \(unless\) needs at least one condition, got none; it would lift the rule always$",
        ),
        (
            lambda _: gp.Rule(["camera"], limits={"retain": 60}),
            ValueError,
            r"^a limit must be one of retain_s, resolution_m, position_m, points_per_m2, got 'retain'$",
        ),
        (
            lambda _: gp.Rule(["camera"], limits={"retain_s": 0}),
            ValueError,
            r"^limit retain_s must be a finite number above 0, got 0; to keep nothing, use level no_record$",
        ),
        (
            lambda _: gp.Rule(["camera"], limits=[("retain_s", 5), ("retain_s", 9)]),
            ValueError,
            r"^a limit must be given once, got retain_s, retain_s$",
        ),
        (
            lambda _: gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(not_understood='{"level":"allow"}')),
            ValueError,
            r"^a condition must not hold members of its rule, got '\{\"level\":\"allow\"\}'$",
        ),
        (
            lambda _: gp.Rule(["camera"], must_show=["outside"]),
            ValueError,
            r"^must_show must be of collecting:inside, .*, stopped:outside, got 'outside'$",
        ),
    ],
    "Vehicle": [
        (lambda _: gp.Vehicle([]), ValueError, r"^a vehicle needs at least one sensor, got none$"),
        (lambda _: gp.Vehicle(["a", "a"]), ValueError, r"^a vehicle's sensors must be unique, got 'a' twice$"),
        (lambda _: gp.Vehicle(["A"]), ValueError, r"^a sensor's name must be .*, got 'A'$"),
        (lambda _: gp.Vehicle(["a"], make=1), TypeError, r"^vehicle attribute 'make' must be text, got 1$"),
        (
            lambda _: gp.Vehicle(["radar"], limits={"camera": {"retain_s": {}}}),
            ValueError,
            r"^a vehicle's limits must be those of its sensors, got 'camera'$",
        ),
        (
            lambda _: gp.Vehicle(["radar"], limits={"radar": {"retain": {}}}),
            ValueError,
            r"^a vehicle's limit must be one of retain_s, .*, got 'retain'$",
        ),
        (
            lambda _: gp.Vehicle(["radar"], limits={"radar": {"retain_s": {"least": 5}}}),
            ValueError,
            r"^a range of retain_s must have at_least, at_most, both or none, got \{'least': 5\}$",
        ),
        (
            lambda _: gp.Vehicle(["radar"], limits={"radar": {"retain_s": []}}),
            ValueError,
            r"^a range of retain_s must have at_least, at_most, both or none, got \[\]$",
        ),
        (
            lambda _: gp.Vehicle(["radar"], limits={"radar": None}),
            ValueError,
            r"^a vehicle's limits must be ranges by sensor and limit, got \{'radar': None\}$",
        ),
        (lambda _: gp.Vehicle(["radar"], shows="outside"), ValueError, r"^shows must be of .*, got 'outside'$"),
    ],
    "read_vehicle": [
        (
            lambda folder: gp.read_vehicle(folder / "v.json"),
            gp.errors.VehicleFileError,
            r"^vehicle file '.*v\.json': must be readable",
        ),
    ],
    "Geometry.from_geojson": [
        (
            lambda _: gp.Geometry.from_geojson({"type": "Circle"}),
            ValueError,
            r"^a geometry's type must be one of Point, LineString, Polygon, MultiPolygon, got 'Circle'$",
        ),
        (
            lambda _: gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [1]}),
            ValueError,
            r"^coordinates of a Polygon must be nested lists of numbers",
        ),
    ],
    "Zone": [
        (
            lambda _: gp.Zone("yard", box(13, 45, 14, 46), ZONE.rules, repair="no"),
            TypeError,
            r"^repair must be True or False, got str$",
        ),
        (
            lambda _: gp.Zone("yard", {"type": "Circle", "coordinates": [1, 1]}, ZONE.rules),
            ValueError,
            r"^a geometry's type must be one of Point, LineString, Polygon, MultiPolygon, got 'Circle'$",
        ),
        (
            lambda _: gp.Zone("yard", {"type": "Point", "coordinates": ["1", "1"]}, ZONE.rules),
            ValueError,
            r"^coordinates of a Point must be nested lists of numbers",
        ),
        (
            lambda _: gp.Zone("yard", box(13, 45, 14, 46), ZONE.rules, expires=NAIVE),
            ValueError,
            r"^expires must be an aware datetime, got a naive one; give it a tzinfo",
        ),
    ],
}
