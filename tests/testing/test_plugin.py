"""The plugin: a fleet's own zones as test cases of pytest."""

from __future__ import annotations

import json
import re

import pytest

from shapes import box
from zone_files import collection, feature

pytest_plugins = ["pytester"]

QUIET = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly")


@pytest.fixture
def fleet(pytester):
    """A folder of zones, as a repository of them looks."""
    folder = pytester.mkdir("zones")
    (folder / "fleet.geojson").write_bytes(collection(feature(), feature(box(0.5, 0.5, 3, 1), "depot")))
    return pytester


def test_plugin_makes_cases_of_each_zone_check_and_engine(fleet):
    done = fleet.runpytest_inprocess("--geopolicy-zones", "zones", "-v", *QUIET)
    done.assert_outcomes(passed=10)
    done.stdout.fnmatch_lines(["*zones::depot::edges?kernel? PASSED*", "*zones::depot::engines PASSED*"])


def test_plugin_cases_stand_beside_those_of_files_and_can_be_chosen(fleet):
    fleet.makepyfile(test_own="def test_one(): pass")
    fleet.runpytest_inprocess("--geopolicy-zones", "zones", *QUIET).assert_outcomes(passed=11)
    chosen = fleet.runpytest_inprocess("--geopolicy-zones", "zones", "-k", "depot and reference", *QUIET)
    chosen.assert_outcomes(passed=2, deselected=9)
    whole = fleet.runpytest_subprocess("--pyargs", "geopolicy.testing", "--geopolicy-zones", "zones", *QUIET)
    whole.assert_outcomes(passed=10)


def test_plugin_without_the_option_does_nothing(fleet):
    fleet.makepyfile(test_own="def test_one(): pass")
    fleet.runpytest_subprocess(*QUIET).assert_outcomes(passed=1)
    assert "--geopolicy-zones=PATH" in str(fleet.runpytest_subprocess("--help", *QUIET).stdout)


def test_plugin_without_a_kernel_asks_the_reference_engine(fleet):
    fleet.makeconftest("import sys\nsys.modules['geopolicy._kernel'] = None")
    fleet.runpytest_subprocess("--geopolicy-zones", "zones", *QUIET).assert_outcomes(passed=4)


def test_plugin_fails_where_an_engine_is_wrong_with_the_place_alone(fleet):
    fleet.makeconftest(
        """
        from geopolicy.engines.reference import ReferenceEngine

        decide_many = ReferenceEngine.decide_many

        def one_unit_off(self, lat, lon, *rest):
            return decide_many(self, [y - 1e-7 for y in lat], lon, *rest)

        ReferenceEngine.decide_many = one_unit_off
        """
    )
    done = fleet.runpytest_subprocess("--geopolicy-zones", "zones", "-k", "depot", *QUIET)
    done.assert_outcomes(passed=3, failed=2, deselected=5)
    done.stdout.fnmatch_lines(
        ["zone 'depot' applies at lat 0.5, lon 0.5; the reference engine says not", "different at lat 0.5, lon 0.5 (*"]
    )
    assert "Traceback" not in str(done.stdout)


def test_plugin_fails_where_zones_together_ask_less_than_one_alone(fleet):
    fleet.makeconftest(
        """
        from dataclasses import replace

        import geopolicy as gp
        from geopolicy.testing.zone_checks import ZonesUnderTest

        def weaker(self, name):
            rule = gp.Rule(["camera"], gp.Level.ANONYMIZE)
            return gp.open(gp.ZoneSet([replace(zone, rules=[rule]) for zone in self.zones]), None, name)

        ZonesUnderTest.engine = weaker
        """
    )
    done = fleet.runpytest_subprocess("--geopolicy-zones", "zones", "-k", "depot", *QUIET)
    done.assert_outcomes(passed=3, failed=2, deselected=5)
    done.stdout.fnmatch_lines(["looser at lat 0.5, lon 0.5 (time not known, *): level of camera.*; before: *"])


def test_plugin_takes_ids_and_files_with_brackets(fleet):
    ids = ("a[b]", "zone [old]", "[", "]", "a::b[c]", "a/b")
    folder = fleet.mkdir("odd[1]")
    shapes = [feature(box(3 * i, 0, 3 * i + 1, 1), zone_id) for i, zone_id in enumerate(ids)]
    (folder / "odd.geojson").write_bytes(collection(*shapes))
    done = fleet.runpytest_subprocess("--geopolicy-zones=odd[1]", "-v", "--junitxml=done.xml", *QUIET)
    done.assert_outcomes(passed=5 * len(ids))
    done.stdout.fnmatch_lines(["*::zone (old)::edges?kernel? PASSED*"])
    assert "INTERNALERROR" not in str(done.stdout)


def test_plugin_tells_ids_apart_that_differ_in_brackets_only(fleet):
    folder = fleet.mkdir("odd")
    shapes = [feature(box(3 * i, 0, 3 * i + 1, 1), zone_id) for i, zone_id in enumerate(("a(b)", "a[b]", "a[b)"))]
    (folder / "odd.geojson").write_bytes(collection(*shapes))
    done = fleet.runpytest_subprocess("--geopolicy-zones=odd", "-v", *QUIET)
    done.assert_outcomes(passed=15)
    named = re.findall(r"odd::(\S+)::engines", str(done.stdout))
    assert len(set(named)) == 3, named


def test_plugin_takes_a_vehicle(fleet):
    fleet.makefile(".json", car=json.dumps({"sensors": ["lidar"]}))
    done = fleet.runpytest_subprocess("--geopolicy-zones", "zones", "--geopolicy-vehicle", "car.json", *QUIET)
    done.assert_outcomes(passed=10)
    lonely = fleet.runpytest_subprocess("--geopolicy-vehicle", "car.json", *QUIET)
    lonely.stderr.fnmatch_lines(["*--geopolicy-vehicle needs --geopolicy-zones*"])
    assert lonely.ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize(("path", "said"), [("absent", "*absent*"), ("broken", "*zone*exterior*")])
def test_plugin_refuses_zones_that_cannot_be_read_with_what_is_wrong(fleet, path, said):
    broken = fleet.mkdir("broken")
    (broken / "one.geojson").write_bytes(
        collection(feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}))
    )
    done = fleet.runpytest_subprocess("--geopolicy-zones", path, *QUIET)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"ERROR: --geopolicy-zones: {said}"])
