"""``geopolicy info``: what is in zone files, and in a pack."""

from __future__ import annotations

import json

from zone_files import collection


def test_info_damaged_missing_or_several_packs_are_refused(cli, zones, tmp_path):
    pack = tmp_path / "fleet.gpol"
    cli("compile", zones, "-o", pack)
    assert cli("info", pack, zones)[0] == 2
    assert cli("info", tmp_path / "none.gpol")[0] == 2
    pack.write_bytes(pack.read_bytes()[:-1])
    code, _, err = cli("info", pack)
    assert (code, err.startswith("error: pack ")) == (1, True)


def test_info_text_counts_what_is_there(cli, zones):
    code, out, err = cli("info", zones)
    facts = dict(
        line.split(None, 1) if " " in line[:22].strip() else (line[:22].strip(), line[23:]) for line in out.splitlines()
    )
    assert (code, err) == (0, "")
    assert (facts["zones"], facts["coverage"]) == ("3", "1 stated")
    assert facts["levels"] == "off 2, no_record 1, allow 1"


def test_info_json_is_the_same_as_values(cli, zones):
    code, out, _ = cli("info", zones, "--json")
    facts = json.loads(out)["zone_set"]
    assert code == 0
    assert facts["counts"] == {
        "zones": 3,
        "rules": 4,
        "rules_with_conditions": 2,
        "vertices": 12,
        "illustrative_zones": 0,
        "coverages": 1,
    }
    assert facts["rules_by_level"] == {"off": 2, "no_record": 1, "allow": 1}
    assert facts["rules_by_sensor"] == {"*": 1, "camera": 1, "lidar": 1, "link.wifi": 1}


def test_info_of_no_zones_says_none(cli, tmp_path):
    (tmp_path / "a.geojson").write_bytes(collection())
    code, out, err = cli("info", tmp_path)
    assert (code, err) == (0, f"1 warning; geopolicy validate {tmp_path} shows them\n")
    assert any(line.startswith("levels") and line.endswith("none") for line in out.splitlines())


def test_info_names_a_coverage_of_the_whole_world(cli, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(collection(header={"format": 1, "coverage": "world"}))
    assert any(line.split() == ["coverage", "the", "whole", "world"] for line in cli("info", path)[1].splitlines())
