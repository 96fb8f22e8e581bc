"""A drive against zones as plain values, and as one page to look at."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.base.arguments import check_bool, check_kind, check_text
from geopolicy.base.atomic import write_atomically
from geopolicy.engines.layers import layers_of
from geopolicy.engines.open import open as open_engine
from geopolicy.model.citations import in_words
from geopolicy.model.rules import Level
from geopolicy.pages.document import document_of
from geopolicy.pages.notebook import PageInNotebook, drive_table
from geopolicy.pages.steps import Journey
from geopolicy.pages.still_drive import SIZE_PX, drive_picture
from geopolicy.pages.zone_values import coverage_values, zone_values, zones_in
from geopolicy.replay import MonitoredReplay, Summary, replay

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from geopolicy.engines.layers import Layer
    from geopolicy.model.fixes import Fix
    from geopolicy.model.sensors import Vehicle
    from geopolicy.monitor.profile import MonitorProfile

FORMAT = 1
"""Of the data in a page."""


class DriveReport:
    """What a page shows of a drive. It holds positions.

    Attributes
    ----------
    data
        Plain values for JSON: sensors, ``answers``, ``runs`` (step and number of the answer from there on), ``way``,
        ``zones``, ``summary``, ``notes``.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def html(self, tiles: str | None = None) -> str:
        """One page that stands alone and loads nothing.

        Parameters
        ----------
        tiles
            The address of a tile server, ``https://.../{z}/{x}/{y}.png``. Who runs it learns where the drive was.

        Raises
        ------
        ValueError
            If ``tiles`` is no such address.
        """
        return document_of("drive", self.data, tiles)

    def save(self, path: str | os.PathLike[str], tiles: str | None = None) -> None:
        """Write the page, whole or not at all.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        write_atomically(Path(path), self.html(tiles).encode("utf-8", "backslashreplace"))

    def png(self, size_px: tuple[int, int] = SIZE_PX) -> bytes:
        """A still picture: map, sums and a lane for each sensor. Positions are in it. Needs the extra ``pictures``.

        Parameters
        ----------
        size_px
            Width and height in pixels, each from 300 to 8000.

        Raises
        ------
        ValueError
            For another size.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import geopolicy as gp
        >>> with gp.open_drive("docs/tutorial/visnjan-car.gpx") as drive:
        ...     report = gp.report_drive(drive, "docs/tutorial/visnjan-drive.geojson")
        >>> report.png()[1:4]  # Path("drive.png").write_bytes(report.png())
        b'PNG'
        """
        return drive_picture(self.data, size_px=size_px)

    def svg(self, size_px: tuple[int, int] = SIZE_PX) -> bytes:
        """The same as vectors: texts stay texts, and it refers to nothing elsewhere.

        Parameters
        ----------
        size_px
            Width and height in pixels, each from 300 to 8000.

        Raises
        ------
        ValueError
            For another size.
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import geopolicy as gp
        >>> with gp.open_drive("docs/tutorial/visnjan-car.gpx") as drive:
        ...     report = gp.report_drive(drive, "docs/tutorial/visnjan-drive.geojson")
        >>> report.svg().splitlines()[0]
        b'<?xml version="1.0" encoding="utf-8"?>'
        """
        return drive_picture(self.data, image_format="svg", size_px=size_px)

    def __repr__(self) -> str:
        summary = self.data["summary"]
        return f"<DriveReport, positions inside, fixes: {summary['fixes']}, zones: {len(self.data['zones'])}>"

    def _repr_html_(self) -> str:
        return drive_table(self.data)

    def notebook(self, *, positions: bool) -> DriveReport | PageInNotebook:
        """What a notebook shows of the drive: sums, or with ``positions`` the page itself.

        Without being asked a notebook shows the sums, in which no position is. Whoever gets a notebook that shows the
        page gets the drive with it.

        Parameters
        ----------
        positions
            Whether positions of the drive may stand in the notebook, and in its file.
        """
        check_bool("positions", positions)
        return PageInNotebook(self.html()) if positions else self


def report_drive(
    drive: Iterable[Fix],
    zones: Any,
    vehicle: Vehicle | None = None,
    *,
    accuracy_95_m: float | None = None,
    state: str | None = None,
    emergency: bool | None = None,
    profile: MonitorProfile | None = None,
    is_raw: bool = False,
    clock: Callable[[Fix], datetime | None] | None = None,
    title: str | None = None,
) -> DriveReport:
    """A report of a drive against zones, for people who would rather look than read.

    Every fix is decided, by the monitor that `geopolicy.replay` has, or each alone. For display the way is simplified.

    Parameters
    ----------
    drive
        An open drive, or fixes.
    zones
        What `open` takes.
    vehicle
        By default one with ten common sensors.
    accuracy_95_m, state, emergency, clock
        As for `geopolicy.replay.MonitoredReplay` and `geopolicy.replay.replay`.
    profile
        What is known of the vehicle and its receiver, for the monitor.
    is_raw
        Judge each fix alone, without a monitor.
    title
        What the page is called; by default the name of the drive's file.

    Raises
    ------
    ValueError
        If the profile does not suit the vehicle, or the time of a fix is naive; and what `open` raises.

    Examples
    --------
    >>> import geopolicy as gp
    >>> with gp.open_drive("docs/tutorial/visnjan-car.gpx") as drive:
    ...     report = gp.report_drive(drive, ["zones", "docs/tutorial/visnjan-drive.geojson"])
    >>> report
    <DriveReport, positions inside, fixes: 104, zones: 46>
    >>> page = report.html()  # to save it: report.save("drive.html")
    """
    check_bool("is_raw", is_raw)
    check_kind("drive", drive, Iterable, "a drive, or a list of fixes")
    check_text("title", title)
    layers = layers_of(zones)
    engine = open_engine(layers, vehicle)
    options: dict[str, Any] = {"accuracy_95_m": accuracy_95_m, "state": state, "emergency": emergency, "clock": clock}
    watched = None if is_raw else MonitoredReplay(engine, profile, **options)
    journey, summary = Journey(engine.vehicle, drive, is_raw=is_raw), Summary()
    steps = replay(engine, journey.fixes, **options) if watched is None else watched.steps(journey.fixes)
    for step in steps:
        journey.add(step)
        summary.add(step)
    notes = [*getattr(drive, "assumptions", ()), *_mode_notes(watched)]
    return report_of(journey, summary, layers, title or _name_of(drive), notes)


def report_of(
    journey: Journey, summary: Summary, layers: Sequence[Layer], title: str, notes: Iterable[str]
) -> DriveReport:
    """The report of steps that were taken in."""
    way = journey.way()
    sets = zones_in(layers)
    zones, tolerance = zone_values(sets, journey.vehicle, journey.middle_lon)
    numbers = {zone["id"]: number for number, zone in enumerate(zones)}
    for zone in zones:
        zone["steps"] = summary.zones.get(zone["id"], 0)
    return DriveReport(
        {
            "format": FORMAT,
            "title": title,
            "is_raw": journey.is_raw,
            "sensors": list(journey.vehicle.sensors),
            "levels": [level.label for level in Level],
            "reason_words": _reason_words(journey),
            "answers": [_numbered(entry, numbers) for entry in journey.answers.entries],
            "runs": journey.runs,
            "passed": [[step, [numbers[zone] for zone in ids]] for step, ids in journey.passed],
            "way": way,
            "zones": zones,
            "zones_off_deg": tolerance,
            "coverages": coverage_values(sets, journey.middle_lon),
            "middle_lon": journey.middle_lon,
            "summary": _summary(summary),
            "notes": list(notes),
        }
    )


def _reason_words(journey: Journey) -> dict[str, str]:
    """Every reason of the drive, in words."""
    reasons = sorted({reason for entry in journey.answers.entries for reason in entry["reasons"]})
    return {reason: in_words(reason) for reason in reasons}


def _numbered(entry: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    """An answer in which zones are numbers."""
    causes = [[numbers[zone], *rest] for zone, *rest in entry["causes"]]
    return entry | {"zones": [numbers[zone] for zone in entry["zones"]], "causes": causes}


def _summary(summary: Summary) -> dict[str, Any]:
    keys = sorted(summary.seconds_at, key=lambda key: (key[0], -key[1]))
    restricted = [
        [sensor, int(level), round(summary.seconds_at[sensor, level], 3), round(summary.metres_at[sensor, level], 1)]
        for sensor, level in keys
    ]
    asked = [
        [sensor, tag, round(seconds, 3), round(summary.metres_asked[sensor, tag], 1)]
        for (sensor, tag), seconds in sorted(summary.seconds_asked.items())
    ]
    return {
        "fixes": summary.fixes,
        "unusable": summary.unusable,
        "untimed": summary.untimed,
        "left_out": summary.left_out,
        "seconds": round(summary.seconds, 3),
        "metres": round(summary.metres, 1),
        "restricted": restricted,
        "asked": asked,
        "zones": len(summary.zones),
        "reasons": {in_words(reason): count for reason, count in sorted(summary.reasons.items())},
        "without_sensor": summary.zones_without_our_sensor(),
    }


def _mode_notes(watched: MonitoredReplay | None) -> Iterator[str]:
    if watched is None:
        yield "each fix is judged alone, as if no other had come"
        return
    profile = watched.monitor.profile
    yield (
        f"a monitor judges the fixes: one is stale after {profile.stale_after_s:g} s,"
        f" the vehicle no faster than {profile.v_max_mps:g} m/s"
    )
    doubted = ", ".join(f"{kind} ({count})" for kind, count in sorted(watched.monitor.counters.items()))
    if doubted:
        yield f"ignored or doubted fixes: {doubted}"


def _name_of(drive: object) -> str:
    return Path(str(getattr(drive, "name", "drive"))).name
