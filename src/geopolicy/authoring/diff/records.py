"""What a change of a zone set does: findings by zone, and in the header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.authoring.diff.situations import Situation

KINDS = (
    *("area", "frame", "level", "sensors", "times", "conditions", "exemption", "expiry", "tags", "limits", "notices"),
    *("not_understood", "zone"),
)
"""What a finding is about."""
HEADER_KINDS = ("coverage", "expires", "kind", "ends", "id", "revision", "issued")


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a zone became looser, or stricter.

    Attributes
    ----------
    kind
        One of `KINDS`.
    text
        What changed, in words.
    sensors
        The names in the rule that it is about.
    doubt
        Why it is not proven to be so, None if it is: ``"between_positions"``, if it is so in places alone that are no
        positions of the grid, which a disc or a path may meet and an exact position never does; ``"conditions"``, if
        no situation is known in which it is so; ``"outside_coverage"``, if engines turn every sensor off there, and
        only a monitor that holds or allows what is not known goes by zones; ``"too_much"``, if it was too much to be
        compared.
    example
        A situation in which it is so, with what matters in it; None if it is so where nothing is known of a vehicle,
        or if no situation is known.
    position
        A position of the grid at which it is so in that situation: latitude and longitude in the frame of ``frame``.
    area_km2
        How large the area is where it is so.
    geometry
        That area as GeoJSON, in the frame of ``frame``; as near as doubles tell.
    """

    kind: str
    text: str
    sensors: tuple[str, ...]
    doubt: str | None
    example: Situation | None
    position: tuple[float, float] | None
    area_km2: float
    geometry: dict[str, Any]
    frame: str

    @property
    def is_proven(self) -> bool:
        """Whether a position and a situation are known at which it is so; otherwise the opposite is not proven."""
        return self.doubt is None


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """One way in which what a file says of itself became looser, or stricter; ``kind`` is one of `HEADER_KINDS`.

    A change of coverage is proven if a position of the grid is known at which it is so.
    """

    kind: str
    text: str
    is_looser: bool
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """What became of one zone.

    ``change`` is ``"added"``, ``"removed"``, ``"renamed"`` (to ``new_id``, all else being equal) or ``"changed"``.
    A zone that is removed where others ask the same is not looser.
    """

    zone_id: str
    change: str
    looser: tuple[Difference, ...] = ()
    stricter: tuple[Difference, ...] = ()
    new_id: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneSetDiff:
    """What became stricter and what looser from one zone set to another; made by `diff_zones`.

    Examples
    --------
    >>> import geopolicy as gp
    >>> zones = gp.read_zones("zones")
    >>> gp.diff_zones(zones, zones).is_looser
    False
    """

    zones: tuple[ZoneChange, ...] = ()
    header: tuple[HeaderChange, ...] = ()

    @property
    def is_looser(self) -> bool:
        """Whether anything became looser, or is not proven to be as tight as it was."""
        return any(change.looser for change in self.zones) or any(finding.is_looser for finding in self.header)

    def counts(self) -> dict[str, int]:
        """How many zones became looser and stricter, were added, removed and renamed."""
        counts = {
            "looser": sum(bool(change.looser) for change in self.zones),
            "stricter": sum(bool(change.stricter) for change in self.zones),
        }
        for name in ("added", "removed", "renamed"):
            counts[name] = sum(change.change == name for change in self.zones)
        return counts

    def to_geojson(self) -> dict[str, Any]:
        """The areas of all findings as a GeoJSON FeatureCollection that a GIS can show, one feature for each."""
        return {"type": "FeatureCollection", "features": list(self._features())}

    def _features(self) -> Iterator[dict[str, Any]]:
        for change in self.zones:
            for direction, findings in (("looser", change.looser), ("stricter", change.stricter)):
                for finding in findings:
                    properties = {
                        "zone": change.zone_id,
                        "change": change.change,
                        "direction": direction,
                        "kind": finding.kind,
                        "text": finding.text,
                        "is_proven": finding.is_proven,
                        "area_km2": finding.area_km2,
                        "frame": finding.frame,
                    }
                    yield {"type": "Feature", "geometry": finding.geometry, "properties": properties}
