"""An engine without exemptions: what its zones forbid goes on, what they allow does not."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geopolicy as gp
from contract import ENGINES
from examples import dear
from geopolicy.testing import positions, vehicles, zone_sets
from geopolicy.testing.rule_strategies import INSTANTS
from layers import in_layers


def without_exemptions(zones):
    """The same zones, with no exemption in their rules."""
    bare = [replace(zone, rules=[replace(rule, unless=()) for rule in zone.rules]) for zone in zones]
    return gp.ZoneSet(bare, zones.header)


def asked(decision):
    """All of a decision but the rules that ask it."""
    told = decision.as_dict()
    in_force = [(cause.zone_id, cause.rule_index, cause.sensors) for cause in decision.causes if cause.is_in_force]
    return {name: value for name, value in told.items() if name != "causes"}, in_force, decision.exemptions


@pytest.mark.parametrize("engine", ENGINES)
@given(data=st.data())
@dear(100, 25)
def test_engine_without_exemptions_answers_as_one_of_zones_that_have_none(engine, data):
    zones, vehicle = data.draw(zone_sets()), data.draw(vehicles())
    at = (
        data.draw(st.none() | INSTANTS),
        data.draw(st.sampled_from([None, "parked", "driving"])),
        data.draw(st.sampled_from([None, True, False])),
    )
    shares = data.draw(st.sampled_from([lambda _: 0, lambda number: number % 2]))
    opened = gp.open(in_layers(zones, shares), vehicle, engine)
    views = [opened.without_exemptions().when(*at), opened.when(*at).without_exemptions()]
    wanted = gp.open(without_exemptions(zones), vehicle, engine).when(*at)
    for position in data.draw(st.lists(positions(zones), min_size=1, max_size=4)):
        one = wanted.decide(*position, 3.0)
        for view in (*views, pickle.loads(pickle.dumps(views[0]))):
            assert asked(view.decide(*position, 3.0)) == asked(one)
            assert asked(view.decide_many([position[0]], [position[1]], [3.0])[0]) == asked(one)
        if at[0] is not None:
            of_opened = views[0].when().decide_many([position[0]], [position[1]], [3.0], [at[0]])[0]
            of_wanted = wanted.when().decide_many([position[0]], [position[1]], [3.0], [at[0]])[0]
            assert asked(of_opened) == asked(of_wanted)
