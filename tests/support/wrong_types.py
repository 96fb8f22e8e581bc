"""Every public callable that people give values to: arguments that are right, by which wrong ones are tried."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import geopolicy as gp
import update_types
from bag_samples import drive, write_mcap
from kuksa_double import answering
from shapes import box
from sumo_double import still
from zone_files import collection, feature

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Case = tuple[Callable[..., object], dict[str, Any]]

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 1, 12, tzinfo=UTC)
RULE = gp.Rule(["camera"], gp.Level.OFF)
ZONE = gp.Zone("yard", box(13.0, 45.0, 14.0, 46.0), [RULE])
ZONES = gp.ZoneSet([ZONE])
CAR = gp.Vehicle(["camera.front", "radar"])
CONSENT = gp.Consent("driver", ["camera"], NOON, LATER)
FIX = gp.Fix(45.5, 13.5, 4.0, NOON, 0.0)
XODR = "<OpenDRIVE><header><geoReference>EPSG:32633</geoReference></header></OpenDRIVE>"

# What is wrong almost everywhere, and never of a use that works by accident.
WRONG = {
    "none": None,
    "number": 3,
    "fraction": 1.5,
    "huge": 10**400,
    "nan": float("nan"),
    "text": "zones",
    "bytes": b"zones",
    "thing": object(),
    "type": dict,
    "list of things": [object()],
    "list of numbers": [3],
    "list of texts": ["zones"],
    "nested list": [[["zones"]]],
    "mapping of things": {"zones": object()},
    "mapping by number": {3: 3},
    "set": ZONES,
    "naive time": datetime(2026, 6, 1, 12),  # wrong on purpose
    "no": False,
}


def whole_report(folder: Path) -> Path:
    """The report of a copy."""
    recording = write_mcap(folder / "reported.mcap", drive([13.0]))
    engine = gp.open(ZONES, gp.Vehicle(["telemetry.location"]))
    return gp.hosts.redact_recording(recording, [engine], folder / "copy.mcap").report


def cases(tmp_path: Path, wanted: str = "update.") -> dict[str, Case]:
    """Each callable by its public name, with arguments that it takes; where one is wanted at least that one."""
    path = tmp_path / "zones.geojson"
    path.write_bytes(collection(feature()))
    source = tmp_path / "source.json"
    source.write_bytes(collection(feature()))
    pack = tmp_path / "zones.gpol"
    gp.compile(ZONES).save(pack)
    vehicle = tmp_path / "vehicle.json"
    vehicle.write_text('{"sensors": ["camera"]}')
    topics = tmp_path / "topics.toml"
    topics.write_text("[topics]\n")
    engines = {name: gp.open(ZONES, CAR, name) for name in ("kernel", "reference")}
    window = gp.Window(hours=[gp.Hours(time(8), time(12))])
    found: dict[str, Case] = {
        "lint_zones": (gp.lint_zones, {"source": path, "now": None, "vehicle": CAR, "on_progress": None}),
        "read_zones": (gp.read_zones, {"source": path, "repair": True, "unwrap": False, "on_progress": None}),
        "import_zones": (
            gp.import_zones,
            {
                "source": source,
                "header": {"coverage": "world"},
                "rules": None,
                "disable": ["camera"],
                "format": None,
                "options": {},
                "prefix": "",
                "repair": False,
                "unwrap": False,
            },
        ),
        "export_zones": (
            gp.export_zones,
            {
                "zones": ZONES,
                "path": tmp_path / "exported.json",
                "format": "geojson",
                "drop_rules": True,
                "options": {},
            },
        ),
        "export_effective": (gp.export_effective, {"zones": ZONES, "path": tmp_path / "effective.geojson"}),
        "read_pack": (gp.read_pack, {"path": pack, "mmap": False}),
        "read_vehicle": (gp.read_vehicle, {"path": vehicle}),
        "open_drive": (
            gp.open_drive,
            {"source": io.BytesIO(b"t,lat,lon\n"), "format": "csv", "name": "drive"},
        ),
        "hosts.open_receiver": (lambda source: gp.hosts.open_receiver(source).close(), {"source": path}),
        "diff_zones": (gp.diff_zones, {"old": ZONES, "new": ZONES, "on_progress": None}),
        "simplify_zones": (gp.simplify_zones, {"zones": ZONES, "tolerance_m": 5.0, "on_progress": None}),
        "compile": (gp.compile, {"zones": ZONES, "on_step": None}),
        "unmatched_sensors": (gp.unmatched_sensors, {"engine": gp.open(ZONES, CAR)}),
        "open": (gp.open, {"source": ZONES, "vehicle": CAR, "engine": "auto", "mmap": False}),
        "Pack": (gp.Pack, {"data": pack.read_bytes(), "name": "pack"}),
        "Vehicle": (gp.Vehicle, {"sensors": ["camera"], "attributes": {"fuel": "lpg"}, "limits": {}, "shows": []}),
        "LimitRange": (gp.LimitRange, {"at_least": 1.0, "at_most": 3.0}),
        "Rule": (
            gp.Rule,
            {
                "sensors": ["camera"],
                "level": gp.Level.OFF,
                "store_in": "HR",
                "needs_consent": True,
                "when": gp.Condition(),
                "unless": [gp.Condition(state=["parked"])],
                "limits": {"retain_s": 3.0},
                "must_show": ["collecting:inside"],
                "authority": "A",
                "text": "t",
            },
        ),
        "Condition": (
            gp.Condition,
            {"active": [window], "applies_to": {"fuel": ["lpg"]}, "state": ["parked"], "emergency": True},
        ),
        "Window": (
            gp.Window,
            {"since": date(2026, 1, 1), "until": date(2027, 1, 1), "days": [1], "hours": [gp.Hours(time(8), time(9))]},
        ),
        "Hours": (gp.Hours, {"since": time(8), "until": time(9)}),
        "SunHours": (
            gp.SunHours,
            {"since": "sunset", "until": "sunrise", "since_offset_min": 5, "until_offset_min": 5},
        ),
        "Geometry.from_geojson": (gp.Geometry.from_geojson, {"source": box(0, 0, 1, 1)}),
        "Coverage": (gp.Coverage, {"geometry": box(0, 0, 1, 1), "frame": "WGS84"}),
        "Zone": (
            gp.Zone,
            {
                "id": "yard",
                "geometry": box(0, 0, 1, 1),
                "rules": [RULE],
                "name": "n",
                "reason": "r",
                "radius_m": None,
                "width_m": None,
                "margin_m": 1.0,
                "frame": "WGS84",
                "timezone": "UTC",
                "expires": LATER,
                "repair": True,
                "illustrative": True,
            },
        ),
        "ZoneFileHeader": (
            gp.ZoneFileHeader,
            {
                "id": "set",
                "revision": 3,
                "issued": NOON,
                "expires": LATER,
                "frame": "WGS84",
                "timezone": "UTC",
                "authority": "A",
                "licence": "CC0",
                "coverages": [gp.Coverage(box(0, 0, 1, 1))],
            },
        ),
        "ZoneSet": (gp.ZoneSet, {"zones": [ZONE], "header": gp.ZoneFileHeader(), "warnings": ()}),
        "ZoneSet.with_zones": (ZONES.with_zones, {"zones": []}),
        "ZoneSet.without_zones": (ZONES.without_zones, {"ids": []}),
        "ZoneSet.write": (ZONES.write, {"path": tmp_path / "out.geojson"}),
        "ZoneSet.parse": (gp.ZoneSet.parse, {"text": collection(feature()), "repair": True, "unwrap": False}),
        "Pack.save": (gp.compile(ZONES).save, {"path": tmp_path / "out.gpol"}),
        "Hold": (gp.Hold, {"seconds": 3.0}),
        "MonitorProfile": (
            gp.MonitorProfile,
            {
                "accuracy_factor": 1.0,
                "v_max_mps": 70.0,
                "acceleration_mps2": 10.0,
                "max_accuracy_m": 50.0,
                "stale_after_s": 5.0,
                "lead_s": 0.0,
                "on_unknown": {"camera": "off"},
                "safety_relevant": ["camera"],
                "needs_consent": ["camera"],
                "starts_collecting": False,
                "hard_expiry": False,
                "follows_overlays": False,
                "on_stale_overlays": {"camera": gp.Level.OFF},
            },
        ),
        "Fix.from_gpsd": (gp.Fix.from_gpsd, {"tpv": {"mode": 3}, "monotonic_s": 1.0, "driver": "u-blox"}),
        "Fix.from_ubx": (gp.Fix.from_ubx, {"nav_pvt": {"fixType": 3}, "monotonic_s": 1.0}),
        "Fix.from_mavlink": (gp.Fix.from_mavlink, {"gps_raw_int": {"fix_type": 3}, "monotonic_s": 1.0}),
        "Fix.from_navsatfix": (gp.Fix.from_navsatfix, {"msg": {"status": {"status": 0}}, "monotonic_s": 1.0}),
        "Fix.from_vss": (gp.Fix.from_vss, {"values": {}, "monotonic_s": 1.0, "confidence": 68}),
        "Fix.from_sumo": (
            gp.Fix.from_sumo,
            {
                "position": (13.5, 45.5),
                "monotonic_s": 1.0,
                "accuracy_95_m": 3.0,
                "speed": 1.0,
                "angle": 90.0,
                "time": NOON,
            },
        ),
        "Fix.from_geolocation": (gp.Fix.from_geolocation, {"w3c": {"coords": {}}, "monotonic_s": 1.0}),
        "Fix.from_android": (gp.Fix.from_android, {"location": {"latitude": 45.5}, "monotonic_s": 1.0}),
        "Fix.from_corelocation": (gp.Fix.from_corelocation, {"location": {"speed": 1.0}, "monotonic_s": 1.0}),
        "Consent": (gp.Consent, {"who": "driver", "sensors": ["camera"], "given": NOON, "until": LATER}),
        "Consent.covers": (CONSENT.covers, {"sensor": "camera", "time": NOON}),
        "Monitor": (
            gp.Monitor,
            {
                "engine": engines["kernel"],
                "vehicle": CAR,
                "profile": gp.MonitorProfile(),
                "fallback": {"camera": gp.Level.OFF},
                "consents": [CONSENT],
                "clock_floor": NOON,
                "last_zones": ["yard"],
            },
        ),
        "replay.replay": (
            lambda **given: list(gp.replay.replay(**given)),
            {"engine": engines["kernel"], "fixes": [FIX], "accuracy_95_m": 3.0, "state": None, "emergency": None},
        ),
        "draw_zones": (
            gp.draw_zones,
            {
                "zones": ZONES,
                "vehicles": CAR,
                "since": None,
                "time": None,
                "days": 1,
                "state": None,
                "emergency": None,
                "title": None,
                "on_progress": lambda _: None,
            },
        ),
        "report_drive": (
            gp.report_drive,
            {
                "drive": [FIX],
                "zones": ZONES,
                "accuracy_95_m": 3.0,
                "state": None,
                "emergency": None,
                "is_raw": True,
                "title": None,
            },
        ),
        "DriveReport.notebook": (gp.report_drive([FIX], ZONES, is_raw=True).notebook, {"positions": False}),
        "replay.change_at": (
            partial(gp.replay.change_at, next(gp.replay.replay(engines["kernel"], [FIX])), None),
            {"is_monitored": False},
        ),
        "replay.MonitoredReplay": (
            gp.replay.MonitoredReplay,
            {"engine": engines["kernel"], "profile": None, "accuracy_95_m": 3.0, "state": None, "emergency": None},
        ),
        "hosts.CarlaMap": (gp.hosts.CarlaMap, {"source": XODR}),
        "hosts.CarlaVehicle": (
            gp.hosts.CarlaVehicle,
            {
                "zones": ZONES,
                "actor": SimpleNamespace(get_location=None, get_velocity=None),
                "sensors": [SimpleNamespace(id=1, type_id="sensor.camera.rgb")],
                "carla_map": XODR,
                "names": {1: "camera.exterior.front"},
                "attributes": {},
                "profile": None,
                "accuracy_95_m": 3.0,
            },
        ),
        "hosts.SumoFleet": (
            gp.hosts.SumoFleet,
            {
                "engine": engines["kernel"],
                "sumo": still(),
                "profile": None,
                "accuracy_95_m": 3.0,
                "start": NOON,
                "receiver": None,
                "is_coloured": True,
            },
        ),
        "hosts.KuksaVehicle": (
            gp.hosts.KuksaVehicle,
            {
                "monitor": gp.Monitor(engines["kernel"]),
                "client": answering(),
                "names": {"radar": "Vehicle.Radar"},
                "confidence": None,
                "timeout_s": 0.2,
            },
        ),
        "hosts.KuksaVehicle.update": (
            gp.hosts.KuksaVehicle(gp.Monitor(engines["kernel"]), answering()).update,
            {"now_s": 1.0, "emergency": None},
        ),
        "hosts.vss_overlay": (gp.hosts.vss_overlay, {"vehicle": CAR, "names": {"radar": "Vehicle.Radar"}}),
        "hosts.vss_state": (gp.hosts.vss_state, {"values": {"Vehicle.IsMoving": True}}),
        "hosts.vss_values": (
            gp.hosts.vss_values,
            {"decision": gp.Monitor(engines["kernel"]).decision, "names": {"radar": "Vehicle.Radar"}},
        ),
        "hosts.MappedTopic": (
            gp.hosts.MappedTopic,
            {"sensors": ["camera"], "latency_s": 1.0, "exposure_s": 0.1, "video": "h264"},
        ),
        "hosts.TopicMap": (
            gp.hosts.TopicMap,
            {"topics": {"/a": gp.hosts.MappedTopic(["camera"])}, "position": "telemetry.location"},
        ),
        "hosts.TopicMap.of": (gp.hosts.TopicMap().of, {"name": "/a"}),
        "hosts.RedactionOptions": (
            gp.hosts.RedactionOptions,
            {
                "topics": gp.hosts.TopicMap(),
                "keep": ["/a"],
                "anonymize": path,
                "stays_in_vehicle": True,
                "stored_in": "DE",
                "latency_s": 1.0,
                "exposure_s": 0.1,
                "topic": "/fix",
                "accuracy_95_m": 3.0,
                "profile": None,
                "now": NOON,
            },
        ),
        "hosts.RedactionOptions.keeps": (gp.hosts.RedactionOptions().keeps, {"name": "/a"}),
        "hosts.redact_recording": (
            gp.hosts.redact_recording,
            {
                "recording": write_mcap(tmp_path / "drive.mcap", drive([13.0, 13.1])),
                "engines": [gp.open(ZONES, gp.Vehicle(["telemetry.location"]))],
                "output": tmp_path / "clean.mcap",
                "options": gp.hosts.RedactionOptions(),
                "report": tmp_path / "report.jsonl",
                "on_progress": None,
            },
        ),
        "hosts.read_topics": (gp.hosts.read_topics, {"path": topics}),
        "hosts.read_report": (lambda path: list(gp.hosts.read_report(path)), {"path": whole_report(tmp_path)}),
        "audit.zone_pseudonym": (gp.audit.zone_pseudonym, {"key": b"k" * 32, "period": "2026-06", "zone_id": "yard"}),
        "audit.AuditLog": (
            lambda **given: gp.audit.AuditLog(tmp_path / "log", b"k" * 32, **given).close(),
            {"sync": False},
        ),
        "audit.read_log": (lambda folder: list(gp.audit.read_log(folder)), {"folder": tmp_path}),
        "audit.verify_log": (gp.audit.verify_log, {"folder": tmp_path, "checkpoints": ()}),
    }
    for call, given in {
        "swap": {"engine": None, "replace": False},
        "grant": {"consent": CONSENT},
        "withdraw": {"who": "driver"},
        "tick": {"monotonic_s": 3.0},
        "update": {"fix": FIX, "state": "parked", "now_s": 1.0, "emergency": None},
        "transitions": {"after": 0},
        "collect": {"is_collecting": True},
    }.items():
        found[f"Monitor.{call}"] = getattr(gp.Monitor(engines["kernel"]), call), given
    place = {"lat": 45.5, "lon": 13.5}
    for name, engine in engines.items():
        for call, given in {
            "when": {"time": NOON, "state": "parked", "emergency": False},
            "decide": {**place, "accuracy_95_m": 3.0},
            "decide_path": {"lat0": 45.5, "lon0": 13.5, "lat1": 45.6, "lon1": 13.6, "accuracy_95_m": 3.0},
            "decide_many": {"lat": [45.5], "lon": [13.5], "accuracy_95_m": 3.0, "time": [NOON], "threads": 1},
            "decide_zones": {"zone_ids": ["yard"]},
            "near": {**place, "radius_m": 10.0},
            "safe_radius": {**place, "limit_m": 10.0},
        }.items():
            found[f"Engine.{call}, {name}"] = getattr(engine, call), given
    return found | (update_types.cases(tmp_path) if wanted.startswith("update.") else {})
