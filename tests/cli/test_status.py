"""``geopolicy status``: the gate card of a log as text, JSON and one page; a log that does not hold."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

import geopolicy as gp
from audit_samples import BEGAN, KEY, VEHICLE, files_of
from geopolicy import CardEntry, CitedRule, Level, Rule
from geopolicy.cli.card_page import page_of
from json_documents import document_in
from shapes import box

HOSTILE = "<script>alert('&quot;')</script>\x1b[31m\u202e\"><img src=//x>"
ZONES = gp.ZoneSet(
    [
        gp.Zone(
            "yard-4711",
            box(13, 45, 14, 46),
            [
                Rule(["camera"], Level.OFF, authority="City", text="School order"),
                Rule(["lidar"], Level.ANONYMIZE, authority=HOSTILE, text=HOSTILE),
            ],
            name="Old school",
        )
    ]
)
ENGINE = gp.open(ZONES, VEHICLE)
SECRETS = ("4711", "Old school", "45.5", "13.2", gp.audit.zone_pseudonym(KEY, "2026-11", "yard-4711"))


@pytest.fixture
def folder(tmp_path):
    """A log with one decision, its key, its zones and their pack."""
    gp.compile(ZONES).save(tmp_path / "fleet.gpol")
    ZONES.write(tmp_path / "fleet.geojson")
    (tmp_path / "vehicle.key").write_text(KEY.hex(), encoding="ascii")
    after = ENGINE.decide(45.5, 13.2)
    with gp.audit.AuditLog(tmp_path / "log", KEY, sync=False) as log:
        kind = gp.TransitionKind.RESTRICTED
        log.write(gp.Transition(1, kind, None, after, 0.0, BEGAN, gp.compile(ZONES).digest))
    return tmp_path


@pytest.fixture
def status(cli, folder):
    def call(*arguments: object, zones="fleet.gpol"):
        return cli(
            "status", "--card", folder / "log", "--key", folder / "vehicle.key", "--zones", folder / zones, *arguments
        )

    return call


class Page(HTMLParser):
    """What a page shows, and the names of its elements and attributes."""

    def __init__(self, text) -> None:
        super().__init__()
        self.text, self.tags, self.attributes = "", [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data) -> None:
        self.text += data


@pytest.mark.parametrize("zones", ["fleet.gpol", "fleet.geojson"])
def test_status_prints_the_card_with_the_rules_of_a_pack_or_its_zone_files(status, zones):
    code, out, err = status(zones=zones)
    assert (code, err) == (0, "")
    assert "  by City: School order\n" in out
    assert "off (must be disabled): camera.front, camera.rear\n  since 2026-11-25 01:07 UTC\n" in out
    assert "\nNot restricted: microphone.cabin\n" in out
    assert "Note: the drive has ended at 2026-11-25 01:07 UTC" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert not any(secret in out for secret in SECRETS)


def test_status_as_json_is_the_card(status):
    code, out, _ = status("--json")
    card = json.loads(out)
    assert code == 0
    assert card["restricted"][0] == {
        "sensors": ["camera.front", "camera.rear"],
        "level": "off",
        "tags": [],
        "since": "2026-11-25T01:07:00Z",
        "since_at_least": False,
        "rules": [{"authority": "City", "text": "School order"}],
        "level_by_rule": True,
    }
    assert (card["not_restricted"], card["complete"]) == (["microphone.cabin"], True)
    assert not any(secret in out for secret in SECRETS)
    assert document_in(status("--format", "json")[1]) == card


def test_status_without_key_and_zones_names_no_rule(cli, folder):
    code, out, _ = cli("status", "--card", folder / "log")
    assert code == 0
    assert "  by another restriction\n" in out
    assert "School order" not in out


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_status_with_a_key_or_zones_of_another_vehicle_warns_and_says_so_in_the_card(cli, status, folder, form):
    gp.compile(gp.ZoneSet(ZONES.zones, gp.ZoneFileHeader("other"))).save(folder / "other.gpol")
    (folder / "other.key").write_text("00" * 32, encoding="ascii")
    arguments = ["--key", folder / "other.key", "--zones", folder / "fleet.gpol", "--format", form]
    for note, (code, out, err) in (
        ("he key explains no pseudonym of the log", cli("status", "--card", folder / "log", *arguments)),
        ("he rules at hand are of another pack", status("--format", form, zones="other.gpol")),
    ):
        assert (code, note in out, note in err, err.startswith("warning: ")) == (0, True, True, True)
        assert "the rules named ask this" not in out.lower()
        assert "School order" not in out


@pytest.mark.parametrize("option", ["--key", "--zones"])
def test_status_with_a_key_or_zones_alone_is_wrong_usage(cli, folder, option):
    code, _, err = cli("status", "--card", folder / "log", option, folder / "vehicle.key")
    assert (code, "needs both a key and zones" in " ".join(err.split())) == (2, True)


@pytest.mark.parametrize(("name", "begin"), [("c.txt", "Gate card"), ("c.json", "{"), ("c.html", "<!doctype html>")])
def test_status_writes_what_the_name_of_the_file_says(status, folder, name, begin):
    assert status("-o", folder / name) == (0, "", "")
    text = (folder / name).read_text(encoding="utf-8")
    assert text.startswith(begin)
    assert "School order" in text
    assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_status_writes_another_format_than_the_name_says_if_told(status, folder):
    assert status("-o", folder / "card.txt", "--format", "html")[0] == 0
    assert (folder / "card.txt").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_status_with_json_and_a_file_writes_one_and_prints_the_other(status, folder):
    code, out, _ = status("--json", "-o", folder / "card.html")
    assert (code, json.loads(out)["complete"]) == (0, True)
    assert (folder / "card.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    "arguments", [["-o", "card.pdf"], ["--json", "--format", "html"], ["--format", "pdf"], ["-o", "none/card.html"]]
)
def test_status_of_formats_and_files_that_cannot_be_is_wrong_usage(status, monkeypatch, tmp_path, arguments):
    monkeypatch.chdir(tmp_path)
    assert status(*arguments)[0] == 2


def test_status_without_a_log_is_wrong_usage_or_refused(cli, tmp_path):
    assert cli("status")[0] == 2
    (tmp_path / "empty").mkdir()
    code, out, err = cli("status", "--card", tmp_path / "empty")
    assert (code, "error [empty]" in err) == (1, True)
    assert "no decision has been recorded" in out
    assert "Whether any sensor is restricted is not known." in out
    assert cli("status", "--card", tmp_path / "none")[0] == 1


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_status_of_a_log_that_does_not_hold_is_refused_and_says_so_in_the_card(status, folder, form):
    path = files_of(folder / "log")[0]
    path.write_bytes(path.read_bytes().replace(b'"kind":"stop"', b'"kind":"stap"'))
    code, out, err = status("--format", form)
    assert (code, "error [" in err) == (1, True)
    assert "log does not hold" in out.lower()
    assert "Not restricted" not in out


# The end of the log ----------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_status_notes_that_the_end_is_not_proven_and_that_the_drive_has_not_ended(status, folder, form):
    assert "o checkpoint was given: that the end of the log is there is not proven" in status("--format", form)[1]
    path = files_of(folder / "log")[0]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b"".join(line for line in lines if b'"kind":"stop"' not in line and b'"kind":"counters"' not in line)
    )
    code, out, _ = status("--format", form)
    assert code == 0
    assert "he drive had not ended when the log was written: its last records may be missing" in out


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_status_of_a_log_that_was_cut_off_is_refused_with_a_checkpoint(status, folder, form):
    checkpoint = folder / "kept.json"
    head = gp.audit.verify_log(folder / "log").head
    checkpoint.write_text(head.to_json(), encoding="ascii")
    code, out, err = status("--checkpoint", checkpoint, "--format", form)
    assert (code, err) == (0, "")
    assert f"roven up to record {head.number} of {head.number} by a checkpoint" in out
    path = files_of(folder / "log")[0]
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    code, out, err = status("--checkpoint", checkpoint, "--format", form)
    assert (code, "error [checkpoint-beyond]" in err) == (1, True)
    assert "he log does not hold" in out
    assert "ot restricted: " not in out


def test_status_with_a_checkpoint_that_is_none_is_refused(status, folder):
    (folder / "kept.json").write_text("{}", encoding="ascii")
    code, _, err = status("--checkpoint", folder / "kept.json")
    assert (code, "must be" in err) == (1, True)
    assert status("--checkpoint", folder / "none.json")[0] == 2


# The page --------------------------------------------------------------------


def test_page_is_one_file_that_runs_and_loads_nothing_and_shows_what_the_text_does(status):
    page = Page(status("--format", "html")[1])
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "section",
        "ul",
        "li",
        "bdi",
        "footer",
    }
    assert set(page.tags) <= allowed
    assert set(page.attributes) <= {"lang", "charset", "name", "content", "http-equiv", "class"}
    for text in ("City: School order", "camera.front, camera.rear", "since 2026-11-25 01:07 UTC"):
        assert text in page.text
    assert not any(secret in page.text for secret in SECRETS)


def test_page_shows_markup_and_control_characters_in_texts_as_they_are_written(status):
    html = status("--format", "html")[1]
    page = Page(html)
    assert "<script>alert('&quot;')</script>\\x1b[31m\\u202e\"><img src=//x>" in page.text
    assert "img" not in page.tags
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html) is None


def test_page_shows_sensors_in_doubt_as_such():
    card = gp.GateCard(in_doubt=("radar<1>",), is_position_known=False)
    html = page_of(card)
    assert '<p class="note">In use although it is not known which rules hold here: radar&lt;1&gt;</p>' in html
    assert "estricted: " not in html


def test_page_of_a_card_with_everything_shows_everything():
    lifted = CitedRule("Coast guard", "Order 13", ("emergency",))
    entry = CardEntry(("lidar",), Level.OFF, ("needs consent",), rules=(CitedRule(None, "another restriction"),))
    card = gp.GateCard(
        (entry,), (), reasons=("a reason",), exemptions=(lifted,), pack_id="<eu>", revision=3, notes=("a note",)
    )
    text = Page(page_of(card)).text
    for shown in (
        "A note.",
        "off: must be disabled",
        "since when is not known",
        "needs consent",
        "another restriction",
        "off is asked by no rule: the reason stands below.",
        "Whether other sensors are restricted is not known.",
        "a reason",
        "because of emergency: Coast guard: Order 13",
        "Whether the vehicle knows where it is is not known.",
        "no digest of a pack is known, id <eu>, revision 3",
    ):
        assert shown in text
