"""The README: short, its figures are those of the pages that benchmarks write, its picture is what a script makes."""

from __future__ import annotations

import json
import re
import runpy

import pytest

from pages import BLOCK, DOCS, ROOT, section_of

README = ROOT / "README.md"
ROWS = {
    cells[0]: cells[1:]
    for line in section_of(README, "figures").splitlines()
    if line.startswith("| ") and len(cells := line.strip("| ").split(" | ")) == 3 and cells[0] != "what"
}


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def cell_of(text, beginning, column):
    """A cell of the first row that begins so."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {beginning}"))
    return line.strip("| ").split(" | ")[column]


def single_call():
    calls = page("performance.md").partition("## W1:")[2].partition("| one call, ns")[2]
    return f"{cell_of(calls, '`decide` |', 1).partition(' /')[0]} ns median"


def batch():
    own = cell_of(page("performance.md"), "`decide_many`, drives, W1 |", 2)
    peer = cell_of(page("performance.md"), "`decide_many`, drives, W1, against STRtree alone", 2)
    return f"{own}, {peer.removesuffix(' x')} times as fast as shapely's STRtree"


def update():
    return f"{cell_of(page('performance-monitor.md'), 'kernel, 1 Hz', 1)} µs mean"


def cortex():
    sizes, _, counts = page("ecus.md").partition("## Instructions")
    code, stack = cell_of(sizes, "Cortex-M4", 2), cell_of(sizes, "Cortex-M4", 4)
    count = cell_of(counts, "Cortex-M4", 1)
    return f"{code} bytes of code, {stack} of stack, {count} instructions for a median position"


def evidence():
    campaign = json.loads((ROOT / "evidence.json").read_text(encoding="utf-8"))[
        "positions_are_answered_by_the_definition"
    ]
    tried = sum(run["counts"]["positions"] for run in campaign["runs"])
    return f"{tried:,} tried, {sum(len(run['found']) for run in campaign['runs'])} wrong"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("one position from Python, 10,000 zones, along drives", single_call),
        ("each of many positions at once", batch),
        ("an update of a monitor, a fix a second", update),
        ("the kernel on an emulated Cortex-M4", cortex),
        ("random positions against the definition", evidence),
    ],
)
def test_readme_figure_is_that_of_the_page_it_names(row, found):
    assert ROWS[row][0] == found()


def test_readme_has_no_figure_that_no_test_compares():
    assert len(ROWS) == 5


def test_readme_figures_name_the_command_that_the_page_was_made_by():
    places = [re.fullmatch(r"\[[\w ]+\]\(docs/([\w-]+\.md)\): `(.+)`", where) for _, where in ROWS.values()]
    assert [place is None for place in places] == [where == "the same" for _, where in ROWS.values()]
    for place in filter(None, places):
        name, command = place.groups()
        assert command in page(name).replace("`", ""), name


def test_readme_is_short():
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 90
    assert len(BLOCK.findall(text)) == 3


def test_picture_of_a_drive_is_what_its_script_draws():
    script = runpy.run_path(str(DOCS / "pictures" / "make_drive.py"))
    assert (DOCS / "pictures" / "drive.svg").read_text(encoding="utf-8") == script["picture"](), (
        "run python docs/pictures/make_drive.py"
    )


def test_picture_of_a_drive_shows_every_level_but_one_and_silence_is_off():
    script = runpy.run_path(str(DOCS / "pictures" / "make_drive.py"))
    decided = script["levels"]()
    assert {level for each in decided for level in each.values()} == {"off", "no_record", "anonymize", "allow"}
    assert set(decided[0].values()) == {"off"}
    assert set(decided[script["TUNNEL_S"][1] - 1].values()) == {"off"}
