"""Zones to look at: what each asks at any moment of some days, and the decision at any place, as one page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from geopolicy.authoring.change_values import change_values
from geopolicy.base.arguments import check_callable, check_kind, check_text
from geopolicy.base.atomic import write_atomically
from geopolicy.engines.layers import layers_of
from geopolicy.model.citations import reason_texts
from geopolicy.model.decisions import Reason
from geopolicy.model.limits import MUST_SHOW
from geopolicy.model.rules import STATES, Level
from geopolicy.model.sensors import Vehicle
from geopolicy.model.times import require_aware
from geopolicy.pages.document import document_of
from geopolicy.pages.edition_values import Edition, limit_values, limits_in, middle_lon, vehicle_values
from geopolicy.pages.rule_times import milliseconds
from geopolicy.policy.policy import Circumstances

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from geopolicy.engines.layers import Layer

FORMAT = 1
"""Of the data in a page."""
MOST_DAYS = 366
_DEFAULT_VEHICLE = "ten common sensors"


class ZoneDrawing:
    """Zones, and what they ask of vehicles at any moment of a span of days. It holds no position of a vehicle.

    Attributes
    ----------
    data
        Plain values for JSON: ``vehicles``, ``span``, and of each of ``editions`` zones, packs, rules and when they
        hold; ``changes`` between two editions.
    """

    def __init__(self, data: dict[str, Any], levels: Sequence[int]) -> None:
        self.data = data
        self._levels = levels

    def html(self, tiles: str | None = None) -> str:
        """One page that stands alone and loads nothing.

        Parameters
        ----------
        tiles
            The address of a tile server, ``https://.../{z}/{x}/{y}.png``. Who runs it learns what is looked at.

        Raises
        ------
        ValueError
            If ``tiles`` is no such address.
        """
        return document_of("zones", self.data, tiles)

    def save(self, path: str | os.PathLike[str], tiles: str | None = None) -> None:
        """Write the page, whole or not at all.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        write_atomically(Path(path), self.html(tiles).encode("utf-8", "backslashreplace"))

    def png(self, size_px: tuple[int, int] = (1600, 1000)) -> bytes:
        """A still picture of the first moment, for the first vehicle, that needs no browser: with the extra `pictures`.

        Parameters
        ----------
        size_px
            Width and height in pixels, each from 300 to 8000.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If a side is not a whole number from 300 to 8000.

        Examples
        --------
        >>> import geopolicy as gp
        >>> gp.draw_zones("zones").png()[1:4]
        b'PNG'
        """
        return self._picture("png", size_px)

    def svg(self, size_px: tuple[int, int] = (1600, 1000)) -> bytes:
        """The same as SVG, with texts as texts.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If a side is not a whole number from 300 to 8000.
        """
        return self._picture("svg", size_px)

    def _picture(self, image_format: Literal["png", "svg"], size_px: tuple[int, int]) -> bytes:
        from geopolicy.pages.still_zones import moment_line, zones_picture

        data, edition = self.data, self.data["editions"][-1]
        state, emergency = data["shown"]
        known = {None: "not known", True: "yes", False: "no"}
        words = (moment_line(data["span"][0], edition["timezones"]), f"vehicle {data['vehicles'][0]['name']}")
        more = (f"state {state or 'not known'}", f"emergency {known[emergency]}")
        return zones_picture(
            edition["zones"],
            self._levels,
            coverages=edition["coverages"],
            title=data["title"],
            lines=[" · ".join((*words, *more))],
            changes=data["changes"],
            image_format=image_format,
            size_px=size_px,
        )

    def __repr__(self) -> str:
        zones = len(self.data["editions"][-1]["zones"])
        return f"<ZoneDrawing, zones: {zones}, vehicles: {len(self.data['vehicles'])}>"


def draw_zones(
    zones: Any,
    vehicles: Vehicle | Mapping[str, Vehicle] | None = None,
    *,
    since: Any = None,
    time: datetime | None = None,
    days: int = 7,
    state: str | None = None,
    emergency: bool | None = None,
    title: str | None = None,
    on_progress: Callable[[float], object] | None = None,
) -> ZoneDrawing:
    """Zones as a page: a map, a slider through some days, and the decision at whatever place is clicked.

    The page decides nothing by itself. Which rules hold from when until when is written into it; it finds the zones
    at a place exactly, by the pack, and joins what they ask.

    Parameters
    ----------
    zones
        What `open` takes.
    vehicles
        A vehicle, or several by name; by default one with ten common sensors.
    since
        Zones as they were before a change: the page then shows what became looser or stricter, and decides by either.
    time
        Where the span begins, to the millisecond; this minute if not given.
    days
        How long it is, 1 to 366.
    state, emergency
        What the page shows first; None is not known. Whoever looks may choose others.
    title
        What the page is called.
    on_progress
        Called with the part that is done, 0 to 1.

    Raises
    ------
    ValueError
        If the time is naive or the days are out of range, for another state or emergency, if the rules change too
        often in so many days or these go beyond the year 9999, or if there is ``since`` and it or the zones are
        several sets.
    TypeError
        If the vehicles are none, or the days no whole number.

    Examples
    --------
    >>> import geopolicy as gp
    >>> drawing = gp.draw_zones("zones")
    >>> drawing
    <ZoneDrawing, zones: 35, vehicles: 1>
    >>> page = drawing.html()  # to save it: drawing.save("zones.html")
    """
    layers = layers_of(zones)
    before = None if since is None else layers_of(since)
    return drawing_of(
        layers,
        _named(vehicles),
        before,
        time=time,
        days=days,
        shown=(state, emergency),
        title=title,
        on_progress=on_progress,
    )


def drawing_of(
    layers: Sequence[Layer],
    vehicles: Mapping[str, Vehicle],
    before: Sequence[Layer] | None = None,
    *,
    time: datetime | None = None,
    days: int = 7,
    shown: tuple[str | None, bool | None] = (None, None),
    title: str | None = None,
    commands: Sequence[str] | None = None,
    on_progress: Callable[[float], object] | None = None,
) -> ZoneDrawing:
    """The same of layers that are open; ``commands``, one for each vehicle, begin a `check` on the command line."""
    check_text("title", title)
    check_callable("on_progress", on_progress)
    Circumstances(None, *shown)  # refuses what is no state, and no emergency
    span = span_of(time, days)
    editions = [Edition(each) for each in (before, layers) if each is not None]
    limits = limits_in(rule for edition in editions for rule in edition.rules)
    lon = middle_lon(zones for edition in editions for zones in edition.sets)
    every = list(vehicles.values())
    values = [
        edition.values(every, limits, span, lon, _part_of(on_progress or (lambda _: None), at, len(editions)))
        for at, edition in enumerate(editions)
    ]
    return ZoneDrawing(
        {
            "format": FORMAT,
            "title": title or "Zones",
            "span": [milliseconds(bound) for bound in span],
            "shown": list(shown),
            "middle_lon": lon,
            "states": list(STATES),
            "levels": [level.label for level in Level],
            "reasons": [[str(reason), "; ".join(reason_texts([reason]))] for reason in Reason],
            "notices": list(MUST_SHOW),
            "limits": limit_values(limits),
            "vehicles": vehicle_values(vehicles, limits, commands),
            "editions": values,
            "changes": None if before is None else change_values(editions[0].sets, editions[1].sets, lon),
        },
        editions[-1].levels(every[0], Circumstances(span[0], *shown), values[-1]["zones"]),
    )


def _part_of(on_progress: Callable[[float], object], at: int, parts: int) -> Callable[[float], object]:
    return lambda part: on_progress((at + part) / parts)


def span_of(time: datetime | None, days: int) -> tuple[datetime, datetime]:
    """From when until when, in UTC and whole milliseconds.

    Raises
    ------
    ValueError
        If the time is naive, the days are out of range, or they do not end before the year 10,000.
    """
    if isinstance(days, bool):
        raise TypeError("days must be a whole number, got bool")
    check_kind("days", days, int, "a whole number")
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"days must be 1 to {MOST_DAYS}, got {days}")
    if time is not None:
        require_aware("time", time)
    try:
        first = datetime.now(UTC).replace(second=0, microsecond=0) if time is None else time.astimezone(UTC)
        first = first.replace(microsecond=first.microsecond // 1000 * 1000)
        return first, first + timedelta(days=days)
    except OverflowError:
        raise ValueError(f"days must end before the year 10,000, got {days} from {time}") from None


def _named(vehicles: Vehicle | Mapping[str, Vehicle] | None) -> Mapping[str, Vehicle]:
    if vehicles is None or isinstance(vehicles, Vehicle):
        return {_DEFAULT_VEHICLE if vehicles is None else "vehicle": vehicles or Vehicle()}
    check_kind("vehicles", vehicles, Mapping, "a Vehicle, or Vehicles by name")
    if not vehicles or not all(isinstance(each, Vehicle) for each in vehicles.values()):
        raise TypeError("vehicles must be a Vehicle, or one or more Vehicles by name")
    return vehicles
