"""Packs, engines and what they answer."""

from __future__ import annotations

import math

import geopolicy as gp
from error_cases.samples import ENGINE, NAIVE, SET, empty_pack, unreadable_set, without_kernel, without_pyarrow
from kernel_zones import crowded

NAN = math.nan
DECISION = ENGINE.decide(45.5, 13.5)
MANY = ENGINE.decide_many([45.5], [13.5])

CASES = {
    "compile": [
        (lambda _: gp.compile(gp.ZoneSet([crowded()])), gp.errors.CompileError, r"^zone 'fan': .*; simplify it$"),
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
        (lambda folder: gp.read_pack(folder, mmap="no"), TypeError, r"^mmap must be True or False, got str$"),
    ],
    "Pack.save": [(lambda folder: gp.compile(SET).save(folder / "none" / "fleet.gpol"), OSError, r"No such file")],
    "unmatched_sensors": [
        (
            gp.unmatched_sensors,
            TypeError,
            r"^engine must be an engine as geopolicy.open makes it, got PosixPath$",
        ),
    ],
    "open": [
        (
            lambda folder: gp.open(unreadable_set(folder)),
            gp.errors.ZoneFileError,
            r"^zone file: must be one JSON text, got .* - at ",
        ),
        (
            lambda _: gp.open([SET, gp.ZoneSet(SET.zones, gp.ZoneFileHeader("emergency", kind="overlay"))]),
            gp.errors.ZoneFileError,
            r"^zone 'yard': an id must be used in one layer only, got it in .* and in overlay 'emergency' - at ",
        ),
        (
            lambda _: gp.open([SET, SET]),
            gp.errors.ZoneFileError,
            r"^zone file: a set of zones must be opened once, in one edition, got .*; leave one of them out$",
        ),
        (
            lambda _: without_kernel(lambda: gp.open(SET, engine="kernel")),
            gp.errors.EngineUnavailableError,
            r"^engine 'kernel': the compiled kernel was not built .*; use engine='auto'",
        ),
        (
            lambda _: gp.open(gp.ZoneSet([crowded()])),
            gp.errors.CompileError,
            r"^zone 'fan': thousands of edges must not",
        ),
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
        (lambda _: gp.open(SET, mmap=1), TypeError, r"^mmap must be True or False, got int$"),
        (lambda _: gp.open(SET, "car"), TypeError, r"^vehicle must be a Vehicle or None, got str$"),
    ],
    "Engine.when": [
        (
            lambda _: ENGINE.when(NAIVE),
            ValueError,
            r"^time must be an aware datetime, got a naive one; give it a tzinfo",
        ),
        (
            lambda _: ENGINE.when(emergency="yes"),
            ValueError,
            r"^emergency must be True, False or None, got 'yes'$",
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
        (lambda _: ENGINE.decide("45", 13.5), TypeError, r"^lat must be a real number, got str$"),
        (lambda _: ENGINE.decide(45.5, True), TypeError, r"^lon must be a real number, got bool$"),
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
    "Decision.limits_of": [
        (lambda _: DECISION.limits_of("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "Decisions.limits": [
        (
            lambda _: MANY.limits("sonar", "retain_s"),
            gp.errors.UnknownSensorError,
            r"^sensor 'sonar': the vehicle must",
        ),
        (
            lambda _: MANY.limits("lidar", "retain_h"),
            ValueError,
            r"^a limit must be one of retain_s, resolution_m, position_m, points_per_m2, got 'retain_h'$",
        ),
    ],
    "Decisions.must_show": [
        (
            lambda _: MANY.must_show("sonar", "stopped:inside"),
            gp.errors.UnknownSensorError,
            r"^sensor 'sonar': the vehicle must",
        ),
        (
            lambda _: MANY.must_show("lidar", "stopped"),
            ValueError,
            r"^a notice must be one of collecting:inside, .*, got 'stopped'$",
        ),
    ],
    "Decisions.allows": [
        (lambda _: MANY.allows("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "Decisions.disabled": [
        (lambda _: MANY.disabled("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "Decisions.levels": [
        (lambda _: MANY.levels("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "Decisions.needs_consent": [
        (lambda _: MANY.needs_consent("sonar"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must")
    ],
    "Decisions.store_in": [
        (lambda _: MANY.store_in("sonar", "CN"), gp.errors.UnknownSensorError, r"^sensor 'sonar': the vehicle must"),
        (
            lambda _: MANY.store_in("lidar", "China"),
            ValueError,
            r"^country must be an ISO 3166-1 alpha-2 code in capitals, got 'China'$",
        ),
    ],
    "Decisions.to_arrow": [
        (
            lambda _: without_pyarrow(MANY.to_arrow),
            ImportError,
            r"^to_arrow needs pyarrow \(.*\); pip install 'geopolicy\[arrow\]'$",
        )
    ],
}
