"""Strict JSON: what is refused of a text before it is read as zones, and at which place."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from examples import dear
from geopolicy.zonefile import strict_json
from zone_files import collection, feature, problems_of


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (b"", "json-syntax", "$"),
        (b"{}{}", "json-syntax", "$"),
        (b"{} x", "json-syntax", "$"),
        (b"[1,]", "json-syntax", "$"),
        (b'{"a":1,}', "json-syntax", "$"),
        (b"[01]", "json-syntax", "$"),
        (b"[.5]", "json-syntax", "$"),
        (b"[+1]", "json-syntax", "$"),
        (b"['a']", "json-syntax", "$"),
        (b'["\t"]', "json-syntax", "$"),
        (b'["\\x"]', "json-syntax", "$"),
        (b"[True]", "json-syntax", "$"),
        (b"\xef\xbb\xbf{}", "json-bom", "$"),
        (b'["\xff"]', "json-encoding", "$"),
        (b'["\xc0\xaf"]', "json-encoding", "$"),
        (b'["\xed\xa0\x80"]', "json-encoding", "$"),
        ("{}".encode("utf-16"), "json-encoding", "$"),
        (b'["\\ud800"]', "json-encoding", "$"),
        (b'{"\\uDFFF":1}', "json-encoding", "$"),
        (b"[NaN]", "json-number", "$"),
        (b"[-Infinity]", "json-number", "$"),
        (b"[" + b"9" * 5000 + b"]", "json-number", "$"),
        (b'{"a":[1,1e400]}', "json-number", "$.a[1]"),
        (b'{"a":[1.5,-1e999]}', "json-number", "$.a[1]"),
        (b"[1E+400]", "json-number", "$[0]"),
        (b"[1e0400]", "json-number", "$[0]"),
        (b"[" + b"7" * 250 + b".5e99]", "json-number", "$[0]"),
        (b"[[1.5],[[2.5,1e400]]]", "json-number", "$[1][0][1]"),
        (b"[" + b"9" * 309 + b"]", "json-number", "$[0]"),
        (b"[" * 100_000, "json-nesting", "$"),
        (b'{"a":' * 100_000, "json-nesting", "$"),
        (b'{"a":1,"a":1}', "json-duplicate-key", "$.a"),
        (b'{"a":1,"\\u0061":2}', "json-duplicate-key", "$.a"),
        (b'[{"b c":{"":1,"":2}}]', "json-duplicate-key", '$[0]["b c"][""]'),
    ],
)
def test_loads_trap_is_refused_with_its_code_and_place(raw, code, path):
    with pytest.raises(gp.errors.ZoneFileError, match=r".") as refusal:
        strict_json.loads(raw, "trap.geojson")
    (problem,) = refusal.value.problems
    assert (problem.code, problem.path, problem.file) == (code, path, "trap.geojson")


def test_loads_syntax_error_says_line_and_column():
    with pytest.raises(gp.errors.ZoneFileError, match="at line 2 column 3 - at"):
        strict_json.loads(b"{\n  ]")


def test_loads_two_duplicates_at_two_levels_names_both():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        strict_json.loads(b'{"a":{"b":1,"b":2},"a":{"b":1,"b":2}}')
    assert {problem.path for problem in refusal.value.problems} >= {"$.a", "$.a.b"}


@pytest.mark.parametrize(
    "text", ["[-0.0]", "[1e308]", '["\\ud83d\\ude97"]', '{"a":{"a":1}}', "9007199254740993", " 1 "]
)
def test_loads_unambiguous_json_is_what_the_json_module_reads(text):
    assert strict_json.loads(text.encode()) == json.loads(text)


@dear(50, 18)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ).map(lambda value: json.dumps(value).encode())
)
def test_loads_any_json_value_is_read_as_the_json_module_reads_it_or_refused(raw):
    try:
        value, codes = strict_json.loads(raw), set()
    except gp.errors.ZoneFileError as error:
        value, codes = json.loads(raw), {problem.code for problem in error.problems}
    assert value == json.loads(raw)
    assert codes <= ({"json-encoding"} if "\\ud" in raw.decode() else set())


@pytest.mark.parametrize("depth", [*range(60, 1100, 20), 1500, 3000])
def test_parse_nested_foreign_member_is_kept_or_refused_whatever_the_depth(depth):
    raw = collection(feature(nest=0)).replace(b'"nest": 0', b'"nest": ' + b"[" * depth + b"]" * depth)
    if depth > 1000:
        assert problems_of(raw) == [("json-nesting", "$")]
        return
    try:
        zones = gp.ZoneSet.parse(raw)
    except gp.errors.ZoneFileError as error:
        found, zones = [problem.code for problem in error.problems], None
    assert gp.ZoneSet.parse(zones.to_geojson_text()) == zones if zones else found == ["json-nesting"] and depth > 300


def test_loads_repeated_member_below_a_very_long_name_has_a_path_that_is_cut():
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        strict_json.loads(b'{"' + b"n" * 5000 + b'": [0, {"k": 1, "k": 2}]}')
    assert [problem.path for problem in refusal.value.problems] == [f'$["{"n" * 97}..."][1].k']


def test_loads_repeated_members_deep_down_have_their_paths():
    depth = 300
    raw = b'{"a":' * depth + b'[{"k":1,"k":1},{"k":1,"k":1}]' + b"}" * depth
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        strict_json.loads(raw)
    assert sorted(problem.path for problem in refusal.value.problems) == [
        "$" + ".a" * depth + f"[{i}].k" for i in range(2)
    ]


def test_loads_many_long_numbers_takes_no_longer_than_other_text():
    raw = b"[" + b",".join([b"0." + b"5" * 199] * 20_000) + b"]"
    since = time.process_time()
    strict_json.loads(raw)
    assert time.process_time() - since < 1.0  # 0.2 s; 0.5 s more for each MB if each digit began a search


@pytest.mark.parametrize("mark", [b"", b"\x1e"])
def test_loads_feature_on_each_line_is_refused_with_what_makes_one_text_of_it(mark):
    line = mark + b'{ "type": "Feature", "id": "a" }\n'
    with pytest.raises(gp.errors.ZoneFileError, match="is GeoJSONSeq: ogr2ogr -f GeoJSON makes one text of it"):
        strict_json.loads(line + line)
