"""``geopolicy publish``: a repository by commands, and what a vehicle finds in it."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, datetime

import pytest

import geopolicy as gp
from cli_samples import shell
from geopolicy.cli import console
from geopolicy.cli.secrets import VARIABLE
from publisher import PASSPHRASE, Publisher, Vehicle, zones

CITY = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
FOR = ("--fleet", "taxis", "--region", "hr")
DELEGATE = ("--area", "city.geojson", "--sensors", "camera", "--levels", "off", "--most-duration", "6h")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    (tmp_path / "city.geojson").write_text(json.dumps(CITY))
    return tmp_path


def pack(revision, name="fleet.gpol", **how: object):
    gp.compile(zones(revision, **how)).save(name)
    return name


@pytest.fixture
def publish(cli):
    """Runs a command of publish in the folder ``repository``, with the signers in ``private``."""

    def call(command, *words: object):
        private = [] if command in ("add", "status") else ["--signers", "private/signers.toml"]
        return cli("publish", command, "repository", *words, *private)

    return call


@pytest.fixture
def begun(publish):
    assert publish("init")[0] == 0
    return publish


def follower(folder):
    publisher = Publisher(folder, begin=False)
    return Vehicle(publisher)


def now():
    return datetime.now(UTC)


def standing_of(publish):
    return json.loads(publish("status", "--json")[1])["repository"]


def keyids_of(publish, role):
    return next(one["keyids"] for one in standing_of(publish)["roles"] if one["role"] == role)


# Round trip ------------------------------------------------------------------


def test_publish_by_commands_is_found_by_a_vehicle(begun, folder):
    begun("add", pack(3), "--fleet", "taxis", "--region", "hr", "--region", "at")
    code, out, _ = begun("sign")
    assert (code, out.splitlines()[-1]) == (
        0, "ok: published 1.targets.json, 1.snapshot.json, timestamp.json, 1.root.json",
    )  # fmt: skip
    vehicle = follower(folder)
    target = vehicle.found("fleet.gpol", now())
    assert target.custom["geopolicy"] == {
        "kind": "base", "id": "fleet", "revision": 3, "fleets": ["taxis"], "regions": ["at", "hr"],
    }  # fmt: skip
    path = folder / "repository" / "targets" / target.get_prefixed_paths()[0]
    target.verify_length_and_hashes(path.read_bytes())
    assert gp.read_pack(path).header.revision == 3


def test_publish_rotated_and_delegated_by_commands_is_followed(begun, folder):
    begun("add", pack(1), *FOR)
    begun("sign")
    vehicle = follower(folder)
    vehicle.refresh(now())
    for role in ("root", "targets", "snapshot", "timestamp"):
        assert begun("rotate", role, "--out", keyids_of(begun, role)[0])[0] == 0
    assert begun("delegate", "fire", *DELEGATE, "--keys", "1/2")[0] == 0
    assert begun("sign")[0] == 0
    trusted = vehicle.refresh(now())
    assert (trusted.root.version, sorted(trusted.targets)) == (2, ["fire", "targets"])
    delegated = trusted.targets["targets"].delegations.roles["fire"]
    assert (delegated.paths, len(delegated.keyids), delegated.threshold) == (["fire/*"], 2, 1)
    stated = json.loads(delegated.unrecognized_fields["geopolicy"])
    assert stated["area"] == CITY
    assert stated["most_duration_s"] == 6 * 3600
    assert begun("rotate", "fire", "--no-new", "--out", delegated.keyids[0])[0] == 0
    assert begun("delegate", "fire", *DELEGATE, "--limits", "retain_s=3600,resolution_m=2.5")[0] == 0
    assert begun("sign")[0] == 0
    delegated = vehicle.refresh(now()).targets["targets"].delegations.roles["fire"]
    assert len(delegated.keyids) == 1
    assert json.loads(delegated.unrecognized_fields["geopolicy"])["limits"] == {"retain_s": 3600, "resolution_m": 2.5}


def test_publish_loosening_by_commands_needs_an_option_and_two_keys(begun):
    begun("add", pack(1), *FOR)
    begun("sign")
    looser = pack(2, level=gp.Level.NO_RECORD)
    code, out, err = begun("add", looser, *FOR)
    assert (code, out) == (1, "")
    assert "must not be looser than fleet.gpol as published" in err
    assert "--allow-loosening" in err
    code, out, _ = begun("add", looser, "--allow-loosening")
    assert (code, "LOOSER: zone 'depot': camera: off -> no_record" in out) == (0, True)
    assert "since fleet.gpol is looser than before" in out
    assert standing_of(begun)["roles"][1]["draft"]["looser"] == ["fleet.gpol"]
    assert "ok: published" in begun("sign")[1]


def test_publish_with_keys_that_are_elsewhere_waits_for_them(publish, cli, folder):
    assert cli("publish", "init", "elsewhere", "--root", "1/1", "--signers", "other/signers.toml")[0] == 0
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    private = load_pem_private_key((folder / "other" / "root-1.pem").read_bytes(), PASSPHRASE.encode())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "alice.pub.pem").write_bytes(public)
    assert publish("init", "--root", "1/1", "--key", "root=alice.pub.pem")[0] == 0
    assert not (folder / "private" / "root-1.pem").exists()
    code, out, _ = publish("sign")
    assert (code, out.splitlines()[-1]) == (0, "nothing was published: others must sign")
    assert cli("publish", "sign", "repository", "--signers", "other/signers.toml")[0] == 0
    assert "1.root.json" in publish("sign")[1]


def test_publish_status_says_what_waits_and_what_has_expired(begun, folder):
    begun("add", pack(1), *FOR)
    out = begun("status")[1]
    assert "draft of root 1: expires" in out
    assert "waits: root 1: 2 more of" in out
    assert "fleet.gpol  base  1" in out
    begun("sign")
    code, out, _ = begun("status")
    assert (code, bool(re.search("36[45] days", out)), "waits" in out) == (0, True, False)
    timestamp = folder / "repository" / "metadata" / "timestamp.json"
    document = json.loads(timestamp.read_bytes())
    document["signed"]["expires"] = "2026-01-01T00:00:00Z"
    timestamp.write_text(json.dumps(document))
    code, out, _ = begun("status")
    assert (code, "2026-01-01 00:00 UTC  expired" in out) == (1, True)


# Passphrases -----------------------------------------------------------------


def test_publish_passphrase_of_a_file_comes_before_that_of_the_environment(publish, folder):
    (folder / "words").write_text("another horse battery staple\r\nnot this\n")
    assert publish("init", "--passphrase-file", "words")[0] == 0
    code, _, err = publish("sign")
    assert (code, "must open, got" in err) == (1, True)
    assert publish("sign", "--passphrase-file", "words")[0] == 0


def test_publish_passphrase_is_asked_for_once_for_new_keys_and_once_for_each_key(publish, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    asked = []
    monkeypatch.setattr(console, "ask_secret", lambda question: asked.append(question) or PASSPHRASE)
    assert publish("init")[0] == 0
    assert asked == ["new passphrase", "new passphrase again"]
    publish("sign")
    assert asked[2:4] == ["passphrase of root-1.pem", "passphrase of root-2.pem"]
    assert len(asked) == 2 + 7


def test_publish_passphrase_typed_differently_is_refused(publish, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    answers = iter([PASSPHRASE, PASSPHRASE + "!"])
    monkeypatch.setattr(console, "ask_secret", lambda _question: next(answers))
    code, _, err = publish("init")
    assert (code, "must be typed alike twice" in err) == (1, True)


def test_publish_passphrase_is_read_from_a_pipe(publish, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSPHRASE}\n{PASSPHRASE}\n"))
    assert publish("init")[0] == 0


def test_publish_short_passphrase_makes_no_key(publish, monkeypatch, folder):
    monkeypatch.setenv(VARIABLE, "short")
    code, _, err = publish("init")
    assert (code, "at least 16 letters, got 5" in err) == (1, True)
    assert list((folder / "private").glob("*.pem")) == []


# Refused ---------------------------------------------------------------------


@pytest.mark.parametrize(("words", "match"), [
    (("init", "--root", "3/2"), "must be how many of how many keys, such as 2/3, got '3/2'"),
    (("init", "--targets", "0/2"), "--targets"),
    (("init", "--key", "root"), "must be ROLE=FILE, got 'root'"),
    (("init", "--key", "city=a.pem"), "must name one of root, targets, snapshot, timestamp, got 'city'"),
    (("init", "--key", "snapshot=a.pem", "--key", "snapshot=b.pem"), "must be at most 1 for snapshot, got 2"),
    (("init", "--expiry", "root=1y"), "must be a whole number of s, min, h or d, such as 6h, got '1y'"),
    (("rotate", "city"), "must be one of root, targets, snapshot, timestamp, got 'city'"),
    (("rotate", "targets", "--no-new", "--key", "a.pem"), "must not come with --key"),
    (("delegate", "fire", *DELEGATE, "--keys", "2"), "--keys"),
    (("delegate", "fire", *DELEGATE, "--limits", "retain_s"), "must be NAME=NUMBER, got 'retain_s'"),
    (("delegate", "fire", *DELEGATE, "--limits", "retain_s=soon"), "must be NAME=NUMBER, got 'retain_s=soon'"),
    (("delegate", "fire", *DELEGATE[:-1], "6"), "--most-duration"),
    (("delegate", "fire", "--area", "two.geojson", *DELEGATE[2:]), "must have one feature"),
    (("delegate", "fire", "--area", "no.geojson", *DELEGATE[2:]), "--area"),
])  # fmt: skip
def test_publish_wrong_usage_is_refused_and_makes_no_key(publish, folder, words, match):
    if words[0] != "init":
        publish("init")
    (folder / "two.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [{}, {}]}))
    (folder / "no.geojson").write_text("{")
    keys = sorted(folder.rglob("*.pem"))
    code, out, err = publish(*words)
    assert (code, out) == (2, "")
    assert match in err
    assert sorted(folder.rglob("*.pem")) == keys


@pytest.mark.parametrize(("words", "match"), [
    (("delegate", "Fire", *DELEGATE), "the name of a role must be 1 to 50 of a-z, 0-9 and '-'"),
    (("delegate", "snapshot", *DELEGATE), "and none of root, targets, snapshot, timestamp"),
    (("delegate", "fire", *DELEGATE, "--tags", "store_in"), "its delegation must state tags that are known"),
    (("init",), "must be a folder without a repository"),
    (("add", "fleet.gpol", "--role", "fire", *FOR), "the role must be one of targets, got 'fire'"),
    (("add", "fleet.gpol"), "must be for some fleets, got none; name each of them: --fleet"),
    (("add", "fleet.gpol", "--fleet", "a b"), "a name of fleets must be 1 to 100"),
])  # fmt: skip
def test_publish_what_cannot_be_is_refused_and_makes_no_key(begun, folder, words, match):
    pack(1)
    keys = sorted(folder.rglob("*.pem"))
    code, out, err = begun(*words)
    assert (code, out) == (1, "")
    assert match in err
    assert sorted(folder.rglob("*.pem")) == keys


def test_publish_pack_that_is_not_there_is_wrong_usage(begun):
    code, out, err = begun("add", "none.gpol", *FOR)
    assert (code, out) == (2, "")
    assert "cannot read 'none.gpol': No such file or directory" in err


def test_publish_keys_of_a_role_that_is_there_come_by_rotation(begun):
    begun("delegate", "fire", *DELEGATE)
    code, _, err = begun("delegate", "fire", *DELEGATE, "--keys", "1/2")
    assert (code, "geopolicy publish rotate repository fire changes its keys" in err) == (2, True)


@pytest.mark.parametrize("command", ["add", "sign", "status"])
def test_publish_in_a_folder_that_is_none_makes_none(publish, folder, command):
    words = [pack(1)] if command == "add" else []
    code, _, err = publish(command, *words)
    assert code == 1
    rule = "publish: 'repository': must hold a repository, got none"
    assert err == f"error: {rule}; geopolicy publish init repository makes one\n"
    assert not (folder / "repository").exists()


def test_publish_signers_in_the_folder_that_is_served_are_refused(cli, folder):
    code, _, err = cli("publish", "init", "repository", "--signers", "repository/signers.toml")
    assert (code, "must be outside of the folder that is published" in err) == (1, True)
    assert list(folder.rglob("*.pem")) == []


@pytest.mark.usefixtures("begun")
def test_publish_with_no_key_at_hand_ends_with_1(cli):
    code, out, err = cli("publish", "sign", "repository", "--signers", "nowhere.toml")
    assert (code, "waits: root 1" in out) == (1, True)
    why = "there is no 'nowhere.toml'; --signers FILE names the file that says where the keys are"
    assert err == f"nothing was signed: {why}\n"


@pytest.mark.usefixtures("begun")
def test_publish_with_keys_of_others_says_whose_are_asked_for(cli, folder):
    (folder / "mine.toml").write_text("")
    code, _, err = cli("publish", "sign", "repository", "--signers", "mine.toml")
    why = "no key of 'mine.toml' could sign; geopolicy publish status repository says whose must"
    assert (code, err) == (1, f"nothing was signed: {why}\n")


def test_publish_says_the_next_command_with_the_paths_that_were_given(cli, folder):
    words = ("--signers", "my keys/signers.toml", "--passphrase-file", "words")
    (folder / "words").write_text("correct horse battery staple\n")
    _, out, _ = cli("publish", "init", "my packs", *words)
    assert out.endswith("next: geopolicy publish sign 'my packs' --signers 'my keys/signers.toml'\n")
    assert cli("publish", "status", "my packs")[1].endswith("next: geopolicy publish sign 'my packs' --signers FILE\n")
    assert "next:" not in cli("publish", "sign", "my packs", *words)[1]
    assert "next:" not in cli("publish", "status", "my packs")[1]
    _, _, err = cli("publish", "status", "no packs")
    assert "'no packs': must hold a repository, got none; geopolicy publish init 'no packs' makes one" in err


def test_publish_area_of_a_feature_and_of_a_collection_is_its_geometry(begun, folder):
    feature = {"type": "Feature", "properties": {}, "geometry": CITY | {"bbox": [13, 45, 14, 46]}}
    (folder / "city.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert begun("delegate", "fire", *DELEGATE)[0] == 0
    (folder / "city.geojson").write_text(json.dumps(feature))
    assert begun("delegate", "police", *DELEGATE)[0] == 0


def test_publish_base_of_a_delegated_role_is_refused(begun):
    begun("delegate", "fire", *DELEGATE)
    code, _, err = begun("add", pack(1, fleet="fire/city", names=["fire/depot"]), "--role", "fire", *FOR)
    assert (code, "must be an overlay, since its role was delegated, got a base" in err) == (1, True)


@pytest.mark.parametrize("module", ["tuf.api.metadata", "securesystemslib.exceptions"])
def test_publish_without_its_libraries_says_how_to_get_them(module):
    """In a process of its own: modules that are imported twice are two."""
    program = f"import sys; sys.modules[{module!r}] = None; from geopolicy.__main__ import main; sys.exit(main())"
    code, out, err = shell("publish", "status", "repository", program=["-c", program])
    assert (code, out) == (2, "")
    assert err.endswith("is missing; pip install 'geopolicy[update]'\n")
