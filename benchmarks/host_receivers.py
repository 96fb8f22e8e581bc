"""What a fix of a receiver costs on its way to a decision: decoding, the mapping to a `Fix`, and the monitor.

python benchmarks/host_receivers.py [--count 20000]
"""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING

from pyubx2 import GET, UBXMessage, UBXReader

import geopolicy as gp
from geopolicy.drives.receiver_stream import ReceiverStream
from geopolicy.hosts.gpsd import GpsdStream
from machine import machine
from page import table
from run import ROOT
from timing import no_garbage

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
GOOD = {
    "year": 2026, "month": 3, "day": 2, "hour": 12, "validDate": 1, "validTime": 1, "fullyResolved": 1, "fixType": 3,
    "gnssFixOk": 1, "hAcc": 1500, "gSpeed": 12500, "headMot": 90.0,
}  # fmt: skip


def place(index: int) -> tuple[float, float]:
    """A vehicle that drives east at 12.5 m/s with ten fixes a second."""
    return 45.27, 13.70 + index * 1.6e-5


def nav_pvt(index: int) -> bytes:
    """A message of a u-blox receiver."""
    lat, lon = place(index)
    second, tenth = divmod(index, 10)
    values = GOOD | {"iTOW": index * 100, "min": second // 60 % 60, "second": second % 60, "nano": tenth * 100_000_000}
    return UBXMessage("NAV", "NAV-PVT", GET, lat=round(lat, 7), lon=round(lon, 7), **values).serialize()


def sentences(index: int) -> bytes:
    """An epoch of an NMEA receiver: RMC, GGA and GST."""
    lat, lon = place(index)
    second, tenth = divmod(index, 10)
    at = f"12{second // 60 % 60:02d}{second % 60:02d}.{tenth}0"
    where = f"{int(lat):02d}{lat % 1 * 60:08.5f},N,{int(lon):03d}{lon % 1 * 60:08.5f},E"
    bodies = (
        f"GPRMC,{at},A,{where},24.3,90.0,020326,,,A",
        f"GPGGA,{at},{where},1,08,0.9,10.0,M,40.0,M,,",
        f"GPGST,{at},,,,,0.9,1.2,2.0",
    )
    return b"".join(map(_sentence, bodies))


def _sentence(body: str) -> bytes:
    checksum = 0
    for byte in body.encode():
        checksum ^= byte
    return f"${body}*{checksum:02X}\r\n".encode()


def tpv(index: int) -> bytes:
    """A report of gpsd."""
    lat, lon = place(index)
    moment = f"2026-03-02T12:{index // 600 % 60:02d}:{index // 10 % 60:02d}.{index % 10}00Z"
    report = {"class": "TPV", "device": "/dev/ttyACM0", "mode": 3, "time": moment, "ept": 0.005}
    report |= {"lat": lat, "lon": lon, "eph": 1.5, "speed": 12.5, "track": 90.0, "sep": 4.2, "epv": 2.0}
    return json.dumps(report).encode() + b"\r\n"


def per_call_us(calls: Callable[[], int]) -> float:
    """Microseconds of the processor, best of some rounds, by the number of calls that a round says it made."""
    best = float("inf")
    for _ in range(ROUNDS):
        with no_garbage():
            began = time.process_time_ns()
            count = calls()
            best = min(best, (time.process_time_ns() - began) / count / 1000)
    return best


def through(stream: type[ReceiverStream | GpsdStream], parts: list[bytes]) -> list[gp.Fix]:
    """The fixes of what comes ten times a second."""
    decoder = stream()
    fixes = [fix for index, part in enumerate(parts) for fix in decoder.add(part, index / 10)]
    return [*fixes, *decoder.pause()]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    count = parser.parse_args().count
    engine = gp.open(ROOT / "zones")
    sources = {
        "UBX NAV-PVT": (ReceiverStream, [nav_pvt(index) for index in range(count)]),
        "NMEA RMC, GGA, GST": (ReceiverStream, [sentences(index) for index in range(count)]),
        "gpsd TPV": (GpsdStream, [tpv(index) for index in range(count)]),
    }
    rows = []
    for name, (stream, parts) in sources.items():
        fixes = through(stream, parts)
        assert len(fixes) == count
        assert all(fix.valid for fix in fixes)

        def decode(stream: type = stream, parts: list[bytes] = parts) -> int:
            return len(through(stream, parts))

        def decide(fixes: list[gp.Fix] = fixes) -> int:
            monitor = gp.Monitor(engine)
            for fix in fixes:
                monitor.update(fix)
            return len(fixes)

        decoding_us, deciding_us = per_call_us(decode), per_call_us(decide)
        share = f"{decoding_us / (decoding_us + deciding_us):.0%}"
        rows.append([name, f"{decoding_us:.1f}", f"{deciding_us:.1f}", share])
    messages = sources["UBX NAV-PVT"][1][:1000]

    def by_pyubx2() -> int:
        for message in messages:
            UBXReader.parse(message)
        return len(messages)

    print(f"Microseconds of the processor a fix, best of {ROUNDS} rounds of {count:,}, on {machine()}.\n")
    print(table(["source", "bytes to `Fix`", "`Monitor.update`", "share of the source"], rows))
    print(f"\npyubx2 takes {per_call_us(by_pyubx2):.0f} us to parse a NAV-PVT.")


if __name__ == "__main__":
    main()
