"""What receivers send: messages of UBX made by pyubx2, and sentences; what another reading of the bytes finds."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from pyubx2 import GET, UBXMessage

from changed_bytes import mutated
from drive_oracles import nmea_positions
from drive_samples import sentence
from geopolicy.drives.receiver_stream import ReceiverStream

if TYPE_CHECKING:
    from collections import Counter
    from random import Random

    from geopolicy.model.fixes import Fix

GOOD = {
    "year": 2026, "month": 3, "day": 2, "hour": 12, "validDate": 1, "validTime": 1, "fullyResolved": 1, "fixType": 3,
    "gnssFixOk": 1, "hAcc": 1500, "gSpeed": 12500, "headMot": 90.0,
}  # fmt: skip
LAT, LON = 45.5, 13.5


def ubx(name: str, **members: Any) -> bytes:
    """A message such as NAV-PVT, as a receiver sends it."""
    return UBXMessage(name.partition("-")[0], name, GET, **members).serialize()


def nav_pvt(second: int = 0, lat: float = LAT, lon: float = LON, **members: Any) -> bytes:
    """A NAV-PVT with a good fix, unless the members say otherwise."""
    itow = 129_600_000 + second * 1000
    return ubx("NAV-PVT", **GOOD | {"iTOW": itow, "second": second % 60, "lat": lat, "lon": lon} | members)


def rmc(second: int = 0, lat: float = LAT, lon: float = LON, status: str = "A") -> bytes:
    """An RMC, north and east."""
    places = (f"{int(value) * 100 + value % 1 * 60:0{width}.5f}" for value, width in ((lat, 10), (lon, 11)))
    lat_text, lon_text = places
    return sentence(f"GPRMC,1200{second:02d}.00,{status},{lat_text},N,{lon_text},E,24.3,90.0,020326,,,A").encode()


def gst(second: int = 0) -> bytes:
    """A GST of 3 m and 4 m: 10 m at 95 %."""
    return sentence(f"GPGST,1200{second:02d}.00,,,,,3.0,4.0,9.9").encode()


def fixes_of(chunks: list[tuple[bytes, float]]) -> list[Fix]:
    """What a stream makes of chunks and the times at which they come, until nothing follows."""
    stream = ReceiverStream()
    found = [fix for chunk, at_s in chunks for fix in stream.add(chunk, at_s)]
    return [*found, *stream.pause()]


def claimed(content: bytes) -> set[tuple[int, int]]:
    """The positions, in ten-millionths of degrees, of every NAV-PVT with a fix that stands anywhere in the bytes.

    Read by offsets of the interface description, with a loop for the checksum.
    """
    found = set()
    at = content.find(b"\xb5\x62\x01\x07")
    while at >= 0:
        size = int.from_bytes(content[at + 4 : at + 6], "little")
        message = content[at : at + size + 8]
        if size in (84, 92) and len(message) == size + 8 and _has_right_checksum(message):
            payload = message[6:-2]
            lon, lat = struct.unpack_from("<ii", payload, 24)
            if payload[20] in (2, 3, 4) and payload[21] & 1 and not payload[78] & 1:
                found.add((lat, lon))
        at = content.find(b"\xb5\x62\x01\x07", at + 1)
    return found


def _has_right_checksum(message: bytes) -> bool:
    first = second = 0
    for byte in message[2:-2]:
        first = (first + byte) & 0xFF
        second = (second + first) & 0xFF
    return message[-2:] == bytes((first, second))


def _near(fix: Fix) -> set[tuple[int, int]]:
    lat, lon = round(fix.lat * 1e7), round(fix.lon * 1e7)
    return {(lat + i, lon + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}


def random_stream(rng: Random) -> bytes:
    """Messages and sentences, good and void, with bytes between."""
    parts = []
    for second in range(rng.randint(1, 30)):
        lat, lon = rng.uniform(-89, 89), rng.uniform(-179, 179)
        kind = rng.random()
        if kind < 0.5:
            void = rng.choice(({}, {}, {"fixType": rng.randrange(8)}, {"gnssFixOk": 0}, {"invalidLlh": 1}))
            lat, lon = (0.0, 0.0) if rng.random() < 0.1 else (round(lat, 7), round(lon, 7))
            parts.append(nav_pvt(second, lat, lon, **void))
        elif kind < 0.85:
            parts.append(rmc(second, abs(lat), abs(lon), rng.choice("AAV")))
        elif kind < 0.9:
            parts.append(ubx("NAV-STATUS", spoofDetState=rng.randrange(4)))
        elif kind < 0.95:
            parts.append(gst(second))
        if rng.random() < 0.2:
            parts.append(rng.randbytes(rng.randint(1, 40)))
    return b"".join(parts)


def wrong_with_stream(rng: Random, counts: Counter[str]) -> str | None:
    """What is wrong with the fixes of changed bytes, in words; None if nothing is. Counts what was tried."""
    content = random_stream(rng)
    for _ in range(rng.randint(0, 8)):
        content = mutated(rng, content)
        counts["changes"] += 1
    chunks, rest, at_s = [], content, 0.0
    while rest:
        size = rng.choice((1, 7, 50, 400, len(rest)))
        chunks.append((rest[:size], at_s))
        rest, at_s = rest[size:], at_s + rng.random()
    try:
        fixes = fixes_of(chunks)
    except Exception as error:
        return repr(error)
    counts["bytes"] += len(content)
    counts["fixes"] += sum(fix.valid for fix in fixes)
    stated = claimed(content) | nmea_positions(content)
    for index, fix in enumerate(fixes):
        if fix.valid and not _near(fix) & stated:
            return f"fix {index} is not in the bytes"
        if fix.monotonic_s is None or not 0.0 <= fix.monotonic_s <= at_s:
            return f"fix {index} is of no time at which bytes came"
    return None
