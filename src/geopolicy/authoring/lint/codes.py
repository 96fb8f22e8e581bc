"""The one table of what lint finds: code, how grave it is, and whether it can be mended."""

from __future__ import annotations

from typing import NamedTuple

from geopolicy.authoring.lint.findings import Severity


class Fix(NamedTuple):
    """How a finding is mended; a fix that can loosen is applied only where it is named."""

    what: str
    can_loosen: bool = False


class Code(NamedTuple):
    """A kind of finding."""

    severity: Severity
    fix: Fix | None = None


_HINT, _WARNING = Severity.HINT, Severity.WARNING

# What reading warns of, and `zonefile.mistakes` after it.
FROM_READING = {
    "altitude-ignored": Code(_HINT),
    "attribute-unknown": Code(_WARNING),
    "attribute-value-unknown": Code(_WARNING),
    "coverage-disjoint": Code(_WARNING),
    "edge-long": Code(_WARNING),
    "file-passed-over": Code(_WARNING),
    "foreign-differs": Code(_WARNING),
    "frame-area": Code(_WARNING),
    "header-expired": Code(_WARNING),
    "issued-expired": Code(_WARNING),
    "issued-later": Code(_WARNING),
    "member-converted": Code(_HINT),
    "member-null": Code(_WARNING),
    "member-suspicious": Code(_WARNING),
    "no-zones": Code(_WARNING),
    "ring-collapsed-repaired": Code(_WARNING),
    "ring-repaired": Code(_WARNING),
    "ring-round-pole": Code(_WARNING),
    "ring-snapped": Code(_HINT),
    "ring-touches": Code(_HINT),
    "ring-vanished": Code(_HINT),
    "sensor-unknown": Code(_WARNING, Fix("the documented name that is near is added beside it")),
    "text-cut": Code(_WARNING),
    "window-never": Code(_WARNING),
    "window-over": Code(_WARNING),
    "zone-expired": Code(_WARNING),
    "zone-no-sensor": Code(_WARNING),
    "zone-outside-coverage": Code(_WARNING),
}
# What lint alone looks for.
OF_LINT = {
    "cell-crowded": Code(_HINT),
    "emergency-open": Code(_HINT),
    "exemption-always": Code(_WARNING),
    "frame-mistaken": Code(_WARNING),
    "id-lookalike": Code(_WARNING),
    "name-lookalike": Code(_HINT),
    "pairs-left-out": Code(_WARNING),
    "ring-sliver": Code(_HINT),
    "rule-pointless": Code(_HINT, Fix("the rule is removed")),
    "source-missing": Code(_HINT),
    "store-contradicts": Code(_WARNING),
    "vertices-needless": Code(_HINT, Fix("positions that change nothing on the grid are removed")),
    "zone-at-sea": Code(_HINT),
    "zone-duplicate": Code(_WARNING, Fix("the zone is removed; its twin stays")),
    "zone-huge": Code(_WARNING),
    "zone-near-duplicate": Code(_WARNING),
    "zone-sliver": Code(_WARNING),
    "zone-swapped": Code(_WARNING, Fix("longitude and latitude are exchanged", can_loosen=True)),
    "zone-vertices": Code(_HINT),
}
CODES = FROM_READING | OF_LINT
"""Every code of a finding that does not make the files refused; for what does, see `docs/zone-file.md`."""
FIXABLE = {code: kind.fix for code, kind in CODES.items() if kind.fix is not None}

SAFE = frozenset(code for code, fix in FIXABLE.items() if not fix.can_loosen)
"""The codes that are mended where none is named: no zone becomes looser."""


def severity_of(code: str, *, is_warning: bool) -> Severity:
    """How grave a problem of reading is."""
    if not is_warning:
        return Severity.ERROR
    return CODES[code].severity if code in CODES else Severity.WARNING
