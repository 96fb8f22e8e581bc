"""The command as a process: streams, terminals and what is not installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli_samples import SOURCE, ZONES, shell
from zone_files import collection, feature


def test_process_text_and_exit_code_are_those_of_the_command(zones):
    code, out, err = shell("check", zones, "45.5", "13.5")
    assert (code, err) == (1, "")
    assert out.startswith("45.5 13.5: restricted, tightest level off (certain)\n")
    assert "\x1b" not in out


def test_process_name_in_usage_is_the_command_s():
    code, _, err = shell("check")
    assert (code, "geopolicy check" in err) == (2, True)


def test_process_reader_that_goes_away_leaves_no_traceback(tmp_path):
    path = tmp_path / "positions.txt"
    path.write_text("0 0\n" * 3000)
    (tmp_path / "zones.geojson").write_bytes(ZONES)
    for command in (
        f"check {tmp_path / 'zones.geojson'} - < {path}",
        f"check {tmp_path / 'zones.geojson'} - --json < {path}",
        "schema",
    ):
        line = f"'{sys.executable}' -m geopolicy {command} | head -1"
        done = subprocess.run(
            ["bash", "-c", line],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            timeout=60,
            check=False,
        )
        assert done.stdout.count(b"\n") == 1
        told = b"error: cannot write to standard output: nobody reads it any more\n"
        assert done.stderr in ([told] if "check" in command else [told, b""])  # the pipe may hold all of the schema


@pytest.mark.parametrize(
    "arguments", [["info"], ["info", "--json"], ["validate", "--json"], ["check", "--json"], ["check"]], ids=" ".join
)
def test_process_with_a_terminal_that_cannot_show_a_name_ends_without_a_traceback(tmp_path, arguments):
    path = tmp_path / "zones.geojson"
    path.write_bytes(
        collection(feature(zone_id="路口", name="岳阳"), header={"format": 1, "coverage": "world", "authority": "岳阳"})
    )
    where = [arguments[0], str(path), *(["0.5", "0.5"] if arguments[0] == "check" else []), *arguments[1:]]
    code, out, err = shell(*where, PYTHONIOENCODING="cp1252")
    assert (code, "Traceback" in err) == (1 if arguments[0] == "check" else 0, False)
    assert out


def test_process_file_name_that_is_no_text_ends_without_a_traceback(tmp_path):
    name = os.fsencode(tmp_path) + b"/zones-\xff.geojson"
    try:
        Path(os.fsdecode(name)).write_bytes(collection(feature(), header={"format": 1, "coverage": "world"}))
    except OSError:
        pytest.skip("this file system asks for text in names")
    for options in ([], ["--json"]):
        code, out, err = shell("validate", str(tmp_path), *options)
        assert (code, "Traceback" in err, bool(out)) == (0, False, True)


@pytest.mark.parametrize(("missing", "arguments"), [("typer", ["doctor"]), ("rich", ["--help"])])
def test_process_without_the_extra_says_what_to_install(tmp_path, missing, arguments):
    (tmp_path / missing).mkdir()
    refusal = f"raise ModuleNotFoundError('No module named {missing}', name={missing!r})"
    (tmp_path / missing / "__init__.py").write_text(refusal)
    code, out, err = shell(*arguments, PYTHONPATH=f"{tmp_path}{os.pathsep}{SOURCE}")
    assert (code, out) == (2, "")
    assert err == "geopolicy: the command line needs typer and rich; pip install 'geopolicy[cli]'\n"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_process_without_a_required_library_names_it_in_a_line(tmp_path, zones, options):
    (tmp_path / "shapely").mkdir()
    refusal = "raise ModuleNotFoundError('No module named shapely', name='shapely')"
    (tmp_path / "shapely" / "__init__.py").write_text(refusal)
    code, out, err = shell("validate", zones, *options, PYTHONPATH=f"{tmp_path}{os.pathsep}{SOURCE}")
    assert (code, (out + err).count("the module 'shapely' is missing")) == (2, 1)
    assert (err.count("\n"), bool(out)) == ((0, True) if options else (1, False))


def test_process_library_works_without_the_extra(zones):
    stub = (
        "import sys; sys.modules['typer'] = sys.modules['rich'] = None; import geopolicy as gp; "
        f"print(len(gp.open({zones!r}).decide(45.5, 13.5).disabled))"
    )
    assert shell(program=["-c", stub])[:2] == (0, "5\n")
