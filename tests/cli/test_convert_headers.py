"""``geopolicy convert`` of several zone files: what their headers do not state alike is named, never just gone."""

from __future__ import annotations

import geopolicy as gp
from shapes import box
from zone_files import collection, feature


def test_convert_says_what_of_the_headers_it_leaves_out(cli, tmp_path):
    for number in (0, 1):
        header = {"format": 1, "coverage": "world", "id": "set", "revision": 7 + number}
        zone = feature(box(2 * number, 0, 2 * number + 1, 1), f"z{number}")
        (tmp_path / f"{number}.geojson").write_bytes(collection(zone, header=header))
    words = ("convert", tmp_path / "0.geojson", tmp_path / "1.geojson", "-o")
    code, _, err = cli(*words, tmp_path / "out.geojson")
    assert (code, gp.read_zones(tmp_path / "out.geojson").header.id) == (0, "set")
    assert "[header-disagrees]" in err
    assert "got 7 and 8" in err
