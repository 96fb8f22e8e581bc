"""From a publisher to a vehicle over http: what was published is installed, whatever becomes of the keys."""

from __future__ import annotations

import pytest

import geopolicy as gp
from geopolicy.update.client import UpdateClient
from geopolicy.update.fetch import Fetcher
from geopolicy.update.news import Subscription
from geopolicy.update.publish import Change
from publisher import DAY, KEYS, LOOSER, NOW, Publisher, at, secret
from static_host import static_host


@pytest.fixture
def publisher(tmp_path):
    return Publisher(tmp_path).released()


@pytest.fixture
def client(publisher, tmp_path):
    root = (publisher.metadata / "1.root.json").read_bytes()
    with static_host(publisher.repository.folder) as url:
        yield UpdateClient(tmp_path / "vehicle", Fetcher(url), Subscription("taxis", "hr"), root)


def revision_in(client, now):
    outcome = client.update(now)
    assert (outcome.refusal, outcome.trouble) == (None, None)
    return outcome.packs["fleet.gpol"].header.revision


def test_publish_to_vehicle_release_after_release(publisher, client):
    assert revision_in(client, NOW) == 1
    assert client.signed == NOW
    at(publisher, DAY / 4).released(2, names=("depot", "yard"))
    assert revision_in(client, publisher.now) == 2
    publisher.add(3, wanted=LOOSER, level=gp.Level.NO_RECORD)
    publisher.sign()
    assert revision_in(client, publisher.now) == 3
    assert client.signed == publisher.now


@pytest.mark.parametrize("role", KEYS)
def test_publish_to_vehicle_with_other_keys(publisher, client, role):
    assert revision_in(client, NOW) == 1
    old = publisher.keyids(role)[0]
    publisher.repository.rotate(role, Change([publisher.file.make_key(role, secret)], [old]), NOW)
    publisher.without(old)
    publisher.released(2, names=("depot", "yard"))
    assert revision_in(client, NOW) == 2
