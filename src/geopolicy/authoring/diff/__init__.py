"""What a change of a zone set makes stricter, and what looser."""

from geopolicy.authoring.diff.records import Difference, HeaderChange, ZoneChange, ZoneSetDiff
from geopolicy.authoring.diff.sets import diff_zones

__all__ = ["Difference", "HeaderChange", "ZoneChange", "ZoneSetDiff", "diff_zones"]
