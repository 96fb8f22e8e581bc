"""Every documented error: raised as its docstring says, and worded by one template."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

import geopolicy as gp
from error_cases import CASES
from public import public
from shapes import BOW_TIE, polygon
from zone_files import collection, feature

FLAT = [pytest.param(*case, id=f"{name}-{i}") for name, cases in CASES.items() for i, case in enumerate(cases)]


def documented():
    """Public classes and functions whose docstrings have a Raises section, with its text."""
    for dotted, thing in public().items():
        name = dotted.rpartition(".")[2]
        own = {name: thing}
        if inspect.isclass(thing):
            own |= {f"{name}.{k}": v for k, v in vars(thing).items() if not k.startswith("_") and callable(v)}
            own |= {f"{name}.{k}": v.__func__ for k, v in vars(thing).items() if isinstance(v, classmethod)}
        for path, part in own.items():
            section = re.search(r"Raises\n\s*-{6}\n(.*?)(?:\n\n|\Z)", inspect.getdoc(part) or "", re.DOTALL)
            if section and getattr(part, "__module__", "").startswith("geopolicy"):
                yield path, section[1]


def test_errors_every_documented_error_has_a_case():
    found = dict(documented())
    assert len(found) > 15
    assert set(found) == set(CASES)
    for name, section in found.items():
        promised = {word for line in section.splitlines() if not line.startswith(" ") for word in line.split(", ")}
        raised = {kind.__name__ for _, kind, _ in CASES[name]}
        assert raised == promised, name


@pytest.mark.parametrize(("call", "kind", "match"), FLAT)
def test_error_documented_is_raised_and_says_what_is_wrong(tmp_path, call, kind, match):
    with pytest.raises(kind, match=match) as error:
        call(tmp_path)
    assert type(error.value) is kind or issubclass(kind, OSError)


# Classes and their template --------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (gp.errors.ZoneFileError, ValueError),
        (gp.errors.VehicleFileError, ValueError),
        (gp.errors.DriveFileError, ValueError),
        (gp.errors.UnknownSensorError, LookupError),
        (gp.errors.EngineUnavailableError, RuntimeError),
        (gp.errors.CompileError, ValueError),
        (gp.errors.PackError, ValueError),
        (gp.errors.AuditError, ValueError),
    ],
)
def test_errors_are_caught_by_the_library_s_base_and_by_the_builtin_kind(kind, base):
    assert issubclass(kind, gp.GeopolicyError)
    assert issubclass(kind, base)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (gp.errors.Problem("c", "must be so"), "zone file: must be so - at $"),
        (gp.errors.Problem("c", "must be so", "3", "$.a", "z"), "zone 'z': must be so, got 3 - at $.a"),
        (
            gp.errors.Problem("c", "must be so", "3", "$.a", "z", "f.geojson", "mend it"),
            "zone 'z': must be so, got 3 - at f.geojson $.a; mend it",
        ),
        (
            gp.errors.Problem("c", "must be so", file="f.geojson", hint="mend it"),
            "zone file: must be so - at f.geojson $; mend it",
        ),
        (gp.errors.Problem("c", "must be so", "", "$", ""), "zone '': must be so, got  - at $"),
    ],
)
def test_problem_text_is_subject_rule_value_place_and_hint(problem, text):
    assert str(problem) == text


def test_zone_file_error_is_a_line_for_each_problem_and_survives_pickling():
    problems = (gp.errors.Problem("a", "r", path="$.x"), gp.errors.Problem("b", "s", zone_id="z"))
    error = gp.errors.ZoneFileError(iter(problems))
    assert str(error) == "zone file: r - at $.x\nzone 'z': s - at $"
    again = pickle.loads(pickle.dumps(error))
    assert (again.problems, str(again)) == (problems, str(error))


TEMPLATE = re.compile(r"^(zone file|zone '.*'): [a-zA-Z\"'].*? - at (\S+ )?\$\S*(; .+)?$", re.DOTALL)


def test_zone_file_errors_of_every_kind_follow_the_template():
    raw = collection(
        feature(BOW_TIE, "bow"),
        feature(zone_id=True),
        feature(polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "open", margin_m=-1),
        feature({"type": "Point", "coordinates": [0, 0]}, "p"),
        feature({"type": "LineString", "coordinates": [[0, 0]]}, "l", width_m=1e9),
        feature(zone_id="rule", rules=[{"sensors": ["A"], "level": "of", "store_in": "cn", "until": 3}]),
        feature(zone_id="frame", frame="WGS-84"),
        header={"format": 2, "version": 1, "timezone": "Mars", "expires": "soon"},
        crs=None,
    )
    with pytest.raises(gp.errors.ZoneFileError, match=r"^zone") as refusal:
        gp.ZoneSet.parse(raw)
    assert len({problem.code for problem in refusal.value.problems}) >= 15
    for problem in refusal.value.problems:
        assert TEMPLATE.match(str(problem)), str(problem)
        assert not problem.rule.endswith(".")
