"""One fix of values that a format has typed already."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geopolicy.drives.causes import POSITION
from geopolicy.drives.timeline import UNKNOWN, Stamp
from geopolicy.model.fixes import Fix

if TYPE_CHECKING:
    from geopolicy.drives.recording import Recording


def typed_fix(
    recording: Recording,
    position: tuple[float | None, float | None],
    *,
    place: str,
    stamp: Stamp = UNKNOWN,
    accuracy_95_m: float | None = None,
    speed_mps: float | None = None,
    course_deg: float | None = None,
    refusal: str | None = None,
) -> Fix:
    """A fix that is valid only with a position in range that is not (0, 0), and where nothing refuses it.

    Accuracy that is not above 0, a negative speed and a course outside 0 to 360 degrees are not known. That an
    accuracy is stated is for the caller to note.
    """
    lat, lon = position
    recording.has_fixes = True
    if lat is None or lon is None:
        refusal = refusal or "no position"
    elif not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        lat = lon = None
        refusal = refusal or "no position within 90 and 180 degrees"
    elif lat == 0.0 and lon == 0.0:
        refusal = refusal or "the position is 0, 0"
    if refusal is not None:
        recording.causes.add(POSITION, refusal, place)
    if accuracy_95_m is not None and not 0.0 < accuracy_95_m < math.inf:
        accuracy_95_m = None
    if speed_mps is not None and not 0.0 <= speed_mps < math.inf:
        speed_mps = None
    if course_deg is not None and not 0.0 <= course_deg <= 360.0:
        course_deg = None
    has_position = lat is not None and lon is not None
    return Fix(
        lat if lat is not None and has_position else math.nan,
        lon if lon is not None and has_position else math.nan,
        accuracy_95_m,
        stamp.time,
        stamp.age_s,
        speed_mps,
        course_deg,
        valid=refusal is None,
    )
