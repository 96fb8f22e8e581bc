"""Zone files built by hand, and what the reader says of them."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp
from geopolicy.zonefile.reader import read_zone_file
from shapes import box, polygon


def feature(geometry=None, zone_id="yard", **properties: object):
    """A feature that restricts cameras, unless its properties say what else it does."""
    asks = {} if {"rules", "disable"} & set(properties) else {"disable": ["camera"]}
    return {"type": "Feature", "id": zone_id, "geometry": geometry or polygon(), "properties": asks | properties}


def collection(*features: dict, header=None, **members: object):
    """The bytes of a zone file; without ``header`` one that says no more than its format and coverage."""
    world = {"format": 1, "coverage": box(-180, -90, 180, 90)}
    content = {"type": "FeatureCollection", "geopolicy": world if header is None else header}
    return json.dumps(content | {"features": list(features)} | members, ensure_ascii=False).encode()


def problems_of(raw, **options: bool):
    """Code and path of every problem of a file that must be refused."""
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        read_zone_file(raw, **options)
    return [(problem.code, problem.path) for problem in refusal.value.problems]


def warnings_of(raw, **options: bool):
    file = read_zone_file(raw, **options)
    assert all(warning.is_warning for warning in file.warnings)
    return [(warning.code, warning.path) for warning in file.warnings]


def ids_of(source):
    """The ids of the zones that paths or streams stand for."""
    return [zone.id for zone in gp.read_zones(source)]


def refusals_of(source):
    """Code and value of every problem for which paths or streams are refused."""
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        gp.read_zones(source)
    return [(problem.code, problem.value) for problem in refusal.value.problems]
