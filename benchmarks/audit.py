"""What an audit log costs: a record with and without the disk, a call with nothing to write, and verifying.

python benchmarks/audit.py [--records 20000]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import geopolicy as gp
from timing import no_garbage

SQUARE = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}


def decisions() -> tuple[gp.Decision, gp.Decision]:
    """Two that take turns."""
    engine = gp.open(gp.ZoneSet([gp.Zone("square", SQUARE, [gp.Rule(["camera"], gp.Level.OFF)])]))
    return engine.decide(45.5, 13.5), engine.decide(10.0, 10.0)


def appends_us(folder: Path, count: int, *, sync: bool) -> list[float]:
    """Microseconds of each record."""
    inside, outside = decisions()
    took = []
    with gp.audit.AuditLog(folder, bytes(32), sync=sync, max_age=None) as log, no_garbage():
        for number in range(1, count + 1):
            before, after = (inside, outside) if number % 2 else (outside, inside)
            transition = gp.Transition(number, gp.TransitionKind.RESTRICTED, before, after, float(number))
            began = time.perf_counter_ns()
            log.write(transition)
            took.append((time.perf_counter_ns() - began) / 1000)
    return took


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    count = parser.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        for sync, records in ((False, count), (True, count // 10)):
            took = appends_us(Path(folder) / str(sync), records, sync=sync)
            name = "with the disk" if sync else "without"
            p99 = sorted(took)[-records // 100]
            print(f"append {name}: {statistics.median(took):.0f} us (median of {records:,}), p99 {p99:.0f} us")
        size = sum(path.stat().st_size for path in (Path(folder) / "False").iterdir())
        began = time.perf_counter()
        report = gp.audit.verify_log(Path(folder) / "False")
        took_s = time.perf_counter() - began
        assert report.is_ok
        print(f"verify: {size / took_s / 1e6:.0f} MB/s, {report.records / took_s:,.0f} records a second")


if __name__ == "__main__":
    main()
