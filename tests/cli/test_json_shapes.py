"""The shape of what commands print with ``--json``: a closed schema for each, and the page that explains it."""

from __future__ import annotations

import copy
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import audit_asks
import geopolicy as gp
from audit_samples import BEGAN, KEY, files_of, write_log, write_rare_records
from bag_samples import write_mcap
from cli_samples import SOURCE, shell
from drive_samples import DRIVES
from geopolicy.cli import app
from geopolicy.cli.documents import text_of
from geopolicy.cli.schema import schema_names, schema_of
from geopolicy.pack.format import COUNTS, FAMILIES
from geopolicy.update.refusals import Attack
from json_documents import document_in, documents_in, faults_of, schema_name_of, validator_of
from receiver_samples import nav_pvt
from redact_scene import CAR as RECORDED
from redact_scene import fixes, images, in_order
from shapes import box
from vehicle_folder import installed_vehicle
from zone_files import collection, feature

SCHEMAS = SOURCE / "geopolicy" / "cli" / "schemas"
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
DEFINITIONS = json.loads((SCHEMAS / "definitions.json").read_text(encoding="utf-8"))["$defs"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# What says a thing by names that zone files, vehicles or logs choose.
MAPS = {"levels", "store_in", "limits", "must_show", "exemptions"}
MAPS |= {"left_out", "attributes", "counters", "errors", "sections", "doubted_fixes", "libraries"} | {"refusals"}
BESIDE_COMMANDS = {"error", "replay-output", "update-status"}
LINES = [
    "check {zones} 45.5 13.5 45.5 15.5 0 0 --time unknown --vehicle {car}",
    "check {zones} 45.5 19.5 --emergency yes --vehicle {car}",
    "validate {zones}",
    "validate {bad}",
    "lint {zones} --severity hint",
    "lint {bad}",
    "lint {zones} --fix -o {tmp}/mended.geojson",
    "compile {zones} -o {tmp}/again.gpol",
    "diff {pack} {zones}",
    "diff {zones} {edits}",
    "convert {edited} --header {header} -o {tmp}/restored.geojson",
    "convert {edited} --disable camera --coverage world --simplify 10 -o {tmp}/imported.geojson",
    "export {zones} --effective -o {tmp}/effective.geojson",
    "info {zones}",
    "info {pack}",
    "replay {drive} {zones} --vehicle {car}",
    "replay {drive} {zones} --raw",
    "report {drive} {zones} -o {tmp}/drive.html",
    "draw {zones} --since {zones} -o {tmp}/zones.html --time 2026-11-30T11:00Z",
    "report {drive} {zones} --png {tmp}/drive.png --svg {tmp}/drive.svg",
    "report {drive} {zones} -o {tmp}/tiles.html --tiles https://tiles.example/{{z}}/{{x}}/{{y}}.png",
    "watch {fixes} {zones}",
    "drives {drive} {shift} {tmp}/none.csv",
    "drives --list",
    "redact {recording} {school} -o {tmp}/clean.mcap --topics {topics} --vehicle {keeper}",
    "status --card {log} --key {key} --zones {pack}",
    "log show {log}",
    "log show {cut}",
    "log verify {log}",
    "log verify {cut}",
    "log erase {spare} --yes",
    "publish init {repository} --signers {keys} --passphrase-file {words}",
    "publish add {repository} {pack} --fleet taxis --region hr",
    "publish sign {repository} --signers {keys} --passphrase-file {words}",
    "publish add {repository} {looser} --allow-loosening",
    "publish rotate {repository} timestamp --signers {keys} --passphrase-file {words}",
    "publish delegate {repository} fire --area {school} --most-duration 6h --signers {keys} --passphrase-file {words}",
    "publish status {repository}",
    "update {installed} --from http://127.0.0.1:9 --fleet taxis --region HR",
    "update {installed} --status",
    "update --read-status {report} --key {public}",
    "doctor",
    "kernel",
    "info {bad}",
    "info",
]


@pytest.fixture
def paths(tmp_path, drive):
    """Files that fill the members of documents, by the names that the lines above give them."""
    names = {
        "zones": "zones.geojson",
        "bad": "bad.geojson",
        "pack": "fleet.gpol",
        "car": "car.json",
        "fixes": "drive.ubx",
    }
    names |= {"edits": "edits.geojson"}
    names |= {"edited": "edited.json", "header": "header.json"}
    names |= {name: name for name in ("log", "cut", "spare")} | {"key": "vehicle.key"}
    paths = {name: tmp_path / file for name, file in names.items()}
    header = gp.ZoneFileHeader("fleet", 3, issued=BEGAN, expires=BEGAN.replace(year=2099), timezone="UTC")
    gp.ZoneSet(audit_asks.ZONES.zones, header).write(paths["zones"])
    gp.compile(gp.read_zones(paths["zones"])).save(paths["pack"])
    bus = gp.Condition(gp.Window(days=[6]), {"class": ["bus"]}, ["parked"], emergency=True)
    lifted = [replace(zone, rules=[replace(rule, unless=[bus]) for rule in zone.rules]) for zone in audit_asks.ZONES]
    gp.ZoneSet(lifted, gp.ZoneFileHeader("other", timezone="UTC")).write(paths["edits"])
    paths["edited"].write_bytes(HEADLESS)
    paths["header"].write_text('{"format": 1, "coverage": "world"}')
    paths["bad"].write_bytes(collection(feature(disable=[]), feature(zone_id=True)))
    paths["car"].write_text(CAR, encoding="utf-8")
    paths["fixes"].write_bytes(nav_pvt())
    paths["key"].write_text(KEY.hex(), encoding="ascii")
    audit_asks.write_decisions(paths["log"])
    write_rare_records(paths["log"])  # with the decisions a record of each kind
    write_log(paths["spare"])
    write_log(paths["cut"])
    (cut,) = files_of(paths["cut"])
    cut.write_bytes(cut.read_bytes()[:-9])
    paths |= write_recording(tmp_path) | {"repository": tmp_path / "repository", "keys": tmp_path / "private" / "keys"}
    paths |= {"words": tmp_path / "words", "looser": tmp_path / "looser.gpol"}
    paths["words"].write_text("correct horse battery staple\n", encoding="utf-8")
    gp.compile(gp.ZoneSet(lifted, replace(header, revision=4))).save(paths["looser"])
    paths |= installed_vehicle(tmp_path)
    return paths | {"tmp": tmp_path, "drive": drive, "shift": DRIVES / "shift.csv"}


def write_recording(folder):
    """What ``redact`` reads: a drive through a zone, and what makes every member of its document."""
    said = in_order(fixes(), images(), images("/rear"))
    recording = write_mcap(folder / "drive.mcap", said, attachments=[("snapshot", b"x")])
    (folder / "topics.toml").write_text('[topics]\n"/camera" = "camera.exterior.front"\n')
    rule = {"sensors": ["camera"], "limits": {"retain_s": 4e9}, "must_show": ["collecting:outside"]}
    (folder / "school.geojson").write_bytes(collection(feature(box(13.02, 45, 13.03, 46), "school", rules=[rule])))
    keeps = {"sensors": list(RECORDED.sensors), "limits": {"*": {"retain_s": {}}}, "shows": ["collecting:outside"]}
    (folder / "keeper.json").write_text(json.dumps(keeps))
    names = {"topics": "topics.toml", "school": "school.geojson", "keeper": "keeper.json"}
    return {"recording": recording} | {name: folder / file for name, file in names.items()}


MISSPELT = feature(box(0, 0, 1, 1), disable="['camara' 'lidar']")
HEADLESS = json.dumps({"type": "FeatureCollection", "features": [MISSPELT]}).encode()
CAR = json.dumps(
    {
        "sensors": list(audit_asks.VEHICLE.sensors),
        "attributes": dict(audit_asks.VEHICLE.attributes),
        "limits": {"*": {name: {} for name in audit_asks.ANY}},
        "shows": sorted(audit_asks.VEHICLE.shows),
    }
)


@pytest.fixture
def documents(cli, paths):
    """What the lines above print, by schema; of a line of ``replay -o`` and of ``log export``, too."""
    printed = [documents_in(cli(*shlex.split(line.format(**paths)), "--json")[1])[0] for line in LINES]
    printed.append(document_in(cli("log", "export", paths["log"])[1]))
    return [(schema_name_of(document), document) for document in printed]


def test_json_shapes_are_those_of_every_command_that_prints_json():
    with_json = {name for name, entry in app.COMMANDS.items() if takes_json(name, entry)}
    for group, entries in app.GROUPS.items():
        with_json |= {f"{group}-{name}" for name, entry in entries.items() if takes_json(name, entry)}
    assert set(schema_names()) == with_json | {"log-export"} | BESIDE_COMMANDS


def takes_json(name, entry):
    """Whether a command has the option."""
    return any("--json" in parameter.opts for parameter in app.command_of(name, entry).params)


def test_json_shapes_are_all_tried_here(documents):
    assert {name for name, _ in documents} == set(schema_names()) - {"replay-output"}
    records = [record for name, shown in documents if name == "log-show" for record in shown["records"]]
    assert {record["kind"] for record in records} == set(_kinds())


def _kinds():
    return [record["properties"]["kind"]["const"] for record in DEFINITIONS["record"]["oneOf"]]


@pytest.mark.parametrize("name", schema_names())
def test_json_shape_is_a_schema_that_stands_by_itself(cli, name):
    code, out, _ = cli("schema", *name.split("-"))
    schema = json.loads(out)
    Draft202012Validator.check_schema(schema)
    assert (code, schema["$id"]) == (0, f"urn:geopolicy:cli:{name}:1")
    assert schema["title"]
    references = re.findall(r'"\$ref": "#/\$defs/(\w+)"', out)
    assert set(references) == set(schema.get("$defs", {}))


def test_json_shape_of_no_command_is_wrong_usage(cli):
    code, _, err = cli("schema", "fly")
    assert (code, "log erase" in err) == (2, True)
    assert cli("schema", "definitions")[0] == 2


def objects_in(schema, place=""):
    """Every schema of an object with named members, and where it stands."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield place, schema
        for name, part in schema.items():
            yield from objects_in(part, f"{place}/{name}")
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from objects_in(part, f"{place}/{number}")


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.name)
def test_json_shape_is_closed_and_describes_every_member(path):
    for place, shape in objects_in(json.loads(path.read_text(encoding="utf-8"))):
        is_closed = shape.get("additionalProperties") is False or shape.get("unevaluatedProperties") is False
        assert is_closed or place == "/$defs/decision", place  # closed by whoever refers to it
        assert set(shape["properties"]) - set(shape["required"]) <= {"elapsed_s"}, place
        for name, member in shape["properties"].items():
            text = member.get("description") or DEFINITIONS[member["$ref"].rpartition("/")[2]]["description"]
            assert re.fullmatch(r"[A-Z].*\.", text), f"{place}: {name}"


def nodes_of(value, path=()):
    """Every value in a document that is not the document itself, with its path."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield (*path, name), member
        yield from nodes_of(member, (*path, name))


def is_chosen(path):
    """Whether a name in an object was chosen by a zone file, a vehicle or a log, and is no member of the shape."""
    above = [name for name in path[:-1] if isinstance(name, str)]
    return bool(above) and (above[-1] in MAPS or "_by_" in above[-1] or above[-2:-1] == ["limits"])


def changed(document, path, change):
    """A copy of a document in which the object or list that holds a path was changed."""
    document = copy.deepcopy(document)
    holder = document
    for name in path[:-1]:
        holder = holder[name]
    change(holder, path[-1])
    return document


def put_something_strange(holder, name):
    holder[name] = {"strange": {"strange": True}}


def put_a_strange_member_beside(holder, _name):
    holder["strange"] = {"strange": {"strange": True}}


def test_json_shape_refuses_what_differs_in_any_member(documents):
    tried = 0
    for name, document in documents:
        validator = validator_of(name)
        assert validator.is_valid(document)
        for path in shapes_of_paths(document):
            variants = [changed(document, path, put_something_strange)]
            if isinstance(path[-1], str):
                variants.append(changed(document, path, put_a_strange_member_beside))
                if path[-1] != "elapsed_s" and not is_chosen(path):
                    variants.append(changed(document, path, lambda holder, member: holder.pop(member)))
            accepted = [variant for variant in variants if validator.is_valid(variant)]
            assert accepted == [], (name, path)
            tried += len(variants)
    assert tried > 1_000


def shapes_of_paths(document):
    """A path for each kind of place: of a list the first three items that differ in their members."""
    seen = set()
    for path, _ in nodes_of(document):
        holder = document
        for name in path[:-1]:
            holder = holder[name]
        members = tuple(holder) if isinstance(holder, dict) and not is_chosen(path) else ()
        kind = holder.get("kind") if isinstance(holder, dict) else None
        shape = (*(name for name in path if isinstance(name, str)), members, kind)
        if shape not in seen:
            seen.add(shape)
            yield path


def test_json_values_have_the_types_that_their_names_say(documents):
    named = [
        (path[-1], value) for _, document in documents for path, value in nodes_of(document) if not is_chosen(path)
    ]
    lengths = [value for name, value in named if re.search(r"_(s|m)$", str(name))]
    times = [value for name, value in named if name in {"time", "issued", "expires", "since", "from", "until"}]
    positions = [value for name, value in named if name == "position"]
    assert {type(value) for value in lengths} <= {int, float, type(None)}
    assert all(value is None or TIME.fullmatch(value) for value in times)
    assert all(list(position) == ["lat", "lon"] for position in positions)
    assert min(len(lengths), len(times), len(positions)) >= 4


def test_json_shape_names_what_the_model_has():
    decision, pack = DEFINITIONS["decision"]["properties"], DEFINITIONS["pack"]["properties"]
    assert decision["certainty"]["enum"] == list(gp.Certainty)
    assert decision["reasons"]["items"]["enum"] == list(gp.Reason)
    assert DEFINITIONS["level"]["enum"] == [level.label for level in gp.Level]
    assert pack["frames"]["items"]["enum"] == list(FAMILIES)
    assert DEFINITIONS["updateRefusal"]["properties"]["attack"]["enum"] == [*Attack, None]
    assert {*pack["counts"]["properties"], *pack["bounds"]["properties"]} == set(COUNTS)


def test_json_lines_of_replay_fit_their_shape(cli, paths):
    output = paths["tmp"] / "decisions.jsonl"
    assert cli("replay", paths["drive"], paths["zones"], "-o", output)[0] == 0
    lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    validator = validator_of("replay-output")
    assert len(lines) == 5
    for line in lines:
        validator.validate(line)
        assert not any(validator.is_valid({key: line[key] for key in line if key != name}) for name in line)
        assert not validator.is_valid({**line, "lat": 45.0})


def test_json_of_the_card_in_a_file_is_the_document_that_is_printed(cli, paths):
    words = ("status", "--card", paths["log"], "--key", paths["key"], "--zones", paths["pack"])
    assert cli(*words, "-o", paths["tmp"] / "card.json")[0] == 0
    document = document_in((paths["tmp"] / "card.json").read_text(encoding="utf-8"))
    assert document == document_in(cli(*words, "--json")[1])


# Texts -----------------------------------------------------------------------

HOSTILE = "gate\x1b[2J\x9b\u202eetag\u2028\u2029\x7f\U000e0001 é 岳 \U0001f6a7"


@pytest.fixture
def hostile(tmp_path):
    path = tmp_path / "hostile.geojson"
    path.write_bytes(collection(feature(box(0, 0, 1, 1), "gate", name=HOSTILE), header=HEADER))
    return str(path)


HEADER = {"format": 1, "coverage": "world", "authority": HOSTILE}


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_json_of_hostile_names_is_json_in_any_encoding_and_commands_no_terminal(hostile, encoding):
    for line in (["check", hostile, "0.5", "0.5"], ["info", hostile]):
        _, out, err = shell(*line, "--json", PYTHONIOENCODING=encoding)
        document_in(out)
        assert err == ""
        assert all(letter.isprintable() for letter in out.replace("\n", ""))
        assert out.isascii() == (encoding != "utf-8")
    assert json.loads(out)["zone_set"]["authority"] == HOSTILE


def test_json_text_keeps_every_letter():
    every = " ".join(map(chr, [*range(0x3000), *range(0xD7F0, 0xE010), *range(0xFE00, 0x10100), 0xE0001, 0x10FFFF]))
    for encoding in (None, "utf8", "UTF_8", "ascii", "latin-1"):
        text = text_of({"name": every}, encoding)
        assert json.loads(text) == {"name": every}
        assert all(letter.isprintable() for letter in text.replace("\n", ""))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_json_text_of_a_number_that_json_has_not_is_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        text_of({"length_m": number})


# The page --------------------------------------------------------------------


def members_of(schema, prefix=""):
    """The members that a section of the page must list; those that several shapes have are listed once."""
    for name, member in schema["properties"].items():
        yield prefix + name
        yield from _members_within(member, prefix + name)


def _members_within(schema, name):
    reference = schema.get("$ref", "").rpartition("/")[2]
    if reference in {"head", "exemption", "citedRule"}:
        schema = {**DEFINITIONS[reference]}
    for part in schema.get("anyOf", ()):
        yield from _members_within(part, name)
    if "items" in schema:
        yield from _members_within(schema["items"], f"{name}[]")
    if "properties" in schema:
        yield from members_of(schema, f"{name}.")


SECTIONS = {
    "## Errors": schema_of("error"),
    "### Decisions": DEFINITIONS["decision"],
    "### Findings": DEFINITIONS["finding"],
    "### Problems": DEFINITIONS["problem"],
    "### Problems of a log": DEFINITIONS["logProblem"],
    "### Packs": DEFINITIONS["pack"],
    "### Repositories": DEFINITIONS["repository"],
    "### Status of an installation": schema_of("update-status"),
    "### Installed packs": DEFINITIONS["installedPack"],
    "### Refusals": DEFINITIONS["updateRefusal"],
} | {
    f"## `geopolicy {name.replace('-', ' ')}`": schema_of(name)
    for name in schema_names()
    if name not in BESIDE_COMMANDS | {"log-verify"}
}


@pytest.mark.parametrize("heading", SECTIONS)
def test_json_page_lists_the_members_of_the_shape(heading):
    section = re.split(r"\n##", PAGE.partition(f"\n{heading}\n")[2])[0]
    listed = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    expected = list(members_of(SECTIONS[heading]))
    if heading != "## Errors":
        expected = [name for name in expected if name not in ("command", "version")]
    if heading == "## `geopolicy replay`":
        expected += list(members_of(schema_of("replay-output")))
    assert listed == expected


def test_json_page_says_of_log_verify_that_it_is_log_show_without_records():
    shown, verified = schema_of("log-show")["properties"], schema_of("log-verify")["properties"]
    assert {name: shape for name, shape in shown.items() if name not in ("records", "command")} == {
        name: shape for name, shape in verified.items() if name != "command"
    }
    assert "The members of `log show` but for `records`." in PAGE


def test_json_document_that_fits_no_shape_is_noticed():
    assert faults_of({"command": "log erase", "version": 1, "files": "1"})
    with pytest.raises(AssertionError, match="files"):
        document_in('{"command": "log erase", "version": 1, "files": -1}\n')
    with pytest.raises(AssertionError, match="NaN"):
        document_in('{"command": "log erase", "version": 1, "files": NaN}\n')
    with pytest.raises(AssertionError, match="twice"):
        document_in('{"command": "log erase", "version": 1, "files": 1, "files": 1}\n')
