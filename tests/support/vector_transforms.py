"""Vectors of transforms to GCJ-02 and BD-09, to the bit: by the code in the spec of packs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.geometry import frames
from published_frames import published_bd09, published_gcj02
from vector_zones import chance

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
SPEC = Path(__file__).resolve().parents[2] / "docs" / "spec" / "pack-v1.md"
PLACES = [(35.0, 105.0), (0.0, 70.0), (-1.0, 69.0), (61.0, 141.0), (39.914266, 116.403988), (31.2304, 121.4737)]


def spec_transforms() -> dict[str, Any]:
    """The functions `gcj02` and `bd09` of the spec."""
    (text,) = re.findall(r"^```python\n(.*?)^```$", SPEC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    functions: dict[str, Any] = {}
    exec(compile(text, SPEC.name, "exec"), functions)
    return functions


def transforms(count: int) -> Iterator[Json]:
    """So many places, in either frame."""
    random, spec = chance("transforms"), spec_transforms()
    places = PLACES + [(random.uniform(-1, 61), random.uniform(69, 141)) for _ in range(count - len(PLACES))]
    for lat, lon in places:
        for frame, name, published in (("GCJ-02", "gcj02", published_gcj02), ("BD-09", "bd09", published_bd09)):
            there = spec[name](lat, lon)
            assert all(abs(a - b) < 1e-11 for a, b in zip(there, published(lat, lon), strict=True))
            yield {"kind": "transform", "frame": frame, "lat": lat, "lon": lon, "to": list(there)}


def said_of_transform(vector: Json, _: str) -> Json:
    return {"to": list(frames.forward(vector["frame"], vector["lat"], vector["lon"]))}
