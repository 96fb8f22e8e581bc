"""A vehicle and a static host, over the loopback: what is new is installed, and each attack leaves what there was."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Root, TargetFile, Targets, Timestamp

import geopolicy as gp
from geopolicy.errors import UpdateError
from geopolicy.update.client import UpdateClient
from geopolicy.update.fetch import Fetcher, UnreachableError
from geopolicy.update.news import Subscription
from geopolicy.update.refusals import Attack
from published import DAY, NOW, Published
from static_host import static_host

TAXIS = Subscription("taxis", "HR")


def pack_of(revision, *, set_id="city", east=14.0, issued=NOW, **more: object):
    ring = [[13, 45], [east, 45], [east, 46], [13, 46], [13, 45]]
    zone = gp.Zone(f"{set_id}-school", {"type": "Polygon", "coordinates": [ring]}, [gp.Rule(["camera"], gp.Level.OFF)])
    return gp.compile(gp.ZoneSet([zone], gp.ZoneFileHeader(set_id, revision, issued=issued, **more)))


class Host:
    """A repository on a static host."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.published = Published()
        self.offer(pack_of(1))

    def offer(self, pack, path="city.gpol", fleets=("taxis",), regions=("HR",), **said: object):
        content, header = bytes(pack.data), pack.header
        target = TargetFile.from_data(path, content, ["sha256"])
        stated = {"kind": "base", "id": header.id, "revision": header.revision}
        stated |= {"fleets": list(fleets), "regions": list(regions)} | said
        target.unrecognized_fields["custom"] = {"geopolicy": stated}
        self.published.targets[Targets.type].targets[path] = target
        self.write(f"targets/{target.hashes['sha256']}.{path}", content)
        self.sign()

    def sign(self, signed=NOW):
        self.published.timestamp.unrecognized_fields["geopolicy"] = {"signed": signed.isoformat()}
        self.published.publish()
        self.upload()

    def upload(self):
        for name, content in self.published.files.items():
            self.write(f"metadata/{name}", content)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def served(self, name, how):
        self.write(f"{name}.served", how.encode())

    @property
    def target(self):
        return next(path.name for path in sorted(self.folder.glob("targets/*.gpol")))


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path / "host")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One process for all tests, and the folder that it serves."""
    folder = tmp_path_factory.mktemp("hosts")
    with static_host(folder) as url:
        yield folder, url


@pytest.fixture
def vehicle(host, served, tmp_path):
    """A client that has installed what there is."""
    folder, url = served
    (folder / tmp_path.name).symlink_to(host.folder)
    fetcher = Fetcher(f"{url}/{tmp_path.name}", timeout_s=1.0)
    client = UpdateClient(tmp_path / "vehicle", fetcher, TAXIS, host.published.first_root)
    assert client.update(NOW).is_new
    return client


def trusted_files(tmp_path):
    return {path: path.read_bytes() for path in (tmp_path / "vehicle").rglob("*") if path.is_file()}


# News ---------------------------------------------------------------------------


def test_new_revision_is_installed_and_found_at_the_next_start(vehicle, host, tmp_path):
    host.offer(pack_of(2, east=15))
    outcome = vehicle.update(NOW)
    assert (outcome.is_new, outcome.refusal, outcome.trouble) == (True, None, None)
    again = UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)
    assert again.packs["city.gpol"].header.revision == 2
    assert again.signed == NOW
    assert not gp.open(again.packs["city.gpol"]).decide(45.5, 14.5).allows("camera.cabin")


def test_no_news_write_nothing(vehicle, tmp_path):
    before = trusted_files(tmp_path)
    assert vehicle.update(NOW) == vehicle.update(NOW)
    assert not vehicle.update(NOW).is_new
    assert trusted_files(tmp_path) == before


def test_newer_timestamp_alone_is_kept(vehicle, host):
    host.sign(NOW + timedelta(hours=1))
    assert not vehicle.update(NOW).is_new
    assert vehicle.signed == NOW + timedelta(hours=1)


def test_first_start_needs_a_root(tmp_path):
    with pytest.raises(UpdateError, match="give the root file that came with the vehicle"):
        UpdateClient(tmp_path, Fetcher("http://127.0.0.1:9"), TAXIS)


def test_clock_at_1970_does_not_take_what_has_expired(vehicle, host):
    """Now is no earlier than what was signed."""
    host.sign(NOW + 40 * DAY)
    assert vehicle.update(NOW - 20_000 * DAY).refusal.attack == Attack.FREEZE


def test_host_that_is_down_changes_nothing(vehicle, tmp_path):
    before = trusted_files(tmp_path)
    vehicle._fetcher = Fetcher("http://127.0.0.1:9", timeout_s=0.2)
    outcome = vehicle.update(NOW)
    assert isinstance(outcome.refusal, UnreachableError)
    assert "what is installed goes on" in str(outcome.refusal)
    assert outcome.packs["city.gpol"].header.revision == 1
    assert trusted_files(tmp_path) == before


# Each attack --------------------------------------------------------------------


def forged(host):
    host.published.keys[Timestamp.type] = [CryptoSigner.generate_ed25519()]
    host.sign()


def changed_pack(host):
    host.offer(pack_of(2))
    for path in host.folder.glob("targets/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"!")


def no_pack(host):
    host.offer(pack_of(2))
    target = host.published.targets[Targets.type].targets["city.gpol"]
    content = b"GPOL" + bytes(1000)
    entry = TargetFile.from_data("city.gpol", content, ["sha256"])
    entry.unrecognized_fields = target.unrecognized_fields
    host.published.targets[Targets.type].targets["city.gpol"] = entry
    host.write(f"targets/{entry.hashes['sha256']}.city.gpol", content)
    host.sign()


def another_revision_than_signed(host):
    host.offer(pack_of(2), revision=3)


def not_understood(host):
    host.offer(pack_of(2), until="2027")


def older_timestamp(host):
    host.published.timestamp.version = 0
    host.published.publish_timestamp()
    host.upload()


def older_revision(host):
    host.offer(pack_of(0))


def other_content_of_the_same_revision(host):
    host.offer(pack_of(1, east=13.5))


def expired(host):
    host.published.timestamp.expires = NOW
    host.sign()


def revision_that_nothing_follows(host):
    host.offer(pack_of(2**31))


def issued_in_2099(host):
    host.offer(pack_of(2, issued=NOW.replace(year=2099)))


def overlay_without_an_end(host):
    host.offer(pack_of(1, set_id="smoke", kind="overlay"), path="smoke.gpol", kind="overlay")


def missing_pack(host):
    host.offer(pack_of(2))
    for path in host.folder.glob("targets/*"):
        path.unlink()


def mixed(host):
    host.sign()
    host.write("metadata/3.snapshot.json", host.published.files["2.snapshot.json"])


def other_fleet(host):
    host.offer(pack_of(2), fleets=("buses",))


def other_region(host):
    host.offer(pack_of(2), regions=("SI", "IT"))


def endless_metadata(host):
    host.sign()
    host.served("metadata/timestamp.json", "endless")


def endless_pack(host):
    host.offer(pack_of(2))
    for path in host.folder.glob("targets/*.gpol"):
        host.served(f"targets/{path.name}", "endless")


def trickling(host):
    host.served("metadata/timestamp.json", "trickling")


def silent(host):
    host.served("metadata/timestamp.json", "silent")


def role_of_two(host):
    for role, delegator in (("a", "targets"), ("b", "targets"), ("c", "a"), ("c", "b")):
        host.published.delegate(delegator, role)
    host.sign()


@pytest.mark.parametrize(
    ("attack", "name"),
    [
        (forged, Attack.WRONG_KEY),
        (changed_pack, Attack.ARBITRARY),
        (no_pack, Attack.ARBITRARY),
        (another_revision_than_signed, Attack.ARBITRARY),
        (not_understood, Attack.ARBITRARY),
        (older_timestamp, Attack.ROLLBACK),
        (older_revision, Attack.ROLLBACK),
        (other_content_of_the_same_revision, Attack.ROLLBACK),
        (expired, Attack.FREEZE),
        (revision_that_nothing_follows, Attack.FAST_FORWARD),
        (issued_in_2099, Attack.FAST_FORWARD),
        (overlay_without_an_end, Attack.ARBITRARY),
        (missing_pack, Attack.MIX_AND_MATCH),
        (mixed, Attack.MIX_AND_MATCH),
        (other_fleet, Attack.WRONG_FLEET),
        (other_region, Attack.WRONG_REGION),
        (endless_metadata, Attack.ENDLESS_DATA),
        (endless_pack, Attack.ENDLESS_DATA),
        (trickling, Attack.SLOW_RETRIEVAL),
        (silent, Attack.SLOW_RETRIEVAL),
    ],
)
def test_attack_is_named_and_leaves_what_was_installed(attack, name, vehicle, host, tmp_path):
    before = trusted_files(tmp_path)
    attack(host)
    outcome = vehicle.update(NOW)
    assert outcome.refusal is not None
    assert outcome.refusal.attack == name
    assert f"({name})" in str(outcome.refusal)
    assert not outcome.is_new
    assert trusted_files(tmp_path) == before
    assert vehicle.packs["city.gpol"].header.revision == 1


def test_role_of_two_is_left_out_and_all_else_goes_on(vehicle, host):
    role_of_two(host)
    outcome = vehicle.update(NOW)
    assert [refusal.attack for refusal in outcome.left_out] == [Attack.AMBIGUOUS_ROLE]
    assert (outcome.refusal, outcome.is_confirmed) == (None, False)


def test_host_that_answers_with_an_error_is_not_a_refusal(vehicle, host):
    host.served("metadata/timestamp.json", "503")
    assert isinstance(vehicle.update(NOW).refusal, UnreachableError)


def test_root_that_is_rotated_away_is_followed(vehicle, host):
    host.published.rotate(Root.type)
    host.published.rotate(Timestamp.type)
    host.sign(NOW + timedelta(hours=2))
    assert vehicle.update(NOW).refusal is None
    assert vehicle.signed == NOW + timedelta(hours=2)


# A stolen key of the timestamp ----------------------------------------------------


def test_time_that_a_stolen_key_signed_far_ahead_is_forgotten_with_the_key(vehicle, host):
    """Until then nothing is taken, since all has expired; what is installed goes on."""
    host.published.timestamp.expires = NOW.replace(year=2100)
    right = host.published.root.expires, host.published.snapshot.expires, host.published.targets["targets"].expires
    for signed in (host.published.root, host.published.snapshot, host.published.targets["targets"]):
        signed.expires = NOW.replace(year=2100)
    host.published.root.version += 1
    host.published.publish_root()
    host.sign(NOW.replace(year=2099))
    assert vehicle.update(NOW, 0.0).refusal is None
    assert vehicle.trusted_time(10.0).year == 2099
    host.published.root.expires, host.published.snapshot.expires, host.published.targets["targets"].expires = right
    host.published.timestamp.expires = NOW + DAY
    host.sign()
    assert vehicle.update(NOW, 20.0).refusal.attack == Attack.FREEZE
    host.published.rotate(Timestamp.type)
    host.offer(pack_of(2))
    outcome = vehicle.update(NOW, 30.0)
    assert (outcome.refusal, outcome.packs["city.gpol"].header.revision) == (None, 2)
    assert vehicle.trusted_time(40.0) < NOW + timedelta(seconds=11)
    assert vehicle.fresh_until_s == pytest.approx(30.0 + DAY.total_seconds(), rel=0.002)


# Two clients of one folder --------------------------------------------------------


def installed_revision(tmp_path):
    return UpdateClient(tmp_path / "vehicle", None, TAXIS).packs["city.gpol"].header.revision


def test_client_that_was_overtaken_installs_what_is_as_new_or_newer(vehicle, host, tmp_path):
    second = UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)
    host.offer(pack_of(2))
    assert vehicle.update(NOW).trouble is None
    outcome = second.update(NOW)
    assert (outcome.is_new, outcome.trouble) == (True, None)
    host.offer(pack_of(3))
    assert second.update(NOW).trouble is None
    assert installed_revision(tmp_path) == 3


def test_client_that_was_overtaken_puts_nothing_older_over_what_is_newer(vehicle, host, tmp_path, monkeypatch):
    second = UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)
    host.offer(pack_of(2))
    news = second._fetched(dict(second._metadata), NOW, None)
    host.offer(pack_of(3))
    assert vehicle.update(NOW).trouble is None
    monkeypatch.setattr(second, "_fetched", lambda *_: news)
    assert "another process has installed" in second.update(NOW).trouble
    assert second.refusals == {"OvertakenError": 1}
    assert installed_revision(tmp_path) == 3
    monkeypatch.undo()
    assert second.update(NOW).trouble is None
    assert second.packs["city.gpol"].header.revision == installed_revision(tmp_path) == 3


# What must not be forgotten -------------------------------------------------------


def test_root_that_was_verified_is_kept_although_what_follows_is_refused(vehicle, host, tmp_path):
    """Keys that it took away must not count again, be it after a new start."""
    old = dict(host.published.files)
    host.published.rotate(Timestamp.type)
    host.sign()
    host.served("metadata/timestamp.json", "503")
    assert isinstance(vehicle.update(NOW).refusal, UnreachableError)
    (host.folder / "metadata" / "timestamp.json.served").unlink()
    for path in host.folder.glob("metadata/*"):
        path.unlink()
    for name, content in old.items():
        host.write(f"metadata/{name}", content)
    again = UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)
    for client in (vehicle, again):
        assert client.update(NOW).refusal.attack == Attack.WRONG_KEY
        assert client.packs["city.gpol"].header.revision == 1


def test_time_that_was_signed_while_a_question_waited_proves_no_more_than_it_does(vehicle, host, monkeypatch):
    """Who drips bytes for a while must not move the vehicle's time ahead, and end an emergency."""
    clock = [0.0]
    get = vehicle._fetcher.get

    def slowly(path, most_bytes):
        clock[0] += 1000.0
        return get(path, most_bytes)

    host.sign(NOW + timedelta(seconds=5000))
    monkeypatch.setattr(vehicle._fetcher, "get", slowly)
    monkeypatch.setattr("geopolicy.update.client._seconds", lambda: clock[0])
    assert vehicle.update(NOW, 0.0).refusal is None
    assert vehicle.trusted_time(clock[0]) <= NOW + timedelta(seconds=5000)
    assert vehicle.fresh_until_s <= DAY.total_seconds()


# The folder ------------------------------------------------------------------------


def linked(folder, other):
    folder.rename(other)
    folder.symlink_to(other)


@pytest.mark.parametrize("name", [".", "a", "b"])
def test_folder_that_is_a_link_is_refused(vehicle, tmp_path, name):
    linked(tmp_path / "vehicle" / name if name != "." else tmp_path / "vehicle", tmp_path / "elsewhere")
    with pytest.raises(UpdateError, match="must be a folder and no link"):
        UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)


@pytest.mark.parametrize("name", [".", "a"])
def test_folder_to_which_others_may_write_is_refused(vehicle, tmp_path, name):
    (tmp_path / "vehicle" / name).chmod(0o777)
    with pytest.raises(UpdateError, match="must be its owner's alone, got mode 777; chmod 700 it"):
        UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)


def test_pipe_in_the_place_of_a_file_is_not_waited_for(vehicle, tmp_path):
    manifest = tmp_path / "vehicle" / "a" / "manifest"
    manifest.unlink()
    os.mkfifo(manifest)
    client = UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)
    assert client.packs["city.gpol"].header.revision == 1
    assert "it must be a file" in client.trouble


def test_installation_that_is_damaged_in_both_copies_is_told_from_none(vehicle, tmp_path):
    for path in (tmp_path / "vehicle").glob("[ab]/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(UpdateError, match="holds an installation that is damaged, in both copies; give the root file"):
        UpdateClient(tmp_path / "vehicle", vehicle._fetcher, TAXIS)
