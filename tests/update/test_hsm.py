"""A key of targets in an HSM (SoftHSM): it never leaves it, and signs by its PIN."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from publisher import PASSPHRASE, Publisher

PIN = "482163"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
TOOLS = ("softhsm2-util", "pkcs11-tool", "openssl")


@pytest.fixture
def hsm(tmp_path):
    """What runs commands beside a token that has a key, of which a repository of packs knows the public half."""
    lacking = [name for name in TOOLS if shutil.which(name) is None]
    if lacking and not os.environ.get("CI"):
        pytest.skip(f"needs {', '.join(lacking)}")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    settings = os.environ | {"SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf"), "PYKCS11LIB": MODULE}

    def run(*words: str, **variables: str):
        return subprocess.run(
            words, cwd=tmp_path, env=settings | variables, capture_output=True, text=True, check=False, timeout=60
        )

    token = ("pkcs11-tool", "--module", MODULE, "--token-label", "zones")
    for words in (
        ("softhsm2-util", "--init-token", "--free", "--label", "zones", "--pin", PIN, "--so-pin", PIN),
        (*token, "--login", "--pin", PIN, "--keypairgen", "--key-type", "EC:prime256v1", "--id", "02"),
        (*token, "--read-object", "--type", "pubkey", "--id", "02", "-o", "targets.der"),
        ("openssl", "pkey", "-pubin", "-inform", "DER", "-in", "targets.der", "-out", "targets.pub.pem"),
    ):
        done = run(*words)
        assert done.returncode == 0, done.stderr
    (tmp_path / "words").write_text(PASSPHRASE)
    return run


def geopolicy(hsm, *words: str, **variables: str):
    return hsm(sys.executable, "-m", "geopolicy", "publish", *words, **variables)


KEYS = ("--signers", "private/signers.toml", "--passphrase-file", "words")


def test_key_in_an_hsm_signs_targets(hsm, tmp_path):
    own = ("--targets", "1/1", "--key", "targets=targets.pub.pem")
    assert geopolicy(hsm, "init", "repository", *own, *KEYS).returncode == 0
    publisher = Publisher(tmp_path, begin=False)
    keyid = publisher.keyids("targets")[0]
    signers = tmp_path / "private" / "signers.toml"
    signers.write_text(
        f'{signers.read_text()}\n[[signer]]\nrole = "targets"\nkeyid = "{keyid}"\nuri = "hsm:2?label=zones"\n'
    )
    text = signers.read_text()
    signers.write_text(text.replace("label=zones", "label=other"))
    none = geopolicy(hsm, "sign", "repository", *KEYS, GEOPOLICY_PIN=PIN)
    assert none.returncode == 1
    assert f"key {keyid[:16]} must sign, got ValueError: No PKCS#11 token found for label other" in none.stderr
    signers.write_text(text)
    wrong = geopolicy(hsm, "sign", "repository", *KEYS, GEOPOLICY_PIN="000000")
    assert wrong.returncode == 1
    assert "must sign, got PinIncorrect; try again" in wrong.stderr
    publisher.pack(1)
    added = geopolicy(hsm, "add", "repository", "fleet.gpol", "--fleet", "taxis", "--region", "hr")
    assert added.returncode == 0, added.stderr
    signed = geopolicy(hsm, "sign", "repository", *KEYS, GEOPOLICY_PIN=PIN)
    assert signed.returncode == 0, signed.stderr
    assert f"signed targets 1 with {keyid[:16]}" in signed.stdout
    assert "1.root.json" in signed.stdout
    assert PIN not in signed.stdout + signed.stderr
