"""What zones keep of their sources: sealed, so that what somebody changed in it is never written back."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pyogrio
import pytest

import geopolicy as gp
from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.kept import kept_of, read_documents
from geopolicy.zonefile.zone_set import ZoneSet
from import_samples import area, areas, imported
from shapes import box
from spoilt_imports import SAMPLES, import_of, wrong_with_export


@pytest.fixture(scope="module")
def imports():
    """The samples of all formats, as zones."""
    found = {path: zones for path in SAMPLES if (zones := import_of(path))}
    assert len({path.parent.name for path in found}) == 13
    return found


def source_of(zones):
    return json.loads(zones.to_geojson_text())


def export_problems(document):
    zones = ZoneSet.parse(json.dumps(document))
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        exported(zones, "geojson", drop_rules=True)
    return [(problem.code, problem.zone_id, problem.rule.split()[0]) for problem in refusal.value.problems]


def test_spoilt_members_of_any_sample_are_refused_or_pass_for_absent(imports):
    rng, counts = Random(1), Counter()
    for path, zones in imports.items():
        for _ in range(30):
            assert wrong_with_export(rng, path, zones, counts) is None
    assert counts["refused as spoilt"] > counts["exports"] / 2
    assert counts["written"] > 20


def test_imports_of_any_sample_are_opened_as_geojson_by_programs_that_guess_formats(imports, tmp_path):
    for number, zones in enumerate(imports.values()):
        path = tmp_path / f"{number}.geojson"
        zones.write(path)
        layer = pyogrio.read_info(path)
        assert (layer["driver"], layer["features"]) == ("GeoJSON", len(zones))


@pytest.mark.campaign
def test_campaign_spoilt_members_of_any_sample_are_refused_or_pass_for_absent(campaign, imports):
    for step in campaign:
        rng = Random(f"{campaign.seed} {step}")
        path = rng.choice(list(imports))
        assert wrong_with_export(rng, path, imports[path], campaign.counts) is None


@pytest.mark.parametrize("member", ["document", "order", "piece", "pieces", "feature", "digest", "seal"])
@pytest.mark.parametrize("value", [None, "x", [], 99])
def test_each_member_that_a_zone_keeps_is_sealed(member, value):
    document = source_of(imported(areas(area(box(0, 0, 1, 1)), area(box(2, 2, 3, 3), 8))))
    document["features"][1]["properties"]["imported"][member] = value
    assert export_problems(document) == [("export-kept", "8", "properties.imported")]


@pytest.mark.parametrize("member", ["document", "format", "version", "rest", "left_out", "seal"])
def test_each_member_that_is_kept_of_a_document_is_sealed(member):
    document = source_of(imported(areas(area(box(0, 0, 1, 1)))))
    document["imported"][0][member] = "x"
    assert export_problems(document) == [("export-kept", None, "imported[0]")]
    del document["imported"][0][member]
    assert export_problems(document) == [("export-kept", None, "imported[0]")]


def test_text_that_was_cut_is_refused():
    document = source_of(imported(areas(area(box(0, 0, 1, 1)))))
    text = json.dumps(document["features"][0]["properties"]["imported"])
    document["features"][0]["properties"]["imported"] = text[:254]
    assert export_problems(document) == [("export-kept", "7", "properties.imported")]
    document["imported"] = document["imported"][0]
    assert export_problems(document) == [("export-kept", None, "imported")]


@pytest.mark.parametrize("value", [True, 7, "2026-01-01", {"by": "GIS"}, ["[[", 5], None])
def test_member_of_another_program_is_nothing_of_ours(value):
    document = source_of(imported(areas(area(box(0, 0, 1, 1)))))
    document["features"][0]["properties"]["imported"] = value
    zones = ZoneSet.parse(json.dumps(document))
    assert kept_of(zones["7"]) is None
    (feature,) = json.loads(exported(zones, "geojson", drop_rules=True))["features"]
    assert feature["id"] == "7"


@pytest.mark.parametrize("value", [True, "2026-01-01", {"by": "GIS"}])
def test_header_member_of_another_program_is_nothing_of_ours(value):
    document = source_of(imported(areas(area(box(0, 0, 1, 1)))))
    document["imported"] = value
    assert read_documents(ZoneSet.parse(json.dumps(document)).header) == ([], [])


def test_whole_numbers_that_a_program_writes_as_decimals_are_the_same():
    document = source_of(imported(areas(area({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}))))
    kept = document["features"][0]["properties"]["imported"]
    kept["feature"]["geometry"]["coordinates"] = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]
    assert kept_of(ZoneSet.parse(json.dumps(document))["7"]) == kept


def test_zones_with_all_that_they_say_are_written_whatever_they_keep():
    document = source_of(imported(areas(area(box(0, 0, 1, 1)))))
    document["features"][0]["properties"]["imported"]["feature"] = "x"
    assert json.loads(exported(ZoneSet.parse(json.dumps(document)), "geojson"))["features"][0]["id"] == "7"
