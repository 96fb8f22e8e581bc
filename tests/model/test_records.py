"""Records: frozen dataclasses whose fields tools can see; made, compared, shown, copied and changed by them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

import geopolicy as gp
from geopolicy import audit, errors
from public import public

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SQUARE = gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]})
CAR = gp.Vehicle(
    ["camera", "lidar"],
    {"fleet": "blue"},
    make="Example",
    limits={"camera": {"retain_s": gp.LimitRange(at_least=5)}},
    shows=["stopped:outside"],
)
RULE = gp.Rule(["camera"], gp.Level.OFF, unless=[gp.Condition(state=["parked"])])
CAUSE = gp.Cause("a", "Yard", 0, RULE, ("camera",), True, "in force")
LEVELS = MappingProxyType({"camera": gp.Level.OFF, "lidar": gp.Level.ALLOW})
COUNTRIES = MappingProxyType({"camera": frozenset(["CN"]), "lidar": frozenset()})
LIMITS = MappingProxyType({"camera": MappingProxyType({"retain_s": 60.0}), "lidar": MappingProxyType({})})
NOTICES = MappingProxyType({"camera": frozenset(["stopped:outside"]), "lidar": frozenset()})
DECISION = gp.Decision(
    CAR,
    LEVELS,
    COUNTRIES,
    frozenset(),
    LIMITS,
    NOTICES,
    ("a",),
    gp.Certainty.CERTAIN,
    (gp.Reason.IN_ZONE,),
    (CAUSE,),
)
STEP = gp.replay.Step(index=0, time=NOON, decision=DECISION, path=(DECISION,), held=(), met=(DECISION,), is_usable=True)
CITED = gp.CitedRule("City", "School order")
ENTRY = gp.CardEntry(("camera",), gp.Level.OFF, ("store in CN",), NOON, rules=(CITED,))
CAMERA = gp.hosts.MappedTopic(("camera",), latency_s=0.2)
TOPICS = gp.hosts.TopicMap({"/camera": CAMERA})
REDACTION = gp.hosts.Redaction(
    Path("a.mcap"), Path("a.jsonl"), "ab" * 32, {}, {"/camera": "Image"}, ({"name": "b"},), ()
)
CHECKPOINT = audit.Checkpoint("ab" * 16, 7, "cd" * 32, NOON)

# One of each, with a change that makes another one.
RECORDS = [
    (gp.Fix(45.27, 13.71, 4.0, NOON, spoofing=True), {"accuracy_95_m": 5.0}),
    (gp.Hours(time(8), time(9, 30)), {"until": time(10)}),
    (gp.SunHours("sunset", "sunrise", -30), {"until_offset_min": 15}),
    (gp.Window(since=date(2026, 1, 1), until=NOON, days=[4, 0]), {"days": (1,)}),
    (gp.Condition([gp.Window(days=[1])], {"make": ["A", "B"]}, ["driving"]), {"state": ("parked",)}),
    (gp.LimitRange(at_most=20), {"at_least": 10}),
    (RULE, {"sensors": ("lidar",)}),
    (gp.Rule(["camera"], limits={"retain_s": 60}, must_show=["stopped:outside"]), {"text": "a law"}),
    (CAR, {"shows": frozenset()}),
    (SQUARE, {"type": "LineString"}),
    (gp.Zone("a", SQUARE, [RULE], margin_m=3, expires=NOON), {"margin_m": 4.0}),
    (gp.Coverage(SQUARE), {"frame": "GCJ-02"}),
    (gp.ZoneFileHeader("set", 3, issued=NOON, coverages=[gp.Coverage(SQUARE)]), {"revision": 4}),
    (CAUSE, {"is_in_force": False}),
    (DECISION, {"zones": ("a", "b")}),
    (gp.Near("a", -2.5), {"clearance_m": 3.0}),
    (gp.Transition(1, gp.TransitionKind.RESTRICTED, None, DECISION, 3.5), {"number": 2}),
    (gp.Hold(30), {"seconds": 40.0}),
    (gp.Consent("driver", ["camera"], NOON, NOON + timedelta(hours=1)), {"who": "owner"}),
    (gp.MonitorProfile(v_max_mps=30, on_unknown={"camera": gp.Hold(5)}), {"lead_s": 2.0}),
    (audit.AuditRecord(2, "start", NOON, "2026-06", "ab" * 32, MappingProxyType({"format": 1})), {"hash": "cd" * 32}),
    (CHECKPOINT, {"number": 8}),
    (audit.AuditProblem("hash-wrong", "a.jsonl", 3, "a hash must be right"), {"line": 4}),
    (audit.AuditReport(7, CHECKPOINT, ()), {"torn": 1}),
    (CITED, {"lifted_by": ("emergency",)}),
    (ENTRY, {"is_since_at_least": True}),
    (gp.GateCard((ENTRY,), ("lidar",), digest="ab" * 32), {"notes": ("a note",)}),
    (STEP, {"is_fix": False}),
    (gp.replay.Change(STEP, None, ("a",)), {"passed": ()}),
    (gp.Finding("zone-sliver", gp.Severity.WARNING, "thin"), {"zone_id": "a"}),
    (gp.diff_zones(gp.ZoneSet([]), gp.ZoneSet([], gp.ZoneFileHeader("fleet"))), {"header": ()}),
    (gp.simplify_zones(gp.ZoneSet([]), 1.0), {"vertices_before": 4}),
    (CAMERA, {"video": "h264"}),
    (TOPICS, {"position": "telemetry"}),
    (gp.hosts.RedactionOptions(topics=TOPICS, stored_in="DE"), {"keep": ("*",)}),
    (REDACTION, {"owed": {("camera", "retain_s"): 60.0}}),
    (gp.update.SignerEntry("root", "ab" * 32, "file:root-1.pem"), {"uri": "hsm:2"}),
    (gp.update.Wanted(["taxis"], ["eu"]), {"allow_loosening": True}),
    (errors.Problem("id-invalid", "a zone needs an id", path="$.id"), {"file": "a.geojson"}),
]
# They hold packs, or keys of a library, which are no values.
HOLDERS = {gp.update.Outcome, gp.update.InstalledPacks, gp.update.RoleKeys, gp.update.Change}
NAMES = [type(record).__name__ for record, _ in RECORDS]
each_record = pytest.mark.parametrize("record", [record for record, _ in RECORDS], ids=NAMES)
each_change = pytest.mark.parametrize(("record", "change"), RECORDS, ids=NAMES)


def named(record, *, init=True):
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record) if field.init or not init}


def test_records_are_all_public_dataclasses_and_each_is_tested_here():
    found = {thing for thing in public().values() if dataclasses.is_dataclass(thing)}
    assert found == {type(record) for record, _ in RECORDS} | HOLDERS


@each_record
def test_record_signature_names_every_field_with_its_type_and_default(record):
    cls = type(record)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    parameters = inspect.signature(cls).parameters
    more = {"make", "model", "class_", "made_in", "owner_country"} if cls is gp.Vehicle else set()
    assert parameters.keys() == fields.keys() | more
    assert all(own.kind in (own.POSITIONAL_OR_KEYWORD, own.KEYWORD_ONLY) for own in parameters.values())
    assert all(own.annotation is not own.empty for own in parameters.values())
    if cls not in (gp.Vehicle, gp.MonitorProfile):  # their defaults are those of the constructor alone
        made = {name for name, field in fields.items() if field.default_factory is not dataclasses.MISSING}
        assert not any(parameters[name].default is inspect.Parameter.empty for name in made)
        defaults = {
            name: dataclasses.MISSING if own.default is own.empty else own.default
            for name, own in parameters.items()
            if name not in made
        }
        assert defaults == {name: field.default for name, field in fields.items() if name not in made}


@each_record
def test_record_made_again_from_its_fields_is_the_same_value(record):
    again = type(record)(**named(record))
    assert again == record
    assert hash(again) == hash(record)
    assert repr(again) == repr(record)


@each_change
def test_record_replace_changes_the_named_fields_only_and_not_the_original(record, change):
    before = named(record)
    changed = dataclasses.replace(record, **change)
    assert type(changed) is type(record)
    assert named(changed) == before | change
    assert changed != record
    assert named(record) == before


@each_record
def test_record_wrong_name_is_refused(record):
    with pytest.raises(TypeError, match="latt"):
        dataclasses.replace(record, latt=3)
    with pytest.raises(TypeError, match="latt"):
        type(record)(**named(record), latt=3)


@each_change
def test_record_is_frozen_and_has_no_room_for_more(record, change):
    for name in (*change, "other"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(record, name, None)
    with pytest.raises(AttributeError):
        delattr(record, next(iter(change)))
    assert not hasattr(record, "__dict__")


@each_record
def test_record_pickle_and_copies_are_equal(record):
    for again in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):
        assert again == record
        assert hash(again) == hash(record)
        assert type(again) is type(record)


@each_record
def test_record_of_another_class_with_the_same_fields_is_another_value(record):
    twin = dataclasses.make_dataclass("Twin", list(named(record)))(**named(record))
    assert record != twin
    assert record != tuple(named(record).values())


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (gp.Fix(45.27, 13.71), "Fix(position hidden)"),
        (gp.Fix(45.27, 13.71, None, NOON, valid=False), f"Fix(position hidden, time={NOON!r}, valid=False)"),
        (gp.Window(days=[4, 0]), "Window(days=(0, 4))"),
        (gp.Rule("camera", gp.Level.OFF), "Rule(sensors=('camera',), level=<Level.OFF: 4>)"),
        (gp.Coverage(SQUARE), "Coverage(geometry=Geometry(Polygon, 4 positions))"),
        (
            gp.Zone("a", SQUARE, [RULE], margin_m=3),
            f"Zone(id='a', geometry=Geometry(Polygon, 4 positions), rules=({RULE!r},), margin_m=3.0)",
        ),
        (gp.ZoneFileHeader(revision=3), "ZoneFileHeader(revision=3)"),
        (DECISION, "<Decision certain, off: camera, zones: a>"),
        (errors.Problem("a", "b"), "Problem(code='a', rule='b')"),
    ],
)
def test_record_repr_leaves_defaults_and_positions_out(record, shown):
    assert repr(record) == shown


def test_zone_keeps_its_effective_polygon_outside_of_its_value():
    from geopolicy.geometry.effective import effective_polygon, kept_polygon

    zone, other = (gp.Zone("a", SQUARE, [RULE]) for _ in range(2))
    polygon = effective_polygon(zone)
    assert kept_polygon(zone) is polygon is effective_polygon(zone)
    assert kept_polygon(other) is None
    assert (zone, hash(zone), repr(zone)) == (other, hash(other), repr(other))
    for again in (pickle.loads(pickle.dumps(zone)), copy.copy(zone), dataclasses.replace(zone, name="Yard")):
        assert kept_polygon(again) is None


def test_decision_asked_which_sensors_are_off_is_the_same_value():
    fresh = pickle.loads(pickle.dumps(DECISION))
    assert DECISION.disabled == {"camera"}
    assert (fresh, hash(fresh), repr(fresh)) == (DECISION, hash(DECISION), repr(DECISION))


def test_vehicle_attributes_by_parameter_are_those_by_name():
    named_attributes = gp.Vehicle(["a"], make="M", model="X", class_="taxi", made_in="DE", owner_country="CN")
    listed = {"make": "M", "model": "X", "class": "taxi", "made_in": "DE", "owner_country": "CN"}
    assert named_attributes == gp.Vehicle(["a"], listed)
    assert gp.Vehicle(["a"], {"make": "M", "fleet": "blue"}, make="N").attributes == {"make": "N", "fleet": "blue"}
    assert not gp.Vehicle(["a"], make=None).attributes


def test_geometry_positions_without_two_numbers_and_polygons_without_rings_raise():
    for ring in ([[13], [45], [14, 45]], [[], [1, 2], [3, 4]]):
        with pytest.raises(ValueError, match="a position needs longitude and latitude, got"):
            gp.Geometry.from_geojson({"type": "Polygon", "coordinates": [ring]})
    with pytest.raises(ValueError, match="must hold at least one ring in each polygon, got none"):
        gp.Geometry.from_geojson({"type": "Polygon", "coordinates": []})


def test_coverage_takes_a_geojson_geometry():
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    assert gp.Coverage(square) == gp.Coverage(gp.Geometry.from_geojson(square))


def test_window_bounds_and_hours_as_text_raise():
    with pytest.raises(TypeError, match="a window's bounds must be dates or datetimes, got '2026-01-01'"):
        gp.Window(since="2026-01-01")
    with pytest.raises(TypeError, match="a window's hours must be a list of Hours"):
        gp.Window(hours="22:00-06:00")


def test_a_fix_takes_its_fields_by_place_in_their_order_and_holds_each() -> None:
    names = [slot.name for slot in dataclasses.fields(gp.Fix)]
    values = [object() for _ in names]
    fix = gp.Fix(*values)
    assert [getattr(fix, name) for name in names] == values
    assert gp.Fix(**dict(zip(names, values, strict=True))) == fix
    left_out = gp.Fix(0.0, 0.0)
    assert all(getattr(left_out, slot.name) is slot.default for slot in dataclasses.fields(gp.Fix)[2:])
