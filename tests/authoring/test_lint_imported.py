"""What lint says of zones as an import brought them: a source may draw what nobody at this desk would."""

from __future__ import annotations

import geopolicy as gp
from import_samples import area, areas, imported
from lint_plants import HEADER, rectangle

NARROW = rectangle(70, 40, 70.000005, 40.1)


def codes(path):
    return [(finding.code, finding.severity.label) for finding in gp.lint_zones(path, now=None)]


def test_narrow_zone_of_a_source_is_a_hint_and_one_drawn_here_a_warning(tmp_path):
    header = {"coverage": HEADER["coverage"], "authority": "Office of tests"}
    imported(areas(area(NARROW, 1)), header=header).write(tmp_path / "imported.geojson")
    assert codes(tmp_path / "imported.geojson") == [("ring-sliver", "hint")]
