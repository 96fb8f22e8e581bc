"""What a vehicle tells its fleet, and when it asks for news."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner

from geopolicy.errors import UpdateError
from geopolicy.update.report import read_status, signed_status, vehicle_status
from geopolicy.update.watching import LONGEST_S, delay_s
from published import NOW

HEADER = SimpleNamespace(kind="base", id="city", revision=7)
CLIENT = SimpleNamespace(
    signed=NOW, packs={"city.gpol": SimpleNamespace(header=HEADER, digest="ab" * 32)}, refusals=Counter({"freeze": 2})
)
SIGNER = CryptoSigner.generate_ed25519()


def test_status_says_what_is_installed_and_what_was_refused():
    assert vehicle_status(CLIENT) == {
        "signed": "2026-11-01T12:00:00+00:00",
        "packs": [{"path": "city.gpol", "kind": "base", "id": "city", "revision": 7, "digest": "ab" * 32}],
        "refusals": {"freeze": 2},
    }


def test_status_is_read_back_by_the_key_that_signed_it():
    assert read_status(signed_status(CLIENT, SIGNER), SIGNER.public_key) == vehicle_status(CLIENT)


@pytest.mark.parametrize("change", ["payload", "payloadType", "key", "json", "shape"])
def test_status_that_the_vehicle_did_not_sign_is_refused(change):
    envelope = json.loads(signed_status(CLIENT, SIGNER))
    key = CryptoSigner.generate_ed25519().public_key if change == "key" else SIGNER.public_key
    if change in envelope:
        envelope[change] = "YWJj"
    content = {"json": b"{", "shape": b"[]"}.get(change, json.dumps(envelope).encode())
    with pytest.raises(UpdateError, match="must be an envelope that the vehicle's key signed"):
        read_status(content, key)


@given(st.floats(1.0, 86_400.0), st.integers(0, 10**9), st.floats(0.0, 1.0, exclude_max=True))
def test_delay_is_never_short_and_grows_to_a_bound(every_s, failures, number):
    wait_s = delay_s(every_s, failures, lambda: number)
    assert 0.9 * every_s <= wait_s <= max(1.1 * every_s, LONGEST_S)
