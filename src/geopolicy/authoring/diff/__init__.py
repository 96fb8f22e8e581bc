"""What a change of a zone set makes stricter, and what looser."""

from geopolicy.authoring.diff.records import Finding, HeaderFinding, ZoneChange, ZoneSetDiff
from geopolicy.authoring.diff.sets import diff_zones

__all__ = ["Finding", "HeaderFinding", "ZoneChange", "ZoneSetDiff", "diff_zones"]
