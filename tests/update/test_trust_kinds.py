"""The kinds of case that the conformance suite of TUF has, one by one or as laws: what is accepted and what is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, Snapshot, SuccinctRoles, Targets, Timestamp

import tuf_client
from geopolicy.update.fetch import Fetcher
from geopolicy.update.refusals import Attack, RefusedUpdateError
from geopolicy.update.trust import found, refreshed, root_of, with_all_roles
from published import DAY, NOW, TOP, Published
from static_host import static_host

SIGNERS = [CryptoSigner.generate_ed25519() for _ in range(6)]
ORDER = (Root.type, Timestamp.type, Snapshot.type, Targets.type)


def begun(published):
    """What a vehicle keeps that has never asked."""
    return {Root.type: published.first_root}


def refusal(published, files, now=NOW):
    with pytest.raises(RefusedUpdateError) as refused:
        published.serve(refreshed(files, now))
    return refused.value


def versions(files):
    return {role: Metadata.from_bytes(content).signed.version for role, content in files.items()}


def edited(content, edit):
    """A file of metadata after a change of its JSON, signed as before."""
    document = json.loads(content)
    edit(document)
    return json.dumps(document).encode()


# What is accepted before a refusal is kept, and nothing after it -----------------


@pytest.mark.parametrize("kind", ["unsigned", "another version", "absent", "expired"])
@pytest.mark.parametrize("role", ORDER)
def test_roles_before_a_refused_one_are_kept(role, kind):
    published = Published()
    signed = {Root.type: published.root, Targets.type: published.targets[Targets.type]}.get(role)
    signed = signed or getattr(published, role)
    if kind == "unsigned":
        published.keys[role] = [SIGNERS[0]]
    elif kind == "expired":
        signed.expires = NOW
    published.root.version = 2
    published.publish_root()
    published.publish(hashes=False)
    name = {Root.type: "2.root.json", Timestamp.type: "timestamp.json"}.get(role, f"2.{role}.json")
    if kind == "absent":
        del published.files[name]
    elif kind == "another version":
        signed.version += 1
        published.files[name] = published.signed(signed, role)
    files = begun(published)
    if (role, kind) in ((Root.type, "absent"), (Timestamp.type, "another version")):
        published.serve(refreshed(files, NOW))  # no newer root; a timestamp states its version itself
        return
    refusal(published, files)
    taken = ORDER.index(role) + ((role, kind) == (Root.type, "expired"))  # an expired root may be followed by a newer
    assert versions(files) == {Root.type: 1} | dict.fromkeys(ORDER[:taken], 2)


def test_files_are_kept_byte_for_byte():
    published = Published()
    published.files["timestamp.json"] += b" \n"
    files = begun(published)
    published.serve(refreshed(files, NOW))
    assert files[Timestamp.type] == published.files["timestamp.json"]


def test_other_timestamp_of_the_same_version_is_passed_over():
    published = Published()
    files = begun(published)
    published.serve(refreshed(files, NOW))
    kept = dict(files)
    published.timestamp.snapshot_meta.version = 100
    published.publish_timestamp(bump=False)
    published.serve(refreshed(files, NOW))
    assert files == kept


def test_targets_that_no_snapshot_names_are_not_asked_for():
    published = Published()
    files = begun(published)
    published.serve(refreshed(files, NOW))
    published.files["2.targets.json"] = b"newer"
    published.asked.clear()
    published.serve(refreshed(files, NOW))
    assert published.asked == ["2.root.json", "timestamp.json"]


@pytest.mark.parametrize("role", ORDER)
def test_what_has_expired_here_is_replaced_by_newer(role):
    published = Published()
    everything = (published.root, published.timestamp, published.snapshot, published.targets[Targets.type])
    for signed in everything:
        signed.expires = NOW + 30 * DAY
    everything[ORDER.index(role)].expires = NOW + 7 * DAY
    published.root.version = 2
    published.publish_root()
    published.publish()
    files = begun(published)
    published.serve(refreshed(files, NOW))
    everything[ORDER.index(role)].expires = NOW + 30 * DAY
    assert refusal(published, dict(files), NOW + 18 * DAY).attack == Attack.FREEZE
    published.root.version = 3
    published.publish_root()
    published.publish()
    published.serve(refreshed(files, NOW + 18 * DAY))
    assert versions(files) == dict.fromkeys(ORDER, 3)


# The root with which all begins --------------------------------------------------


def test_first_root_that_is_none_asks_for_nothing():
    published = Published()
    without = edited(published.first_root, lambda root: root["signed"].pop("version"))
    forged = edited(published.first_root, lambda root: root["signatures"][0].update(sig="ab" * 64))
    for content, attack in ((without, Attack.ARBITRARY), (forged, Attack.WRONG_KEY)):
        with pytest.raises(RefusedUpdateError) as refused:
            root_of(content)
        assert refused.value.attack == attack
        assert refusal(published, {Root.type: content}).attack == attack
    assert published.asked == []


RING = st.sets(st.integers(0, 5), min_size=1)
EDITION = st.tuples(RING, st.integers(1, 3), RING).filter(lambda edition: edition[1] <= len(edition[0]))


def enough(edition, by):
    """Whether signers reach the threshold of an edition of a role."""
    keys, threshold, _ = edition
    return len(keys & by) >= threshold


@given(st.lists(EDITION, min_size=1, max_size=4))
@example([({1}, 1, {1}), ({2}, 1, {1, 2, 3}), ({2}, 1, {2})])
@example([({1}, 1, {1}), ({2}, 1, {2})])  # not by the key before
@example([({1}, 1, {1}), ({2}, 1, {1})])  # not by its own key
@example([({0, 1, 2, 3, 4}, 3, {0, 2, 4}), ({0, 1, 3, 4, 5}, 3, {0, 1, 4})])
@example([({1, 2, 3}, 2, {1, 2}), ({1, 2, 3}, 1, {1})])
@example([({1, 2, 3}, 1, {1}), ({1, 2, 3}, 2, {1, 2})])
def test_root_follows_where_enough_keys_of_both_have_signed(editions):
    published = Published()
    for version, (keys, threshold, by) in enumerate(editions, 1):
        root = published.root
        root.version, root.roles[Root.type].keyids, root.roles[Root.type].threshold = version, [], threshold
        for number in keys:
            root.add_key(SIGNERS[number].public_key, Root.type)
        published.keys[Root.type] = [SIGNERS[number] for number in by]
        published.publish_root()
    expected, before = 0, editions[0]
    for edition in editions:
        if not (enough(edition, edition[2]) and enough(before, edition[2])):
            break
        expected, before = expected + 1, edition
    files = {Root.type: published.files["1.root.json"]}
    if expected == len(editions):
        assert published.serve(refreshed(files, NOW)).root.version == expected
        return
    assert refusal(published, files).attack in (Attack.WRONG_KEY, Attack.THRESHOLD)
    assert files[Root.type] == published.files[f"{max(expected, 1)}.root.json"]


@given(st.sampled_from([Timestamp.type, Snapshot.type, Targets.type]), EDITION)
@example(Snapshot.type, ({0, 1, 2, 3, 4}, 3, {2, 3, 4}))
@example(Snapshot.type, ({0, 1, 3, 4, 5}, 3, {0, 2, 4}))
def test_role_is_taken_where_enough_of_its_keys_have_signed(role, edition):
    published = Published()
    keys, threshold, by = edition
    published.root.roles[role].keyids, published.root.roles[role].threshold = [], threshold
    for number in keys:
        published.root.add_key(SIGNERS[number].public_key, role)
    files = {Root.type: published.publish_root()}
    published.keys[role] = [SIGNERS[number] for number in by]
    published.publish()
    if enough(edition, by):
        published.serve(refreshed(files, NOW))
        assert files[role] in published.files.values()
    else:
        refusal(published, files)
        assert role not in files


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_kinds_of_keys(kind):
    signer = {
        "ed25519": CryptoSigner.generate_ed25519,
        "ecdsa": CryptoSigner.generate_ecdsa,
        "rsa": CryptoSigner.generate_rsa,
    }[kind]()
    signer.public_key.unrecognized_fields["keyid_hash_algorithms"] = "md5"  # of an old version; it means nothing
    published = Published()
    published.root.roles[Timestamp.type].keyids = []
    published.root.add_key(signer.public_key, Timestamp.type)
    published.root.unrecognized_fields["x-own"] = {"a": 1}
    first, published.keys[Timestamp.type] = published.publish_root(), [signer]
    published.publish()
    published.serve(refreshed({Root.type: first}, NOW))
    good = published.files["timestamp.json"]
    for signature in ("", "ab" * 64, "no hex"):
        published.files["timestamp.json"] = edited(good, lambda it, own=signature: it["signatures"][0].update(sig=own))
        assert refusal(published, {Root.type: first}).attack == Attack.WRONG_KEY


def test_wrong_signature_beside_enough_good_ones_does_no_harm():
    published = Published()
    published.root.add_key(SIGNERS[0].public_key, Timestamp.type)
    files = {Root.type: published.publish_root()}
    published.keys[Timestamp.type].append(SIGNERS[0])
    published.publish()
    content = published.files["timestamp.json"]
    published.files["timestamp.json"] = edited(content, lambda it: it["signatures"][1].update(sig=""))
    published.serve(refreshed(files, NOW))


def test_one_key_id_twice_is_refused():
    """In signatures, and in a role."""
    published = Published()
    content = published.files["timestamp.json"]
    published.files["timestamp.json"] = edited(content, lambda it: it["signatures"].append(it["signatures"][0]))
    assert refusal(published, begun(published)).attack == Attack.ARBITRARY
    published.files["timestamp.json"] = content
    published.root.version = 2
    root = published.publish_root()
    keyids = json.loads(root)["signed"]["roles"]["timestamp"]["keyids"]
    published.files["2.root.json"] = edited(
        root, lambda it: it["signed"]["roles"]["timestamp"].update(keyids=keyids * 9, threshold=6)
    )
    assert refusal(published, begun(published)).attack == Attack.ARBITRARY


def test_threshold_that_no_keys_can_reach_is_refused():
    published = Published()
    published.root.roles[Snapshot.type].threshold = 6
    assert refusal(published, {Root.type: published.publish_root()}).attack == Attack.THRESHOLD


def test_hash_of_a_kind_that_is_not_known_is_refused():
    published = Published()
    published.publish()
    hashes = published.timestamp.snapshot_meta.hashes
    hashes["crc"] = hashes.pop("sha256")
    published.publish_timestamp()
    assert refusal(published, begun(published)).attack == Attack.MIX_AND_MATCH


# Recovery ------------------------------------------------------------------------


def test_delegated_role_stays_listed_until_keys_of_the_snapshot_are_rotated():
    published = Published()
    published.delegate("targets", "city")
    for _ in range(20):
        published.publish()
    files = begun(published)
    published.serve(refreshed(files, NOW))
    del published.snapshot.meta["city.json"], published.targets["city"]
    published.publish()
    assert refusal(published, files).attack == Attack.ROLLBACK
    assert versions(files)[Snapshot.type] == 21
    published.rotate(Snapshot.type)
    published.targets[Targets.type].version = 0
    published.publish()
    published.serve(refreshed(files, NOW))
    assert versions(files)[Targets.type] == 1


def test_versions_stand_in_files_alone_without_consistent_snapshots():
    published = Published()
    published.root.consistent_snapshot = False
    files = {Root.type: published.publish_root()}
    for name in ("snapshot", "targets"):
        published.files[f"{name}.json"] = published.files[f"1.{name}.json"]
    published.serve(refreshed(files, NOW))
    assert published.asked == ["2.root.json", "timestamp.json", "snapshot.json", "targets.json"]


# Roles that others delegate to ---------------------------------------------------

ROLES = "ABCDE"
EDGES = st.lists(
    st.tuples(st.sampled_from(["targets", *ROLES]), st.sampled_from(ROLES), st.booleans(), st.booleans()),
    max_size=9,
    unique_by=lambda edge: edge[:2],
)


def visits(edges):
    """The order in which roles are looked at for a path that none has: depth first, as delegated."""
    seen = []

    def is_over(role):
        if role in seen:
            return False
        seen.append(role)
        for delegator, name, is_terminating, is_for_path in edges:
            if delegator == role and is_for_path and (is_over(name) or is_terminating):
                return True
        return False

    is_over("targets")
    return seen[1:]


@given(EDGES)
@example(
    [("targets", "A", False, True), ("targets", "B", False, True), ("A", "C", True, True), ("A", "D", False, True)]
)
@example([("targets", "A", False, True), ("A", "B", False, True), ("B", "A", True, True)])
@example([("targets", "A", False, False), ("targets", "B", False, True), ("B", "C", False, True)])
def test_roles_are_looked_at_depth_first_as_they_were_delegated(edges):
    published = Published()
    for role in ROLES:
        published.keys[role], published.targets[role] = [SIGNERS[0]], Targets(expires=NOW + DAY)
    for delegator, role, is_terminating, is_for_path in edges:
        published.delegate(delegator, role, terminating=is_terminating, paths=("*.gpol" if is_for_path else "*.py",))
    published.publish()
    files = begun(published)
    expected = visits(edges)
    trusted = published.serve(refreshed(files, NOW))
    published.asked.clear()
    assert published.serve(found(trusted, "x.gpol", files, NOW))[1] is None
    assert published.asked == [f"2.{role}.json" for role in expected]


@pytest.mark.parametrize(("path", "is_found", "asked"), [
    ("top", True, ""),
    ("notes.md", True, "A"),
    ("roads/x/one", True, "BC"),
    ("roads/y/one.zip", True, "BD"),
    ("roads/z/one.zip", False, "B"),
])  # fmt: skip
def test_path_is_found_where_all_roles_above_delegate_it(path, is_found, asked):
    published = Published()
    for delegator, role, paths in (
        ("targets", "A", ("*.md", "*.doc")),
        ("targets", "B", ("roads/*/*",)),
        ("B", "C", ("roads/x/*",)),
        ("B", "D", ("roads/y/*.zip",)),
    ):
        published.delegate(delegator, role, paths=paths)
    for own, role in (("top", "targets"), ("notes.md", "A"), ("roads/x/one", "C"), ("roads/y/one.zip", "D")):
        published.add(own, b"content", role)
    published.add("roads/z/one.zip", b"content", "D")
    published.publish()
    files = begun(published)
    trusted = published.serve(refreshed(files, NOW))
    published.asked.clear()
    assert (published.serve(found(trusted, path, files, NOW))[1] is not None) is is_found
    assert published.asked == [f"2.{role}.json" for role in asked]


@pytest.mark.parametrize("bits", [1, 2, 8])
def test_bins_by_hash_are_followed(bits):
    published = Published()
    bins = SuccinctRoles([], 1, bits, "bin")
    above = published.targets[Targets.type]
    above.delegations = Delegations({}, None, bins)
    above.add_key(SIGNERS[0].public_key)
    for name in bins.get_roles():
        published.keys[name], published.targets[name] = [SIGNERS[0]], Targets(expires=NOW + DAY)
    published.publish()
    files = begun(published)
    trusted = published.serve(refreshed(files, NOW))
    for path in ("one", "two", "three"):
        published.serve(found(trusted, path, files, NOW))
        assert published.asked[-1] == f"2.{bins.get_role_for_target(path)}.json"
    assert published.serve(with_all_roles(trusted, files, NOW, [])).delegators == {"targets": "root"}  # no packs there


@pytest.mark.parametrize("moment", [NOW, NOW + 2 * DAY])
def test_delegated_role_that_has_expired_is_not_used(moment):
    published = Published()
    published.delegate("targets", "city")
    published.add("a", b"content", "city")
    published.targets["city"].expires = NOW + DAY if moment > NOW else NOW
    published.timestamp.expires = published.snapshot.expires = NOW + 9 * DAY
    published.publish()
    files = begun(published)
    trusted = published.serve(refreshed(files, NOW))
    if moment > NOW:
        published.serve(found(trusted, "a", files, NOW))
        trusted = published.serve(refreshed(files, moment))
    with pytest.raises(RefusedUpdateError, match=r"city.json: must not have expired") as refused:
        published.serve(found(trusted, "a", files, moment))
    assert refused.value.attack == Attack.FREEZE
    assert ("city" in files) is (moment > NOW)


@pytest.mark.parametrize("role", ["?", "#", "/role", "../role", "50%"])
def test_names_of_roles_lead_nowhere_else(role, tmp_path):
    """Neither in steps nor in the address that is asked for."""
    published = Published()
    published.keys[role], published.targets[role] = [SIGNERS[0]], Targets(expires=NOW + DAY)
    delegations = published.targets[Targets.type].delegations = Delegations({}, {})
    delegations.roles[role] = DelegatedRole(role, [], 1, False, ["*"])
    published.targets[Targets.type].add_key(SIGNERS[0].public_key, role)
    published.publish()
    (tmp_path / "below").mkdir()
    with static_host(tmp_path) as url:
        fetcher, asked = Fetcher(f"{url}/below"), []

        def answer(request):
            asked.append(request.file)
            assert fetcher.get(request.file, 1000) == request.file.encode()
            return published.files[unquote(request.file)]

        files = begun(published)
        trusted = published.serve(refreshed(files, NOW))
        steps = found(trusted, "x", files, NOW)
        request = next(steps)
        assert "/" not in request.file
        (tmp_path / "below" / request.file).write_text(request.file)
        with pytest.raises(StopIteration):
            steps.send(answer(request))
    assert len(asked) == 1
    assert role in files


# The program that the suite calls ------------------------------------------------


def client(folder, url, *command: str):
    """What the program says, and its exit code."""
    options = ["--metadata-dir", folder / "kept", "--metadata-url", f"{url}/metadata"]
    options += ["--target-dir", folder / "got", "--target-base-url", f"{url}/targets", "--target-name", "a/b"]
    words = [sys.executable, tuf_client.__file__, *map(str, options), *command]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


def test_program_for_the_conformance_suite(tmp_path):
    published = Published()
    for signed in (published.root, published.timestamp, published.snapshot, published.targets[Targets.type]):
        signed.expires = NOW.replace(year=2999)
    published.add("a/b", b"content")
    target = published.targets[Targets.type].targets["a/b"]
    first = published.publish_root()
    published.publish()
    for name in ("kept", "got", "metadata", "targets/a"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "first").write_bytes(first)
    for name, content in published.files.items():
        (tmp_path / "metadata" / name).write_bytes(content)
    pack = tmp_path / "targets" / target.get_prefixed_paths()[0]
    pack.write_bytes(b"other")
    with static_host(tmp_path) as url:
        assert client(tmp_path, url, "init", str(tmp_path / "first")).returncode == 0
        refused = client(tmp_path, url, "download")
        assert (refused.returncode, "is not what was signed" in refused.stderr) == (1, True)
        assert {path.stem for path in (tmp_path / "kept").iterdir()} == set(TOP)
        pack.write_bytes(b"content")
        assert client(tmp_path, url, "download").returncode == 0
        pack.unlink()
        assert client(tmp_path, url, "download").returncode == 0  # it is there
        assert client(tmp_path, url, "refresh").returncode == 0
    assert [path.read_bytes() for path in Path(tmp_path / "got").iterdir()] == [b"content"]
