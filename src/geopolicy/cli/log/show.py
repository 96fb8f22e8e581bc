"""``geopolicy log show``: the records of a log, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.audit import verify_log
from geopolicy.audit.bands import band_text
from geopolicy.cli import console
from geopolicy.cli.console import names_text
from geopolicy.cli.log.entries import Folder, Key, Zones, entries_of
from geopolicy.cli.log.report import report_json, say_verdict
from geopolicy.cli.options import AsJson
from geopolicy.model.sensors import Vehicle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def show(folder: Folder, *, key: Key = None, zones: Zones = None, as_json: AsJson = False) -> int:
    """Show the records of a log, and whether they hold. Exit code 1 if they do not hold.

    Example: geopolicy log show /var/lib/vehicle/log --key vehicle.key --zones zones/
    """
    entries = entries_of(folder, key, zones)
    report = verify_log(folder)
    if as_json:
        console.print_json("log show", {"records": entries} | report_json(report))
        return 0 if report.is_ok else console.REFUSED
    vehicle: Vehicle | None = None
    for entry in entries:
        if entry["kind"] == "start":
            vehicle = _vehicle_in(entry)
        if entry["kind"] != "segment" or entry["tail"]:
            _say_entry(entry, vehicle)
    return say_verdict(report, checkpoints=0)


def _say_entry(entry: Mapping[str, Any], vehicle: Vehicle | None) -> None:
    number, when, what, sensors, why, zones = _cells(entry, vehicle)
    place = "; ".join(text for text in (zones, why) if text)
    rest = "   ".join(text for text in (sensors, f"[{place}]" if place else "") if text)
    style = "bold red" if "off:" in sensors else "bold yellow" if ":" in sensors else None
    console.say(f"{number:>4}  {when:<20}  {what:<10}  {rest}".rstrip(), style)


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
        states = list(_states(entry, vehicle)) or ["all allowed"]
        sensors = "; ".join([*states, *_used_exemptions(entry)])
        sure = [entry["certainty"]] if entry["certainty"] != "certain" else []
        why = ", ".join(sure + [reason for reason in entry["reasons"] if reason not in sure])
        zones = ", ".join(f"{zone} (only held)" if zone in entry["held"] else zone for zone in entry["zones"])
    elif what == "start":
        sensors = console.count_text(len(entry["sensors"]), "sensor")
        why = "" if entry["clean"] else "the drive before did not end cleanly; its last records may be lost"
    else:
        why = _event_text(entry)
    return str(entry["n"]), when, what, sensors, why, zones


def _states(entry: Mapping[str, Any], vehicle: Vehicle | None) -> Iterable[str]:
    """What holds from a transition on."""
    for label, names in entry["levels"].items():
        yield f"{label}: {_names(names, vehicle)}"
    for country, names in entry["store_in"].items():
        yield f"store in {country}: {_names(names, vehicle)}"
    if entry["needs_consent"]:
        yield f"needs consent: {_names(entry['needs_consent'], vehicle)}"
    for band, names in entry["limits"].items():
        yield f"{band_text(band)}: {_names(names, vehicle)}"
    for notice, names in entry["must_show"].items():
        yield f"must show {notice}: {_names(names, vehicle)}"


def _used_exemptions(entry: Mapping[str, Any]) -> Iterable[str]:
    """What lifted rules that would hold else, with their zones."""
    for by, zones in entry["exemptions"].items():
        yield f"used exemption: {by} [{', '.join(zones)}]"


def _names(sensors: list[str], vehicle: Vehicle | None) -> str:
    if sensors == ["*"]:
        return "all sensors"
    return ", ".join(sensors) if vehicle is None else names_text(sensors, vehicle)


def _event_text(entry: Mapping[str, Any]) -> str:
    """What a record that is no transition says."""
    kind = entry["kind"]
    if kind == "counters":
        return ", ".join(f"{name} {count}" for name, count in entry["counters"].items())
    if kind == "gap":
        return console.count_text(entry["lost"], "transition was not read in time", "transitions were not read in time")
    if kind == "failed":
        counts = (f"{name} {console.count_text(count, 'time')}" for name, count in entry["errors"].items())
        errors = ", ".join(counts) or "none named"
        return f"writing failed: {errors}; {console.count_text(entry['lost'], 'record')} lost"
    if kind == "dropped":
        count = console.count_text(entry["records"], "record")
        whose = "its" if entry["records"] == 1 else "their"
        return f"{count} up to {entry['before'] - 1} dropped for {whose} {entry['why']}"
    if kind == "segment":
        tail = "byte that is no whole record", "bytes that are no whole record"
        return f"before it {console.count_text(entry['tail']['bytes'], *tail)}"
    return ""
