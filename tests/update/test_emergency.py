"""From zones in a file of a publisher to a changed decision in a running monitor, by commands and over http."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import geopolicy as gp
from geopolicy.update.client import UpdateClient
from geopolicy.update.fetch import Fetcher
from geopolicy.update.following import Follower
from geopolicy.update.news import Subscription
from publisher import PASSPHRASE
from shapes import box
from static_host import static_host

KEYS = ("--signers", "private/signers.toml", "--passphrase-file", "words")
CITY = {"type": "Feature", "properties": {}, "geometry": box(13, 45, 14, 46)}
LATEST_S = 120.0


def zones(kind, name, revision, **header: object):
    """Circles of 300 m in a row, from a place to the east."""
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    header = {"format": 1, "kind": kind, "id": name, "revision": revision, "issued": now} | header
    features = [
        {
            "type": "Feature",
            "id": f"{name}-{at}",
            "properties": {"disable": ["camera"], "radius_m": 300},
            "geometry": {"type": "Point", "coordinates": [13.5 + at * 0.01, 45.5]},
        }
        for at in range(10)
    ]
    return json.dumps({"type": "FeatureCollection", "geopolicy": header, "features": features})


def geopolicy(folder, *arguments: str):
    subprocess.run([sys.executable, "-m", "geopolicy", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def publish(folder, text, *options: str):
    (folder / "zones.geojson").write_text(text)
    geopolicy(folder, "compile", "zones.geojson", "-o", "zones.gpol")
    geopolicy(folder, "publish", "add", "repository", "zones.gpol", "--fleet", "taxis", "--region", "eu", *options)
    geopolicy(folder, "publish", "sign", "repository", *KEYS)


def test_emergency_reaches_a_running_monitor(tmp_path):
    (tmp_path / "words").write_text(PASSPHRASE)
    (tmp_path / "city.geojson").write_text(json.dumps(CITY))
    geopolicy(tmp_path, "publish", "init", "repository", "--expiry", "timestamp=10min", *KEYS)
    publish(tmp_path, zones("base", "fleet", 1, coverage="world").replace("13.5", "1.5"))
    limits = ("--area", "city.geojson", "--sensors", "camera", "--levels", "off", "--most-duration", "6h")
    geopolicy(tmp_path, "publish", "delegate", "repository", "fire", *limits, *KEYS)
    geopolicy(tmp_path, "publish", "sign", "repository", *KEYS)
    root = (tmp_path / "repository" / "metadata" / "1.root.json").read_bytes()
    car = gp.Vehicle(["camera.front", "radar"])
    monitor = gp.Monitor(None, vehicle=car, profile=gp.MonitorProfile(follows_overlays=True))
    with static_host(tmp_path / "repository") as url:
        client = UpdateClient(tmp_path / "vehicle", Fetcher(url), Subscription("taxis", "eu"), root)
        with Follower(client, monitor, every_s=0.1) as follower:

            def driven_until(is_so):
                began = time.monotonic()
                while time.monotonic() < began + LATEST_S:
                    follower.apply()
                    fix = gp.Fix(45.5, 13.5, accuracy_95_m=4, speed_mps=0.0, monotonic_s=time.monotonic())
                    decision = monitor.update(fix)
                    if is_so(decision):
                        return decision
                    time.sleep(0.02)
                raise AssertionError((decision, follower.outcome, follower.trouble))

            driven_until(lambda decision: decision.certainty == "certain" and not decision.reasons)
            ends = (datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)).isoformat()
            publish(tmp_path, zones("overlay", "fire/smoke", 1, ends=ends), "--role", "fire")
            closed = driven_until(lambda decision: decision.zones)
    assert (closed.zones, closed.disabled, closed.reasons) == (
        ("fire/smoke-0",),
        {"camera.front"},
        (gp.Reason.IN_ZONE,),
    )
    assert [transition.after for transition in monitor.transitions()][-1] is closed
