"""What sentences of NMEA 0183 without a position say of the fixes: how accurate they are, and that they are none."""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import TYPE_CHECKING

from geopolicy.drives.causes import ACCURACY
from geopolicy.drives.recording import parse_decimal

if TYPE_CHECKING:
    from datetime import date

    from geopolicy.drives.recording import Recording

_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)(?:\.(\d*))?", re.ASCII)
# 95 % radius over root mean square distance (DRMS): 1.73 for a circle, up to 1.96 for a line (docs/adr/0026).
_RADIUS_95_PER_DRMS = 2
_RADIUS_95_PER_68 = 2
_GSA_FIXED = ("2", "3")  # 1 none
_PUBX_FIXED = ("G2", "G3", "D2", "D3", "RK")  # not NF none, DR dead reckoning, TT time only
_PREFERRED = ("GGA", "GNS", "RMC", "GLL")
_NOWHERE = (None, None, 0)
_APART_DEG = 20.0 / 111_195.0  # 20 m of a meridian


Position = tuple[float | None, float | None, int]
"""Latitude and longitude in degrees, and how many characters the latitude has."""


class Epoch:
    """What the position sentences of one time of day said, and what others say of it."""

    # Of the class, since most epochs change few of them: this is the inner loop of the reader.
    is_fixed = False
    refusal: str | None = None
    datum_refusal: str | None = None
    day: date | None = None
    has_other_day = False  # of a sentence without a fix
    speed_mps: float | None = None
    course_deg: float | None = None
    radii_m: dict[str, float] | None = None
    earlier_radii_m: dict[str, float] | None = None

    def __init__(self, time_us: int | None, line: int) -> None:
        self.time_us = time_us
        self.line = line
        self.kinds: dict[str, Position] = {}

    def note_status(self, kind: str, *, is_fixed: bool) -> None:
        """Take what a sentence with a position says of its fix."""
        if is_fixed:
            self.is_fixed = True
        else:
            self.refuse(kind)

    def refuse(self, kind: str) -> None:
        """Take from a sentence that there is no fix."""
        self.refusal = self.refusal or f"{kind} says that there is none"

    def widen(self, radii_m: dict[str, float]) -> None:
        """Take accuracies by the sentences that state them."""
        if self.radii_m is None:
            self.radii_m = {}
        _widen(self.radii_m, radii_m)

    @property
    def is_valid(self) -> bool:
        """Whether the receiver has a fix, in whatever datum."""
        return self.is_fixed and self.refusal is None

    def cause(self) -> str | None:
        """Why there is no fix on WGS 84, in words."""
        if not self.is_fixed and self.refusal is None:
            return "no sentence says that there is one"
        return self.refusal or self.datum_refusal or (self._contradiction() if len(self.kinds) > 1 else None)

    def position(self) -> tuple[float | None, float | None]:
        """The most precise position that was stated."""
        for kind in _PREFERRED:
            lat, lon, _ = self.kinds.get(kind, _NOWHERE)
            if lat is not None and lon is not None:
                return lat, lon
        return None, None

    def _contradiction(self) -> str | None:
        """Which two sentences state different positions, in words."""
        first, *others = self.kinds.values()
        if all(other == first for other in others):
            return None
        stated = [kind for kind in _PREFERRED if kind in self.kinds]
        for kind, other in combinations(stated, 2):
            if _are_apart(self.kinds[kind], self.kinds[other]):
                return f"{kind} and {other} state positions that are too far apart"
        return None


class Claims:
    """What was said of the open epoch, of one to come, or of either by sentences that have no time of day.

    A sentence with a time counts for the epoch of this time alone if it says how accurate that is; if it says that
    there is no fix and the epoch is not open, for the next. One without a time stands after the positions of some
    receivers and before those of others: it can restrict both.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._readers = {
            "GST": self._add_gst,
            "GSA": self._add_gsa,
            "DTM": self._add_dtm,
            "PGRMM": self._add_pgrmm,
            "PUBX": self._add_pubx,
            "PGRME": self._add_pgrme,
        }
        self._unusable: dict[str, str] = {}  # what is wrong with the last radius of each sentence that has none
        self._has_any = False  # since the epoch before began
        self._is_begun = False
        self._other_datums: dict[str, None] = {}  # sentences of which the last names one that is not WGS 84
        self._timed_us: int | None = None
        self._timed: dict[str, float] = {}
        self._untimed: dict[str, float] = {}
        self._refusal: str | None = None
        self._has_gsa = self._has_gsa_fix = False

    def add(self, kind: str, fields: list[str], epoch: Epoch | None) -> bool:
        """Take a sentence of at least sixteen fields; False if it is of a type that is not read."""
        if kind not in self._readers or (kind == "PUBX" and fields[0] != "00"):
            return False
        self._has_any = True
        self._readers[kind](fields, epoch)
        return True

    def begin(self, epoch: Epoch) -> None:
        """Say of a new epoch what was said before it."""
        if not self._has_any:
            self._is_begun = True
            self._refuse_by_datum(epoch)
            return
        # One of another time belongs to no epoch: it is never kept for a later one.
        if self._timed_us == epoch.time_us:
            epoch.widen(self._timed)
        if self._is_begun:
            epoch.earlier_radii_m = self._untimed
        else:
            epoch.widen(self._untimed)
        self._refuse_by_datum(epoch)
        if self._refusal is not None:
            epoch.refuse(self._refusal)
        self._refuse_by_gsa(epoch)
        self._timed_us, self._timed, self._untimed = None, {}, {}
        self._refusal, self._has_gsa, self._has_gsa_fix = None, False, False
        self._has_any, self._is_begun = False, True

    def end(self, epoch: Epoch) -> float | None:
        """Say of an epoch what came within it, and how accurate it is."""
        if self._has_any:
            self._refuse_by_gsa(epoch)
            if self._untimed:
                epoch.widen(self._untimed)
                epoch.widen(epoch.earlier_radii_m or {})
        elif not self._recording.states_accuracy:
            return None
        radii = epoch.radii_m or {}
        for kind in radii:
            self._recording.assume(self._sentence(kind))
        radius_m = max(radii.values(), default=math.inf)
        if radius_m < math.inf:
            return radius_m
        if self._recording.states_accuracy:
            unusable = [self._unusable[kind] for kind, radius_m in radii.items() if radius_m == math.inf]
            cause = " and ".join(unusable) or "no sentence of its time states one"
            self._recording.causes.add(ACCURACY, cause, f"line {epoch.line}")
        return None

    def _refuse_by_gsa(self, epoch: Epoch) -> None:
        # One for each constellation: those without a satellite may say that they have no fix.
        if self._has_gsa and not self._has_gsa_fix:
            epoch.refuse("GSA")

    def _sentence(self, kind: str) -> str:
        if kind == "GST":
            return f"accuracy: from GST, 95 % = {_RADIUS_95_PER_DRMS} x DRMS"
        if kind == "PUBX,00":
            return "accuracy: hAcc of PUBX,00 is a 68 % radius; doubled to 95 %"
        confidence = self._recording.choices.confidence
        if confidence is None:
            return "accuracy: from PGRME counts as a 68 % radius, since the file does not say; doubled to 95 %"
        end = "" if confidence == 95 else "; doubled to 95 %"
        return f"accuracy: from PGRME counts as a {confidence} % radius, as --confidence says{end}"

    def _add_gst(self, fields: list[str], epoch: Epoch | None) -> None:
        self._recording.states_accuracy = True
        time_us, lat_m, lon_m = time_us_of(fields[0]), parse_decimal(fields[5]), parse_decimal(fields[6])
        if time_us is None or not (fields[5].strip() or fields[6].strip()):
            return
        # Both must be given and above 0: an empty or zero deviation is not a perfect one.
        is_usable = lat_m is not None and lon_m is not None and lat_m > 0 and lon_m > 0
        drms_m = math.hypot(lat_m or 0.0, lon_m or 0.0) if is_usable else None
        self._add_radius("GST", drms_m, _RADIUS_95_PER_DRMS, time_us, epoch)

    def _add_pubx(self, fields: list[str], epoch: Epoch | None) -> None:
        self._recording.states_accuracy = True
        time_us = time_us_of(fields[1])
        is_of_open = epoch is not None and epoch.time_us == time_us
        if fields[7] not in _PUBX_FIXED:
            if epoch is not None and (is_of_open or time_us is None):
                epoch.refuse("PUBX,00")
            if not is_of_open:
                self._refusal = "PUBX,00"
        if fields[8].strip():
            self._add_radius("PUBX,00", parse_decimal(fields[8]), _RADIUS_95_PER_68, time_us, epoch)

    def _add_pgrme(self, fields: list[str], epoch: Epoch | None) -> None:
        self._recording.states_accuracy = True
        scale = 1 if self._recording.choices.confidence == 95 else _RADIUS_95_PER_68
        radius_m = parse_decimal(fields[0]) if fields[1] == "M" else None
        self._add_radius("PGRME", radius_m, scale, None, epoch)
        if not fields[0].strip():
            self._unusable["PGRME"] = "PGRME states none"
        elif fields[1] != "M":
            self._unusable["PGRME"] = "PGRME states one that is not in metres"

    def _add_radius(
        self, kind: str, radius_m: float | None, scale: int, time_us: int | None, epoch: Epoch | None
    ) -> None:
        """Note a radius; one that cannot be used is larger than any."""
        scaled_m = radius_m * scale if radius_m is not None and radius_m > 0.0 else math.inf
        if scaled_m == math.inf:
            is_above_0 = radius_m is not None and radius_m > 0.0
            self._unusable[kind] = f"{kind} states one that is {'too large' if is_above_0 else 'not above 0'}"
        if time_us is None:
            _widen(self._untimed, {kind: scaled_m})
        elif epoch is not None and epoch.time_us == time_us:
            epoch.widen({kind: scaled_m})
        else:
            if self._timed_us != time_us:
                self._timed_us, self._timed = time_us, {}
            _widen(self._timed, {kind: scaled_m})

    def _add_gsa(self, fields: list[str], _epoch: Epoch | None) -> None:
        self._has_gsa = True
        self._has_gsa_fix = self._has_gsa_fix or fields[1] in _GSA_FIXED

    def _add_dtm(self, fields: list[str], epoch: Epoch | None) -> None:
        has_offset = any(text.strip() and parse_decimal(text) != 0.0 for text in (fields[2], fields[4]))
        self._note_datum("DTM", epoch, is_wgs84=fields[0] == "W84" and not has_offset)

    def _add_pgrmm(self, fields: list[str], epoch: Epoch | None) -> None:
        self._note_datum("PGRMM", epoch, is_wgs84=fields[0].strip() == "WGS 84")

    def _note_datum(self, kind: str, epoch: Epoch | None, *, is_wgs84: bool) -> None:
        """The datum of the open epoch and of the positions that follow, until another sentence of the kind."""
        if is_wgs84:
            self._other_datums.pop(kind, None)
            return
        self._other_datums[kind] = None
        if epoch is not None:
            self._refuse_by_datum(epoch)

    def _refuse_by_datum(self, epoch: Epoch) -> None:
        for kind in self._other_datums:
            epoch.datum_refusal = f"{kind} says that the datum is not WGS 84"


def _are_apart(one: Position, other: Position) -> bool:
    """Whether two positions are further apart than 20 m, and than the last place of the coarser one explains."""
    (lat, lon, length), (other_lat, other_lon, other_length) = one, other
    if lat is None or lon is None or other_lat is None or other_lon is None:
        return False
    places = max(min(length, other_length) - len("ddmm."), 0)
    unit_deg = 10.0**-places / 60.0
    north_deg = abs(lat - other_lat)
    east_deg = abs((lon - other_lon + 180.0) % 360.0 - 180.0)
    is_apart_east = east_deg > unit_deg and east_deg * math.cos(math.radians(lat)) > _APART_DEG
    return is_apart_east or (north_deg > unit_deg and north_deg > _APART_DEG)


def _widen(radii_m: dict[str, float], others_m: dict[str, float]) -> None:
    for kind, radius_m in others_m.items():
        radii_m[kind] = max(radius_m, radii_m.get(kind, 0.0))


def time_us_of(text: str) -> int | None:
    """Microseconds since midnight; a leap second (60) is the first of the next minute."""
    match = _TIME.fullmatch(text)
    if match is None or match[1] > "23" or match[2] > "59" or match[3] > "60":
        return None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    return seconds * 1_000_000 + int((match[4] or "")[:6].ljust(6, "0"))
