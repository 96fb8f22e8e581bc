"""The JSON Schemas for editors, against the zone files and the catalogue of bad ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from geopolicy.model.limits import LIMITS, MUST_SHOW
from geopolicy.model.rules import STATES, Level
from geopolicy.model.sensors import DEFAULT_SENSORS, is_sensor_name
from geopolicy.model.windows import WEEKDAYS

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "src" / "geopolicy" / "zonefile"
ZONES = sorted((ROOT / "zones").glob("*.geojson"))
BAD_ZONES = Path(__file__).resolve().parents[1] / "data" / "bad-zones"
EXPECTED: dict[str, list[tuple[str, str]]] = {
    name: [(code, path) for code, path in problems]
    for name, problems in json.loads((BAD_ZONES / "expected.json").read_text(encoding="utf-8")).items()
}

# Faults of the text itself: a JSON Schema sees only what a parser made of it.
TEXT_CODES = {
    "json-encoding", "json-bom", "json-syntax", "json-duplicate-key", "json-number", "json-nesting",
}  # fmt: skip
# Codes whose every instance the schema refuses.
SCHEMA_CODES = {
    "attribute-invalid", "column-null", "condition-empty", "coverage-missing", "coverage-unused", "crs-member",
    "day-unknown", "ends-unused", "feature-type", "format-unsupported",
    "geometry-missing", "geometry-type", "header-missing", "hours-invalid", "id-invalid",
    "kind-unknown", "level-unknown", "limit-invalid",
    "limit-unknown", "limits-empty", "line-short", "list-empty", "margin-range", "member-missing", "member-type",
    "member-unknown", "must-show-unknown", "not-feature-collection", "polygon-empty",
    "position-invalid", "position-range", "radius-missing", "radius-range", "radius-unused", "revision-invalid",
    "ring-short", "rule-empty", "rules-empty", "rules-missing", "sensor-name", "sensors-empty", "state-unknown",
    "store-in-invalid", "timezone-missing", "width-missing", "width-range", "width-unused",
}  # fmt: skip
# Codes that need geometry, other features or a look into a database.
READER_CODES = {
    "edge-too-long", "frame-domain", "grown-near-pole", "grown-too-detailed", "hole-outside", "holes-overlap",
    "id-differs", "id-duplicate", "line-collapsed", "member-cut", "member-doubled", "member-misplaced", "parts-overlap",
    "polygon-hollow", "projection-failed", "repair-too-entangled", "ring-collapsed", "ring-crosses", "ring-open",
    "span-too-wide",
}  # fmt: skip
# Codes of which the schema sees the form only: a pattern knows no calendar, no register and no order.
PARTLY_CODES = {
    "time-invalid": ("30-february", "29-february", "before-year-1", "until-before", "until-equal", "until-year-before"),
    "timezone-unknown": ("timezone-",),
    "frame-unknown": ("epsg-999999", "epsg-zero"),
}

HEADER = {
    "format", "kind", "id", "revision", "issued", "ends", "expires", "frame", "timezone", "authority", "licence",
    "coverage",
}  # fmt: skip
PROPERTIES = {
    "id", "name", "reason", "source", "repair",
            "illustrative", "radius_m", "width_m", "margin_m", "frame", "timezone", "expires",
    "rules", "disable",
}  # fmt: skip
CONDITION = {"active", "applies_to", "state", "emergency"}
RULE = CONDITION | {
    "sensors", "level", "store_in", "needs_consent", "limits", "must_show", "unless", "authority", "text",
}  # fmt: skip
WINDOW = {"from", "until", "days", "hours"}


def load(name: str) -> dict[str, Any]:
    """A schema of the package."""
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


ZONEFILE = Draft202012Validator(load("zonefile"))
VEHICLE = Draft202012Validator(load("vehicle"))


def is_refused_by_schema(name: str) -> bool:
    """Whether the schema has something to say about a bad zone file."""
    return not ZONEFILE.is_valid(json.loads((BAD_ZONES / name).read_bytes()))


def codes_of(name: str) -> set[str]:
    """The codes that a bad zone file is expected to show."""
    return {code for code, _ in EXPECTED[name]}


def is_partly_seen(name: str) -> bool:
    """Whether the file's only code is one of which the schema sees the form alone."""
    codes = codes_of(name)
    return len(codes) == 1 and codes <= set(PARTLY_CODES)


def is_beyond_form(name: str) -> bool:
    """Whether the form of the text is right and only its meaning wrong."""
    (code,) = codes_of(name)
    is_empty_timezone = name.endswith("-timezone-empty.geojson")
    return any(part in name for part in PARTLY_CODES[code]) and not is_empty_timezone


READABLE = [name for name in EXPECTED if not codes_of(name) & TEXT_CODES]
REFUSED = [name for name in READABLE if codes_of(name) & SCHEMA_CODES]
REFUSED += [name for name in READABLE if is_partly_seen(name) and not is_beyond_form(name)]
ACCEPTED = [name for name in READABLE if codes_of(name) <= READER_CODES]
ACCEPTED += [name for name in READABLE if is_partly_seen(name) and is_beyond_form(name)]


@pytest.mark.parametrize("name", ["zonefile", "vehicle"])
def test_schema_of_the_package_is_valid_2020_12(name: str) -> None:
    schema = load(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:geopolicy:{name}:1"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("where", "names"),
    [
        *[("header", HEADER), ("zoneProperties", PROPERTIES), ("rule", RULE), ("condition", CONDITION)],
        *[("window", WINDOW), ("limits", set(LIMITS))],
    ],
)
def test_schema_object_names_exactly_the_members_of_the_format(where: str, names: set[str]) -> None:
    found = ZONEFILE.schema["$defs"][where]
    assert set(found["properties"]) == names
    assert found.get("additionalProperties", True) is (where == "zoneProperties")


def test_schema_lists_are_those_of_the_model() -> None:
    definitions = ZONEFILE.schema["$defs"]
    assert tuple(definitions["day"]["enum"]) == WEEKDAYS
    assert set(definitions["stateName"]["enum"]) == set(STATES)
    assert definitions["rule"]["properties"]["level"]["enum"] == [level.label for level in Level]
    assert tuple(definitions["notice"]["enum"]) == MUST_SHOW
    vehicle = VEHICLE.schema["properties"]
    assert tuple(vehicle["sensors"]["default"]) == DEFAULT_SENSORS
    assert tuple(vehicle["limits"]["additionalProperties"]["properties"]) == tuple(LIMITS)
    assert tuple(vehicle["shows"]["items"]["enum"]) == MUST_SHOW


@pytest.mark.parametrize(
    "where", [None, "header", "zone", "zoneProperties", "rule", "condition", "limits", "window", "geometry", "crs"]
)
def test_schema_member_has_title_and_description(where: str | None) -> None:
    definitions = ZONEFILE.schema["$defs"]
    members = (definitions[where] if where else ZONEFILE.schema)["properties"]
    for name, member in members.items():
        told = definitions[member["$ref"].rpartition("/")[2]] | member if "$ref" in member else member
        assert {"title", "description"} <= set(told), name


@pytest.mark.parametrize("path", ZONES, ids=lambda path: path.name)
def test_schema_zone_file_of_the_project_is_accepted(path: Path) -> None:
    ZONEFILE.validate(json.loads(path.read_text(encoding="utf-8")))


def test_catalogue_files_and_expectations_are_the_same_set() -> None:
    assert sorted(path.name for path in BAD_ZONES.glob("*.geojson")) == sorted(EXPECTED)
    assert len(EXPECTED) >= 130
    assert sum(len(problems) > 1 for problems in EXPECTED.values()) >= 10


def test_catalogue_codes_are_sorted_into_what_sees_them() -> None:
    found = {code for problems in EXPECTED.values() for code, _ in problems}
    assert found == TEXT_CODES | SCHEMA_CODES | READER_CODES | set(PARTLY_CODES)


@pytest.mark.parametrize("name", REFUSED)
def test_schema_bad_file_with_a_fault_of_form_is_refused(name: str) -> None:
    assert is_refused_by_schema(name)


@pytest.mark.parametrize("name", ACCEPTED)
def test_schema_bad_file_with_a_fault_of_meaning_only_is_accepted(name: str) -> None:
    assert not is_refused_by_schema(name)


@pytest.mark.parametrize(
    ("code", "pointer"),
    [
        ("level-unknown", ["features", 0, "properties", "rules", 0, "level"]),
        ("radius-range", ["features", 0, "properties", "radius_m"]),
        ("revision-invalid", ["geopolicy", "revision"]),
        ("margin-range", ["features", 0, "properties", "margin_m"]),
    ],
)
def test_schema_fault_of_form_is_shown_at_its_place(code: str, pointer: list[str | int]) -> None:
    name = next(name for name in REFUSED if codes_of(name) == {code})
    errors = ZONEFILE.iter_errors(json.loads((BAD_ZONES / name).read_bytes()))
    assert pointer in [list(error.absolute_path) for error in errors]


@pytest.mark.parametrize(
    "window", [{"hours": "sunset..sunrise"}, {"hours": ["sunset..sunrise", "sunrise..sunset+5min"]}]
)
def test_schema_hours_by_the_sun_need_no_timezone(window: dict[str, Any]) -> None:
    name = next(name for name in EXPECTED if "sun-hours-with-days-without-timezone" in name)
    zones = json.loads((BAD_ZONES / name).read_bytes())
    assert not ZONEFILE.is_valid(zones)
    zones["features"][0]["properties"]["rules"][0]["active"] = window
    ZONEFILE.validate(zones)


@pytest.mark.parametrize("name", ["*", "camera", "camera.exterior.front", "a_1.b2"])
def test_schema_sensor_name_of_the_model_is_accepted(name: str) -> None:
    assert name == "*" or is_sensor_name(name)
    ZONEFILE.evolve(schema={**ZONEFILE.schema["$defs"]["sensorName"]}).validate(name)


@pytest.mark.parametrize(
    "vehicle",
    [
        {},
        {"sensors": ["camera.front"]},
        {"attributes": {"make": "Example", "class": "taxi"}},
        {"sensors": list(DEFAULT_SENSORS)},
        {"limits": {"camera": {"retain_s": {"at_least": 3600}, "resolution_m": {"at_least": 1, "at_most": 20}}}},
        {"limits": {"*": {"position_m": {}}, "camera.cabin": {}}, "shows": ["collecting:outside"]},
    ],
)
def test_schema_vehicle_is_accepted(vehicle: dict[str, Any]) -> None:
    VEHICLE.validate(vehicle)


@pytest.mark.parametrize(
    ("vehicle", "match"),
    [
        ({"sensors": []}, "non-empty|too short"),
        ({"sensors": ["camera", "camera"]}, "non-unique"),
        ({"sensors": ["*"]}, "does not match"),
        ({"sensors": ["camera\n"]}, "does not match"),
        ({"sensors": "camera"}, "not of type 'array'"),
        ({"attributes": {"make": 7}}, "not of type 'string'"),
        ({"make": "Example"}, "unexpected"),
        ({"limits": {"camera": {"retain": {}}}}, "unexpected"),
        ({"limits": {"camera": {"retain_s": 3600}}}, "not of type 'object'"),
        ({"limits": {"camera": {"retain_s": {"at_least": 0}}}}, "less than or equal to the minimum of 0"),
        ({"limits": {"camera": {"retain_s": {"most": 60}}}}, "unexpected"),
        ({"limits": {"Camera": {"retain_s": {}}}}, "does not match"),
        ({"shows": "collecting:outside"}, "not of type 'array'"),
        ({"shows": ["outside"]}, "is not one of"),
        ([], "not of type 'object'"),
    ],
)
def test_schema_vehicle_with_a_fault_is_refused(vehicle: Any, match: str) -> None:
    with pytest.raises(ValidationError, match=match):
        VEHICLE.validate(vehicle)
