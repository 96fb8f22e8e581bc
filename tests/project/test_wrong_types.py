"""Arguments of wrong types at every public callable: refused with what is wanted, or harmless; never from inside."""

from __future__ import annotations

import inspect
import re
from dataclasses import is_dataclass

import numpy as np
import pytest

import geopolicy as gp
from public import public
from wrong_types import CAR, WRONG, ZONES, cases

# What Python says where a wrong type has got into the works.
FROM_INSIDE = re.compile(
    "is not iterable|has no len|not supported between|has no attribute|not callable|unhashable|sequence element"
    "|not subscriptable|too large to convert|unsupported operand|__init__"
)
NAMES = [
    *(
        "read_zones",
        "import_zones",
        "export_zones",
        "export_effective",
        "lint_zones",
        "read_pack",
        "read_vehicle",
        "open_drive",
        "hosts.open_receiver",
        "compile",
        "diff_zones",
        "simplify_zones",
        "open",
        "unmatched_sensors",
        "Pack",
        "Pack.save",
        "Vehicle",
    ),
    *("LimitRange", "Rule", "Condition", "Window", "Hours", "SunHours", "Geometry.from_geojson", "Coverage", "Zone"),
    *("ZoneFileHeader", "ZoneSet", "ZoneSet.with_zones", "ZoneSet.without_zones", "ZoneSet.write", "ZoneSet.parse"),
    *(f"Fix.from_{source}" for source in ("gpsd", "ubx", "mavlink", "navsatfix", "vss", "sumo")),
    *(f"Fix.from_{source}" for source in ("geolocation", "android", "corelocation")),
    *("Hold", "MonitorProfile", "Consent", "Consent.covers", "Monitor", "replay.replay", "replay.MonitoredReplay"),
    *(
        "report_drive",
        "draw_zones",
        "DriveReport.notebook",
        "replay.change_at",
        "audit.AuditLog",
        "hosts.CarlaMap",
        "hosts.CarlaVehicle",
        "hosts.SumoFleet",
    ),
    *(f"hosts.{name}" for name in ("KuksaVehicle", "KuksaVehicle.update", "vss_overlay", "vss_state", "vss_values")),
    *(f"hosts.{name}" for name in ("MappedTopic", "TopicMap", "TopicMap.of", "RedactionOptions")),
    *(f"hosts.{name}" for name in ("RedactionOptions.keeps", "redact_recording", "read_topics", "read_report")),
    *(f"update.{name}" for name in ("UpdateClient", "UpdateClient.update", "Fetcher", "watched", "ask", "delay_s")),
    *(f"update.{name}" for name in ("installed_in", "vehicle_status", "signed_status", "read_status")),
    *(f"update.{name}" for name in ("key_signer", "public_key", "SignerFile", "Signers", "Signers.has", "Signers.of")),
    *(f"update.SignerFile.{name}" for name in ("check_private", "add", "make_key")),
    *(f"update.Repository.{name}" for name in ("init", "add", "sign", "rotate", "delegate", "status")),
    "update.Repository",
    *("audit.zone_pseudonym", "audit.read_log", "audit.verify_log"),
    *(f"Monitor.{name}" for name in ("swap", "grant", "withdraw", "tick", "update", "transitions", "collect")),
    *(
        f"Engine.{call}, {engine}"
        for call in ("when", "decide", "decide_path", "decide_many", "decide_zones", "near", "safe_radius")
        for engine in ("kernel", "reference")
    ),
]


def test_wrong_types_table_has_every_callable(tmp_path):
    assert sorted(cases(tmp_path)) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_type_of_any_argument_is_refused_with_what_is_wanted_or_harmless(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)  # a text may be a good path
    call, given = cases(tmp_path, name)[name]
    call(**given)
    tried = [(argument, label) for argument in given for label in WRONG if not is_function(argument, label)]
    said = {(argument, label): refusal(call, given | {argument: WRONG[label]}) for argument, label in tried}
    assert {key: text for key, text in said.items() if FROM_INSIDE.search(text)} == {}


def is_function(argument, label):
    return argument.startswith("on_") and callable(WRONG[label])


def refusal(call, given):
    """What is said where it is refused; any error of another kind goes on."""
    try:
        call(**given)
    except (gp.GeopolicyError, OSError):
        pass
    except (TypeError, ValueError) as error:
        return str(error)
    except KeyError as error:
        if "must be in the set" not in str(error):
            raise
    return ""


# Not `emergency`, of which None is a value, and anything else is not known to a monitor.
SWITCHES = {
    *("repair", "mmap", "needs_consent", "illustrative", "starts_collecting", "hard_expiry", "replace"),
    "follows_overlays",
    *("stays_in_vehicle", "is_coloured", "is_collecting", "is_monitored", "is_raw", "sync", "drop_rules"),
    "positions",
}


@pytest.mark.parametrize("name", NAMES)
def test_switch_that_is_neither_true_nor_false_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    call, given = cases(tmp_path, name)[name]
    for switch in (SWITCHES & given.keys()) - ({"needs_consent"} if name == "MonitorProfile" else set()):
        for wrong in (None, 0, 1, 0.0, "", "no", "false", [], b"no"):
            with pytest.raises(TypeError, match=f"^(profile: )?{switch} must be True or False, got "):
                call(**given | {switch: wrong})


def test_every_parameter_that_is_true_or_false_is_tried(tmp_path):
    tried = {argument for _, given in cases(tmp_path).values() for argument in given}
    assert switches() - {"is_trusted"} == SWITCHES
    assert tried >= SWITCHES


def switches():
    """The names of all parameters that are annotated as bool in what is public, plain records apart."""
    named = set()
    for thing in public().values():
        # A fix is made by an __init__ of its own, for speed, and validates nothing either.
        is_record = thing is gp.Fix or (is_dataclass(thing) and thing.__dataclass_params__.init)
        parts = {} if is_record else getattr(thing, "__dict__", {})
        calls = [getattr(part, "__func__", part) for key, part in parts.items() if key == "__init__" or key[0] != "_"]
        for call in (thing, *calls):
            if inspect.isfunction(call):
                named |= {p.name for p in inspect.signature(call).parameters.values() if p.annotation == "bool"}
    return named


@pytest.mark.parametrize("engine", ["kernel", "reference"])
@pytest.mark.parametrize("values", [
    ["1"], [b"1"], [True], [1j], np.array(["1"]), np.array([1], "M8[s]"), np.array(["1"], object),
    np.array([True], object),
])  # fmt: skip
def test_decide_many_takes_nothing_for_numbers_but_numbers(engine, values):
    decide_many = gp.open(ZONES, CAR, engine).decide_many
    for given in ((values, [13.5]), ([45.5], values), ([45.5], [13.5], values)):
        with pytest.raises(ValueError, match="must hold numbers"):
            decide_many(*given)


ENGINES = [gp.open(ZONES, CAR, name) for name in ("kernel", "reference")]


@pytest.mark.parametrize(("call", "kind", "match"), [
    (lambda: gp.Monitor("zones"), TypeError, "^engine must be an engine as geopolicy.open makes it, or None, got str$"),
    (lambda: gp.Monitor(None, vehicle="car"), TypeError, "^vehicle must be a Vehicle or None, got str$"),
    (lambda: gp.Monitor(None, profile={}), TypeError, "^profile must be a MonitorProfile or None, got dict$"),
    (lambda: gp.compile("zones"), TypeError, "^zones must be a ZoneSet, such as read_zones gives, got str$"),
    (lambda: gp.MonitorProfile(on_unknown="allow"), TypeError, "^profile: on_unknown must be a mapping of names to"),
    (lambda: gp.open(ZONES, "car"), TypeError, "^vehicle must be a Vehicle or None, got str$"),
    (lambda: gp.Pack("fleet.gpol"), TypeError, "^data must be bytes, got str; read_pack takes a path$"),
    (lambda: gp.Zone("a", ZONES["yard"].geometry, "off"), TypeError, "^rules must be a list of Rules, got str$"),
    (lambda: gp.ZoneSet(["a"]), TypeError, "^zones must be a list of Zones, got str in it$"),
    (lambda: gp.Rule(["camera"], gp.Level.OFF, unless=[{}]), TypeError, "^unless must be a list of Conditions, got d"),
    *(
        (call, kind, match)
        for engine in ENGINES
        for call, kind, match in [
            (lambda engine=engine: engine.when("now"), ValueError, "^time must be an aware datetime, got str"),
            (lambda engine=engine: engine.decide_zones("yard"), TypeError, "^zone_ids must be a list of ids, got a"),
            (lambda engine=engine: engine.decide_many([1], [1], threads=0), ValueError, "^threads must be 1 to"),
            (lambda engine=engine: engine.decide_many([1], [1], threads="2"), TypeError, "^threads must be a whole"),
            (lambda engine=engine: engine.decide_many([1], [1], threads=2000), ValueError, "^threads must be 1 to"),
            (lambda engine=engine: engine.decide("45.2", "13.7"), TypeError, "^lat must be a real number, got str$"),
            (lambda engine=engine: engine.decide(45.2, True), TypeError, "^lon must be a real number, got bool$"),
            (lambda engine=engine: engine.decide(45.2, 13.7, None), TypeError, "^accuracy_95_m must be a real number"),
            (lambda engine=engine: engine.near(45.2, 13.7, True), TypeError, "^radius_m must be a real number"),
            (lambda engine=engine: engine.decide(10**400, 13.7), ValueError, r"^lat must be in \[-90, 90\]"),
            (lambda engine=engine: engine.decide(45.2, 13.7, 10**400), ValueError, "^accuracy_95_m must be 0 to 10000"),
        ]
    ),
])  # fmt: skip
def test_wrong_type_that_people_give_is_named(call, kind, match):
    with pytest.raises(kind, match=match):
        call()


DECISION = ENGINES[0].decide(45.5, 13.5)
MANY = ENGINES[0].decide_many([45.5], [13.5])


@pytest.mark.parametrize("sensor", [None, 3, b"camera", ["camera"], object()])
@pytest.mark.parametrize("call", [
    DECISION.level, DECISION.allows, DECISION.limits_of, MANY.levels, MANY.allows, MANY.disabled, CAR.below,
])  # fmt: skip
def test_sensor_that_is_no_text_is_refused_with_what_is_wanted(call, sensor):
    with pytest.raises(TypeError, match=r"^a sensor must be named by a text, got "):
        call(sensor)


@pytest.mark.parametrize("text", ["\ud800", '{"a": "\udfff"}'])
def test_text_with_half_a_surrogate_pair_is_refused_as_a_file_that_is_no_utf_8(text):
    with pytest.raises(gp.errors.ZoneFileError, match=r"must be UTF-8, got a byte that is not"):
        gp.ZoneSet.parse(text)
