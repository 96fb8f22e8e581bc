"""What the values of options and arguments may be, as far as they can be listed: for completion.

Values of an enumeration and whether something is a path are told by types; here is what types do not tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_ZONES = (".geojson", ".geojson.gz")
_PACK = (".gpol",)
_ROLES = ("root", "targets", "snapshot", "timestamp")


def _states() -> Iterable[str]:
    from geopolicy.model.rules import STATES

    return STATES


def _engines() -> Iterable[str]:
    from geopolicy.engines.open import ENGINES

    return ENGINES


def _levels() -> Iterable[str]:
    from geopolicy.model.rules import Level

    return (level.label for level in Level if level > Level.ALLOW)


def _sensors() -> Iterable[str]:
    from geopolicy.model.vocabulary import SENSORS

    words = [name.split(".") for name in SENSORS]
    return dict.fromkeys(".".join(each[:count]) for each in words for count in range(1, len(each) + 1))


def _limits() -> Iterable[str]:
    from geopolicy.model.limits import LIMITS

    return (f"{name}=" for name in LIMITS)


def _frames() -> Iterable[str]:
    from geopolicy.geometry.frames import FAMILIES

    return FAMILIES


def _drive_formats() -> Iterable[str]:
    from geopolicy.drives.formats import FORMATS

    return FORMATS


def _read_formats() -> Iterable[str]:
    from geopolicy.authoring.formats.registry import FORMATS

    return (each.name for each in FORMATS)


def _written_formats() -> Iterable[str]:
    from geopolicy.authoring.formats.registry import FORMATS

    return (each.name for each in FORMATS if each.is_written)


def _codes() -> Iterable[str]:
    from geopolicy.authoring.lint.codes import CODES

    return CODES


def _fixable() -> Iterable[str]:
    from geopolicy.authoring.lint.codes import FIXABLE

    return FIXABLE


def _documents() -> Iterable[str]:
    from geopolicy.cli.schema import schema_names

    return dict.fromkeys(name.partition("-")[0] for name in schema_names())


def _zone_names() -> Iterable[str]:
    from zoneinfo import available_timezones

    return sorted(available_timezones())


# By the name of a parameter, or of a command and a parameter, which goes first.
_VALUES: Mapping[str, Callable[[], Iterable[str]]] = {
    "state": _states,
    "emergency": lambda: ("yes", "no"),
    "engine": _engines,
    "time": lambda: ("now", "unknown"),
    "severity": lambda: ("hint", "warning", "error"),
    "drive_format": _drive_formats,
    "confidence": lambda: ("68", "95"),
    "timezone": _zone_names,
    "source_format": _read_formats,
    "target_format": _written_formats,
    "coverage": lambda: ("world",),
    "disable": _sensors,
    "select": _codes,
    "ignore": _codes,
    "fix": _fixable,
    "frame": _frames,
    "schema.command": _documents,
    "publish add.role": lambda: ("targets",),
    "publish rotate.role": lambda: _ROLES,
    "publish init.key": lambda: (f"{role}=" for role in _ROLES),
    "publish init.expiry": lambda: (f"{role}=" for role in _ROLES),
    "publish delegate.sensors": _sensors,
    "publish delegate.levels": _levels,
    "publish delegate.tags": lambda: ("needs_consent",),
    "publish delegate.limits": _limits,
}
_LISTS = frozenset({"disable", "select", "ignore", "fix", "sensors", "levels", "tags", "limits"})
_DRIVE = "drive"
_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "zones": (*_ZONES, *_PACK),
    "validate.zones": _ZONES,
    "lint.zones": _ZONES,
    "compile.zones": _ZONES,
    "compile.output": _PACK,
    "export.output": (".geojson", ".gpkg", ".fgb", ".kml", ".shp.zip", ".shz"),
    "convert.header": (*_ZONES, ".json"),
    "diff.old": (*_ZONES, *_PACK),
    "diff.new": (*_ZONES, *_PACK),
    "diff.geojson": (".geojson",),
    "since": (*_ZONES, *_PACK),
    "zones_then": (*_ZONES, *_PACK),
    "vehicle": (".json",),
    "coverage": (".geojson", ".json"),
    "area": (".geojson", ".json"),
    "rules": (".json",),
    "drive": (_DRIVE,),
    "drives.files": (_DRIVE,),
    "recording": (".mcap", ".db3"),
    "topics": (".toml",),
    "signers": (".toml",),
    "packs": _PACK,
    "checkpoint": (".json",),
    "validate.output": _ZONES,
    "lint.output": _ZONES,
    "draw.output": (".html",),
    "draw.png": (".png",),
    "draw.svg": (".svg",),
    "replay.output": (".csv", ".jsonl"),
    "redact.output": (".mcap", ".db3"),
    "report": (".jsonl",),
    "report.output": (".html",),
    "report.png": (".png",),
    "report.svg": (".svg",),
    "status.output": (".txt", ".json", ".html"),
    "log export.output": (".csv", ".json"),
    "update.root": (".json",),
    "update.sign": (".pem",),
    "update.key": (".pem",),
    "publish rotate.key": (".pem",),
    "publish delegate.key": (".pem",),
}
_FOLDERS = frozenset({"folder", "card"})
_TEXTS_AND_PATHS = frozenset({"coverage", "receiver", "anonymize"})


def values_of(command: str, parameter: str) -> tuple[str, ...]:
    """The values of a parameter that can be listed."""
    listed = _VALUES.get(f"{command}.{parameter}") or _VALUES.get(parameter)
    return tuple(listed()) if listed else ()


def is_list(parameter: str) -> bool:
    """Whether several values may be joined by commas."""
    return parameter in _LISTS


def may_be_path(parameter: str) -> bool:
    """Whether a text may be a path."""
    return parameter in _TEXTS_AND_PATHS


def is_folder(parameter: str) -> bool:
    """Whether a path is a folder, and no file."""
    return parameter in _FOLDERS


def suffixes_of(command: str, parameter: str) -> tuple[str, ...]:
    """The suffixes of the files that fit; none where any may."""
    suffixes = _SUFFIXES.get(f"{command}.{parameter}") or _SUFFIXES.get(parameter, ())
    return _drive_suffixes() if suffixes == (_DRIVE,) else suffixes


def _drive_suffixes() -> tuple[str, ...]:
    from geopolicy.drives.formats import ALL_FORMATS

    plain = [suffix for row in ALL_FORMATS for suffix in row.suffixes]
    return (*plain, *(f"{suffix}.gz" for suffix in plain))
