"""Publishing: from packs to files that a vehicle follows, with the keys of several machines."""

from __future__ import annotations

import json
import shutil

import pytest
from tuf.api.metadata import Timestamp

import geopolicy as gp
from geopolicy.errors import PackError, UpdateError
from geopolicy.update.additions import MOST_REVISIONS, Wanted
from geopolicy.update.publish import Change, Repository, RoleKeys
from geopolicy.update.repository_files import PublishError
from geopolicy.update.signed_files import read
from publisher import DAY, FOR_TAXIS, KEYS, NOW, Publisher, Vehicle, at, secret


@pytest.fixture
def publisher(tmp_path):
    return Publisher(tmp_path)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


# A release -------------------------------------------------------------------


def test_publish_begins_with_drafts_that_nobody_serves(publisher):
    assert names_in(publisher.metadata) == []
    assert names_in(publisher.repository.folder / "draft") == ["root.json", "targets.json"]


def test_publish_release_is_found_by_a_vehicle_with_what_it_says_of_itself(publisher):
    publisher.add(7, wanted=Wanted(["taxis"], ["hr", "at"]))
    assert publisher.sign().published == ("1.targets.json", "1.snapshot.json", "timestamp.json", "1.root.json")
    target = Vehicle(publisher).found("fleet.gpol", NOW)
    content = (publisher.folder / "fleet.gpol").read_bytes()
    assert target.unrecognized_fields["custom"]["geopolicy"] == {
        "kind": "base", "id": "fleet", "revision": 7, "fleets": ["taxis"], "regions": ["at", "hr"],
    }  # fmt: skip
    target.verify_length_and_hashes(content)
    (prefixed,) = target.get_prefixed_paths()
    assert (publisher.repository.folder / "targets" / prefixed).read_bytes() == content
    assert prefixed == f"{target.hashes['sha256']}.fleet.gpol"


def test_publish_leaves_no_draft_of_what_is_published(publisher):
    publisher.released()
    assert names_in(publisher.repository.folder / "draft") == []
    assert publisher.repository.status(NOW).lacks == ()


def test_publish_fleets_and_regions_stay_as_they_were_where_nothing_is_said(publisher):
    publisher.released()
    assert publisher.add(2, wanted=Wanted())[0].target.unrecognized_fields["custom"]["geopolicy"]["fleets"] == ["taxis"]


def test_publish_timestamp_says_when_it_was_signed(publisher):
    publisher.released()
    timestamp = read(Timestamp, (publisher.metadata / "timestamp.json").read_bytes(), "timestamp.json")
    assert timestamp.signed.unrecognized_fields == {"geopolicy": {"signed": "2026-11-01T12:00:00Z"}}


def test_publish_notes_of_drafts_are_not_published(publisher):
    publisher.released()
    for path in publisher.metadata.iterdir():
        assert set(json.loads(path.read_bytes())) == {"signed", "signatures"}


def test_publish_with_a_clock_that_goes_back_is_refused(publisher):
    publisher.released()
    publisher.now -= DAY
    with pytest.raises(PublishError, match="the time must be 2026-11-01T12:00:00Z or later"):
        publisher.sign()


def test_publish_with_a_clock_beyond_the_root_is_refused(publisher):
    """Every vehicle would believe that time, and take nothing signed at the true one."""
    publisher.released()
    publisher.now += 400 * DAY
    with pytest.raises(PublishError, match=r"root must not have expired at .*; set the clock, or sign the draft"):
        publisher.sign("snapshot", "timestamp")


def test_publish_after_a_clock_that_was_ahead_goes_on_with_another_timestamp_key(publisher):
    publisher.released()
    publisher.now += 60 * DAY
    publisher.sign()
    publisher.now = NOW + DAY
    with pytest.raises(PublishError, match="the time must be 2026-12-31T12:00:00Z or later"):
        publisher.sign()
    old = publisher.keyids("timestamp")[0]
    change = Change([publisher.file.make_key("timestamp", secret)], [old])
    publisher.repository.rotate("timestamp", change, publisher.now)
    assert publisher.without(old).published[-1] == "2.root.json"


def test_publish_of_one_publisher_at_a_time(publisher):
    with publisher.repository._files.locked(), pytest.raises(PublishError, match="one publisher at a time"):
        publisher.sign()


# What may be added -----------------------------------------------------------


@pytest.mark.parametrize(("how", "match"), [
    ({"revision": None}, "must have a revision below 2..31, got None"),
    ({"revision": 2**31}, "must have a revision below 2..31"),
    ({"revision": 4}, "must be of revision 5 or later, got 4"),
    ({"revision": 5, "names": ("depot", "yard")}, "already seen of revision 5, or of a later one"),
    ({"revision": 5}, f"of a revision from 6 to {5 + MOST_REVISIONS}, since 5 is published, got 5"),
    ({"revision": 6 + MOST_REVISIONS}, "got 1000006"),
    ({"revision": 6, "issued": NOW + DAY}, "must be issued at 2026-11-01T12:00:00Z or before"),
    ({"revision": 6, "issued": NOW - DAY}, "must be issued 2026-11-01T12:00:00.00:00 or later"),
    ({"revision": 6, "fleet": None}, "the id of the zones must be 1 to 100"),
    ({"revision": 6, "fleet": "../root"}, "the id of the zones must be 1 to 100"),
])  # fmt: skip
def test_publish_add_refuses_what_could_not_follow(publisher, how, match):
    publisher.released(5)
    with pytest.raises(UpdateError, match=match):
        publisher.add(**how)
    assert names_in(publisher.repository.folder / "draft") == []


def test_publish_add_refuses_what_is_no_whole_pack(publisher):
    path = publisher.pack(1)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PackError):
        publisher.repository.add([path], NOW)


def test_publish_add_refuses_two_packs_of_one_id(publisher):
    with pytest.raises(PublishError, match=r"ids that differ, got fleet\.gpol twice"):
        publisher.repository.add([publisher.pack(1), publisher.pack(2, name="b.gpol")], NOW, wanted=FOR_TAXIS)


def test_publish_add_to_a_role_that_is_none_is_refused(publisher):
    with pytest.raises(PublishError, match="the role must be one of targets, got 'city'"):
        publisher.add(1, role="city")


def test_publish_add_of_the_largest_step_is_accepted(publisher):
    publisher.released(5)
    assert publisher.add(5 + MOST_REVISIONS)[0].looser == ()


# Looser ----------------------------------------------------------------------

MEANT = Wanted(allow_loosening=True)
LOOSER = {"level": gp.Level.NO_RECORD}


def test_publish_add_refuses_what_is_looser_and_says_in_what(publisher):
    publisher.released()
    with pytest.raises(
        PublishError, match=r"must not be looser than fleet.gpol .* zone 'depot': camera: off -> no_record"
    ):
        publisher.add(2, **LOOSER)


def test_publish_what_is_looser_needs_two_keys(publisher):
    publisher.released()
    first, second = publisher.keyids("targets")
    publisher.add(2, wanted=MEANT, **LOOSER)
    done = publisher.without(second)
    assert "2.targets.json" not in done.published
    assert [str(lack) for lack in done.lacks] == [
        f"targets 2: 1 more of {second[:16]} must sign, since fleet.gpol is looser than before"
    ]
    assert Vehicle(publisher).found("fleet.gpol", NOW).custom["geopolicy"]["revision"] == 1
    assert "2.targets.json" in publisher.without(first).published
    assert Vehicle(publisher).found("fleet.gpol", NOW).custom["geopolicy"]["revision"] == 2


def test_publish_what_is_stricter_needs_one_key(publisher):
    publisher.released()
    publisher.add(2, names=("depot", "yard"))
    assert "2.targets.json" in publisher.without(publisher.keyids("targets")[0]).published


def test_publish_for_fewer_fleets_is_looser(publisher):
    publisher.released()
    with pytest.raises(PublishError, match="fleets that had it are left out: taxis; geopolicy diff"):
        publisher.add(2, wanted=Wanted(["vans"]))
    publisher.add(2, wanted=Wanted(["vans", "taxis"]))


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(["taxis"]), Wanted(None, ["hr"]), Wanted([], ["hr"])])
def test_publish_for_nobody_is_refused(publisher, wanted):
    with pytest.raises(PublishError, match=r"must be for some (fleets|regions), got none; name each of them: --"):
        publisher.add(1, wanted=wanted)


def test_publish_replaced_draft_that_is_not_looser_needs_one_key(publisher):
    publisher.released()
    publisher.add(2, wanted=MEANT, **LOOSER)
    publisher.add(2)
    assert "2.targets.json" in publisher.without(publisher.keyids("targets")[0]).published


def test_publish_what_is_looser_where_there_is_one_key_is_refused(tmp_path):
    publisher = Publisher(tmp_path, KEYS | {"targets": (1, 1)}).released()
    with pytest.raises(PublishError, match=r"targets must have 2 keys since fleet\.gpol is looser than before, got 1"):
        publisher.add(2, wanted=MEANT, **LOOSER)


# Keys of several machines ----------------------------------------------------


def test_publish_root_is_signed_on_two_machines(publisher):
    """Each has one key of the root; the folder goes from one to the other, and back to where the online keys are."""
    first, second, third = publisher.keyids("root")
    publisher.add(1)
    one = publisher.without(second, third, *publisher.keyids("snapshot"))
    assert (one.published, [lack.role for lack in one.lacks]) == ((), ["root"])
    assert one.lacks[0].missing == 1
    elsewhere = publisher.folder / "usb"
    shutil.copytree(publisher.repository.folder, elsewhere)
    at_home, publisher.repository = publisher.repository, Repository(elsewhere)
    other = publisher.sign("root")
    assert {signature.keyid for signature in other.signed} == {second, third}
    assert (other.published, other.lacks[0].role) == ((), "snapshot")
    publisher.repository = at_home
    shutil.copytree(elsewhere / "draft", at_home.folder / "draft", dirs_exist_ok=True)
    assert "1.root.json" in publisher.sign("snapshot", "timestamp").published
    assert first in Vehicle(publisher).refresh(NOW).root.roles["root"].keyids


def test_publish_snapshot_and_timestamp_of_two_machines(publisher):
    publisher.add(1)
    done = publisher.sign("root", "targets", "snapshot")
    assert (done.published, [lack.role for lack in done.lacks]) == ((), ["timestamp"])
    assert "1.snapshot.json" in publisher.sign("timestamp").published
    Vehicle(publisher).refresh(NOW)


def test_publish_goes_on_with_what_is_published_while_people_are_awaited(publisher):
    publisher.released()
    publisher.add(2)
    done = publisher.sign("snapshot", "timestamp")
    assert (done.published, [lack.role for lack in done.lacks]) == (("timestamp.json",), ["targets"])
    assert Vehicle(publisher).found("fleet.gpol", NOW).custom["geopolicy"]["revision"] == 1


def test_publish_without_online_keys_publishes_nothing(publisher):
    publisher.released()
    before = names_in(publisher.metadata)
    assert publisher.sign("root").published == ()
    assert names_in(publisher.metadata) == before


@pytest.mark.parametrize("role", KEYS)
def test_publish_rotated_key_is_followed_and_the_old_one_is_out(publisher, role):
    publisher.released()
    vehicle = Vehicle(publisher)
    vehicle.refresh(NOW)
    old = publisher.keyids(role)[0]
    publisher.repository.rotate(role, Change([publisher.file.make_key(role, secret)], [old[:10]]), NOW)
    assert "2.root.json" in publisher.sign().published
    root = vehicle.refresh(NOW).root
    assert (root.version, old in root.roles[role].keyids, len(root.roles[role].keyids)) == (2, False, KEYS[role][1])
    publisher.without(old)
    vehicle.refresh(NOW)


@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_publish_rotated_key_holds_under_both_roots_until_the_last_file(publisher, role, monkeypatch):
    publisher.released()
    vehicle = Vehicle(publisher)
    old = publisher.keyids(role)[0]
    publisher.repository.rotate(role, Change([publisher.file.make_key(role, secret)], [old]), NOW)
    seen = []
    write = type(publisher.repository._files).publish

    def publish_and_look(files, name, content):
        write(files, name, content)
        Vehicle(publisher).refresh(NOW)
        seen.append(name)

    monkeypatch.setattr(type(publisher.repository._files), "publish", publish_and_look)
    publisher.sign()
    assert seen[-2:] == ["timestamp.json", "2.root.json"]
    vehicle.refresh(NOW)


def test_publish_lost_key_is_replaced_without_it(publisher):
    publisher.released()
    lost = publisher.keyids("timestamp")[0]
    publisher.repository.rotate("timestamp", Change([publisher.file.make_key("timestamp", secret)], [lost]), NOW)
    assert "2.root.json" in publisher.without(lost).published
    Vehicle(publisher).refresh(NOW)


def test_publish_lost_root_key_leaves_with_the_others(publisher):
    publisher.released()
    lost = publisher.keyids("root")[0]
    publisher.repository.rotate("root", Change([], [lost]), NOW)
    assert "2.root.json" in publisher.without(lost).published
    assert len(Vehicle(publisher).refresh(NOW).root.roles["root"].keyids) == 2


def test_publish_targets_key_that_was_lost_and_signed_what_is_published(publisher):
    """The targets must be signed anew before the root may name other keys."""
    publisher.released()
    first, second = publisher.keyids("targets")
    new = publisher.file.make_key("targets", secret)
    publisher.repository.rotate("targets", Change([new], [first, second]), NOW)
    done = publisher.without(first, second, new.keyid)
    assert (done.published, [lack.role for lack in done.lacks]) == (("timestamp.json",), ["targets"])
    assert {"2.targets.json", "2.root.json"} <= set(publisher.without(first, second).published)
    assert Vehicle(publisher).found("fleet.gpol", NOW) is not None


@pytest.mark.parametrize(("change", "match"), [
    (Change(old=["zz"]), "key 'zz' must be one of snapshot, got 0 of"),
    (Change(old=[""]), "snapshot must be signed by 1 to 0 keys"),
    (Change(threshold=2), "snapshot must be signed by 1 to 1 keys, as many as it has, got 2"),
    (Change(threshold=0), "got 0"),
])  # fmt: skip
def test_publish_rotate_refuses_keys_that_could_not_sign(publisher, change, match):
    with pytest.raises(PublishError, match=match):
        publisher.repository.rotate("snapshot", change, NOW)


def test_publish_rotate_refuses_a_key_that_the_role_has(publisher):
    key = publisher.keys("targets", 1, 1).keys[0]
    publisher.repository.rotate("targets", Change([key]), NOW)
    with pytest.raises(PublishError, match="must be new in targets"):
        publisher.repository.rotate("targets", Change([key]), NOW)


def test_publish_rotate_refuses_a_role_that_is_none(publisher):
    with pytest.raises(PublishError, match="the role must be one of targets, got 'city'"):
        publisher.repository.rotate("city", Change(), NOW)


# Beginning, and what is due --------------------------------------------------


def test_publish_init_refuses_a_folder_that_has_a_repository(publisher):
    keys = {role: RoleKeys(publisher.keys(role, 1, 1).keys) for role in KEYS}
    with pytest.raises(PublishError, match="must be a folder without a repository"):
        publisher.repository.init(keys, NOW)


def test_publish_init_refuses_missing_roles_and_keys(tmp_path):
    publisher = Publisher(tmp_path, begin=False)
    key = publisher.keys("root", 1, 1)
    with pytest.raises(PublishError, match="must be those of root, targets, snapshot, timestamp, got root"):
        publisher.repository.init({"root": key}, NOW)
    with pytest.raises(PublishError, match="root must be signed by 1 to 1 keys"):
        publisher.repository.init(dict.fromkeys(KEYS, RoleKeys(key.keys, 2)), NOW)


def test_publish_in_no_repository_is_refused(tmp_path):
    with pytest.raises(PublishError, match=r"must hold a repository, got none; geopolicy publish init .* makes one"):
        Publisher(tmp_path, begin=False).repository.status(NOW)


def test_publish_what_expires_soon_is_signed_anew(publisher):
    publisher.released()
    publisher.now += 61 * DAY
    assert [lack.role for lack in publisher.sign("snapshot", "timestamp").lacks] == ["targets"]
    assert "2.targets.json" in publisher.sign().published
    publisher.now += 200 * DAY
    assert "2.root.json" in publisher.sign().published
    Vehicle(publisher).refresh(publisher.now)


def test_publish_draft_that_expired_while_it_waited_is_begun_anew(publisher):
    publisher.released()
    publisher.add(2)
    publisher.sign("root")
    publisher.now += 91 * DAY
    publisher.sign()
    assert Vehicle(publisher).found("fleet.gpol", publisher.now).custom["geopolicy"]["revision"] == 2


def test_publish_snapshot_is_kept_while_it_is_fresh(publisher):
    publisher.released()
    assert publisher.sign().published == ("timestamp.json",)
    assert at(publisher, DAY / 2).sign().published == ("2.snapshot.json", "timestamp.json")


def test_publish_step_that_was_cut_off_is_finished_by_the_next(publisher, monkeypatch):
    publisher.released()
    publisher.add(2)
    publisher.repository.rotate("root", Change([publisher.file.make_key("root", secret)]), NOW)
    files = type(publisher.repository._files)
    write = files.publish

    def fail_at(_files, name, content, last):
        if name == last:
            raise OSError("full")
        write(_files, name, content)

    for last in ("2.targets.json", "2.snapshot.json", "timestamp.json", "2.root.json"):
        monkeypatch.setattr(files, "publish", lambda own, name, content, last=last: fail_at(own, name, content, last))
        with pytest.raises(OSError, match="full"):
            publisher.sign()
        Vehicle(publisher).refresh(NOW)
    monkeypatch.setattr(files, "publish", write)
    assert "2.root.json" in publisher.sign().published
    assert Vehicle(publisher).found("fleet.gpol", NOW).custom["geopolicy"]["revision"] == 2


# Files that are not as they were ---------------------------------------------


@pytest.mark.parametrize(("name", "content", "match"), [
    ("metadata/timestamp.json", b"{", "must be metadata of timestamp"),
    ("metadata/1.snapshot.json", None, "must be readable, got No such file"),
    ("metadata/1.targets.json", b"[]", "must be metadata of targets"),
    ("draft/targets.json", b"null", "must be metadata of targets"),
])  # fmt: skip
def test_publish_from_a_folder_that_was_changed_is_refused(publisher, name, content, match):
    publisher.released()
    path = publisher.repository.folder / name
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PublishError, match=match):
        publisher.sign()


def test_publish_draft_of_another_folder_is_refused(publisher):
    publisher.released()
    publisher.add(2)
    draft = publisher.repository.folder / "draft" / "targets.json"
    document = json.loads(draft.read_bytes())
    document["signed"]["version"] = 9
    draft.write_text(json.dumps(document))
    with pytest.raises(PublishError, match="must follow what is published, got version 9 after 1"):
        publisher.sign()


def test_publish_pack_that_is_gone_is_named(publisher):
    publisher.released()
    next((publisher.repository.folder / "targets").iterdir()).unlink()
    with pytest.raises(PublishError, match=r"\.fleet\.gpol': must be readable, got No such file"):
        publisher.add(2)
