"""A publisher with an emergency service that may close a city, and a vehicle that follows both without a host."""

from __future__ import annotations

import json
from datetime import timedelta

import geopolicy as gp
from geopolicy.update.client import UpdateClient
from geopolicy.update.news import Subscription
from geopolicy.update.publish import RoleKeys
from publisher import NOW, FolderFetcher, Publisher, secret
from shapes import box

HOUR = timedelta(hours=1)
CITY = {"area": box(13, 45, 14, 46), "sensors": ["camera"], "levels": ["off"], "most_duration_s": 6 * 3600}
VEHICLE = gp.Vehicle(["camera.front", "radar"])
OVERLAY = {"kind": "overlay", "ends": NOW + 2 * HOUR}


def with_fire(folder, **how: object):
    """A publisher with a base and a role ``fire``."""
    publisher = Publisher(folder, **how).released()
    delegate(publisher, "fire")
    return publisher


def delegate(publisher, role):
    """A role of one key for the city."""
    own = RoleKeys([publisher.file.make_key(role, secret)])
    publisher.repository.delegate(role, json.dumps(CITY), own, NOW)
    publisher.sign()


def follower(publisher, folder):
    """A client that has installed what there is."""
    root = (publisher.metadata / "1.root.json").read_bytes()
    client = UpdateClient(folder, FolderFetcher(publisher.repository.folder), Subscription("taxis", "hr"), root)
    assert client.update(publisher.now).refusal is None
    return client


def leave_checks_out(monkeypatch):
    """No check of the publisher's own: who has a key uses another program."""
    monkeypatch.setattr("geopolicy.update.additions.check_within", lambda *_, **__: None)
    monkeypatch.setattr("geopolicy.update.signing.set_aside", lambda *_: ())


def smoke(publisher, revision, **how: object):
    """An overlay of the role, published without the publisher's own checks, as who has its key could."""
    publisher.add(revision, role="fire", **{"fleet": "smoke", "names": ("smoke",), **OVERLAY, **how})
    publisher.sign("fire", "snapshot", "timestamp")


def engine_of(client):
    """All that is installed, as one engine."""
    return gp.open(client.packs.values(), VEHICLE)
