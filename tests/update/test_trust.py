"""What a client takes for true of a repository, and each attack that it stops."""

from __future__ import annotations

import copy

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from geopolicy.update.refusals import Attack, RefusedUpdateError
from geopolicy.update.trust import Request, found, refreshed, with_all_roles
from published import DAY, NOW, Published


@pytest.fixture
def published():
    return Published()


@pytest.fixture
def files(published):
    """Those of a vehicle that has seen all that was published so far."""
    kept = {Root.type: published.first_root}
    published.serve(refreshed(kept, NOW))
    published.asked.clear()
    return kept


def refusal(published, files, now=NOW):
    """The error of a refresh that must be refused, and nothing of what was refused is kept."""
    before = dict(files)
    with pytest.raises(RefusedUpdateError) as refused:
        published.serve(refreshed(files, now))
    for role, content in files.items():
        assert content == before.get(role) or content in published.files.values()
    assert "update: " in str(refused.value)
    return refused.value


# What is new is found ----------------------------------------------------------


def test_first_refresh_asks_for_all_in_order(published):
    files = {Root.type: published.first_root}
    trusted = published.serve(refreshed(files, NOW))
    assert published.asked == ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]
    assert trusted.targets[Targets.type].version == 1
    assert set(files) == {"root", "timestamp", "snapshot", "targets"}


def test_refresh_of_what_is_known_asks_for_the_timestamp_only(published, files):
    kept = dict(files)
    published.serve(refreshed(files, NOW))
    assert published.asked == ["2.root.json", "timestamp.json"]
    assert files == kept


def test_requests_state_how_much_is_read(published):
    steps = refreshed({Root.type: published.first_root}, NOW)
    assert next(steps) == Request("2.root.json", 512_000)
    assert steps.send(None) == Request("timestamp.json", 16_384)
    request = steps.send(published.files["timestamp.json"])
    assert request.most_bytes == len(published.files["1.snapshot.json"])


def test_newer_files_are_taken(published, files):
    published.add("a.gpol", b"zones")
    published.publish()
    trusted = published.serve(refreshed(files, NOW))
    assert trusted.timestamp.version == trusted.snapshot.version == trusted.targets[Targets.type].version == 2
    _, target = published.serve(found(trusted, "a.gpol", files, NOW))
    assert target.length == 5
    assert published.serve(found(trusted, "b.gpol", files, NOW))[1] is None


@pytest.mark.parametrize("role", [Root.type, Timestamp.type, Snapshot.type, Targets.type])
def test_keys_that_are_rotated_are_followed(published, files, role):
    published.rotate(role)
    published.publish()
    assert published.serve(refreshed(files, NOW)).root.version == 2


@pytest.mark.parametrize("rotations", [256, 257, 600])
def test_many_rotations_are_followed_in_one_refresh(published, files, rotations):
    for _ in range(rotations):
        published.rotate(Timestamp.type)
    published.publish()
    assert published.serve(refreshed(files, NOW)).root.version == rotations + 1


def test_more_rotations_than_are_followed_are_followed_by_the_next_refresh(published, files, monkeypatch):
    monkeypatch.setattr("geopolicy.update.trust.MOST_ROOTS", 10)
    for _ in range(25):
        published.rotate(Timestamp.type)
    published.publish()
    for _ in range(2):
        assert refusal(published, files).attack == Attack.WRONG_KEY
    assert published.serve(refreshed(files, NOW)).root.version == 26


# Each attack -------------------------------------------------------------------


def test_arbitrary_content_is_refused(published, files):
    for content in (b"", b"{}", b"[" * 100_000, b'{"signed": 1}', b"\xff"):
        published.files["timestamp.json"] = content
        assert refusal(published, files).attack == Attack.ARBITRARY


def test_file_of_another_type_is_refused(published, files):
    published.files["timestamp.json"] = published.files["1.snapshot.json"]
    assert refusal(published, files).attack == Attack.ARBITRARY


@pytest.mark.parametrize("role", [Timestamp.type, Snapshot.type, Targets.type])
def test_file_signed_by_a_wrong_key_is_refused(published, files, role):
    published.keys[role] = [CryptoSigner.generate_ed25519()]
    published.publish()
    assert refusal(published, files).attack == Attack.WRONG_KEY


def test_root_that_the_one_before_did_not_sign_is_refused(published, files):
    published.keys[Root.type] = [CryptoSigner.generate_ed25519()]
    published.root.version = 2
    published.publish_root()
    assert refusal(published, files).attack == Attack.WRONG_KEY


def test_changed_byte_is_refused(published, files):
    published.timestamp.version = 2
    content = published.signed(published.timestamp, Timestamp.type)
    published.files["timestamp.json"] = content.replace(b'"version":2', b'"version":3')
    assert refusal(published, files).attack == Attack.WRONG_KEY


def test_too_few_signatures_are_refused():
    published = Published(threshold=2)
    files = {Root.type: published.first_root}
    published.keys[Timestamp.type].pop()
    published.publish()
    assert refusal(published, files).attack == Attack.THRESHOLD


def test_one_key_under_two_names_does_not_count_twice(published):
    root = published.root
    key = published.keys[Timestamp.type][0].public_key
    twin = copy.copy(key)
    twin.keyid = "ab" * 32
    root.add_key(twin, Timestamp.type)
    root.roles[Timestamp.type].threshold = 2
    files = {Root.type: published.publish_root()}
    metadata = Metadata.from_bytes(published.files["timestamp.json"])
    again = copy.copy(metadata.signatures[key.keyid])
    again.keyid = twin.keyid
    metadata.signatures[twin.keyid] = again
    published.files["timestamp.json"] = metadata.to_bytes()
    assert refusal(published, files).attack == Attack.DUPLICATE_KEY


def test_older_timestamp_is_refused(published, files):
    older = published.files["timestamp.json"]
    published.publish()
    published.serve(refreshed(files, NOW))
    published.files["timestamp.json"] = older
    assert refusal(published, files).attack == Attack.ROLLBACK


def test_older_snapshot_behind_a_newer_timestamp_is_refused(published, files):
    published.publish()
    published.serve(refreshed(files, NOW))
    published.snapshot.version = 0
    published.publish_snapshot()
    assert refusal(published, files).attack == Attack.ROLLBACK


@pytest.mark.parametrize("hashes", [True, False])
def test_older_targets_behind_a_newer_snapshot_are_refused(published, files, hashes):
    published.publish(hashes=hashes)
    published.serve(refreshed(files, NOW))
    published.targets[Targets.type].version = 0
    published.publish(hashes=hashes)
    assert refusal(published, files).attack == Attack.ROLLBACK


def test_targets_that_a_newer_snapshot_does_not_list_are_refused(published, files):
    del published.snapshot.meta["targets.json"]
    published.publish_snapshot()
    assert refusal(published, files).attack == Attack.ROLLBACK


@pytest.mark.parametrize("role", ["root", "timestamp", "snapshot", "targets"])
def test_expired_file_is_refused(published, files, role):
    signed = {"root": published.root, "targets": published.targets[Targets.type]}.get(role)
    signed = signed or getattr(published, role)
    signed.expires = NOW
    if role == Root.type:
        published.root.version = 2
        published.publish_root()
    published.publish()
    assert refusal(published, files).attack == Attack.FREEZE


def test_what_is_kept_expires_too(published, files):
    assert refusal(published, files, NOW + 2 * DAY).attack == Attack.FREEZE


def test_missing_timestamp_is_a_freeze(published, files):
    del published.files["timestamp.json"]
    assert refusal(published, files).attack == Attack.FREEZE


def test_version_that_nothing_could_follow_is_refused(published, files):
    published.timestamp.version = 2**31 - 1
    published.publish_timestamp()
    assert refusal(published, files).attack == Attack.FAST_FORWARD


def test_root_that_leaves_one_out_is_refused(published, files):
    published.root.version = 3
    published.files["2.root.json"] = published.publish_root()
    assert refusal(published, files).attack == Attack.FAST_FORWARD


@pytest.mark.parametrize("role", [Timestamp.type, Snapshot.type])
def test_fast_forward_is_recovered_from_by_rotated_keys(published, files, role):
    getattr(published, role).version = 99_999
    published.publish()
    published.serve(refreshed(files, NOW))
    published.rotate(Snapshot.type)
    published.rotate(Timestamp.type)
    published.timestamp.version = published.snapshot.version = 0
    published.publish()
    assert published.serve(refreshed(files, NOW)).snapshot.version == 1


@pytest.mark.parametrize("name", ["2.snapshot.json", "2.targets.json"])
@pytest.mark.parametrize("other", ["1", "none", "forged"])
def test_files_that_never_were_together_are_refused(published, files, name, other):
    published.add("a.gpol", b"zones")
    published.publish()
    before = published.files[name.replace("2", "1", 1)]
    published.files[name] = {"1": before, "forged": published.files[name][:-2] + b" }"}.get(other)
    if other == "none":
        del published.files[name]
    assert refusal(published, files).attack == Attack.MIX_AND_MATCH


@pytest.mark.parametrize("name", ["2.snapshot.json", "2.targets.json"])
def test_more_bytes_than_announced_are_refused(published, files, name):
    published.publish()
    published.files[name] += b" " * 1000
    assert refusal(published, files).attack == Attack.ENDLESS_DATA


# Roles that others delegate to --------------------------------------------------


def test_delegated_role_is_followed(published, files):
    published.delegate("targets", "city", paths=("city/*",))
    published.add("city/a.gpol", b"zones", "city")
    published.add("b.gpol", b"zones", "city")  # beyond what was delegated
    published.publish()
    trusted = published.serve(refreshed(files, NOW))
    trusted, target = published.serve(found(trusted, "city/a.gpol", files, NOW))
    assert target is not None
    assert trusted.delegators == {"targets": "root", "city": "targets"}
    assert published.serve(found(trusted, "b.gpol", files, NOW))[1] is None


def test_terminating_role_hides_those_after_it(published, files):
    published.delegate("targets", "first", terminating=True)
    published.delegate("targets", "second")
    published.add("a.gpol", b"zones", "second")
    published.publish()
    trusted = published.serve(refreshed(files, NOW))
    assert published.serve(found(trusted, "a.gpol", files, NOW))[1] is None


def test_roles_in_a_circle_end(published, files):
    published.delegate("targets", "a")
    published.delegate("a", "b")
    published.delegate("b", "a")
    published.publish()
    trusted = published.serve(refreshed(files, NOW))
    assert published.serve(found(trusted, "x.gpol", files, NOW))[1] is None
    assert published.asked[-2:] == ["2.a.json", "2.b.json"]


def test_role_reached_from_two_is_left_out_when_all_are_wanted(published, files):
    published.delegate("targets", "a")
    published.delegate("targets", "b")
    published.delegate("a", "shared")
    published.delegate("b", "shared")
    published.publish()
    trusted = published.serve(refreshed(files, NOW))
    left_out = []
    trusted = published.serve(with_all_roles(trusted, files, NOW, left_out))
    assert [refusal.attack for refusal in left_out] == [Attack.AMBIGUOUS_ROLE]
    assert set(trusted.targets) == {"targets", "a", "b"}


@pytest.mark.parametrize("name", ["b", "a"])
def test_role_that_claims_what_stands_nearer_to_the_top_changes_nothing_for_it(published, files, name):
    published.delegate("targets", "a")
    published.delegate("targets", "b")
    published.publish()
    published.delegate("a", name)
    published.publish()
    left_out = []
    trusted = published.serve(refreshed(files, NOW))
    trusted = published.serve(with_all_roles(trusted, files, NOW, left_out))
    assert [refusal.attack for refusal in left_out] == [Attack.AMBIGUOUS_ROLE]
    assert trusted.delegators == {"targets": "root", "a": "targets", "b": "targets"}


def test_all_roles_are_found(published, files):
    for role, delegator in (("a", "targets"), ("b", "targets"), ("c", "a")):
        published.delegate(delegator, role)
    published.publish()
    trusted = published.serve(refreshed(files, NOW))
    trusted = published.serve(with_all_roles(trusted, files, NOW, []))
    assert trusted.delegators == {"targets": "root", "a": "targets", "b": "targets", "c": "a"}


def test_role_by_another_role_is_verified_by_that_ones_keys(published, files):
    """What was kept of a role is proven anew by the keys of the role that delegates to it now."""
    published.delegate("targets", "a")
    published.publish()
    trusted = published.serve(refreshed(files, NOW))
    published.serve(with_all_roles(trusted, files, NOW, []))
    del published.targets["targets"].delegations.roles["a"]
    published.delegate("targets", "b")
    published.keys["a"] = [CryptoSigner.generate_ed25519()]
    published.delegate("b", "a")
    published.targets["a"].version -= 1  # as it is kept
    kept = files["a"]
    published.publish()
    published.files["2.a.json"] = kept
    published.snapshot.meta["a.json"].hashes = published.snapshot.meta["a.json"].length = None
    published.publish_snapshot()
    trusted = published.serve(refreshed(files, NOW))
    left_out = []
    trusted = published.serve(with_all_roles(trusted, files, NOW, left_out))
    assert [refusal.attack for refusal in left_out] == [Attack.WRONG_KEY]
    assert set(trusted.targets) == {"targets", "b"}


@pytest.mark.parametrize("count", [32, 33])
def test_at_most_thirty_two_roles_are_looked_at(published, files, count):
    for number in range(count):
        published.delegate("targets", f"r{number}")
    published.publish()
    left_out = []
    trusted = published.serve(refreshed(files, NOW))
    assert len(published.serve(with_all_roles(trusted, files, NOW, left_out)).targets) == 33
    assert [refusal.attack for refusal in left_out] == [Attack.ENDLESS_DATA] * (count - 32)


def test_roles_that_a_delegated_one_adds_take_no_place_of_those_nearer_to_the_top(published, files):
    published.delegate("targets", "a")
    for number in range(40):
        published.delegate("a", f"r{number}")
    published.delegate("targets", "z")
    published.publish()
    left_out = []
    trusted = published.serve(refreshed(files, NOW))
    trusted = published.serve(with_all_roles(trusted, files, NOW, left_out))
    assert {"a", "z"} <= set(trusted.targets)
    assert {refusal.attack for refusal in left_out} == {Attack.ENDLESS_DATA}
    assert len(trusted.targets) == 33
