"""What is installed, looked at from beside, and the key that signs what is said of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

from geopolicy.errors import UpdateError
from geopolicy.update.client import UpdateClient
from geopolicy.update.installed import installed_in
from geopolicy.update.keys import key_signer, public_key
from geopolicy.update.report import read_status, signed_status, vehicle_status
from vehicle_folder import TAXIS, PacksHost, pack_of, write_keys


@pytest.fixture
def host(tmp_path):
    return PacksHost(tmp_path / "host")


@pytest.fixture
def client(host, tmp_path):
    client = UpdateClient(tmp_path / "vehicle", host, TAXIS, host.published.first_root)
    assert client.update(host.now).is_new
    return client


def files_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_installed_is_what_the_client_has(client, host, tmp_path):
    found = installed_in(tmp_path / "vehicle")
    assert vehicle_status(found) == vehicle_status(client)
    assert set(found.expires) == {"root", "timestamp", "snapshot", "targets"}
    assert all(moment > host.now + timedelta(days=30_000) for moment in found.expires.values())
    assert found.packs["city.gpol"].header.revision == 1


def test_installed_names_when_delegated_roles_expire(client, host, tmp_path):
    host.delegate("fire", timedelta(hours=1))
    assert client.update(host.now).left_out == ()
    expires = installed_in(tmp_path / "vehicle").expires
    assert min(expires, key=expires.get) == "fire"


def test_installed_nothing_is_none_and_no_folder_an_error(tmp_path):
    assert installed_in(tmp_path) is None
    with pytest.raises(FileNotFoundError):
        installed_in(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_installed_is_looked_at_and_not_repaired(client, tmp_path):
    """A client may be at work on what looks unfinished."""
    folder = tmp_path / "vehicle"
    for path in (folder / "b").iterdir():
        path.unlink()
    (folder / "a" / ".new-manifest").write_bytes(b"half")
    before = files_in(folder)
    assert vehicle_status(installed_in(folder)) == vehicle_status(client)
    assert files_in(folder) == before


def test_installed_is_signed_as_a_client_is(client, tmp_path):
    signer = write_keys(tmp_path)
    content = signed_status(installed_in(tmp_path / "vehicle"), key_signer(tmp_path / "vehicle.pem"))
    assert read_status(content, public_key(tmp_path / "vehicle.pub.pem")) == vehicle_status(client)
    assert read_status(content, signer.public_key)["refusals"] == {}


# Keys ---------------------------------------------------------------------------


def encrypted(folder):
    signer = write_keys(folder)
    content = signer._private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"words"))
    (folder / "vehicle.pem").write_bytes(content)
    return signer, folder / "vehicle.pem"


def test_key_that_is_encrypted_is_opened_by_its_passphrase_and_asked_for_by_name(tmp_path):
    signer, path = encrypted(tmp_path)
    asked = []
    opened = key_signer(path, lambda name: asked.append(name) or "words")
    assert (opened.public_key.keyid, asked) == (signer.public_key.keyid, ["passphrase of vehicle.pem"])


def test_key_that_is_not_encrypted_asks_for_no_passphrase(tmp_path):
    signer = write_keys(tmp_path)
    assert isinstance(signer, CryptoSigner)
    assert key_signer(tmp_path / "vehicle.pem", lambda _: pytest.fail("asked")).public_key == signer.public_key


@pytest.mark.parametrize(("secret", "match"), [
    (None, "it is encrypted, and there is no passphrase"), (lambda _: "", "there is no passphrase"),
    (lambda _: "other", "must be a private key in PEM"),
])  # fmt: skip
def test_key_whose_passphrase_is_missing_or_another_is_refused(tmp_path, secret, match):
    _, path = encrypted(tmp_path)
    with pytest.raises(UpdateError, match=match):
        key_signer(path, secret)


def test_key_that_others_may_read_or_that_is_none_is_refused(tmp_path):
    write_keys(tmp_path)
    (tmp_path / "vehicle.pem").chmod(0o640)
    with pytest.raises(UpdateError, match="must be its owner's alone, got mode 640; chmod 600 it"):
        key_signer(tmp_path / "vehicle.pem")
    (tmp_path / "vehicle.pub.pem").chmod(0o600)
    with pytest.raises(UpdateError, match="must be a private key in PEM"):
        key_signer(tmp_path / "vehicle.pub.pem")


def test_pack_of_another_revision_is_seen_at_once(client, host, tmp_path):
    host.offer(pack_of(2, east=15.0))
    assert client.update(host.now).is_new
    assert installed_in(tmp_path / "vehicle").packs["city.gpol"].header.revision == 2


def envelope(signer, status):
    signed = Envelope(json.dumps(status).encode(), "application/vnd.geopolicy.vehicle-status+json", {})
    signed.sign(signer)
    return json.dumps(signed.to_dict())


GOOD = {"path": "city.gpol", "kind": "base", "id": "city", "revision": 1, "digest": "ab"}


@pytest.mark.parametrize("change", [
    {"signed": "soon"}, {"signed": "2026-11-01T12:00:00"}, {"signed": 3}, {"refusals": []}, {"refusals": {"a": "2"}},
    {"packs": 3}, {"packs": [{}]}, {"packs": [GOOD | {"digest": None}]}, {"packs": [GOOD | {"id": 3}]},
])  # fmt: skip
def test_status_of_another_shape_is_refused_though_it_is_signed(change):
    signer = CryptoSigner.generate_ed25519()
    status = {"signed": None, "packs": [GOOD], "refusals": {"freeze": 2}}
    assert read_status(envelope(signer, status), signer.public_key) == status
    for wrong in (status | change, [], None, 3):
        with pytest.raises(UpdateError, match="must be an envelope that the vehicle's key signed"):
            read_status(envelope(signer, wrong), signer.public_key)
