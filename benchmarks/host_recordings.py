"""What a copy of a recording costs, and which part of it is whose.

    python benchmarks/host_recordings.py [MINUTES]

A drive with fixes at 10 Hz past 50 zones, and two cameras at 10 Hz with pictures of 100 kB that cannot be zipped, as
MCAP. Seconds are those of the processor.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

import geopolicy as gp
from bag_samples import IMAGE, NAVSATFIX, T0, S, Said, image, navsatfix, write_mcap
from geopolicy.drives.bags.files import BagFiles, BagMessages
from geopolicy.drives.bags.messages import Message, Wanted
from geopolicy.hosts.redact.scan import PositionRules, scan
from geopolicy.hosts.redact.tracks import tracks_of
from geopolicy.hosts.redact.writers import writing

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANCE = random.Random(1)
CAR = gp.Vehicle(["camera.front", "camera.rear", "telemetry.location"])
TOPICS = gp.hosts.TopicMap(
    {"/front": gp.hosts.MappedTopic(("camera.front",)), "/rear": gp.hosts.MappedTopic(("camera.rear",))}
)


def said(minutes: int) -> Iterator[Said]:
    """The messages, in order."""
    for tick in range(minutes * 600):
        stamp_ns = T0 * S + tick * S // 10
        yield Said("/fix", NAVSATFIX, stamp_ns + S // 50, navsatfix(stamp_ns, 45.5, 13.0 + tick * 2e-5))
        for topic in ("/front", "/rear"):
            yield Said(topic, IMAGE, stamp_ns + S // 20, image(stamp_ns, CHANCE.randbytes(100_000)))


def zones() -> gp.ZoneSet:
    """Fifty squares along the way, of which each third is on it."""
    made = []
    for number in range(50):
        west, south = 13.0 + number * 0.01, 45.499 if number % 3 == 0 else 45.505
        ring = [
            [west, south],
            [west + 0.002, south],
            [west + 0.002, south + 0.002],
            [west, south + 0.002],
            [west, south],
        ]
        made.append(
            gp.Zone(f"zone-{number}", {"type": "Polygon", "coordinates": [ring]}, [gp.Rule(["camera"], gp.Level.OFF)])
        )
    return gp.ZoneSet(made)


def plain_copy(files: BagFiles, output: Path) -> None:
    """A copy of everything, which nobody judges."""
    with writing("mcap", output, "ros2") as writer:
        for record in BagMessages(files, "drive", Wanted(lambda _: True)):
            if isinstance(record, Message):
                writer.add(record, record.data or b"")
        writer.finish()


def main() -> None:
    """Prints the shares."""
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = write_mcap(folder / "drive.mcap", said(minutes), chunk_size=1 << 20)
        files = BagFiles("mcap", (source,))
        engine, options = gp.open(zones(), CAR), gp.hosts.RedactionOptions(topics=TOPICS)
        steps = {}
        began = time.process_time()
        found = scan(files, "drive", PositionRules(None, S, 70.0))
        steps["first pass: read"] = time.process_time() - began
        began = time.process_time()
        tracks_of(engine, found.fixes, options.profile)
        steps["monitors, both ways"] = time.process_time() - began
        began = time.process_time()
        plain_copy(files, folder / "plain.mcap")
        steps["plain copy: read and write"] = time.process_time() - began
        began = time.process_time()
        done = gp.hosts.redact_recording(source, [engine], folder / "clean.mcap", options)
        total = time.process_time() - began
        size = source.stat().st_size
    print(f"{size / 1e6:.0f} MB, {len(found.fixes):,} fixes, {done.kept:,} messages kept, {done.left_out:,} left out")
    for step, seconds in steps.items():
        print(f"{step}: {seconds:.2f} s, {seconds / total:.0%}")
    print(f"redact_recording: {total:.2f} s, {size / 1e6 / total:.0f} MB/s, {total / minutes:.2f} s a minute")
    print(f"monitors: {steps['monitors, both ways'] / len(found.fixes) * 1e6:.0f} us a fix")


if __name__ == "__main__":
    main()
