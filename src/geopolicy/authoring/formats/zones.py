"""The public way in and out: zones of a file in another format, and such a file of zones."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from geopolicy.authoring.formats.exporting import exported
from geopolicy.authoring.formats.rule_choice import RuleChoice, read_rule_choice
from geopolicy.authoring.formats.sources import ImportPlan, load_sources
from geopolicy.base.arguments import check_bool, check_kind, list_of
from geopolicy.base.atomic import write_atomically
from geopolicy.errors import ZoneFileError
from geopolicy.geometry.effective import ids_to_unwrap
from geopolicy.zonefile.stored_file import StoredFile, content_of
from geopolicy.zonefile.zone_set import ZoneSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from geopolicy.zonefile.zone_sources import ZoneSource


def import_zones(
    source: ZoneSource,
    *,
    header: Mapping[str, Any],
    rules: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    disable: Iterable[str] = (),
    format: str | None = None,  # noqa: A002  # as --from takes it
    options: Mapping[str, str] | None = None,
    prefix: str = "",
    repair: bool = False,
    unwrap: bool | Collection[str] = False,
) -> ZoneSet:
    """The zones of a file in another format, such as GBFS or KML (docs/formats.md).

    Parameters
    ----------
    source
        A path, or a binary stream.
    header
        Members of the header of a zone file (docs/zone-file.md), ``coverage`` among them: no other format says for
        which area it is complete. They stand above what the source states.
    rules
        A rules file, or what is in it, as JSON: ``{"rules_for": [{"where": {...}, "rules": [...]}]}``.
    disable
        Sensors to turn off in every zone that restricts something; in place of ``rules``.
    format
        Name of the format; by default the one that recognizes the source.
    options
        Options of the format, as ``--with NAME=VALUE``.
    prefix
        Put before every id.
    repair, unwrap
        As `read_zones`.

    Raises
    ------
    ZoneFileError
        With every problem of the source and of ``rules``: it is accepted whole or not at all.
    ValueError
        For a format or an option that does not exist, both ``rules`` and ``disable``, or no ``coverage``.
    TypeError
        For an argument of another type, and a header or rules that are no JSON.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO(b'{"type": "FeatureCollection", "features": [{"type": "Feature", "id": 7, "properties": {},'
    ...     b' "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}')
    >>> zones = import_zones(file, header={"coverage": "world"}, disable=["camera"])
    >>> zones["7"].rules
    (Rule(sensors=('camera',), level=<Level.OFF: 4>),)
    """
    check_kind("header", header, dict, "members of a header, such as {'coverage': 'world'}")
    check_bool("repair", repair)
    check_kind("prefix", prefix, str, "a text")
    if format is not None:
        check_kind("format", format, str, "a text")
    if options is not None:
        check_kind("options", options, dict, "names and values, such as {'version': '3.0'}")
    if "coverage" not in header:
        raise ValueError("header must state coverage, a geometry or 'world': for which area are the zones complete?")
    sensors = list_of("disable", disable, str, "texts")
    if rules is not None and sensors:
        raise ValueError("rules and disable must not both be given")
    choice = RuleChoice.of_disabled(sensors) if sensors else _choice_of(rules)
    plan = ImportPlan(choice, _json("header", header), format, options, prefix, repair, ids_to_unwrap(unwrap))
    loaded = load_sources([source], plan)
    if loaded.zone_set is None:
        raise ZoneFileError(loaded.errors)
    return loaded.zone_set


def export_zones(
    zones: ZoneSet,
    path: str | os.PathLike[str],
    *,
    format: str,  # noqa: A002  # as --to takes it
    drop_rules: bool = False,
    options: Mapping[str, str] | None = None,
) -> None:
    """Writes zones as a file in another format (docs/formats.md); the file is whole or unchanged.

    What was imported from this format, and is unchanged, is written as its source had it.

    Parameters
    ----------
    drop_rules
        Leave out what the zones ask of sensors, where the format has no place for it.

    Raises
    ------
    ZoneFileError
        If the format cannot carry what the zones say.
    ValueError
        For a format or an option that does not exist, or a format that is only read.
    OSError
        If the file cannot be written.
    TypeError
        For an argument of another type.

    Examples
    --------
    >>> import tempfile
    >>> from geopolicy.zonefile.zone_set import read_zones
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_zones(read_zones("zones/worked-example.geojson"), f"{folder}/zones.json", format="geojson")
    """
    check_kind("zones", zones, ZoneSet, "a ZoneSet")
    check_kind("format", format, str, "a text")
    check_bool("drop_rules", drop_rules)
    if options is not None:
        check_kind("options", options, dict, "names and values, such as {'version': '3.0'}")
    write_atomically(Path(path), exported(zones, format, drop_rules=drop_rules, options=options))


def _choice_of(rules: str | os.PathLike[str] | Mapping[str, Any] | None) -> RuleChoice | None:
    if rules is None:
        return None
    if isinstance(rules, (str, os.PathLike)):
        name = os.fspath(rules)
        return read_rule_choice(content_of(StoredFile(name, name)), name)
    check_kind("rules", rules, dict, "a path, or an object: {'rules_for': [...]}")
    return read_rule_choice(json.dumps(_json("rules", rules)).encode())


def _json(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as JSON has it.

    Raises
    ------
    TypeError
        If it holds what JSON has no form for.
    """
    try:
        return cast("dict[str, Any]", json.loads(json.dumps(dict(value))))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"{name} must hold values of JSON only: {error}") from error
