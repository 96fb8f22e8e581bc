"""Which rules the zones of a source get, and what a rules file may say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.authoring.formats.rule_choice import RuleChoice, is_met, read_rule_choice
from geopolicy.authoring.formats.source import SourceZone

OFF = {"sensors": ["camera"], "level": "off"}
POINT = {"type": "Point", "coordinates": [0, 0]}


def zone(restricts=True, **facts: object):
    return SourceZone("a", "$.features[0]", POINT, facts, None, 0, restricts=restricts)


def choice(*entries: object):
    return read_rule_choice(json.dumps({"rules_for": list(entries)}).encode())


def entry(where, *rules: object):
    return {"where": where, "rules": list(rules)}


@pytest.mark.parametrize(
    ("where", "facts", "is_selected"),
    [
        ({}, {}, True),
        ({"type": "SCHOOL"}, {"type": "SCHOOL"}, True),
        ({"type": "SCHOOL"}, {"type": "school"}, False),
        ({"type": "SCHOOL"}, {}, False),
        ({"type": ["SCHOOL", "PARK"]}, {"type": "PARK"}, True),
        ({"type": "PARK"}, {"type": ["SCHOOL", "PARK"]}, True),
        ({"n": 1}, {"n": 1.0}, True),
        ({"n": 1}, {"n": True}, False),
        ({"n": True}, {"n": 1}, False),
        ({"n": "1"}, {"n": 1}, False),
        ({"n": None}, {"n": None}, True),
        ({"n": None}, {}, False),
        ({"speed": {"at_most": 10}}, {"speed": 10}, True),
        ({"speed": {"at_most": 10}}, {"speed": 10.1}, False),
        ({"speed": {"at_most": 10}}, {"speed": "5"}, False),
        ({"speed": {"at_most": 10}}, {"speed": [25, 5]}, True),
        ({"speed": {"at_least": 5, "at_most": 10}}, {"speed": 4}, False),
        ({"speed": {"is_stated": True}}, {"speed": None}, False),
        ({"speed": {"is_stated": False}}, {}, True),
        ({"a.b": 1}, {"a": {"b": 1}}, True),
        ({"a.b": 1}, {"a.b": 1}, True),
        ({"a.b": 1}, {"a": 1}, False),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, False),
    ],
)
def test_where_selects_zones_that_state_all_that_is_asked(where, facts, is_selected):
    assert choice(entry(where, OFF)).rules_for(zone(**facts)) == ([OFF] if is_selected else None)


def test_zone_gets_the_rules_of_every_entry_that_selects_it():
    other = {"sensors": ["lidar"], "level": "no_record"}
    both = choice(entry({}, OFF), entry({"type": "PARK"}, other), entry({"type": "SCHOOL"}))
    assert both.rules_for(zone(type="PARK")) == [OFF, other]
    assert both.rules_for(zone(type="SCHOOL")) == [OFF]
    assert choice(entry({"type": "SCHOOL"})).rules_for(zone(type="SCHOOL")) == []


def test_disabled_sensors_are_for_zones_that_restrict_something():
    disabled = RuleChoice.of_disabled(["camera", "lidar"])
    assert disabled.rules_for(zone()) == [{"sensors": ["camera", "lidar"], "level": "off"}]
    assert disabled.rules_for(zone(restricts=False)) is None


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from([1.0, 0.5]), st.text("ab", max_size=2)
)


@given(SCALARS, st.lists(SCALARS, max_size=4))
def test_one_of_several_facts_or_alternatives_is_enough(test, facts):
    assert is_met(test, facts) == any(is_met(test, fact) for fact in facts)
    assert is_met(list(facts), test) == any(is_met(fact, test) for fact in facts)


@pytest.mark.parametrize(
    ("content", "code", "path"),
    [
        ([], "rules-file", "$"),
        ({}, "rules-file", "$.rules_for"),
        ({"rules_for": {}}, "member-type", "$.rules_for"),
        ({"rules_for": []}, "rules-file", "$.rules_for"),
        ({"rules_for": [1]}, "member-type", "$.rules_for[0]"),
        ({"rules_for": [entry({})], "rule_for": []}, "member-unknown", "$.rule_for"),
        ({"rules_for": [{"rules": []}]}, "rules-file", "$.rules_for[0].where"),
        ({"rules_for": [entry([])]}, "member-type", "$.rules_for[0].where"),
        ({"rules_for": [{"where": {}}]}, "rules-file", "$.rules_for[0].rules"),
        ({"rules_for": [entry({}) | {"when": 1}]}, "member-unknown", "$.rules_for[0].when"),
        ({"rules_for": [entry({"a": []})]}, "rules-file", "$.rules_for[0].where.a"),
        ({"rules_for": [entry({"a": [[1]]})]}, "rules-file", "$.rules_for[0].where.a[0]"),
        ({"rules_for": [entry({"a": {}})]}, "rules-file", "$.rules_for[0].where.a"),
        ({"rules_for": [entry({"a": {"max": 1}})]}, "member-unknown", "$.rules_for[0].where.a.max"),
        ({"rules_for": [entry({"a": {"at_most": "1"}})]}, "member-type", "$.rules_for[0].where.a.at_most"),
        ({"rules_for": [entry({}, {"sensors": []})]}, "sensors-empty", "$.rules_for[0].rules[0].sensors"),
        ({"rules_for": [entry({}, {"sensors": ["camera"]})]}, "rule-empty", "$.rules_for[0].rules[0]"),
    ],
)
def test_rules_file_with_a_mistake_is_refused_with_its_place(content, code, path):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        read_rule_choice(json.dumps(content).encode(), "rules.json")
    assert (code, path) in {(problem.code, problem.path) for problem in refusal.value.problems}
    assert all(problem.file == "rules.json" for problem in refusal.value.problems)
