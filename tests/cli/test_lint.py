"""``geopolicy lint``."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

import geopolicy as gp
from lint_plants import FAR, PLANTS, SQUARE, zone, zone_file


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def lint(cli):
    return lambda *words: Answer(*cli("lint", *words))


@pytest.fixture
def put(tmp_path):
    """Writes a zone file, and gives its path."""

    def write(features, name="zones.geojson", **header: object):
        path = tmp_path / name
        path.write_text(json.dumps(zone_file(features, **header)))
        return path

    return write


TWINS = PLANTS["zone-duplicate"].features
HINT = PLANTS["name-lookalike"].features


def test_lint_clean_file_ends_with_0_and_says_so(lint, put):
    answer = lint(put([zone("fine", SQUARE)]))
    assert (answer.code, answer.out) == (0, "1 zone: nothing found\n")


def test_lint_warning_is_a_line_and_ends_with_1(lint, put):
    answer = lint(put(TWINS))
    first, last = answer.out.splitlines()
    assert answer.code == 1
    assert first.startswith("warning [zone-duplicate] zone 'bad': the zone has the area and the rules")
    assert last == "2 zones: 1 warning"


def test_lint_hint_counts_only_where_it_is_asked_for(lint, put):
    path = put(HINT)
    quiet = lint(path)
    assert (quiet.code, quiet.out) == (0, "2 zones: nothing found; 1 finding below --severity\n")
    told = lint(path, "--severity", "hint")
    assert told.code == 1
    assert "hint [name-lookalike] zone 'bad'" in told.out


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (["--select", "zone-duplicate"], ["zone-duplicate"]),
        (["--ignore", "zone-duplicate,zone-huge"], ["sensor-unknown"]),
        (["--select", "sensor-unknown", "--select", "zone-huge"], ["sensor-unknown"]),
        (["--ignore", "zone-duplicate", "--ignore", "sensor-unknown"], []),
    ],
)
def test_lint_codes_that_are_selected_or_ignored(lint, put, options, codes):
    path = put([*TWINS, zone("other", FAR, disable=["camra"])])
    answer = lint(path, "--json", *options)
    assert [finding["code"] for finding in json.loads(answer.out)["findings"]] == codes
    assert answer.code == bool(codes)


def test_lint_error_is_shown_whatever_is_selected(lint, put):
    answer = lint(put([*TWINS, zone("bad", FAR)]), "--select", "zone-huge", "--severity", "error")
    assert answer.code == 1
    assert answer.out.startswith("error [id-duplicate] ")


def test_lint_statistics_count_findings_by_code(lint, put):
    answer = lint(put([*TWINS, zone("third", SQUARE)]), "--statistics")
    assert answer.out == "        2 warning [zone-duplicate]\n3 zones: 2 warnings\n"


def test_lint_fix_writes_the_mended_zones_and_says_what_remains(lint, put, tmp_path):
    output = tmp_path / "mended.geojson"
    answer = lint(put([*TWINS, zone("other", FAR, disable=["camra"])]), "--fix", "-o", output)
    assert answer.code == 1
    assert "warning [sensor-unknown]" in answer.out
    first, second, third, _, last = answer.out.splitlines()
    assert first == "mended [zone-duplicate] zone 'bad': the zone is removed; its twin stays: 'first'"
    assert second.startswith("mended [sensor-unknown] zone 'other': ")
    assert (third, last) == (f"wrote {output}, 2 mended", "2 zones: 1 warning")
    assert [zone.id for zone in gp.read_zones(output)] == ["first", "other"]


def test_lint_fix_of_what_is_ignored_is_not_made(lint, put, tmp_path):
    output = tmp_path / "mended.geojson"
    lint(put(TWINS), "--fix", "--ignore", "zone-duplicate", "-o", output)
    assert len(gp.read_zones(output)) == 2


def test_lint_fix_that_can_loosen_is_made_where_it_is_named(lint, put, tmp_path):
    path, output = put(PLANTS["zone-swapped"].features), tmp_path / "mended.geojson"
    assert "nothing mended" in lint(path, "--fix", "-o", output).out
    answer = lint(path, "--fix=zone-swapped", "-o", output)
    told = "mended [zone-swapped] zone 'bad': longitude and latitude are exchanged"
    assert (answer.code, answer.out) == (0, f"{told}\nwrote {output}, 1 mended\n1 zone: nothing found\n")


def test_lint_fix_of_refused_files_writes_nothing(lint, put, tmp_path):
    output = tmp_path / "mended.geojson"
    answer = lint(put([*TWINS, zone("bad", FAR)]), "--fix", "-o", output)
    assert answer.code == 1
    assert "nothing was written, the files are refused" in answer.out
    assert not output.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fix"], "--output"),
        (["-o", "out.geojson"], "must stand with --fix"),
        (["--fix=zone-huge", "-o", "out.geojson"], "got 'zone-huge'"),
        (["--severity", "grave"], "must be one of hint, warning, error, got 'grave'"),
        (["--select", "nothing"], "got 'nothing'"),
        (["--ignore", "zone-huge,"], "got ''"),
    ],
)
def test_lint_wrong_usage_ends_with_2(lint, put, options, message):
    answer = lint(put(TWINS), *options)
    assert answer.code == 2
    assert message in answer.err
