"""The contract of an engine: what every implementation answers and refuses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import index

from geopolicy.base.arguments import list_of, number
from geopolicy.geometry import grid
from geopolicy.geometry.tangent_plane import LIMIT_M
from geopolicy.policy.policy import Circumstances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any, Self

    from numpy.typing import ArrayLike

    from geopolicy.model.batches import Decisions
    from geopolicy.model.decisions import Decision, Near
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.zones import ZoneFileHeader
    from geopolicy.policy.policy import RuleSet


MOST_THREADS = 1024


class Engine(ABC):
    """Answers how tightly the sensors of one vehicle must be restricted at a place.

    An engine is immutable and stateless: threads may share it, and it reads no clock. Positions
    are WGS 84 degrees, latitude first. A position on an edge or vertex of a zone is covered by it,
    one that is 1e-7 degree outside is not. Without `when`, every schedule counts as in force.

    An engine can be pickled, to be sent to another process: by its zones or its pack, from which it is made
    anew there. A copy is the engine itself.
    """

    name: str
    """``"reference"`` or ``"kernel"``."""
    vehicle: Vehicle
    """The vehicle for which rules are resolved."""
    time: datetime | None
    """The time for which schedules are resolved; None if not known: all are in force."""
    state: str | None
    """``"driving"``, ``"parked"``, or None if not known."""
    emergency: bool | None
    """Whether there is an emergency; None if not known."""
    exempts: bool
    """Whether exemptions lift rules; not in a view that `without_exemptions` made."""

    @property
    @abstractmethod
    def valid_until(self) -> datetime | None:
        """The instant before which no rule changes because of time alone; None if none ever does.

        A lower bound: resolve again (`when`) no later than this.
        """

    @property
    @abstractmethod
    def zone_ids(self) -> tuple[str, ...]:
        """The ids of all zones, sorted."""

    @property
    @abstractmethod
    def header(self) -> ZoneFileHeader:
        """What the zone file says of itself; of several sets what their base says, if there is one."""

    @property
    @abstractmethod
    def digest(self) -> str | None:
        """SHA-256 of the pack, as hex; None where zones were opened without one.

        Of several packs it is the SHA-256 over the text of theirs, sorted and without anything between.
        """

    @property
    def content_id(self) -> str | None:
        """A text that engines share only if their zones are the same; None where that is not known.

        The digest of the pack; where zones were opened without one, that of their canonical text. So the same zone
        file opened by the kernel, which compiles it, and by the reference engine does not count as the same.
        """
        return self.digest

    @property
    def parts(self) -> tuple[Engine, ...]:
        """Its sets of zones, each as an engine by itself; this engine where it has one. An overlay knows no place."""
        return (self,)

    @property
    @abstractmethod
    def expires(self) -> datetime | None:
        """The instant from which on some zone is expired; None if none ever is."""

    @abstractmethod
    def decide_zones(self, zone_ids: Iterable[str]) -> Decision:
        """The decision where exactly these zones apply, wherever that is. Ids of no zone are passed over."""

    @abstractmethod
    def when(self, time: datetime | None = None, state: str | None = None, emergency: bool | None = None) -> Self:
        """This engine with the conditions of its rules resolved for a time, state and emergency. Shares the index.

        Parameters
        ----------
        time
            An aware datetime.
        state
            ``"driving"`` or ``"parked"``.
        emergency
            Whether there is an emergency. That there is none must be said, too.

        None means, of each of them, that it is not known, and what is not known restricts. What this view knew
        does not go on: say all of it again.

        Raises
        ------
        ValueError
            For a naive time, another state, or an emergency that is not True, False or None.
        """

    @abstractmethod
    def without_exemptions(self) -> Self:
        """This engine, and all views of it, with no rule lifted by its ``unless``. Shares the index.

        For when the zones are not known to be up to date: what they forbid goes on, what they allow does not.
        """

    @abstractmethod
    def decide(self, lat: float, lon: float, accuracy_95_m: float = 0.0) -> Decision:
        """How tightly each sensor must be restricted at a position; without an accuracy it is taken as an exact point.

        Parameters
        ----------
        lat, lon
            Degrees, latitude in [-90, 90], longitude in [-180, 180].
        accuracy_95_m
            Radius in metres of the disc in which the vehicle may be, 0 to 10,000. Every zone that touches
            the disc applies. 0, the default, claims an exact point: give the accuracy of the receiver where
            there is one. Beyond 85 degrees of latitude no disc is judged, and the answer is UNKNOWN.

        Raises
        ------
        ValueError
            For a position out of range or NaN (its value is not shown), or an accuracy that is NaN,
            negative or above 10,000.
        TypeError
            For what is no number, True and False among them.

        Examples
        --------
        >>> import geopolicy as gp
        >>> square = {"type": "Polygon", "coordinates": [[[13, 45], [14, 45], [14, 46], [13, 46], [13, 45]]]}
        >>> zone = gp.Zone("square", square, [gp.Rule(["camera"], gp.Level.OFF)])
        >>> engine = gp.open(gp.ZoneSet([zone]), vehicle=gp.Vehicle(["camera.front", "radar"]))
        >>> sorted(engine.decide(45.0, 13.5).disabled)
        ['camera.front']
        >>> sorted(engine.decide(44.9999999, 13.5).disabled)
        []
        """

    @abstractmethod
    def decide_path(self, lat0: float, lon0: float, lat1: float, lon1: float, accuracy_95_m: float = 0.0) -> Decision:
        """The decision for a straight path between two positions: every zone touched anywhere along it applies.

        Without an accuracy both positions are taken as exact points; with one, every zone within that
        distance of the path applies. The path is straight in degrees and goes the short way round the Earth.
        In the frames GCJ-02 and BD-09, where it is not straight, it is widened by its largest possible bend
        (in BD-09 6.8 m for a path of 1 km). A path of length 0 is a position (`decide`).

        Raises
        ------
        ValueError
            As `decide` does.
        """

    @abstractmethod
    def decide_many(
        self, lat: ArrayLike, lon: ArrayLike, accuracy_95_m: ArrayLike | None = None, time: Any = None, threads: int = 1
    ) -> Decisions:
        """The decisions for many positions, in their order; without accuracies they are taken as exact points.

        Parameters
        ----------
        lat, lon
            Degrees, shape ``(n,)``. What is out of range or NaN gets every sensor off, with reason
            INVALID_POSITION.
        accuracy_95_m
            Metres, a number or shape ``(n,)``; None claims exact points. NaN, negative or above 10,000:
            every sensor off, reason INVALID_ACCURACY.
        time
            For each position an aware datetime (or None: not known), or an array of datetime64 in UTC
            (NaT: not known); without it the time of the engine holds for all.
        threads
            1 to 1,024: how many parts the kernel works on side by side, outside the lock of the interpreter; the
            reference engine has one.

        Raises
        ------
        ValueError
            If shapes differ, a time is naive, or ``threads`` is out of range.
        """

    @abstractmethod
    def near(self, lat: float, lon: float, radius_m: float) -> list[Near]:
        """The zones with a rule in force within a radius, nearest first; the position is taken as an exact point.

        The clearance of each is the distance in metres to the border of its effective polygon, negative
        inside, where it goes no lower than ``-radius_m``. ``radius_m`` is 0 to 10,000.

        Raises
        ------
        ValueError
            As `decide` does, and beyond 85 degrees of latitude, where no distance is judged.
        """

    @abstractmethod
    def safe_radius(self, lat: float, lon: float, limit_m: float = LIMIT_M) -> float:
        """Metres that the position may move before any answer can change, at most ``limit_m``.

        A lower bound; the borders of coverages count, and those of zones without a rule in force too.
        Beyond 85 degrees of latitude it is 0.

        Raises
        ------
        ValueError
            As `decide` does; ``limit_m`` is 0 to 10,000.
        """

    def _rule_sets(self) -> Iterable[RuleSet]:
        """The rule sets of its zones, each at least once; none where there are no zones."""
        return ()

    def _at(self, time: datetime | None) -> Circumstances:
        """The engine's other circumstances, at a time."""
        return Circumstances(time, self.state, self.emergency, self.exempts)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"an engine is immutable, {name} cannot be set; open another one, or use when()")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"an engine is immutable, {name} cannot be deleted")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.zone_ids)} zones>"


def assign(engine: Engine, **values: Any) -> None:
    """Gives an engine its attributes, once, when it is made: its own ``__setattr__`` refuses to."""
    engine.__dict__.update(values)


def check_base(*, is_overlay: bool) -> None:
    """Refuses an overlay where an engine answers alone: it would call every place known."""
    if is_overlay:
        rule = "an engine of one set of zones needs a base, got an overlay, which makes no place known"
        raise ValueError(f"{rule}; geopolicy.open([base, overlay]) opens it")


def check_length(name: str, value: float) -> None:
    """Refuses a length in metres that is not 0 to 10,000."""
    if not 0.0 <= _number(name, value) <= LIMIT_M:
        raise ValueError(f"{name} must be 0 to {LIMIT_M:.0f} metres, got {value!r}")


def check_position(lat: float, lon: float) -> tuple[float, float]:
    """Refuses a position out of range or NaN without showing it."""
    lat, lon = _number("lat", lat), _number("lon", lon)
    grid.check_position(lat, lon)
    return lat, lon


def _number(name: str, value: object) -> float:
    """A float of what has a value as one: never a text, True or False. As the kernel reads arguments."""
    if isinstance(value, (str, bytes, bool)) or not (hasattr(value, "__float__") or hasattr(value, "__index__")):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    return number(name, value)


def check_threads(threads: object) -> None:
    """Refuses a number of threads that is not whole, or below 1."""
    if isinstance(threads, bool) or not hasattr(threads, "__index__"):
        raise TypeError(f"threads must be a whole number, got {type(threads).__name__}")
    if not 1 <= index(threads) <= MOST_THREADS:
        raise ValueError(f"threads must be 1 to {MOST_THREADS}, got {threads}")


def ids_of(zone_ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that ``decide_zones`` is given: a single text is refused, its letters would be ids of no zone."""
    if isinstance(zone_ids, str):
        raise TypeError("zone_ids must be a list of ids, got a text")
    return list_of("zone_ids", zone_ids, str, "ids")
