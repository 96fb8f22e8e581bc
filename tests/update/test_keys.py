"""Private keys: encrypted files beside the repository, and signers by URI."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner

from c_builds import missing
from geopolicy.update.keys import SignerEntry, SignerFile, Signers, new_key, public_key
from geopolicy.update.repository_files import PublishError
from publisher import PASSPHRASE, Publisher, Vehicle, secret


@pytest.fixture
def file(tmp_path):
    return SignerFile(tmp_path / "private" / "signers.toml", tmp_path / "repository")


def signs(file, role, key, passphrase=PASSPHRASE):
    """Whether a key that a file names signs so that its public half verifies."""
    key.verify_signature(Signers(file, lambda _name: passphrase).of(role, key).sign(b"data"), b"data")
    return True


def test_keys_new_one_is_encrypted_its_owner_s_alone_and_signs(file):
    key = file.make_key("root", secret)
    path = file.path.parent / "root-1.pem"
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert (path.stat().st_mode & 0o777, file.path.stat().st_mode & 0o777) == (0o600, 0o600)
    assert (path.parent.stat().st_mode & 0o777) == 0o700
    assert signs(file, "root", key)


def test_keys_are_numbered_and_listed_one_below_the_other(file):
    first, second = (file.make_key("root", secret) for _ in range(2))
    assert file.entries() == [
        SignerEntry("root", first.keyid, "file:root-1.pem"),
        SignerEntry("root", second.keyid, "file:root-2.pem"),
    ]


def test_keys_what_people_wrote_into_the_file_stays(file):
    file.make_key("root", secret)
    file.path.write_text(file.path.read_text() + "\n# the key of the other site\n")
    file.make_key("targets", secret)
    assert "# the key of the other site" in file.path.read_text()
    assert len(file.entries()) == 2


def test_keys_file_that_is_not_there_names_none(file):
    assert file.entries() == []
    assert not Signers(file, secret).has("root", "a")


def test_keys_short_passphrase_is_refused(tmp_path):
    with pytest.raises(PublishError, match="a passphrase must have at least 16 letters, got 5"):
        new_key(tmp_path / "a.pem", "12345")
    assert not (tmp_path / "a.pem").exists()


def test_keys_file_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "a.pem").write_bytes(b"mine")
    with pytest.raises(PublishError, match="must be a new file"):
        new_key(tmp_path / "a.pem", PASSPHRASE)
    assert (tmp_path / "a.pem").read_bytes() == b"mine"


def test_keys_wrong_passphrase_is_refused_without_telling_it(file):
    key = file.make_key("root", secret)
    with pytest.raises(PublishError, match=r"signer 'file:root-1\.pem' of key .*: must open") as refused:
        signs(file, "root", key, "some other passphrase")
    assert "some other" not in str(refused.value)


def test_keys_file_that_others_can_read_is_refused(file):
    key = file.make_key("root", secret)
    (file.path.parent / "root-1.pem").chmod(0o640)
    with pytest.raises(PublishError, match="must be its owner's alone, got mode 640; chmod 600 it"):
        signs(file, "root", key)


def test_keys_of_another_key_s_file_are_refused(file):
    key, other = (file.make_key("root", secret) for _ in range(2))
    file.path.write_text(file.path.read_text().replace(other.keyid, "x").replace(key.keyid, other.keyid))
    with pytest.raises(PublishError, match="KeyMismatchError"):
        signs(file, "root", other)


def test_keys_in_the_folder_that_is_served_are_refused(tmp_path):
    with pytest.raises(PublishError, match="must be outside of the folder that is published"):
        SignerFile(tmp_path / "repository" / "signers.toml", tmp_path / "repository")
    file = SignerFile(tmp_path / "signers.toml", tmp_path / "repository")
    key = file.make_key("root", secret)
    (tmp_path / "repository").mkdir()
    (tmp_path / "root-1.pem").rename(tmp_path / "repository" / "root-1.pem")
    file.path.write_text(file.path.read_text().replace("file:", "file:repository/"))
    with pytest.raises(PublishError, match="must be outside of the folder that is published"):
        signs(file, "root", key)


@pytest.mark.parametrize(("text", "match"), [
    ("signer", "must be TOML"),
    ("a = 3", r"must have tables \[\[signer\]\] alone, got a"),
    ("signer = 3", r"must have tables \[\[signer\]\] alone"),
    ('[[signer]]\nrole = "root"', "signer 1 must have role, keyid and uri alone"),
    ('[[signer]]\nrole = "root"\nkeyid = 3\nuri = "file:a"', "signer 1 must have texts"),
    ('[[signer]]\nrole = "root"\nkeyid = "a"\nuri = ""', "signer 1 must have texts"),
])  # fmt: skip
def test_keys_file_that_says_something_else_is_refused(file, text, match):
    file.path.parent.mkdir()
    file.path.write_text(text)
    with pytest.raises(PublishError, match=match):
        file.entries()


# By URI ----------------------------------------------------------------------


def test_keys_by_uri_are_those_of_securesystemslib(file, tmp_path):
    signer = CryptoSigner.generate_ecdsa()
    (tmp_path / "key").write_bytes(signer.private_bytes)
    file.path.parent.mkdir()
    file.add(SignerEntry("targets", signer.public_key.keyid, f"file2:{tmp_path / 'key'}"))
    assert signs(file, "targets", signer.public_key)


@pytest.mark.parametrize(("uri", "match"), [
    ("awskms:root", r'must open, got UnsupportedLibraryError: .*; pip install "geopolicy\[hsm\]"'),
    ("nothing:3", "must open, got ValueError: Unsupported private key scheme nothing"),
    ("file2:/no/such/file", "must open, got FileNotFoundError"),
])  # fmt: skip
def test_keys_by_uri_that_cannot_be_opened_are_named(file, uri, match):
    key = CryptoSigner.generate_ecdsa().public_key
    file.path.parent.mkdir()
    file.add(SignerEntry("root", key.keyid, uri))
    with pytest.raises(PublishError, match=match):
        Signers(file, secret).of("root", key)


def test_keys_release_with_a_key_by_uri_is_followed(tmp_path):
    publisher = Publisher(tmp_path).released()
    entry = next(entry for entry in publisher.file.entries() if entry.role == "timestamp")
    encrypted = publisher.file.path.parent / entry.uri.removeprefix("file:")
    private = load_pem_private_key(encrypted.read_bytes(), PASSPHRASE.encode())
    (tmp_path / "key").write_bytes(CryptoSigner(private).private_bytes)
    publisher.file.path.write_text(publisher.file.path.read_text().replace(entry.uri, f"file2:{tmp_path / 'key'}"))
    encrypted.unlink()
    assert publisher.sign().published == ("timestamp.json",)
    Vehicle(publisher).refresh(publisher.now)


# Of other tools --------------------------------------------------------------


def openssl(*words: object):
    if shutil.which("openssl") is None:
        missing("openssl")
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize(("make", "kind"), [
    (("-algorithm", "ed25519"), "ed25519"),
    (("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"), "ecdsa"),
    (("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"), "rsa"),
])  # fmt: skip
def test_keys_of_openssl_sign_and_their_public_halves_are_read(file, make, kind):
    folder = file.path.parent
    folder.mkdir()
    openssl("genpkey", *make, "-aes256", "-pass", f"pass:{PASSPHRASE}", "-out", folder / "a.pem")
    openssl("pkey", "-in", folder / "a.pem", "-passin", f"pass:{PASSPHRASE}", "-pubout", "-out", folder / "a.pub.pem")
    (folder / "a.pem").chmod(0o600)
    key = public_key(folder / "a.pub.pem")
    file.add(SignerEntry("root", key.keyid, "file:a.pem"))
    assert (key.keytype, signs(file, "root", key)) == (kind, True)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_keys_public_half_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "a.pem").write_bytes(content)
    with pytest.raises(PublishError, match="must be a public key in PEM"):
        public_key(tmp_path / "a.pem")
