"""Sources with changes, imported: refused as documented, or zones that a zone file can hold."""

from __future__ import annotations

import io
import json
import resource
import time
import zipfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bad_formats import COVERAGE
from changed_bytes import mutated, mutated_json
from geopolicy.authoring.formats.importing import import_source
from geopolicy.authoring.formats.registry import format_named
from geopolicy.authoring.formats.rule_choice import RuleChoice
from geopolicy.errors import ZoneFileError
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections import Counter

FOLDERS = [Path(__file__).resolve().parents[1] / "data" / name for name in ("formats", "bad-formats")]
_MAX_BYTES = 6_000
_MOST_CPU_S = 10.0  # of one source of a few kilobytes: a hang, however slow the machine
_GOOD_SHARE = 0.7
_MOST_KIB = 4 * 2**20
_DISABLED = RuleChoice.of_disabled(["camera"])


def _samples(folder: Path) -> tuple[tuple[str, str, bytes], ...]:
    """The format, name and content of each sample that is not read from its path."""
    files = [path for path in sorted(folder.glob("*/*")) if path.name != "expected.json"]
    small = [path for path in files if path.stat().st_size < _MAX_BYTES]
    texts = [path for path in small if not format_named(path.parent.name).is_path]
    return tuple((path.parent.name, path.name, path.read_bytes()) for path in texts)


GOOD, BAD = (_samples(folder) for folder in FOLDERS)
_POINTS = b"""<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="45.2" lon="13.5"><ele>3</ele><time>2026-01-01T00:00:00Z</time><name>A</name></wpt>
<wpt lat="45.3" lon="13.6"><name>B</name></wpt></gpx>"""
_TABLE = b"""VERSION 300\nCharset "WindowsLatin1"\nDelimiter ","\nCoordSys Earth Projection 1, 104
Columns 1\n  name Char(9)\nData\n\nREGION  1\n  4\n13.5 45.2\n13.6 45.2\n13.6 45.3\n13.5 45.2\n"""
LAYERS: tuple[tuple[str, str, bytes], ...] = (
    *(
        (path.parent.name, path.name, path.read_bytes())
        for path in sorted(FOLDERS[0].glob("*/*"))
        if path.suffix in (".fgb", ".gpkg", ".zip")
    ),
    ("gdal", "points.gpx", _POINTS),
    ("gdal", "table.mif", _TABLE),
)
_OF_LAYERS = {"gpx": {"layer": "waypoints", "radius_m": "5"}}
_LAYER_SHARE = 0.25


def wrong_with(seed: int | str, counts: Counter[str]) -> str | None:
    """What is wrong with the import of a changed source, in words; None if nothing is. Counts what was tried."""
    rng = Random(seed)
    is_layer = rng.random() < _LAYER_SHARE
    format_name, name, content = rng.choice(LAYERS if is_layer else GOOD if rng.random() < _GOOD_SHARE else BAD)
    changed = _changed_layer(rng, content) if is_layer else _changed(rng, content)
    counts["sources"] += 1
    counts[f"{format_name} layers"] += is_layer
    began = time.process_time()
    try:
        read = import_source(
            changed,
            name,
            _DISABLED,
            {"coverage": COVERAGE, "timezone": "Europe/Zagreb"},
            format_name=format_name,
            options=_OF_LAYERS.get(name.rpartition(".")[2]),
        )
    except ZoneFileError as error:
        counts["refused"] += 1
        return None if error.problems else "an error without problems"
    finally:
        if time.process_time() - began > _MOST_CPU_S:
            return f"{format_name}: {time.process_time() - began:.0f} s"  # noqa: B012  # a hang is what is found
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > _MOST_KIB:
            return f"{format_name}: memory"  # noqa: B012  # as above
    if read.zone_set is None:
        counts["refused"] += 1
        return None if read.errors else "no zones and no reason"
    counts["accepted"] += 1
    counts["accepted layers"] += is_layer
    counts["zones"] += len(read.zone_set)
    if ZoneSet.parse(read.zone_set.to_geojson_text()) != read.zone_set:
        return f"{format_name}: the zone file of it reads differently"
    return None


def _changed(rng: Random, content: bytes) -> bytes:
    if rng.random() < 0.6:
        try:
            return json.dumps(mutated_json(rng, json.loads(content))).encode()
        except ValueError:
            pass
    return mutated(rng, content)


def _changed_layer(rng: Random, content: bytes) -> bytes:
    """A file of layers with changes: of an archive in what is in it, of a database more of them."""
    if not content.startswith(b"PK"):
        for _ in range(rng.choice((1, 8)) if len(content) > _MAX_BYTES else 1):
            content = mutated(rng, content)
        return content
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(target, "w") as written:
        names = archive.namelist()
        spoilt = rng.sample(names, rng.randint(1, len(names)))
        for name in names:
            written.writestr(name, mutated(rng, archive.read(name)) if name in spoilt else archive.read(name))
    return target.getvalue()
