"""``geopolicy convert``: files of other programs and formats to zone files, and zone files to other formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.cli import console, progress
from geopolicy.cli.console import count_text
from geopolicy.cli.conversion import Wanted, read_wanted, write_styles, write_wanted
from geopolicy.cli.documents import problem_json
from geopolicy.cli.options import AsJson, Repair, Unwrap, check_output, ids_of_unwrap
from geopolicy.errors import ZoneFileError

if TYPE_CHECKING:
    from geopolicy.authoring.formats.importing import Imported
    from geopolicy.authoring.simplify import Simplification
    from geopolicy.cli.conversion import Conversion

_MOST_OF_A_CODE = 5  # a source of a thousand areas has a thousand times the same


def convert(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files in any format that is read, zone files, or -.", show_default=False),
    ],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; with --split-by a new folder.")],
    header: Annotated[
        Path | None,
        typer.Option("--header", help="The zone file as it was before, or a JSON file with the header alone."),
    ] = None,
    coverage: Annotated[
        str | None,
        typer.Option(
            "--coverage",
            help="For which area the zones are complete: world, WEST,SOUTH,EAST,NORTH in degrees, or a GeoJSON file.",
        ),
    ] = None,
    source_format: Annotated[
        str | None, typer.Option("--from", help="The format of the files; by default each is recognized.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="JSON file that says which zones get which rules.")
    ] = None,
    disable: Annotated[
        str | None, typer.Option("--disable", help="Sensors to turn off in every zone that restricts: camera,lidar.")
    ] = None,
    options: Annotated[
        list[str] | None, typer.Option("--with", metavar="NAME=VALUE", help="An option of the format.")
    ] = None,
    prefix: Annotated[str, typer.Option("--prefix", help="Put before the id of every zone.")] = "",
    simplify: Annotated[
        float | None,
        typer.Option("--simplify", metavar="METRES", help="Fewer vertices: zones grow by at most that, never shrink."),
    ] = None,
    split_by: Annotated[
        str | None, typer.Option("--split-by", metavar="PROPERTY", help="One file for each value of a property.")
    ] = None,
    target_format: Annotated[
        str | None, typer.Option("--to", help="The format to write; by default a zone file.")
    ] = None,
    drop_rules: Annotated[
        bool, typer.Option("--drop-rules", help="Leave out what the format has no place for: rules of sensors.")
    ] = False,
    qgis: Annotated[
        bool, typer.Option("--qgis", help="Also write QGIS styles beside the file: colours by level, and a form.")
    ] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="List every zone that is refused, and write nothing.")
    ] = False,
    repair: Repair = False,
    unwrap: Unwrap = None,
    as_json: AsJson = False,
) -> int:
    """Bring zones of other formats and programs in, check them, and write a zone file, several, or another format.

    Example: geopolicy convert city.json --from gbfs --disable camera --coverage city.geojson -o zones.geojson
    """
    check_output(output, [*files, *(path for path in (header, rules) if path)])
    wanted = Wanted(
        files, output, header, coverage, source_format, rules, disable, options or [], prefix, simplify, split_by,
        target_format, drop_rules, repair, ids_of_unwrap(unwrap),
    )  # fmt: skip
    wanted.check()
    with progress.shown("reading zone files") as line:
        read = read_wanted(wanted, line.at)
    if read.zone_set is not None:
        write_wanted(wanted, read.zone_set)
        if qgis:
            write_styles(output.parent)
    return _tell(wanted, read, as_json=as_json, keep_going=keep_going)


def _tell(wanted: Wanted, read: Conversion, *, as_json: bool, keep_going: bool) -> int:
    """Says what was written, or raises with all that is wrong."""
    if read.zone_set is None:
        if keep_going and not as_json:
            for zone, codes in _refused(read):
                console.say(f"{zone}: {', '.join(codes)}")
        raise ZoneFileError(read.errors)
    if as_json:
        answer = {
            "file": str(wanted.output),
            "zones": len(read.zone_set),
            "sources": [_source_json(each) for each in read.imports],
            "simplified": _simplified_json(read.simplified),
            "problems": [problem_json(warning) for warning in read.warnings],
        }
        console.print_json("convert", answer)
        return 0
    console.show_problems(read.warnings, most=_MOST_OF_A_CODE)
    for each in read.imports:
        console.say(f"{each.file}: {each.format.title}, {_source_text(each)}")
    if read.simplified is not None:
        console.say(_simplified_text(read.simplified))
    counts = f"{count_text(len(read.zone_set), 'zone')}, {count_text(len(read.warnings), 'warning')}"
    console.say(f"ok: {counts} -> {wanted.output}", "green")
    return 0


def _refused(read: Conversion) -> list[tuple[str, list[str]]]:
    """Each zone that is refused, once, with the codes of what is wrong."""
    codes: dict[str, dict[str, None]] = {}
    for error in read.errors:
        name = "a source" if error.zone_id is None else f"zone {error.zone_id!r}"
        place = f"{error.file} {error.path}" if error.file else error.path
        codes.setdefault(f"{name} - at {place}", {})[error.code] = None
    return [(zone, list(of_zone)) for zone, of_zone in codes.items()]


def _source_text(source: Imported) -> str:
    """How many areas a source has, and how many of them restrict nothing."""
    areas = count_text(len(source.zones), "area")
    return f"{areas}, {len(source.left_out):,} without rules" if source.left_out else areas


def _source_json(source: Imported) -> dict[str, Any]:
    return {
        "file": source.file,
        "format": source.format.name,
        "areas": len(source.zones),
        "areas_without_rules": len(source.left_out),
    }


def _simplified_text(result: Simplification) -> str:
    """How many vertices are left, and how many outlines were not simplified."""
    text = f"simplified: {result.vertices_before:,} vertices of zones and coverages, {result.vertices_after:,} left"
    return f"{text}; {count_text(len(result.left), 'outline')} as drawn" if result.left else text


def _simplified_json(result: Simplification | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "vertices_before": result.vertices_before,
        "vertices_after": result.vertices_after,
        "left": [{"outline": name, "reason": reason} for name, reason in sorted(result.left.items())],
    }
