"""Bases and overlays on the command line: layers where zones are opened, and never one set."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

import geopolicy as gp
from contract import yard
from layers import overlay_of

ENDS = datetime(2026, 12, 1, tzinfo=UTC)
BASE = gp.ZoneSet([yard(name="base-yard")], gp.ZoneFileHeader("fleet", 1))
OVERLAY = overlay_of([yard(gp.Rule(["radar"], gp.Level.OFF), name="blast")], ends=ENDS)


@pytest.fixture
def layers(tmp_path):
    """A folder with a base and an overlay, and packs of both beside it."""
    folder = tmp_path / "zones"
    folder.mkdir()
    BASE.write(folder / "fleet.geojson")
    OVERLAY.write(folder / "emergency.geojson")
    gp.compile(BASE).save(tmp_path / "fleet.gpol")
    gp.compile(OVERLAY).save(tmp_path / "emergency.gpol")
    return tmp_path


def answered(cli, zones):
    code, out, _ = cli("check", zones, "45.005", "13.005", "0", "0", "--json", "--time", "unknown")
    assert code == 1
    return [(told["zones"], told["certainty"], told["reasons"]) for told in json.loads(out)["decisions"]]


def test_check_folder_of_base_and_overlay_answers_by_both(cli, layers):
    assert answered(cli, layers / "zones") == [
        (["base-yard", "blast"], "certain", ["in_zone"]),
        ([], "certain", []),
    ]


@pytest.mark.parametrize("name", ["zones/emergency.geojson", "emergency.gpol"])
def test_check_overlay_alone_knows_no_place(cli, layers, name):
    assert answered(cli, layers / name) == [
        (["blast"], "unknown", ["in_zone", "no_pack"]),
        ([], "unknown", ["no_pack"]),
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("zones",), ("fleet.gpol", "emergency.gpol"), ("emergency.gpol", "zones/fleet.geojson"),
        ("fleet.gpol", "zones/emergency.geojson"),
    ],
)  # fmt: skip
def test_replay_base_and_overlay_in_any_form(cli, layers, names):
    drive = layers / "drive.csv"
    drive.write_text("time,lat,lon,accuracy\n2026-06-01T12:00:00Z,45.005,13.005,3\n", encoding="utf-8")
    code, out, err = cli("replay", drive, *(layers / name for name in names), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["changes"][0]["zones"] == ["base-yard", "blast"]


def test_compile_refuses_both_kinds_in_one_pack_and_says_how_they_are_opened(cli, layers):
    code, out, err = cli("compile", layers / "zones", "-o", layers / "both.gpol")
    assert (code, out) == (1, "")
    assert "kinds-mixed" in err
    assert "gp.open([base, overlay])" in err.replace("\n", " ")
    assert not (layers / "both.gpol").exists()


def test_compile_overlay_alone_is_that_pack(cli, layers):
    assert cli("compile", layers / "zones" / "emergency.geojson", "-o", layers / "again.gpol")[0] == 0
    assert (layers / "again.gpol").read_bytes() == (layers / "emergency.gpol").read_bytes()


def test_info_says_kind_and_end(cli, layers):
    for name, kind, ends in (("fleet", "base", None), ("emergency", "overlay", "2026-12-01T00:00:00Z")):
        stated = json.loads(cli("info", layers / "zones" / f"{name}.geojson", "--json")[1])["zone_set"]
        assert (stated["kind"], stated["ends"]) == (kind, ends)
        stated = json.loads(cli("info", layers / f"{name}.gpol", "--json")[1])["pack"]
        assert (stated["kind"], stated["ends"], stated["format"]) == (kind, ends, 1 if ends is None else 2)
    out = cli("info", layers / "zones" / "emergency.geojson")[1]
    assert "coverage               none: an overlay makes no place known" in out
    assert any(line.split() == ["kind", "overlay"] for line in out.splitlines())


def test_diff_refuses_another_kind_as_looser(cli, layers):
    code, out, _ = cli("diff", layers / "zones" / "fleet.geojson", layers / "zones" / "emergency.geojson")
    assert code == 1
    assert "header: LOOSER: kind base -> overlay: vehicles refuse it in the place of the other" in out


def test_card_of_a_log_takes_the_zones_of_both(cli, layers):
    key = bytes(range(32))
    (layers / "key").write_text(key.hex(), encoding="ascii")
    monitor = gp.Monitor(gp.open([layers / "fleet.gpol", layers / "emergency.gpol"], gp.Vehicle(["camera", "radar"])))
    with gp.audit.AuditLog(layers / "log", key) as log:
        for second in range(4):
            monitor.update(gp.Fix(45.005, 13.005, 3.0, monotonic_s=float(second)))
        for transition in monitor.transitions():
            log.write(transition)
    told = ["status", "--card", layers / "log", "--key", layers / "key", "--json", "--zones"]
    base, overlay = (layers / "zones" / f"{name}.geojson" for name in ("fleet", "emergency"))
    card = json.loads(cli(*told, base, "--zones", overlay)[1])
    assert card["digest"] == "+".join(sorted(gp.compile(zones).digest for zones in (BASE, OVERLAY)))
    assert (card["pack_id"], card["revision"]) == ("fleet", 1)
    only_base = json.loads(cli(*told, layers / "fleet.gpol")[1])
    assert "not every pack that decided is at hand: the rules of the others are not named" in only_base["notes"]
