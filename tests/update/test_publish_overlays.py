"""An emergency role: overlays within its area, for a while, and what two keys must take back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import DelegatedRole, Delegations, Metadata

import geopolicy as gp
from geopolicy.pack.decompile import zones_of
from geopolicy.update.area import check_within, constraint_of, first_issued_of
from geopolicy.update.publish import Change, RoleKeys
from geopolicy.update.refusals import RefusedUpdateError
from geopolicy.update.repository_files import PublishError
from publisher import LOOSER, NOW, PASSPHRASE, Publisher, Vehicle, secret
from shapes import box

HOUR = timedelta(hours=1)
CITY = {"area": box(13, 45, 14, 46), "sensors": ["camera"], "levels": ["off"], "most_duration_s": 6 * 3600}
OVERLAY = {"fleet": "smoke", "kind": "overlay", "ends": NOW + 2 * HOUR}


@pytest.fixture
def publisher(tmp_path):
    """A publisher with a role ``fire`` of one key, which has published one overlay."""
    publisher = Publisher(tmp_path).released()
    own = RoleKeys([publisher.file.make_key("fire", secret)])
    publisher.repository.delegate("fire", json.dumps(CITY), own, NOW)
    publisher.sign()
    publisher.add(1, role="fire", **OVERLAY)
    publisher.sign("fire", "snapshot", "timestamp")
    return publisher


def test_overlay_is_published_by_its_own_key_and_found_below_the_name_of_its_role(publisher):
    vehicle = Vehicle(publisher)
    target = vehicle.found("fire/smoke.gpol", NOW)
    assert target.custom["geopolicy"]["kind"] == "overlay"
    assert vehicle.versions()["targets"] == 2
    (prefixed,) = target.get_prefixed_paths()
    assert (publisher.repository.folder / "targets" / prefixed).exists()
    assert prefixed.startswith("fire/")


def test_overlay_is_judged_by_a_vehicle_as_by_its_publisher(publisher):
    vehicle = Vehicle(publisher)
    target = vehicle.found("fire/smoke.gpol", NOW)
    trusted = vehicle.trusted.targets
    delegated = trusted["targets"].delegations.roles["fire"]
    constraint = constraint_of(delegated.unrecognized_fields["geopolicy"], "fire.json")
    pack = gp.read_pack(publisher.repository.folder / "targets" / target.get_prefixed_paths()[0])
    first = first_issued_of(trusted["fire"], target.path)
    assert first == NOW
    check_within(zones_of(pack), pack.header, constraint, target.path, role="fire", first_issued=first)


@pytest.mark.parametrize(("how", "match"), [
    ({"kind": "base", "ends": None}, "must be an overlay, since its role was delegated, got a base"),
    ({"ends": None}, "must state when it was issued and when it ends"),
    ({"ends": NOW + 7 * HOUR}, "must end at most 21600 s after its first issue, got 25200 s"),
    ({"east": 14.1}, "zone 'fire/depot' must lie in the area of its role"),
    ({"level": gp.Level.NO_RECORD}, "must ask only what its role may ask, got level 'no_record'"),
])  # fmt: skip
def test_overlay_beyond_its_delegation_is_refused_at_publishing(publisher, how, match):
    with pytest.raises(RefusedUpdateError, match=match):
        publisher.add(2, role="fire", **OVERLAY | {"fleet": "other"} | how)


def test_overlay_is_not_renewed_by_a_later_revision(publisher):
    publisher.now += 5 * HOUR
    later = OVERLAY | {"issued": publisher.now, "ends": publisher.now + 2 * HOUR}
    with pytest.raises(RefusedUpdateError, match="must end at most 21600 s after its first issue, got 25200 s"):
        publisher.add(2, role="fire", wanted=LOOSER, **later)


def test_overlay_that_takes_something_back_needs_a_key_of_targets_too(publisher):
    publisher.add(2, role="fire", wanted=LOOSER, **OVERLAY | {"east": 13.5})
    done = publisher.sign("fire", "snapshot", "timestamp")
    assert [lack.role for lack in done.lacks] == ["fire"]
    assert "since fire/smoke.gpol is looser than before" in str(done.lacks[0])
    assert set(publisher.keyids("targets")) <= set(done.lacks[0].keyids)
    publisher.sign()
    assert Vehicle(publisher).found("fire/smoke.gpol", NOW).custom["geopolicy"]["revision"] == 2


def test_overlay_does_not_become_a_base(publisher):
    with pytest.raises(PublishError, match="must be of kind base, as published, got overlay"):
        publisher.add(2, **OVERLAY | {"fleet": "fleet"})


def test_overlay_is_kept_by_a_delegation_that_changes(publisher):
    with pytest.raises(RefusedUpdateError, match="zone 'fire/depot' must lie in the area of its role"):
        publisher.repository.delegate("fire", json.dumps(CITY | {"area": box(13, 45, 13.5, 46)}), None, NOW)
    publisher.repository.delegate("fire", json.dumps(CITY | {"area": box(12, 45, 14, 46)}), None, NOW)
    publisher.sign()
    Vehicle(publisher).refresh(NOW)


def test_overlay_role_with_another_key_signs_anew_before_it_is_told(publisher):
    old = publisher.keyids("fire")[0]
    new = publisher.file.make_key("fire", secret)
    publisher.repository.rotate("fire", Change([new], [old]), NOW)
    done = publisher.without(old, new.keyid)
    assert [lack.role for lack in done.lacks] == ["fire"]
    Vehicle(publisher).found("fire/smoke.gpol", NOW)
    publisher.without(old)
    vehicle = Vehicle(publisher)
    assert vehicle.found("fire/smoke.gpol", NOW) is not None
    assert vehicle.trusted.targets["targets"].delegations.roles["fire"].keyids == [new.keyid]


def test_overlay_roles_have_ids_of_their_own(publisher):
    own = RoleKeys([publisher.file.make_key("police", secret)])
    publisher.repository.delegate("police", json.dumps(CITY), own, NOW)
    publisher.add(5, role="police", **OVERLAY)
    publisher.sign()
    vehicle = Vehicle(publisher)
    revisions = [
        vehicle.found(f"{role}/smoke.gpol", NOW).custom["geopolicy"]["revision"] for role in ("fire", "police")
    ]
    assert revisions == [1, 5]


def handed_in(publisher, edit):
    """A draft of the role as another program makes it, signed by its key, in the folder where others sign."""
    own = Metadata.from_bytes((publisher.metadata / "2.fire.json").read_bytes())
    own.signed.version += 1
    edit(own.signed)
    own.signatures.clear()
    entry = next(entry for entry in publisher.file.entries() if entry.role == "fire")
    private = (publisher.file.path.parent / entry.uri.removeprefix("file:")).read_bytes()
    own.sign(CryptoSigner(load_pem_private_key(private, PASSPHRASE.encode())), append=True)
    publisher.repository._files.keep_draft("fire", own)


def with_roles(targets):
    targets.delegations = Delegations({}, {"mob": DelegatedRole("mob", [], 1, False, ["fire/*"])})


def with_another_path(targets):
    targets.targets["fleet.gpol"] = targets.targets.pop("fire/smoke.gpol")


@pytest.mark.parametrize(
    ("edit", "match"), [(with_roles, "must delegate to nobody"), (with_another_path, "must be a path of role 'fire'")]
)
def test_draft_of_a_role_that_is_beyond_its_delegation_is_set_aside_and_all_else_published(publisher, edit, match):
    before = Vehicle(publisher).refresh(NOW).timestamp.version
    handed_in(publisher, edit)
    publisher.released(2, names=("depot", "yard"))
    done = publisher.sign()
    assert [str(error.attack) for error in done.set_aside] == ["beyond-delegation"]
    assert match in str(done.set_aside[0])
    vehicle = Vehicle(publisher)
    assert vehicle.refresh(NOW).timestamp.version > before
    assert vehicle.versions()["targets"] > 2
    assert vehicle.versions()["fire"] == 2


def test_overlay_that_is_over_is_told(publisher):
    (added,) = publisher.add(2, role="fire", wanted=LOOSER, **OVERLAY | {"ends": NOW})
    assert added.ended == NOW
    (added,) = publisher.add(2, role="fire", wanted=LOOSER, **OVERLAY)
    assert added.ended is None
