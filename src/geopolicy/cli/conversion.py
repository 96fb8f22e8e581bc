"""What `geopolicy convert` is asked for, read and written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from geopolicy.cli.options import unwritable
from geopolicy.cli.zone_input import read_with_warnings, zone_sources
from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Collection

    from geopolicy.authoring.formats.importing import Imported
    from geopolicy.authoring.formats.registry import Format
    from geopolicy.authoring.formats.rule_choice import RuleChoice
    from geopolicy.authoring.simplify import Simplification
    from geopolicy.zonefile.zone_set import ZoneSet


@dataclass(frozen=True, slots=True)
class Wanted:
    """The arguments and options of the command."""

    files: list[Path]
    output: Path
    header: Path | None
    coverage: str | None
    source_format: str | None
    rules: Path | None
    disable: str | None
    options: Sequence[str]
    prefix: str
    simplify: float | None
    split_by: str | None
    target_format: str | None
    drop_rules: bool
    repair: bool
    unwrap: bool | Collection[str]

    @property
    def is_import(self) -> bool:
        """Whether files are read in other formats; otherwise they are zone files, or were."""
        is_asked = self.source_format or self.rules or self.disable or self.coverage or self.prefix
        return bool(is_asked or self.options_of_source())

    def options_of_target(self) -> dict[str, str]:
        """``--with`` for the format that is written: what it has by this name."""
        if not self.target_format:
            return {}
        known = _format(self.target_format, "--to").options
        return {name: value for name, value in _format_options(self.options).items() if name in known}

    def options_of_source(self) -> dict[str, str]:
        """``--with`` for the formats that are read alone; they also get what both have of `options_of_target`."""
        of_target = self.options_of_target()
        return {name: value for name, value in _format_options(self.options).items() if name not in of_target}

    def check(self) -> None:
        """Refuses options that contradict each other, before anything is read.

        Raises
        ------
        typer.BadParameter
            Naming the option.
        """
        if str(self.header) == "-":
            raise typer.BadParameter(
                "must be a file, got '-'; only the files that are converted can be -", param_hint="--header"
            )
        if self.rules and self.disable:
            raise typer.BadParameter("must not be given with --disable", param_hint="--rules")
        if self.split_by and self.target_format:
            raise typer.BadParameter("splits zone files, not other formats", param_hint="--split-by")
        if self.drop_rules and not self.target_format:
            raise typer.BadParameter("belongs to --to: a zone file keeps all rules", param_hint="--drop-rules")

        if self.source_format:
            _format(self.source_format, "--from")
        self.options_of_source()
        if self.simplify is not None and not 0.0 < self.simplify <= 10_000.0:
            raise typer.BadParameter(
                f"must be above 0 and at most 10000, got {self.simplify:g}", param_hint="--simplify"
            )


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was read: the zones, or why there are none, and of which sources."""

    zone_set: ZoneSet | None
    errors: Sequence[Problem]
    warnings: Sequence[Problem]
    imports: Sequence[Imported] = ()
    simplified: Simplification | None = None


def read_wanted(wanted: Wanted, on_progress: Callable[[float], object]) -> Conversion:
    """The zones of the files, simplified where that is asked."""
    read = (
        _imported(wanted, on_progress) if wanted.is_import or wanted.header is None else _restored(wanted, on_progress)
    )
    if read.zone_set is None or wanted.simplify is None:
        return read
    from geopolicy.authoring.simplify import simplify_zones

    simplified = simplify_zones(read.zone_set, wanted.simplify, on_progress=on_progress)
    return replace(read, zone_set=simplified.zones, simplified=simplified)


def write_wanted(wanted: Wanted, zone_set: ZoneSet) -> None:
    """Writes what was asked for, whole or not at all."""
    try:
        if wanted.split_by:
            from geopolicy.authoring.splitting import split_by, write_parts

            write_parts(split_by(zone_set, wanted.split_by), wanted.output)
        elif wanted.target_format:
            from geopolicy.authoring.formats.zones import export_zones

            export_zones(
                zone_set,
                wanted.output,
                format=wanted.target_format,
                drop_rules=wanted.drop_rules,
                options=wanted.options_of_target(),
            )
        else:
            zone_set.write(wanted.output)
    except OSError as error:
        raise unwritable(wanted.output, error) from error
    except ValueError as error:
        if isinstance(error, ZoneFileError):
            raise
        raise typer.BadParameter(str(error), param_hint="--split-by" if wanted.split_by else "--to") from error


def write_styles(folder: Path) -> None:
    """Writes the QGIS styles into a folder."""
    from geopolicy.authoring.qgis import write_qgis_styles

    try:
        write_qgis_styles(folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def _restored(wanted: Wanted, on_progress: Callable[[float], object]) -> Conversion:
    """Zone files that are given the header of another file."""
    from geopolicy.zonefile.header_of import header_of

    assert wanted.header is not None  # noqa: S101  # the caller has looked
    zone_set, warnings = read_with_warnings(
        wanted.files,
        header=header_of(wanted.header),
        repair=wanted.repair,
        unwrap=wanted.unwrap,
        on_progress=on_progress,
    )
    return Conversion(zone_set, (), warnings)


def _imported(wanted: Wanted, on_progress: Callable[[float], object]) -> Conversion:
    """Files in any format, zone files among them."""
    from geopolicy.authoring.formats.sources import ImportPlan, load_sources
    from geopolicy.geometry.effective import ids_to_unwrap

    plan = ImportPlan(
        _choice(wanted),
        _header(wanted),
        wanted.source_format,
        wanted.options_of_source(),
        wanted.prefix,
        wanted.repair,
        ids_to_unwrap(wanted.unwrap),
        datetime.now(UTC),
        wanted.options_of_target(),
    )
    try:
        loaded = load_sources(zone_sources(wanted.files), plan, on_progress)
    except ZoneFileError:
        raise
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--with" if wanted.options else "--from") from error
    unused = wanted.options_of_source()
    if unused and loaded.zone_set is not None and not loaded.imports:
        name = next(iter(unused))
        raise typer.BadParameter(f"no format that is read or written has it, got {name!r}", param_hint="--with")
    return Conversion(loaded.zone_set, loaded.errors, loaded.warnings, loaded.imports)


def _choice(wanted: Wanted) -> RuleChoice | None:
    from geopolicy.authoring.formats.rule_choice import RuleChoice, read_rule_choice

    if wanted.rules:
        return read_rule_choice(wanted.rules.read_bytes(), str(wanted.rules))
    return RuleChoice.of_disabled(_sensors(wanted.disable)) if wanted.disable else None


def _sensors(text: str) -> list[str]:
    """``--disable``: names of sensors between commas."""
    from geopolicy.model.sensors import is_sensor_name

    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name != "*" and not is_sensor_name(name):
            rule = f"must name sensors, in dotted words of a-z, 0-9 and _, between commas; got {name!r}"
            raise typer.BadParameter(rule, param_hint="--disable")
    return names


def _format(name: str, option: str) -> Format:
    """The format of a name that was given."""
    from geopolicy.authoring.formats.registry import format_named

    try:
        return format_named(name)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _format_options(texts: Sequence[str]) -> dict[str, str]:
    """``--with``: names and values."""
    options = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name or name in options:
            raise typer.BadParameter(f"must be NAME=VALUE, each name once, got {text!r}", param_hint="--with")
        options[name] = value
    return options


def _header(wanted: Wanted) -> dict[str, Any]:
    """The members of the header that the zones will have."""
    from geopolicy.zonefile.header_of import header_of

    member = header_of(wanted.header).member if wanted.header else {}
    if wanted.coverage is not None:
        if "coverage" in member:
            raise typer.BadParameter("must not be given where --header states it", param_hint="--coverage")
        member = {**member, "coverage": _coverage(wanted.coverage)}
    if wanted.is_import and "coverage" not in member and (wanted.rules or wanted.disable):
        rule = "must be given, or --header: are the zones complete for the world, for WEST,SOUTH,EAST,NORTH, or a file?"
        raise typer.BadParameter(rule, param_hint="--coverage")
    return member


def _coverage(text: str) -> Any:
    """``--coverage``: the world, a box, or the geometries of a GeoJSON file."""
    from geopolicy.zonefile.header_json import WORLD

    if text == WORLD:
        return WORLD
    words = text.split(",")
    try:
        west, south, east, north = (float(word) for word in words)
    except ValueError:
        return _geometries(Path(text))
    if not (-360.0 <= west < east <= 360.0 and -90.0 <= south < north <= 90.0):
        rule = f"must be WEST,SOUTH,EAST,NORTH in degrees, west and south the smaller ones, got {text}"
        raise typer.BadParameter(rule, param_hint="--coverage")
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _geometries(path: Path) -> Any:
    """The one geometry of a GeoJSON file, or the coverage of a zone file."""
    from geopolicy.zonefile.strict_json import loads

    root = loads(path.read_bytes(), str(path))
    if not isinstance(root, dict):
        root = {}
    if isinstance(root.get("geopolicy"), dict) and "coverage" in root["geopolicy"]:
        return root["geopolicy"]["coverage"]
    features = root.get("features") if root.get("type") == "FeatureCollection" else [root]
    objects = [each for each in features if isinstance(each, dict)] if isinstance(features, list) else []
    geometries = [each.get("geometry") if each.get("type") == "Feature" else each for each in objects]
    polygons = [one for one in geometries if isinstance(one, dict) and one.get("type") in ("Polygon", "MultiPolygon")]
    if len(polygons) != 1 or len(geometries) != 1:
        rule = "a file for --coverage must hold one Polygon or MultiPolygon: a place is known only where all hold it"
        value = f"{len(polygons)} of them among {len(geometries)} geometries"
        raise ZoneFileError(
            [Problem("coverage-file", rule, value, file=str(path), hint="unite them in one MultiPolygon")]
        )
    return polygons[0]
