"""``geopolicy log``: the audit log of a vehicle, for its owner."""

from __future__ import annotations

import csv
import io
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy._atomic import write_atomically
from geopolicy.audit import Checkpoint, erase_log, read_log, verify_log, zone_pseudonym
from geopolicy.audit.pseudonyms import KEY_BYTES
from geopolicy.audit.records import time_text
from geopolicy.cli import console
from geopolicy.cli.check import names_text
from geopolicy.cli.info import is_pack
from geopolicy.cli.validate import AsJson
from geopolicy.errors import AuditError
from geopolicy.model.sensors import Vehicle
from geopolicy.pack.pack import read_pack
from geopolicy.zonefile.zone_set import read_zones

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geopolicy.audit import AuditReport

Folder = Annotated[Path, typer.Argument(help="The folder of the log.", show_default=False)]
Key = Annotated[
    Path | None, typer.Option("--key", help="File with the vehicle's key in hexadecimal digits: names zones by id.")
]
Zones = Annotated[list[Path] | None, typer.Option("--zones", help="Zone files or a pack that name the zones.")]
LEVELS = ("off", "no_record", "in_vehicle", "anonymize")
STATE = (*LEVELS, "store_in", "needs_consent", "reasons", "zones", "digest", "counters")
COLUMNS = ("n", "time", "elapsed_s", "kind", "transition", "certainty", *STATE, "other", "period", "hash")


class Format(StrEnum):
    """What ``log export`` writes."""

    JSON = "json"
    CSV = "csv"


def show(folder: Folder, *, key: Key = None, zones: Zones = None, as_json: AsJson = False) -> int:
    """Show the records of a log, and whether they hold. Exit code 1 if they do not.

    Example: geopolicy log show /var/lib/vehicle/log --key vehicle.key --zones zones/
    """
    entries = _entries(folder, key, zones)
    report = verify_log(folder)
    if as_json:
        console.print_json({"records": entries} | _report_json(report))
        return 0 if report.is_ok else console.REFUSED
    vehicle: Vehicle | None = None
    for entry in entries:
        vehicle = _vehicle_in(entry) if entry["kind"] == "start" else vehicle
        if entry["kind"] != "segment" or entry["tail"]:
            number, when, what, sensors, why, named = _cells(entry, vehicle)
            place = "; ".join(text for text in (named, why) if text)
            told = "   ".join(text for text in (sensors, f"[{place}]" if place else "") if text)
            style = "bold red" if "off:" in sensors else "bold yellow" if ":" in sensors else None
            console.say(f"{number:>4}  {when:<20}  {what:<10}  {told}".rstrip(), style)
    return _say_verdict(report, checkpoints=0)


def verify(
    folder: Folder,
    *,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that was kept elsewhere; can be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Prove that nothing in a log was changed, added or taken. Exit code 1 with place and reason if something was.

    Example: geopolicy log verify /var/lib/vehicle/log --checkpoint monday.json
    """
    checkpoints = [Checkpoint.from_json(path.read_bytes()) for path in checkpoint or ()]
    report = verify_log(folder, checkpoints)
    if as_json:
        console.print_json(_report_json(report))
        return 0 if report.is_ok else console.REFUSED
    return _say_verdict(report, len(checkpoints))


def export(
    folder: Folder,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; else it is printed.")
    ] = None,
    form: Annotated[Format | None, typer.Option("--format", help="json or csv; else told from the name.")] = None,
    checkpoint: Annotated[
        bool, typer.Option("--checkpoint", help="Write only what proves the log up to here, to be kept elsewhere.")
    ] = False,
    key: Key = None,
    zones: Zones = None,
) -> int:
    """Write the records of a log as JSON or CSV, or a checkpoint. Exit code 1 if the log does not hold.

    Example: geopolicy log export /var/lib/vehicle/log -o log.csv
    """
    _check_export(output, form, key, zones, checkpoint=checkpoint)
    report = verify_log(folder)
    if checkpoint:
        if report.head is None or not report.is_ok:
            _say_problems(report)
            return console.REFUSED
        content = report.head.to_json()
    else:
        entries = _entries(folder, key, zones)
        is_csv = form == Format.CSV or (form is None and output is not None and output.suffix.lower() == ".csv")
        content = _as_csv(entries) if is_csv else json.dumps({"records": entries}, ensure_ascii=False, indent=1) + "\n"
    if output is None:
        sys.stdout.write(content)
    else:
        try:
            output.touch(mode=0o600)  # like the log itself, a new file is for its owner alone
            write_atomically(output, content.encode())
        except OSError as error:
            rule = f"cannot write '{output}': {error.strerror}"
            raise typer.BadParameter(rule, param_hint="--output") from error
    _say_problems(report)
    return 0 if report.is_ok else console.REFUSED


def _check_export(
    output: Path | None, form: Format | None, key: Path | None, zones: list[Path] | None, *, checkpoint: bool
) -> None:
    """That what is asked for goes together, before anything is written."""
    given = {"--format": form, "--key": key, "--zones": zones}
    if checkpoint and any(given.values()):
        names = ", ".join(name for name, value in given.items() if value)
        rule = f"a checkpoint has one form and names no zones, got {names}"
        raise typer.BadParameter(rule, param_hint="--checkpoint")
    if not checkpoint and form is None and output is not None and output.suffix.lower() not in (".json", ".csv"):
        rule = f"must end in .json or .csv, got '{output}'; or say what it is with --format"
        raise typer.BadParameter(rule, param_hint="--output")


def erase(
    folder: Folder, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: AsJson = False
) -> int:
    """Delete a log; nothing of it stays in the folder. The bytes on the disk are not overwritten.

    Exit code 1 if there is no log.

    Example: geopolicy log erase /var/lib/vehicle/log
    """
    if not yes and folder.is_dir():
        console.err.print(f"All records in '{folder}' will be deleted.", markup=False)
        if typer.prompt("Type erase to go on", default="", show_default=False, err=True) != "erase":
            console.err.print("Nothing was deleted.")
            return console.REFUSED
    count = erase_log(folder)
    if count == 0:
        raise AuditError("missing", f"audit log '{folder}': must be a folder with a log, got none; nothing was deleted")
    if as_json:
        console.print_json({"files": count})
    else:
        console.say(f"ok: {count} file{'s' * (count != 1)} deleted", "green")
    return 0


# Zones by name ---------------------------------------------------------------


def _entries(folder: Path, key: Path | None, zones: list[Path] | None) -> list[dict[str, Any]]:
    """The records as plain values; zones by their ids where the key is given and the id is known."""
    if (key is None) != (not zones):
        raise typer.BadParameter("needs both a key and zones, got one of them", param_hint="--key and --zones")
    secret = _key_in(key) if key else b""
    ids = _ids_in(zones or [])
    names: dict[str, dict[str, str]] = {}
    entries = []
    seen, named = set(), 0
    for record in read_log(folder):
        entry = record.as_dict()
        if record.kind == "transition" and ids:
            if record.period not in names:
                names[record.period] = {zone_pseudonym(secret, record.period, own): own for own in ids}
            known = names[record.period]
            seen.update(entry["zones"])
            named += sum(pseudonym in known for pseudonym in entry["zones"])
            entry["zones"] = sorted(known.get(pseudonym, pseudonym) for pseudonym in entry["zones"])
        entries.append(entry)
    if seen and not named:
        console.warn(
            f"none of {len(seen)} pseudonyms is that of a zone given; are key and zones those of this vehicle?"
        )
    return entries


def _key_in(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        rule = f"must hold at least {2 * KEY_BYTES} hexadecimal digits, got something else in '{path}'"
        raise typer.BadParameter(rule, param_hint="--key")
    return key


def _ids_in(zones: list[Path]) -> list[str]:
    packs = [path for path in zones if is_pack(path)]
    files = [path for path in zones if not is_pack(path)]
    found = [zone.id for path in packs for zone in read_pack(path)]
    return found + [zone.id for zone in read_zones(files)] if files else found


# For people ------------------------------------------------------------------


def _vehicle_in(entry: Mapping[str, Any]) -> Vehicle | None:
    """The vehicle of a drive; None where somebody wrote names of sensors that are none."""
    try:
        return Vehicle(entry["sensors"])
    except ValueError:
        return None


def _cells(entry: Mapping[str, Any], vehicle: Vehicle | None) -> tuple[str, ...]:
    when = entry["time"] or ("?" if entry.get("elapsed_s") is None else f"+{console.duration_text(entry['elapsed_s'])}")
    what, sensors, why, zones = entry["kind"], "", "", ""
    if what == "transition":
        what = entry["transition"]
        sensors = "; ".join(_states(entry, vehicle)) or "all allowed"
        sure = [entry["certainty"]] if entry["certainty"] != "certain" else []
        why = ", ".join(sure + [reason for reason in entry["reasons"] if reason not in sure])
        zones = ", ".join(entry["zones"])
    elif what == "start":
        sensors = f"{len(entry['sensors'])} sensors"
        why = "" if entry["clean"] else "the drive before did not end cleanly; its last records may be lost"
    else:
        why = _told(entry)
    return str(entry["n"]), when, what, sensors, why, zones


def _states(entry: Mapping[str, Any], vehicle: Vehicle | None) -> Iterable[str]:
    """What holds from a transition on."""
    for label, names in entry["levels"].items():
        yield f"{label}: {_names(names, vehicle)}"
    for country, names in entry["store_in"].items():
        yield f"store in {country}: {_names(names, vehicle)}"
    if entry["needs_consent"]:
        yield f"needs consent: {_names(entry['needs_consent'], vehicle)}"


def _names(sensors: list[str], vehicle: Vehicle | None) -> str:
    if sensors == ["*"]:
        return "all sensors"
    return ", ".join(sensors) if vehicle is None else names_text(sensors, vehicle)


def _told(entry: Mapping[str, Any]) -> str:
    """What a record that is no transition tells."""
    kind = entry["kind"]
    if kind == "counters":
        return ", ".join(f"{name} {count}" for name, count in entry["counters"].items())
    if kind == "gap":
        return f"{entry['lost']} transitions were not read in time"
    if kind == "failed":
        errors = ", ".join(f"{name} {count} times" for name, count in entry["errors"].items()) or "none named"
        return f"writing failed: {errors}; {entry['lost']} records lost"
    if kind == "dropped":
        return f"{entry['records']} records up to {entry['before'] - 1} dropped for their {entry['why']}"
    if kind == "segment":
        return f"before it {entry['tail']['bytes']} bytes that are no whole record"
    return ""


def _say_verdict(report: AuditReport, checkpoints: int) -> int:
    _say_problems(report)
    notes = [
        (report.dropped, "dropped by retention, as recorded"),
        (report.lost, "recorded as lost"),
        (report.torn, "torn and marked"),
        (report.unclean, "drives begun after one that did not end cleanly and may have lost its last records"),
    ]
    for count, what in notes:
        if count:
            console.say(f"note: {count} {what}")
    if not report.is_ok:
        count = len(report.problems)
        console.say(
            f"refused: {count} problem{'s' * (count != 1)}; {report.records} records hold by themselves", "bold red"
        )
        return console.REFUSED
    head = report.head.number if report.head else 0
    if checkpoints:
        proof = f"proven up to record {max(report.proven)} of {head}"
    else:
        proof = "no checkpoint was given: that the end is there is not proven"
    console.say(f"ok: {report.records} records, chained; {proof}", "green")
    return 0


def _say_problems(report: AuditReport) -> None:
    for problem in report.problems:
        console.err.print(f"error [{problem.code}] {problem}", markup=False)


# For programs ----------------------------------------------------------------


def _report_json(report: AuditReport) -> dict[str, Any]:
    head = report.head
    return {
        "ok": report.is_ok,
        "count": report.records,
        "head": {"log": head.log, "number": head.number, "hash": head.hash, "time": time_text(head.time)}
        if head
        else None,
        "proven": list(report.proven),
        "dropped": report.dropped,
        "lost": report.lost,
        "torn": report.torn,
        "unclean": report.unclean,
        "problems": [
            {"code": own.code, "file": own.file, "line": own.line, "rule": own.rule} for own in report.problems
        ],
    }


def _as_csv(entries: Iterable[Mapping[str, Any]]) -> str:
    """A row for each record: lists with spaces between, what is particular to a kind as JSON in ``other``."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for entry in entries:
        levels = entry.get("levels", {})
        row = {name: entry.get(name) for name in COLUMNS} | {label: levels.get(label) for label in LEVELS}
        row["other"] = {name: value for name, value in entry.items() if name not in (*COLUMNS, "levels")}
        table.writerow([_cell(row[name]) for name in COLUMNS])
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":")) if value else ""
    return "" if value is None else str(value)
