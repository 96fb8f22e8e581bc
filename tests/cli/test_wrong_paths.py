"""A path that cannot be read is wrong usage in every command; a file that is refused is not."""

from __future__ import annotations

import pytest

from zone_files import collection, feature

MISSING = "missing.geojson"
COMMANDS = {
    "validate": ("validate", MISSING),
    "lint": ("lint", MISSING),
    "info": ("info", MISSING),
    "diff-old": ("diff", MISSING, "fine.geojson"),
    "diff-new": ("diff", "fine.geojson", MISSING),
    "check": ("check", MISSING, "45", "13"),
    "convert": ("convert", MISSING, "-o", "out.geojson"),
    "import": ("convert", MISSING, "-o", "out.geojson", "--disable", "camera", "--coverage", "world"),
    "compile": ("compile", MISSING, "-o", "out.gpol"),
    "since": ("compile", "fine.geojson", "-o", "out.gpol", "--since", MISSING),
    "since-pack": ("compile", "fine.geojson", "-o", "out.gpol", "--since", "missing.gpol"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fine.geojson").write_bytes(collection(feature()))
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_path_that_is_missing_ends_with_2(cli, command):
    code, out, err = cli(*COMMANDS[command])
    assert code == 2
    assert "No such file or directory" in out + err


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "since-pack"])
def test_wrong_content_ends_with_1(cli, folder, command):
    (folder / MISSING).write_text("{}")
    assert cli(*COMMANDS[command])[0] == 1


def test_wrong_path_beside_a_refused_file_ends_with_2_and_both_are_told(cli, folder):
    (folder / "bad.geojson").write_text("{}")
    code, _, err = cli("validate", MISSING, "bad.geojson")
    assert (code, MISSING in err, "bad.geojson" in err) == (2, True, True)


def test_folder_without_zone_files_ends_with_1(cli, folder):
    (folder / "empty").mkdir()
    assert cli("validate", "empty")[0] == 1
