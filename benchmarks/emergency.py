"""How long an emergency takes: from ten zones in a file of a publisher to a changed decision in a running monitor.

    python benchmarks/emergency.py [ZONES] [RUNS]

The vehicle has so many zones in force (100,000), and follows a static host on the loopback, a process of its own. The
publisher's steps are commands, each a process, as people type them. The vehicle asks as soon as all is published: what
the wait between two questions adds is not measured. Seconds are of the wall clock, of runs one after another: the
median, and the longest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import geopolicy as gp
from geopolicy.update.client import UpdateClient
from geopolicy.update.fetch import Fetcher
from geopolicy.update.following import Follower
from geopolicy.update.news import Subscription
from machine import machine
from workloads import sites

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = "ability able about above absent"
HERE = 47.0, 5.0
AREA = {"type": "Polygon", "coordinates": [[[4, 46], [6, 46], [6, 48], [4, 48], [4, 46]]]}
HOURS = timedelta(hours=2)


def geopolicy(folder: Path, *arguments: str) -> None:
    """A command, in a process of its own; its text is shown if it fails."""
    command = [sys.executable, "-m", "geopolicy", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stderr or done.stdout}")


def signed(folder: Path) -> None:
    """Signs what waits."""
    geopolicy(
        folder, "publish", "sign", "repository", "--signers", "private/signers.toml", "--passphrase-file", "words"
    )


def write_emergency(folder: Path, revision: int) -> None:
    """Ten circles around a place, as somebody draws them."""
    now = datetime.now(UTC).replace(microsecond=0)
    header = {"format": 1, "kind": "overlay", "id": "fire/smoke", "revision": revision, "issued": now.isoformat()}
    features = [
        {
            "type": "Feature",
            "id": f"fire/smoke-{revision}-{at}",
            "properties": {"disable": ["camera"], "radius_m": 300},
            "geometry": {"type": "Point", "coordinates": [HERE[1] + at * 0.01, HERE[0]]},
        }
        for at in range(10)
    ]
    header["ends"] = (now + HOURS).isoformat()
    document = {"type": "FeatureCollection", "geopolicy": header, "features": features}
    (folder / "smoke.geojson").write_text(json.dumps(document))


def publish_base(folder: Path, count: int) -> None:
    """A repository with a base of so many zones, and a role of its own for emergencies."""
    issued = datetime.now(UTC).replace(microsecond=0)
    zones, _ = sites(count)
    gp.compile(gp.ZoneSet(zones, gp.ZoneFileHeader("fleet", 1, issued=issued))).save(folder / "fleet.gpol")
    (folder / "words").write_text(WORDS)
    (folder / "area.geojson").write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": AREA}))
    keys = ["--signers", "private/signers.toml", "--passphrase-file", "words"]
    geopolicy(folder, "publish", "init", "repository", *keys)
    geopolicy(folder, "publish", "add", "repository", "fleet.gpol", "--fleet", "taxis", "--region", "eu")
    signed(folder)
    limits = ["--area", "area.geojson", "--sensors", "camera", "--levels", "off", "--most-duration", "6h"]
    geopolicy(folder, "publish", "delegate", "repository", "fire", *limits, *keys)
    signed(folder)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a static host in a process of its own."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as host:
        try:
            assert host.stdout is not None
            yield f"http://127.0.0.1:{host.stdout.readline().split(' port ')[1].split()[0]}"
        finally:
            host.terminate()


class Timed:
    """Seconds of each step, of all runs."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measures what is done within."""
        began = time.perf_counter()
        yield
        self.seconds[name].append(time.perf_counter() - began)

    def sum(self, *names: str) -> list[float]:
        """The seconds of some steps together, run by run."""
        return [sum(each) for each in zip(*(self.seconds[name] for name in names), strict=True)]


VEHICLE = ("ask, check, install and open", "swap and decide")
PUBLISHER = ("compile", "publish add", "publish sign")


def run(folder: Path, revision: int, follower: Follower, monitor: gp.Monitor, timed: Timed) -> None:
    """One emergency; the monitor is near it, and decides once more."""
    write_emergency(folder, revision)
    with timed.step("compile"):
        geopolicy(folder, "compile", "smoke.geojson", "-o", "smoke.gpol")
    with timed.step("publish add"):
        for_whom = [] if revision > 1 else ["--fleet", "taxis", "--region", "eu"]
        loosening = ["--allow-loosening"] if revision > 1 else []
        geopolicy(folder, "publish", "add", "repository", "smoke.gpol", "--role", "fire", *for_whom, *loosening)
    with timed.step("publish sign"):
        signed(folder)
    with timed.step("ask, check, install and open"):
        follower.ask()
    with timed.step("swap and decide"):
        follower.apply()
        fix = gp.Fix(*HERE, accuracy_95_m=4, speed_mps=0.0, monotonic_s=time.monotonic())
        decision = monitor.update(fix)
    if f"fire/smoke-{revision}-0" not in decision.zones:
        sys.exit(f"the decision did not change: {decision!r}, {follower.outcome}, {follower.trouble}")


def main() -> None:
    """Measures, and prints each step."""
    count, runs = (int(text) for text in [*sys.argv[1:], "100000", "10"][:2])
    timed = Timed()
    with TemporaryDirectory() as name:
        folder = Path(name)
        publish_base(folder, count)
        root = (folder / "repository" / "metadata" / "1.root.json").read_bytes()
        with served(folder / "repository") as url:
            client = UpdateClient(folder / "vehicle", Fetcher(url), Subscription("taxis", "eu"), root)
            monitor = gp.Monitor(None, vehicle=gp.Vehicle(["camera.front", "radar"]))
            follower = Follower(client, monitor)
            follower.ask()
            follower.apply()
            for revision in range(1, runs + 1):
                run(folder, revision, follower, monitor, timed)
    print(f"{machine()}; {count:,} zones, {runs} emergencies of ten zones\n")
    print("| step | median ms | longest ms |\n| --- | ---: | ---: |")
    for step in (*PUBLISHER, *VEHICLE):
        print_row(step, timed.seconds[step])
    print_row("**in the vehicle**", timed.sum(*VEHICLE))
    print_row("**all of it**", timed.sum(*PUBLISHER, *VEHICLE))


def print_row(what: str, seconds: list[float]) -> None:
    """A line of the table."""
    print(f"| {what} | {median(seconds) * 1e3:.0f} | {max(seconds) * 1e3:.0f} |")


if __name__ == "__main__":
    main()
