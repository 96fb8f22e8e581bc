"""``geopolicy compile``, and packs where other commands take them."""

from __future__ import annotations

import json

import pytest

import geopolicy as gp


def test_compile_writes_a_pack_that_info_check_and_replay_take(cli, zones, drive, tmp_path):
    pack = tmp_path / "fleet.gpol"
    code, out, _ = cli("compile", zones, "-o", pack)
    assert (code, out.startswith("ok: ")) == (0, True)
    assert f"sha256 {gp.read_pack(pack).digest}" in out
    assert json.loads(cli("compile", zones, "-o", pack, "--json")[1])["pack"]["digest"] == gp.read_pack(pack).digest
    assert "a look-up takes at most" in cli("info", pack)[1]
    assert json.loads(cli("info", pack, "--json")[1])["pack"]["format"] == 1
    assert cli("check", pack, "45.5", "13.5") == cli("check", zones, "45.5", "13.5")
    assert cli("replay", drive, pack)[1] == cli("replay", drive, zones)[1]


def test_compile_wrong_name_or_missing_folder_is_wrong_usage(cli, zones, tmp_path):
    code, _, err = cli("compile", zones, "-o", tmp_path / "fleet.bin")
    assert (code, "must end with .gpol" in err) == (2, True)
    code, _, err = cli("compile", zones, "-o", tmp_path / "missing" / "fleet.gpol")
    assert (code, "cannot write" in err) == (2, True)
    assert list(tmp_path.glob("**/*.gpol")) == []


@pytest.mark.parametrize("command", ["check", "info", "replay"])
def test_command_given_a_pack_that_is_not_there_or_a_folder_is_wrong_usage(cli, drive, tmp_path, command):
    (tmp_path / "folder.gpol").mkdir()
    more = ("1", "2") if command == "check" else ()
    first = (drive,) if command == "replay" else ()
    for name in ("none.gpol", "folder.gpol"):
        code, out, err = cli(command, *first, tmp_path / name, *more)
        assert (code, out, err.startswith("error: cannot read '")) == (2, "", True)
