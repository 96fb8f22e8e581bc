"""Every documented error: raised as its docstring says, worded by one template, and never telling a position."""

from __future__ import annotations

import inspect
import io
import math
import pickle
import re
import sys
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geopolicy as gp
from public import public
from zone_strategies import box, collection, feature, polygon

SQUARE = box(13, 45, 14, 46)
ZONE = gp.Zone("yard", SQUARE, [gp.Rule(["camera"], gp.Level.OFF)])
MONDAYS_OFF = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(active=[gp.Window(days=[0])]))
SET = gp.ZoneSet([ZONE])
ENGINE = gp.open(SET, gp.Vehicle(["camera.front", "lidar"]))
DECISION = ENGINE.decide(45.5, 13.5)
MANY = ENGINE.decide_many([45.5], [13.5])
NAIVE = datetime(2026, 1, 1)
WEEK = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC))
WIDE = gp.Zone("wide", polygon([[-360, 0], [-100, 0], [100, 0], [100, 1], [-100, 1], [-360, 1], [-360, 0]]), ZONE.rules)
BOW_TIE = polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])
NAN = math.nan


def unreadable_set(folder):
    (folder / "a.geojson").write_bytes(b"{")
    return folder


def empty_pack(folder):
    (folder / "fleet.gpol").touch()
    return folder / "fleet.gpol"


def without_kernel(call):
    """The call where the kernel was not built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "geopolicy._kernel", None)
        patch.delattr(gp, "_kernel", raising=False)
        return call()


def drained(drive):
    for _ in drive:
        pass


def twice(_folder):
    drive = gp.open_drive(io.BytesIO(b"lat,lon\n1,2\n"), format="csv")
    drained(drive)
    drained(drive)


def of_revision(number, name="fleet"):
    return gp.open(gp.ZoneSet([ZONE], gp.ZoneFileHeader(name, number)), ENGINE.vehicle)


def closed(folder):
    """An audit log that was closed."""
    log = gp.audit.AuditLog(folder, bytes(32))
    log.close()
    return log


# What is documented -> cases: a call that raises, the class, and what the message must say.
CASES = {
    "compile": [
        (lambda _: gp.compile(gp.ZoneSet([WIDE])), gp.errors.CompileError, r"^zone 'wide': .* got 460; split it$"),
        (
            lambda _: without_kernel(lambda: gp.compile(SET)),
            gp.errors.EngineUnavailableError,
            r"^compile needs the kernel",
        ),
    ],
    "read_pack": [
        (
            lambda folder: gp.read_pack(empty_pack(folder)),
            gp.errors.PackError,
            r"^pack '.*fleet\.gpol': needs a header",
        ),
        (lambda folder: gp.read_pack(folder / "none.gpol"), OSError, r"No such file"),
    ],
    "Pack.save": [(lambda folder: gp.compile(SET).save(folder / "none" / "fleet.gpol"), OSError, r"No such file")],
    "Engine.when": [
        (
            lambda _: ENGINE.when(NAIVE),
            ValueError,
            r"^time must be an aware datetime, got a naive one; use datetime\.now",
        ),
        (
            lambda _: ENGINE.when(state="flying"),
            ValueError,
            r"^state must be one of driving, parked or None, got 'flying'$",
        ),
    ],
    "Engine.decide": [
        (
            lambda _: ENGINE.decide(90.1, 0.0),
            ValueError,
            r"^lat must be in \[-90, 90\] degrees; are lat and lon swapped\?$",
        ),
        (lambda _: ENGINE.decide(NAN, 0.0), ValueError, r"^lat must be in \[-90, 90\] degrees"),
        (lambda _: ENGINE.decide(0.0, 180.1), ValueError, r"^lon must be in \[-180, 180\] degrees$"),
        (lambda _: ENGINE.decide(0.0, NAN), ValueError, r"^lon must be in \[-180, 180\] degrees$"),
        (lambda _: ENGINE.decide(0.0, 0.0, NAN), ValueError, r"^accuracy_95_m must be 0 to 10000 metres, got nan$"),
        (lambda _: ENGINE.decide(0.0, 0.0, -1.0), ValueError, r"^accuracy_95_m must be 0 to 10000 metres, got -1\.0$"),
        (
            lambda _: ENGINE.decide(0.0, 0.0, 10_001),
            ValueError,
            r"^accuracy_95_m must be 0 to 10000 metres, got 10001$",
        ),
    ],
    "Engine.decide_path": [
        (lambda _: ENGINE.decide_path(0.0, 0.0, 90.1, 0.0), ValueError, r"^lat must be in"),
        (lambda _: ENGINE.decide_path(0.0, NAN, 0.0, 0.0), ValueError, r"^lon must be in"),
        (
            lambda _: ENGINE.decide_path(0.0, 0.0, 1.0, 0.0, -1.0),
            ValueError,
            r"^accuracy_95_m must be 0 to 10000 metres",
        ),
    ],
    "Engine.decide_many": [
        (lambda _: ENGINE.decide_many([0.0], [0.0, 1.0]), ValueError, r"one shape \(n,\), got \(1,\) and \(2,\)$"),
        (lambda _: ENGINE.decide_many(0.0, 0.0), ValueError, r"one shape \(n,\), got \(\) and \(\)$"),
        (
            lambda _: ENGINE.decide_many([0.0], [0.0], [1.0, 2.0]),
            ValueError,
            r"^accuracy_95_m must be a number or of shape",
        ),
        (lambda _: ENGINE.decide_many([0.0], [0.0], time=[NAIVE]), ValueError, r"^time must hold aware datetimes"),
    ],
    "Engine.near": [
        (lambda _: ENGINE.near(91.0, 0.0, 1.0), ValueError, r"^lat must be in"),
        (lambda _: ENGINE.near(0.0, 0.0, 10_001.0), ValueError, r"^radius_m must be 0 to 10000 metres, got 10001\.0$"),
        (lambda _: ENGINE.near(85.1, 0.0, 1.0), ValueError, r"^lat must be within 85 degrees for distances"),
    ],
    "Engine.safe_radius": [
        (lambda _: ENGINE.safe_radius(91.0, 0.0), ValueError, r"^lat must be in"),
        (lambda _: ENGINE.safe_radius(0.0, 0.0, NAN), ValueError, r"^limit_m must be 0 to 10000 metres, got nan$"),
    ],
    "Decision.level": [
        (
            lambda _: DECISION.level("sonar"),
            gp.errors.UnknownSensorError,
            r"^sensor 'sonar': the vehicle must have it, got a vehicle with camera\.front, lidar$",
        )
    ],
    "Decision.allows": [
        (lambda _: DECISION.allows("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "Decisions.disabled": [
        (lambda _: MANY.disabled("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "Decisions.levels": [
        (lambda _: MANY.levels("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "open": [
        (
            lambda folder: gp.open(unreadable_set(folder)),
            gp.errors.ZoneFileError,
            r"^zone file: must be one JSON text, got .* - at ",
        ),
        (
            lambda _: without_kernel(lambda: gp.open(SET, engine="kernel")),
            gp.errors.EngineUnavailableError,
            r"^engine 'kernel': the compiled kernel was not built .*; use engine='auto'",
        ),
        (lambda _: gp.open(gp.ZoneSet([WIDE])), gp.errors.CompileError, r"^zone 'wide': must span at most 400 degrees"),
        (
            lambda folder: gp.open(empty_pack(folder)),
            gp.errors.PackError,
            r"^pack '.*': needs a header of 640 bytes, got 0",
        ),
        (
            lambda _: gp.open(SET, engine="warp"),
            ValueError,
            r"^engine must be one of auto, kernel, reference, got 'warp'$",
        ),
    ],
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
        (lambda _: gp.Rule(["camera"]), ValueError, r"^a rule needs a level above 'allow', store_in or needs_consent"),
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
    ],
    "Vehicle": [
        (lambda _: gp.Vehicle([]), ValueError, r"^a vehicle needs at least one sensor, got none$"),
        (lambda _: gp.Vehicle(["a", "a"]), ValueError, r"^a vehicle's sensors must be unique, got 'a' twice$"),
        (lambda _: gp.Vehicle(["A"]), ValueError, r"^a sensor's name must be .*, got 'A'$"),
        (lambda _: gp.Vehicle(["a"], make=1), TypeError, r"^vehicle attribute 'make' must be text, got 1$"),
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
            lambda _: gp.Zone("yard", SQUARE, ZONE.rules, expires=NAIVE),
            ValueError,
            r"^times of a zone file must be aware, got 2026-01-01T00:00:00 without zone$",
        ),
    ],
    "ZoneSet": [
        (
            lambda _: gp.ZoneSet([ZONE, ZONE]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': an id must be used only once, got 'yard' - at",
        ),
        (
            lambda _: gp.ZoneSet([ZONE.replace(rules=())]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': a zone needs rules - at ",
        ),
        (
            lambda _: gp.ZoneSet([ZONE.replace(id="")]),
            gp.errors.ZoneFileError,
            r"^zone '': a zone needs an id: text of 1 to",
        ),
        (
            lambda _: gp.ZoneSet([ZONE.replace(timezone="Mars/Olympus")]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': timezone must be a known IANA name, got 'Mars/Olympus' - at ",
        ),
        (
            lambda _: gp.ZoneSet([ZONE.replace(rules=(MONDAYS_OFF,))]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': a window in local time needs a timezone - at ",
        ),
        (
            lambda _: gp.ZoneSet([gp.Zone("bow", BOW_TIE, ZONE.rules)]),
            gp.errors.ZoneFileError,
            r"^zone 'bow': a ring must not cross itself - at \$\.geometry\.coordinates\[0\]; mend it",
        ),
        (
            lambda _: gp.ZoneSet([], gp.ZoneFileHeader(coverages=(gp.Coverage(gp.Geometry.from_geojson(BOW_TIE)),))),
            gp.errors.ZoneFileError,
            r"^zone file: a ring must not cross itself - at \$\.geopolicy\.coverage\.coordinates\[0\]$",
        ),
    ],
    "ZoneSet.with_zones": [
        (lambda _: SET.with_zones([ZONE]), gp.errors.ZoneFileError, r"^zone 'yard': an id must be used only once"),
        (
            lambda _: SET.with_zones([gp.Zone("p", {"type": "Point", "coordinates": [1, 1]}, ZONE.rules)]),
            gp.errors.ZoneFileError,
            r"^zone 'p': a Point needs radius_m, above 0 and at most 100000 metres - at \$\.properties\.radius_m$",
        ),
    ],
    "ZoneSet.without_zones": [
        (lambda _: SET.without_zones(["port"]), KeyError, r"zone 'port': must be in the set to be left out")
    ],
    "ZoneSet.write": [(lambda folder: SET.write(folder / "no" / "z.geojson"), OSError, r"No such file")],
    "read_zones": [
        (lambda folder: gp.read_zones(unreadable_set(folder)), gp.errors.ZoneFileError, r"^zone file: must be one JSON")
    ],
    "AuditLog": [
        (
            lambda folder: gp.audit.AuditLog(folder, b"short"),
            ValueError,
            r"^an audit key must be at least 16 bytes, got 5 bytes; use secrets\.token_bytes\(32\)$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, "0" * 32),
            ValueError,
            r"^an audit key must be .* bytes, got str; use",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32), resolution_s=0),
            ValueError,
            r"^resolution_s must be 1 to 86400 whole seconds, got 0$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32), max_bytes=65_535),
            ValueError,
            r"^max_bytes must be at least 65536 bytes, got 65535$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32), max_age=timedelta(0)),
            ValueError,
            r"^max_age must be above zero or None, got datetime\.timedelta\(0\)$",
        ),
        (
            lambda folder: gp.audit.AuditLog(empty_pack(folder), bytes(32)),
            gp.errors.AuditError,
            r"^audit log '.*fleet\.gpol': must be a folder that can be read and written, got File exists$",
        ),
        (
            lambda folder: (gp.audit.AuditLog(folder, bytes(32)), gp.audit.AuditLog(folder, bytes(32))),
            gp.errors.AuditError,
            r"^audit log '.*': must have one writer, got a second one; close the other first$",
        ),
    ],
    "AuditLog.follow": [
        (lambda folder: closed(folder).follow(None), gp.errors.AuditError, r"^audit log '.*': must be open"),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).follow(gp.Monitor(ENGINE), NAIVE),
            ValueError,
            r"^time must be an aware datetime, got a naive one; use datetime\.now\(UTC\)$",
        ),
    ],
    "AuditLog.write": [
        (lambda folder: closed(folder).write(None), gp.errors.AuditError, r"^audit log '.*': must be open")
    ],
    "AuditLog.retain": [
        (lambda folder: closed(folder).retain(NAIVE), gp.errors.AuditError, r"^audit log '.*': must be open"),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).retain(NAIVE),
            ValueError,
            r"^time must be an aware datetime, got a naive one; use datetime\.now\(UTC\)$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).retain(None),
            ValueError,
            r"^time must be an aware datetime, got NoneType;",
        ),
    ],
    "AuditLog.checkpoint": [
        (
            lambda folder: closed(folder).checkpoint(),
            gp.errors.AuditError,
            r"^audit log '.*': must be open, got a closed one$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).checkpoint(),
            gp.errors.AuditError,
            r"^audit log '.*': must have a record to be vouched for, got none$",
        ),
    ],
    "Checkpoint.parse": [
        (
            lambda _, text=text: gp.audit.Checkpoint.parse(text),
            gp.errors.AuditError,
            r"^checkpoint: must be one JSON object as `log export",
        )
        for text in (
            "",
            b"\xff",
            "[]",
            "[" * 100_000,
            '{"geopolicy":"checkpoint","format":1,"log":"0","number":1,"hash":"0","time":null}',
            gp.audit.Checkpoint("00" * 16, 0, "00" * 32).to_json(),
            gp.audit.Checkpoint("00" * 16, 1, "0G" * 32).to_json(),
            gp.audit.Checkpoint("00" * 16, 1, "00" * 32).to_json().replace("null", '"2026-01-01"'),
        )
    ],
    "read_log": [
        (
            lambda folder: list(gp.audit.read_log(folder / "no")),
            gp.errors.AuditError,
            r"^audit log '.*no': must be a folder that can",
        )
    ],
    "verify_log": [
        (
            lambda folder: gp.audit.verify_log(folder / "no"),
            gp.errors.AuditError,
            r"can be read, got No such file or directory$",
        )
    ],
    "erase_log": [
        (
            lambda folder: (gp.audit.AuditLog(folder, bytes(32)), gp.audit.erase_log(folder)),
            gp.errors.AuditError,
            r"^audit log '.*': must have one writer",
        ),
        (
            lambda folder: ((folder / "000000000001.jsonl").mkdir(), gp.audit.erase_log(folder)),
            gp.errors.AuditError,
            r"^audit log '.*': must be a folder that can be written to, got ",
        ),
    ],
    "zone_handle": [
        (
            lambda _: gp.audit.zone_handle(b"", "2026-11", "yard"),
            ValueError,
            r"^an audit key must be at least 16 bytes, got 0",
        )
    ],
    "Consent": [
        (lambda _: gp.Consent(" ", ["camera"], *WEEK), ValueError, r"^a consent must say who gave it, got ' '$"),
        (lambda _: gp.Consent("a", [], *WEEK), ValueError, r"^a consent must name at least one sensor, got none$"),
        (lambda _: gp.Consent("a", ["Camera"], *WEEK), ValueError, r"^a consent's sensors must be .*, got 'Camera'$"),
        (lambda _: gp.Consent("a", "*", NAIVE, WEEK[1]), ValueError, r"^a consent's given must be an aware datetime"),
        (lambda _: gp.Consent("a", "*", WEEK[0], NAIVE), ValueError, r"^a consent's until must be an aware datetime"),
        (lambda _: gp.Consent("a", "*", *WEEK[::-1]), ValueError, r"^a consent must end after it was given, within"),
        (lambda _: gp.Consent("a", "*", WEEK[0], WEEK[0]), ValueError, r"^a consent must end after it was given"),
        (
            lambda _: gp.Consent("a", "*", WEEK[0], WEEK[0] + timedelta(days=366, seconds=1)),
            ValueError,
            r"^a consent must end after it was given, within 366 days, got 2026-06-01",
        ),
    ],
    "Hold": [
        (lambda _, s=s: gp.Hold(s), ValueError, r"^a hold must be for more than 0 seconds, got ")
        for s in (0, -1, NAN, math.inf)
    ],
    "MonitorProfile": [
        (lambda _: gp.MonitorProfile(v_max_mps=0), ValueError, r"^profile: v_max_mps must be 0\.1 to 400, got 0$"),
        (lambda _: gp.MonitorProfile(lead_s=NAN), ValueError, r"^profile: lead_s must be 0 to 60, got nan$"),
        (
            lambda _: gp.MonitorProfile(stale_after_s=600),
            ValueError,
            r"^profile: stale_after_s must end .* lower v_max_mps",
        ),
        (
            lambda _: gp.MonitorProfile(needs_consent=["."]),
            ValueError,
            r"^profile: needs_consent must name sensors or '\*', ",
        ),
        (
            lambda _: gp.MonitorProfile(on_unknown={"lidar": "hold"}),
            ValueError,
            r"^profile: on_unknown of 'lidar' must be 'off', 'allow' or a Hold, got 'hold'$",
        ),
    ],
    "MonitorProfile.choices": [
        (
            lambda _: gp.MonitorProfile(safety_relevant=["lidar"]).choices(ENGINE.vehicle),
            ValueError,
            r"^profile: on_unknown must have a choice for safety-relevant 'lidar', got none$",
        ),
        (
            lambda _: gp.MonitorProfile(on_unknown={"lidar": "allow"}).choices(ENGINE.vehicle),
            ValueError,
            r"^profile: on_unknown 'allow' is for safety-relevant sensors, got it for 'lidar'; name it in",
        ),
    ],
    "Monitor": [
        (
            lambda _: gp.Monitor(ENGINE, profile=gp.MonitorProfile(safety_relevant=["lidar"])),
            ValueError,
            r"^profile: on_unknown must have a choice for safety-relevant 'lidar', got none$",
        ),
        (
            lambda _: gp.Monitor(ENGINE, fallback={"lidar": "loud"}),
            ValueError,
            r"^fallback of 'lidar' must be a Level, got 'loud'$",
        ),
        (
            lambda _: gp.Monitor(ENGINE, clock_floor=NAIVE),
            ValueError,
            r"^clock_floor must be an aware datetime, got 2026",
        ),
    ],
    "Monitor.grant": [
        (lambda _: gp.Monitor(ENGINE).grant("driver"), TypeError, r"^grant needs a Consent, got str$"),
    ],
    "Monitor.swap": [
        (
            lambda _: gp.Monitor(of_revision(2)).swap(of_revision(1)),
            gp.errors.UpdateError,
            r"^swap: the zones must be of revision 2 or later, got 1; those in use stay in use$",
        ),
        (
            lambda _: gp.Monitor(of_revision(2)).swap(of_revision(3, "another")),
            gp.errors.UpdateError,
            r"^swap: the zones must be of set 'fleet', got 'another'; those in use",
        ),
        (
            lambda _: gp.Monitor(ENGINE).swap(gp.open(SET)),
            gp.errors.UpdateError,
            r"^swap: the zones must be opened for the monitor's vehicle, got another; those in use",
        ),
        (
            lambda _: gp.Monitor(of_revision(2)).swap(gp.open(SET, ENGINE.vehicle)),
            gp.errors.UpdateError,
            r"^swap: the zones must be of set 'fleet', got None; those in use",
        ),
    ],
    "read_vehicle": [
        (
            lambda folder: gp.read_vehicle(folder / "v.json"),
            gp.errors.VehicleFileError,
            r"^vehicle file '.*v\.json': must be readable",
        ),
    ],
    "open_drive": [
        (
            lambda folder: gp.open_drive(folder / "d.csv"),
            gp.errors.DriveFileError,
            r"^drive 'd\.csv': must be a readable file, got No such",
        ),
        (
            lambda _: gp.open_drive(io.BytesIO(b"\0")),
            gp.errors.DriveFileError,
            r"^drive 'stream': must be GPX, NMEA 0183, CSV or GeoJSON",
        ),
        (
            lambda _: gp.open_drive(io.BytesIO(b""), format="kml"),
            ValueError,
            r"^format must be one of csv, .*, got 'kml'$",
        ),
        (
            lambda _: gp.open_drive(io.StringIO("lat,lon")),
            TypeError,
            r"^a drive must be read from a binary stream, got .* str$",
        ),
    ],
}

# Documented errors of what a public function gives.
MORE_CASES = [
    (
        lambda _: drained(gp.open_drive(io.BytesIO(b"<gpx"), format="gpx")),
        gp.errors.DriveFileError,
        r"^drive 'stream': ",
    ),
    (twice, RuntimeError, r"^drive 'stream': can be iterated once; open it again$"),
]

FLAT = [pytest.param(*case, id=f"{name}-{i}") for name, cases in CASES.items() for i, case in enumerate(cases)]


def documented():
    """Public classes and functions whose docstrings have a Raises section, with its text."""
    for dotted, thing in public().items():
        name = dotted.rpartition(".")[2]
        own = {name: thing}
        if inspect.isclass(thing):
            own |= {f"{name}.{k}": v for k, v in vars(thing).items() if not k.startswith("_") and callable(v)}
            own |= {f"{name}.{k}": v.__func__ for k, v in vars(thing).items() if isinstance(v, classmethod)}
        for path, part in own.items():
            section = re.search(r"Raises\n\s*-{6}\n(.*?)(?:\n\n|\Z)", inspect.getdoc(part) or "", re.DOTALL)
            if section and getattr(part, "__module__", "").startswith("geopolicy"):
                yield path, section[1]


def test_errors_every_documented_error_has_a_case():
    found = dict(documented())
    assert len(found) > 15
    assert set(found) == set(CASES)
    for name, section in found.items():
        promised = {word for line in section.splitlines() if not line.startswith(" ") for word in line.split(", ")}
        raised = {kind.__name__ for _, kind, _ in CASES[name]}
        assert raised == promised, name


@pytest.mark.parametrize(("call", "kind", "match"), [*FLAT, *MORE_CASES])
def test_error_documented_is_raised_and_says_what_is_wrong(tmp_path, call, kind, match):
    with pytest.raises(kind, match=match) as error:
        call(tmp_path)
    assert type(error.value) is kind or issubclass(kind, OSError)


# Classes and their template --------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (gp.errors.ZoneFileError, ValueError),
        (gp.errors.VehicleFileError, ValueError),
        (gp.errors.DriveFileError, ValueError),
        (gp.errors.UnknownSensorError, LookupError),
        (gp.errors.EngineUnavailableError, RuntimeError),
        (gp.errors.CompileError, ValueError),
        (gp.errors.PackError, ValueError),
        (gp.errors.AuditError, ValueError),
    ],
)
def test_errors_are_caught_by_the_library_s_base_and_by_the_builtin_kind(kind, base):
    assert issubclass(kind, gp.GeopolicyError)
    assert issubclass(kind, base)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (gp.errors.Problem("c", "must be so"), "zone file: must be so - at $"),
        (gp.errors.Problem("c", "must be so", "3", "$.a", "z"), "zone 'z': must be so, got 3 - at $.a"),
        (
            gp.errors.Problem("c", "must be so", "3", "$.a", "z", "f.geojson", "mend it"),
            "zone 'z': must be so, got 3 - at f.geojson $.a; mend it",
        ),
        (
            gp.errors.Problem("c", "must be so", file="f.geojson", hint="mend it"),
            "zone file: must be so - at f.geojson $; mend it",
        ),
        (gp.errors.Problem("c", "must be so", "", "$", ""), "zone '': must be so, got  - at $"),
    ],
)
def test_problem_text_is_subject_rule_value_place_and_hint(problem, text):
    assert str(problem) == text


def test_zone_file_error_is_a_line_for_each_problem_and_survives_pickling():
    problems = (gp.errors.Problem("a", "r", path="$.x"), gp.errors.Problem("b", "s", zone_id="z"))
    error = gp.errors.ZoneFileError(iter(problems))
    assert str(error) == "zone file: r - at $.x\nzone 'z': s - at $"
    again = pickle.loads(pickle.dumps(error))
    assert (again.problems, str(again)) == (problems, str(error))


TEMPLATE = re.compile(r"^(zone file|zone '.*'): [a-zA-Z\"'].*? - at (\S+ )?\$\S*(; .+)?$", re.DOTALL)


def test_zone_file_errors_of_every_kind_follow_the_template():
    raw = collection(
        feature(BOW_TIE, "bow"),
        feature(zone_id=7),
        feature(polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "open", margin_m=-1),
        feature({"type": "Point", "coordinates": [0, 0]}, "p"),
        feature({"type": "LineString", "coordinates": [[0, 0]]}, "l", width_m=1e9),
        feature(zone_id="rule", rules=[{"sensors": ["A"], "level": "of", "store_in": "cn", "until": 3}]),
        feature(zone_id="frame", frame="WGS-84"),
        header={"format": 2, "version": 1, "timezone": "Mars", "expires": "soon"},
        crs=None,
    )
    with pytest.raises(gp.errors.ZoneFileError, match=r"^zone") as refusal:
        gp.ZoneSet.parse(raw)
    assert len({problem.code for problem in refusal.value.problems}) >= 15
    for problem in refusal.value.problems:
        assert TEMPLATE.match(str(problem)), str(problem)
        assert not problem.rule.endswith(".")


# Positions stay hidden -------------------------------------------------------

# Seven digits and more, so that a position cannot be mistaken for another number.
odd = st.integers(1, 9_999_999).map(lambda n: n * 1e-7 + 1e-9)
latitudes = st.builds(lambda whole, part: whole + part, st.integers(-400, 400), odd)
positions = st.tuples(latitudes, latitudes)
metres = st.sampled_from([0.0, 5.0, 10_000.0, 10_001.0, -1.0, NAN])


def told_by(call):
    """Everything that an exception says, with its causes; empty if there is none."""
    try:
        call()
    except Exception as error:  # whatever is raised must keep the position to itself
        seen, text = error, ""
        while seen is not None:
            text += f"{seen!s} {seen!r} {seen.args!r} {getattr(seen, '__notes__', '')}"
            seen = seen.__cause__ or seen.__context__
        return text
    return ""


def shown_in(text, numbers):
    return [n for n in numbers if f"{abs(n):.6f}"[:-1] in text or repr(abs(n)) in text]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(positions, positions, metres)
def test_errors_of_an_engine_never_show_the_position(here, there, length):
    for call in (
        lambda: ENGINE.decide(*here, length),
        lambda: ENGINE.decide_path(*here, *there, length),
        lambda: ENGINE.near(*here, length),
        lambda: ENGINE.safe_radius(*here, length),
        lambda: ENGINE.decide_many([here[0], there[0]], [here[1], there[1]], [length] * 2),
    ):
        assert shown_in(told_by(call), (*here, *there)) == []


def test_errors_of_an_engine_hidden_position_check_can_fail():
    def careless():
        raise ValueError("lat must be in [-90, 90], got 481.2345678")

    assert shown_in(told_by(careless), [481.2345678]) == [481.2345678]


@pytest.mark.parametrize("method", ["decide", "near", "safe_radius"])
@pytest.mark.parametrize(
    "place", [("45.1234567", "13.7654321"), ([45.1234567], [13.7654321]), (45.1234567, "13.7654321E")]
)
def test_errors_of_an_engine_given_a_position_that_is_no_number_do_not_show_it(method, place):
    more = (1.0,) if method == "near" else ()
    text = told_by(lambda: getattr(ENGINE, method)(*place, *more))
    assert text
    assert "1234567" not in text
    assert "7654321" not in text


@pytest.mark.parametrize(
    "place", [(["45.1234567N"], [13.7]), ([[45.1234567]], [13.7]), ([{"lat": 45.1234567}], [13.7])]
)
def test_errors_of_decide_many_given_what_is_no_number_do_not_show_it(place):
    text = told_by(lambda: ENGINE.decide_many(*place))
    assert text
    assert "1234567" not in text


@given(positions, st.none() | st.floats(0, 100), st.booleans())
def test_fix_repr_hides_the_position_and_shows_the_rest(place, accuracy, is_valid):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    fix = gp.Fix(*place, accuracy_95_m=accuracy, time=now, valid=is_valid, spoofing=True)
    assert shown_in(repr(fix), place) == []
    assert repr(fix).startswith("Fix(position hidden, ")
    assert repr(fix).endswith(")")
    for name in ("accuracy_95_m", "valid", "time", "spoofing"):
        default = {"accuracy_95_m": accuracy is None, "valid": is_valid}.get(name, False)
        assert (f"{name}=" in repr(fix)) != default


def test_fix_repr_without_more_is_only_hidden():
    assert repr(gp.Fix(45.1234567, 13.7654321)) == str(gp.Fix(45.1234567, 13.7654321)) == "Fix(position hidden)"
    assert repr(gp.Fix(NAN, NAN, valid=False)) == "Fix(position hidden, valid=False)"
