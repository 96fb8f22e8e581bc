"""Sets of zones: joined, changed, compared and written as values."""

from __future__ import annotations

import errno
import json
import os
import pickle
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given

import contract
import geopolicy as gp
from examples import dear
from geopolicy.zonefile.feature_words import PLACED
from shapes import BOW_TIE, box, polygon
from zone_files import collection, feature
from zone_strategies import any_zone_sets
from zones import camera_zone


def header(**members: object):
    return {"format": 1, "coverage": "world"} | members


def write(folder, **files: bytes):
    for name, raw in files.items():
        (folder / f"{name}.geojson").write_bytes(raw)
    return folder


def problems_of(source):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.read_zones(source)
    return [(problem.code, problem.path, Path(problem.file).name) for problem in refusal.value.problems]


# Reading several files -------------------------------------------------------


def test_read_zones_folder_reads_every_file_below_it_in_order_of_id(tmp_path):
    (tmp_path / "deeper").mkdir()
    write(tmp_path, b=collection(feature(zone_id="b")), a=collection(feature(zone_id="z")))
    write(tmp_path / "deeper", c=collection(feature(zone_id="a")))
    (tmp_path / "notes.json").write_text("not a zone file")
    assert [own.id for own in gp.read_zones(tmp_path)] == ["a", "b", "z"]


def test_read_zones_takes_a_path_a_text_and_a_list_of_both(tmp_path):
    write(tmp_path, a=collection(feature(zone_id="a")), b=collection(feature(zone_id="b")))
    a, b = tmp_path / "a.geojson", str(tmp_path / "b.geojson")
    assert gp.read_zones(a)["a"] == gp.read_zones([a, b])["a"]
    assert gp.read_zones(b)["b"] == gp.read_zones(iter([a, b]))["b"]


def test_read_zones_all_problems_of_all_files_are_named_at_once(tmp_path):
    write(
        tmp_path,
        a=b"{",
        b=collection(feature(BOW_TIE), feature(zone_id=True)),
        c=collection(feature(zone_id="good")),
        d=collection(feature(zone_id="good")),
    )
    missing = tmp_path / "missing.geojson"
    assert sorted(problems_of([tmp_path, missing])) == [
        ("file-unreadable", "$", "missing.geojson"),
        ("id-duplicate", "$.features[0].id", "d.geojson"),
        ("id-invalid", "$.features[1].id", "b.geojson"),
        ("json-syntax", "$", "a.geojson"),
        ("ring-crosses", "$.features[0].geometry.coordinates[0]", "b.geojson"),
    ]


def test_read_zones_misspelt_length_in_one_file_does_not_hide_the_problems_of_others(tmp_path):
    write(tmp_path, a=collection(feature(BOW_TIE, margins_m=3)), b=b"{")
    assert sorted(problems_of(tmp_path)) == [
        ("json-syntax", "$", "b.geojson"),
        ("ring-crosses", "$.features[0].geometry.coordinates[0]", "a.geojson"),
    ]


def test_read_zones_same_id_in_two_files_says_which_other_file(tmp_path):
    write(tmp_path, a=collection(feature()), b=collection(feature(zone_id="other"), feature()))
    with pytest.raises(
        gp.errors.ZoneFileError, match=r"zone 'yard': .* got the id of \$\.features\[0\] in .*a\.geojson - at"
    ) as e:
        gp.read_zones(tmp_path)
    assert [(p.code, p.path) for p in e.value.problems] == [("id-duplicate", "$.features[1].id")]


def test_read_zones_folder_without_zone_files_is_refused(tmp_path):
    assert problems_of(tmp_path) == [("file-unreadable", "$", tmp_path.name)]


def test_read_zones_of_no_file_at_all_is_refused():
    with pytest.raises(gp.errors.ZoneFileError, match=r"at least one"):
        gp.read_zones([])


def test_read_zones_folder_with_the_suffix_of_a_zone_file_is_read_as_a_folder_or_refused(tmp_path):
    (tmp_path / "x.geojson").mkdir()
    write(tmp_path, a=collection(feature()))
    assert problems_of(tmp_path) == [("file-unreadable", "$", "x.geojson")]


def test_read_zones_impossible_path_is_refused_as_unreadable():
    with pytest.raises(gp.errors.ZoneFileError, match="must be readable"):
        gp.read_zones("zones\0.geojson")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user for whom permissions count")
def test_read_zones_file_without_permission_is_refused(tmp_path):
    write(tmp_path, a=collection(feature()))
    (tmp_path / "a.geojson").chmod(0)
    assert problems_of(tmp_path) == [("file-unreadable", "$", "a.geojson")]


# Joining ---------------------------------------------------------------------


def test_join_headers_keep_what_all_files_agree_on(tmp_path):
    same = {"timezone": "Asia/Shanghai", "expires": "2030-01-01T00:00:00Z", "revision": 4}
    write(
        tmp_path,
        a=collection(feature(zone_id="a"), header=header(**same, id="one", authority="A", licence="CC0")),
        b=collection(feature(zone_id="b"), header=header(**same, id="two", authority="B", licence="CC0")),
    )
    found = gp.read_zones(tmp_path).header
    assert (found.timezone, found.expires, found.revision) == ("Asia/Shanghai", datetime(2030, 1, 1, tzinfo=UTC), 4)
    assert (found.id, found.authority, found.licence) == (None, "A; B", "CC0")


def test_join_headers_that_differ_leave_every_zone_its_own_values(tmp_path):
    write(
        tmp_path,
        a=collection(feature(zone_id="a"), header=header(timezone="Asia/Shanghai", expires="2030-01-01T00:00:00Z")),
        b=collection(feature(zone_id="b"), header=header(timezone="Europe/Zagreb")),
        c=collection(feature(zone_id="c"), header=header()),
    )
    zones = gp.read_zones(tmp_path)
    assert (zones.header.timezone, zones.header.expires) == (None, None)
    assert [own.timezone for own in zones] == ["Asia/Shanghai", "Europe/Zagreb", None]
    assert [own.expires for own in zones] == [datetime(2030, 1, 1, tzinfo=UTC), None, None]
    assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones


def test_join_frames_that_differ_are_kept_by_each_zone(tmp_path):
    ring = polygon([[500000, 5500000], [501000, 5500000], [501000, 5501000], [500000, 5500000]])
    write(
        tmp_path,
        a=collection(feature(ring, "a"), header=header(frame="EPSG:25832", coverage=ring)),
        b=collection(feature(zone_id="b"), header=header(coverage=box(-10, -10, 10, 60))),
    )
    zones = gp.read_zones(tmp_path)
    assert [own.frame for own in zones] == ["EPSG:25832", "WGS84"]
    assert [coverage.frame for coverage in zones.header.coverages] == ["EPSG:25832", "WGS84"]
    assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones


@pytest.mark.parametrize(
    ("lat", "lon", "is_known"),
    [(0.5, 0.5, False), (0.5, 6.0, True), (0.5, 10.0, True), (0.5, 10.0000001, False), (0.5, 14.0, False)],
)
def test_join_coverages_are_known_only_where_all_hold_the_place(tmp_path, lat, lon, is_known):
    write(
        tmp_path,
        a=collection(feature(zone_id="a"), header=header(coverage=box(0, 0, 10, 10))),
        b=collection(feature(zone_id="b"), header=header(coverage=box(5, 0, 15, 10))),
        c=collection(feature(zone_id="c"), header=header()),
    )
    decision = gp.open(tmp_path).decide(lat, lon)
    assert (decision.certainty != gp.Certainty.UNKNOWN) == is_known
    assert (gp.Reason.OUTSIDE_COVERAGE in decision.reasons) != is_known


def test_join_coverage_said_twice_counts_once(tmp_path):
    same = header(coverage=box(0, 0, 10, 10))
    write(tmp_path, a=collection(feature(zone_id="a"), header=same), b=collection(feature(zone_id="b"), header=same))
    assert len(gp.read_zones(tmp_path).header.coverages) == 1


def test_join_warnings_of_all_files_are_kept_with_their_file(tmp_path):
    write(tmp_path, a=collection(feature(zone_id="a", disabled=[])), b=collection())
    found = {(warning.code, Path(warning.file).name) for warning in gp.read_zones(tmp_path).warnings}
    assert found == {("member-suspicious", "a.geojson"), ("no-zones", "b.geojson")}


def test_join_of_the_project_s_files_answers_as_each_of_them_alone():
    folder = Path(__file__).resolve().parents[2] / "zones"
    alone = [gp.open(path) for path in sorted(folder.glob("*.geojson"))]
    joined = gp.open(folder)
    for lat, lon in ((45.269, 13.72), (39.83, 119.48), (31.2, 121.4), (0.0, 0.0), (45.26, 13.70)):
        at = [engine.decide(lat, lon, 20.0) for engine in alone]
        assert set(joined.decide(lat, lon, 20.0).zones) == {own for decision in at for own in decision.zones}
        assert dict(joined.decide(lat, lon, 20.0).levels) == {
            name: max(decision.levels[name] for decision in at) for name in joined.vehicle.sensors
        }


# Inheritance -----------------------------------------------------------------


def test_zone_set_zone_without_timezone_or_expires_takes_the_header_s():
    until = datetime(2030, 1, 1, tzinfo=UTC)
    own = gp.ZoneSet(
        [camera_zone("a"), camera_zone("b", timezone="UTC", expires=datetime(2031, 1, 1, tzinfo=UTC))],
        gp.ZoneFileHeader(timezone="Asia/Shanghai", expires=until),
    )
    assert [(each.timezone, each.expires) for each in own] == [
        ("Asia/Shanghai", until),
        ("UTC", datetime(2031, 1, 1, tzinfo=UTC)),
    ]


def test_with_zones_new_zone_takes_the_header_s_timezone():
    own = gp.ZoneSet([camera_zone("a")], gp.ZoneFileHeader(timezone="Asia/Shanghai")).with_zones([camera_zone("b")])
    assert own["b"].timezone == "Asia/Shanghai"


# With and without ------------------------------------------------------------


def test_with_zones_adds_and_leaves_the_old_set_alone():
    old = gp.ZoneSet([camera_zone("b")])
    new = old.with_zones([camera_zone("a")])
    assert ([own.id for own in old], [own.id for own in new]) == (["b"], ["a", "b"])


def test_with_zones_id_in_both_is_refused():
    with pytest.raises(gp.errors.ZoneFileError, match=r"zone 'a': an id must be used only once"):
        gp.ZoneSet([camera_zone("a")]).with_zones([camera_zone("a", name="another")])


def test_with_zones_of_a_set_keeps_both_headers_meaning():
    one = gp.ZoneSet(
        [camera_zone("a")], gp.ZoneFileHeader(timezone="Asia/Shanghai", coverages=(gp.Coverage(shape(0, 10)),))
    )
    two = gp.ZoneSet(
        [camera_zone("b")], gp.ZoneFileHeader(timezone="Europe/Zagreb", coverages=(gp.Coverage(shape(5, 15)),))
    )
    joined = one.with_zones(two)
    assert [own.timezone for own in joined] == ["Asia/Shanghai", "Europe/Zagreb"]
    assert len(joined.header.coverages) == 2
    assert gp.open(joined).decide(0.5, 2.0).certainty == gp.Certainty.UNKNOWN


def test_with_zones_says_once_that_coverages_have_no_place_in_common():
    one, two = (
        gp.ZoneSet([camera_zone(zone_id)], gp.ZoneFileHeader(coverages=(gp.Coverage(shape(west, west + 10)),)))
        for zone_id, west in (("a", 0), ("b", 20))
    )
    apart = one.with_zones(two).without_zones("a")
    assert [warning.code for warning in apart.warnings] == ["coverage-disjoint"]


def shape(west, east):
    return gp.Geometry.from_geojson(box(west, 0, east, 10))


def test_without_leaves_zones_and_their_warnings_out():
    touching = polygon([[0, 0], [1, 1], [0, 2], [2, 2], [1, 1], [2, 0], [0, 0]])
    own = gp.ZoneSet([camera_zone("a"), camera_zone("b", touching), camera_zone("c")])
    assert [warning.zone_id for warning in own.warnings] == ["b"]
    left = own.without_zones(["b", "c"])
    assert ([each.id for each in left], left.warnings) == (["a"], ())
    assert len(own) == 3


def test_without_a_single_text_is_one_id():
    assert [
        own.id for own in gp.ZoneSet([camera_zone("a"), camera_zone("b"), camera_zone("ab")]).without_zones("ab")
    ] == ["a", "b"]


def test_without_an_id_that_is_not_there_is_refused_by_name():
    with pytest.raises(KeyError, match=r"zone 'x': must be in the set to be left out, got a set of 1 zones"):
        gp.ZoneSet([camera_zone("a")]).without_zones(["a", "x"])


def test_with_and_without_are_inverse():
    one = gp.ZoneSet([camera_zone("a"), camera_zone("b")], gp.ZoneFileHeader(id="h"))
    assert one.with_zones([camera_zone("c")]).without_zones(["c"]) == one


def test_zone_set_changed_in_memory_has_no_revision_until_it_is_given_one():
    header = gp.ZoneFileHeader("h", 4, issued=datetime(2026, 1, 1, tzinfo=UTC))
    one, other = gp.ZoneSet([camera_zone("a"), camera_zone("b")], header), gp.ZoneSet([camera_zone("c")], header)
    for changed in (one.with_zones([camera_zone("c")]), one.with_zones(other), one.without_zones(["b"])):
        assert (changed.header.id, changed.header.revision, changed.header.issued) == ("h", None, header.issued)
        assert gp.ZoneSet(changed, replace(changed.header, revision=5)).header.revision == 5
    assert one.header.revision == 4


def test_zone_set_duplicate_and_ruleless_and_bad_zones_are_all_named():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.ZoneSet([camera_zone("a"), camera_zone("a"), camera_zone("b", rules=[]), camera_zone("c", BOW_TIE)])
    assert [(problem.code, problem.zone_id) for problem in refusal.value.problems] == [
        ("id-duplicate", "a"),
        ("rules-missing", "b"),
        ("ring-crosses", "c"),
    ]


def test_zone_set_coverage_that_crosses_itself_is_refused():
    with pytest.raises(gp.errors.ZoneFileError, match=r"at \$\.geopolicy\.coverage\.coordinates\[0\]"):
        gp.ZoneSet([camera_zone("a")], gp.ZoneFileHeader(coverages=(gp.Coverage(gp.Geometry.from_geojson(BOW_TIE)),)))


# Values ----------------------------------------------------------------------


def test_zone_set_is_a_container_of_its_zones():
    own = gp.ZoneSet([camera_zone("b"), camera_zone("a")])
    assert ("a" in own, "c" in own, 3 in own) == (True, False, False)
    assert own["b"].id == "b"
    assert [each.id for each in own.zones] == ["a", "b"]
    with pytest.raises(KeyError, match="c"):
        own["c"]


def test_zone_set_equality_asks_zones_and_header_not_order_or_warnings():
    one = gp.ZoneSet([camera_zone("a"), camera_zone("b")])
    assert one == gp.ZoneSet(
        [camera_zone("b"), camera_zone("a")], warnings=[gp.errors.Problem("c", "r", is_warning=True)]
    )
    assert hash(one) == hash(gp.ZoneSet([camera_zone("b"), camera_zone("a")]))
    assert one != gp.ZoneSet([camera_zone("a"), camera_zone("b")], gp.ZoneFileHeader(id="other"))
    assert one != gp.ZoneSet([camera_zone("a"), camera_zone("b", name="other")])
    assert one != [camera_zone("a"), camera_zone("b")]


def test_zone_set_repr_names_and_counts():
    assert repr(gp.ZoneSet([camera_zone("a")])) == "ZoneSet(1 zones)"
    assert repr(gp.ZoneSet([camera_zone("a")], gp.ZoneFileHeader(id="fleet"))) == "ZoneSet('fleet', 1 zones)"


@dear(40, 15, suppress_health_check=list(HealthCheck))
@given(any_zone_sets())
def test_zone_set_pickle_is_an_equal_set(own):
    again = pickle.loads(pickle.dumps(own))
    assert (again, hash(again), again.warnings) == (own, hash(own), own.warnings)
    assert [each.id for each in again] == [each.id for each in own]


@dear(40, 15, suppress_health_check=list(HealthCheck))
@given(any_zone_sets())
def test_zone_set_split_into_single_zones_and_joined_again_is_the_same_zones(own):
    joined = gp.ZoneSet([], own.header)
    for each in own:
        joined = joined.with_zones([each])
    assert (joined.zones, joined.header) == (own.zones, replace(own.header, revision=joined.header.revision))


# Writing ---------------------------------------------------------------------


def test_write_new_file_holds_the_canonical_text(tmp_path):
    own = gp.ZoneSet([camera_zone("ü", name="路")])
    own.write(tmp_path / "all.geojson")
    assert (tmp_path / "all.geojson").read_bytes() == own.to_geojson_text().encode()
    assert gp.read_zones(tmp_path) == own
    assert [path.name for path in tmp_path.iterdir()] == ["all.geojson"]


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_write_over_a_file_keeps_its_permissions(tmp_path):
    target = tmp_path / "all.geojson"
    target.write_text("old")
    target.chmod(0o640)
    gp.ZoneSet([camera_zone("a")]).write(str(target))
    assert target.stat().st_mode & 0o777 == 0o640
    assert gp.read_zones(target) == gp.ZoneSet([camera_zone("a")])


@pytest.mark.parametrize("call", ["fsync", "fdopen"])
def test_write_that_fails_leaves_the_old_file_whole_and_nothing_beside_it(tmp_path, monkeypatch, call):
    target = tmp_path / "all.geojson"
    target.write_text("old")

    def full(handle, *_more: object):
        if call == "fdopen":
            os.close(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space left"):
        gp.ZoneSet([camera_zone("a")]).write(target)
    monkeypatch.undo()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["all.geojson"]


def test_write_into_a_missing_folder_raises_os_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        gp.ZoneSet([camera_zone("a")]).write(tmp_path / "missing" / "all.geojson")


def test_write_of_what_json_cannot_hold_raises_and_leaves_no_file(tmp_path):
    broken = replace(camera_zone("a"), foreign=("{}", '{"x": NaN}'))
    with pytest.raises(ValueError, match="not JSON compliant"):
        gp.ZoneSet([broken]).write(tmp_path / "all.geojson")
    assert list(tmp_path.iterdir()) == []


# What the reader refuses, a set must not write -------------------------------


@pytest.mark.parametrize(
    "own",
    [
        camera_zone(""),
        camera_zone("two\nlines"),
        camera_zone("x" * 201),
        camera_zone("a", timezone="Mars/Olympus"),
        camera_zone("a", foreign=("{}", '{"rules": []}')),
        camera_zone("a", foreign=('{"id": "b"}', "{}")),
    ],
    ids=["id-empty", "id-lines", "id-long", "timezone", "foreign-rules", "foreign-id"],
)
def test_zone_set_either_refuses_a_zone_or_writes_what_reads_back_equal(own):
    try:
        zones = gp.ZoneSet([own])
    except gp.errors.ZoneFileError:
        return
    text = zones.to_geojson_text()
    assert json.loads(text)
    assert gp.ZoneSet.parse(text) == zones


@pytest.mark.parametrize("name", ["Camera!", "", "camera.", ".camera", "a..b", "_radar", "1cam", "kamera\u00e9"])
def test_rule_for_what_is_no_sensor_s_name_is_refused_beside_a_good_one(name):
    with pytest.raises(ValueError, match=r"^a rule's sensor must be '\*' or dotted words of a-z, 0-9 and '_', got "):
        gp.Rule(["camera", name], gp.Level.OFF)


@pytest.mark.parametrize("country", ["china", "cn", "C", "CHN", "", "C1", "\u00c4\u00d6"])
def test_rule_with_a_country_that_is_not_two_capitals_is_refused(country):
    with pytest.raises(ValueError, match=r"^store_in must be an ISO 3166-1 alpha-2 code in capitals, got "):
        gp.Rule(["*"], store_in=country)


MONDAYS = gp.Condition(active=[gp.Window(days=[0])])


@pytest.mark.parametrize(
    "rule",
    [gp.Rule(["*"], gp.Level.OFF, when=MONDAYS), gp.Rule(["*"], gp.Level.OFF, unless=[MONDAYS])],
    ids=["when", "unless"],
)
def test_zone_set_window_in_local_time_without_a_timezone_is_refused(rule):
    with pytest.raises(
        gp.errors.ZoneFileError, match=r"^zone 'a': a window in local time needs a timezone - at "
    ) as refusal:
        gp.ZoneSet([camera_zone("a", rules=[rule]), camera_zone("b", rules=[rule], timezone="Asia/Shanghai")])
    assert [(problem.code, problem.zone_id) for problem in refusal.value.problems] == [("timezone-missing", "a")]
    assert (
        gp.ZoneSet([camera_zone("a", rules=[rule])], gp.ZoneFileHeader(timezone="Asia/Shanghai"))["a"].timezone
        == "Asia/Shanghai"
    )


@pytest.mark.parametrize("word", [*PLACED, "bbox", "coverage", "colour", "type", "crs", "features", "geopolicy"])
def test_set_with_foreign_members_is_refused_or_comes_back_from_its_text(word):
    names = [word, word.upper(), word.title(), word.replace("_", "-"), word.replace("_", ""), f"{word}s", word[:-1]]
    for foreign in (json.dumps({name: None}, separators=(",", ":")) for name in names):
        for zone, header in (({}, {"foreign": foreign}), ({"foreign": (foreign, "{}")}, {})):
            codes, made = set(), None
            try:
                made = gp.ZoneSet([camera_zone("a", **zone)], gp.ZoneFileHeader(**header))
            except gp.errors.ZoneFileError as refusal:
                codes = {problem.code for problem in refusal.problems}
            assert codes <= {"member-misplaced", "json-duplicate-key"}
            if made is not None:
                again = gp.ZoneSet.parse(made.to_geojson_text())
                assert (again.header.foreign, again["a"].foreign) == (made.header.foreign, made["a"].foreign)


def test_zone_set_foreign_members_that_a_zone_states_itself_are_refused():
    own = camera_zone("a", foreign=('{"bbox": [], "id": "b"}', '{"colour": "red", "disable": ["*"], "rules": []}'))
    with pytest.raises(
        gp.errors.ZoneFileError, match="a foreign member must not be one that the zone states"
    ) as refusal:
        gp.ZoneSet([own])
    assert [(problem.code, problem.path) for problem in refusal.value.problems] == [
        ("json-duplicate-key", "$.id"),
        ("json-duplicate-key", "$.properties.disable"),
        ("json-duplicate-key", "$.properties.rules"),
    ]


def test_set_foreign_members_that_are_words_of_the_format_are_refused():
    """Written out they would stand beside their place, and no reader would take them."""
    zone = gp.Zone("z", contract.box(0, 0, 1, 1), [contract.OFF], foreign=('{"margin_m":5}', "{}"))
    with pytest.raises(gp.errors.ZoneFileError, match=r"beside the properties must not be, .* got 'margin_m'"):
        gp.ZoneSet([zone])
    with pytest.raises(
        gp.errors.ZoneFileError, match=r"or seem to be, one that belongs into the header .* got 'frame'"
    ):
        gp.ZoneSet([], gp.ZoneFileHeader(foreign='{"frame":"GCJ-02"}'))


@pytest.mark.parametrize(("header", "code"), [
    ({"frame": "X"}, "frame-unknown"), ({"frame": "EPSG:999999"}, "frame-unknown"), ({"frame": ""}, "frame-unknown"),
    ({"timezone": "Moon/Base"}, "timezone-unknown"),
])  # fmt: skip
def test_zone_set_header_that_no_file_may_hold_is_refused(header, code):
    with pytest.raises(gp.errors.ZoneFileError) as error:
        gp.ZoneSet([], gp.ZoneFileHeader(**header))
    assert [problem.code for problem in error.value.problems] == [code]


@pytest.mark.parametrize("repair", ["no", 1, None])
def test_zone_set_parse_takes_nothing_for_true_but_true(repair):
    with pytest.raises(TypeError, match=r"^repair must be True or False"):
        gp.ZoneSet.parse("", repair=repair)
