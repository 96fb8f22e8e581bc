"""The header of a set: what it must not say, and one header of several."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry import projection
from geopolicy.model.zones import ZoneFileHeader
from geopolicy.policy import schedules
from geopolicy.zonefile.header_json import COVERAGE_RULE, ENDS_RULE
from geopolicy.zonefile.strict_json import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def header_problems(header: ZoneFileHeader) -> list[Problem]:
    """What a header made in a program may say that no zone file may; one that was read says none of it."""
    problems: list[Problem] = []
    try:
        projection.check_frame(header.frame)
    except ValueError as error:
        problems.append(Problem("frame-unknown", str(error), None, "$.geopolicy.frame"))
    if header.timezone is not None and schedules.time_zone(header.timezone) is None:
        rule = "timezone must be a known IANA name"
        problems.append(Problem("timezone-unknown", rule, repr(header.timezone), "$.geopolicy.timezone"))
    if header.is_overlay and header.coverages:
        problems.append(Problem("coverage-unused", COVERAGE_RULE, None, "$.geopolicy.coverage", hint="leave it out"))
    if header.ends is not None and not header.is_overlay:
        hint = "expires is when the exemptions of zones end"
        problems.append(Problem("ends-unused", ENDS_RULE, str(header.ends), "$.geopolicy.ends", hint=hint))
    return problems


def joined_header(headers: Sequence[ZoneFileHeader]) -> tuple[ZoneFileHeader, list[str]]:
    """One header of several, and the names of foreign members on which they do not agree.

    Values on which they do not agree are dropped; the zones have them already.

    Raises
    ------
    ZoneFileError
        For bases with overlays, and for overlays that do not end together.
    """
    problems = _kind_problems(headers)
    if problems:
        raise ZoneFileError(problems)
    agreed: dict[str, Any] = {
        name: getattr(headers[0], name) if len({getattr(header, name) for header in headers}) == 1 else None
        for name in ("id", "revision", "issued", "expires", "timezone")
    }
    combined: dict[str, Any] = {
        name: "; ".join(sorted({getattr(header, name) for header in headers} - {None})) or None
        for name in ("authority", "licence")
    }
    coverages = tuple(dict.fromkeys(coverage for header in headers for coverage in header.coverages))
    foreign, lost = _agreed_foreign(headers)
    agreed |= {"kind": headers[0].kind, "ends": headers[0].ends}
    return ZoneFileHeader(**agreed, **combined, coverages=coverages, foreign=foreign), lost


def _kind_problems(headers: Sequence[ZoneFileHeader]) -> list[Problem]:
    overlays = [header for header in headers if header.is_overlay]
    if overlays and len(overlays) < len(headers):
        rule = "one set must hold bases alone or overlays alone: joined, an overlay would pass for known ground"
        value = f"{len(headers) - len(overlays)} of kind base, {len(overlays)} of kind overlay"
        hint = "open them as layers: gp.open([base, overlay]); each is compiled by itself"
        return [Problem("kinds-mixed", rule, value, "$.geopolicy.kind", hint=hint)]
    ends = {header.ends for header in overlays}
    if len(ends) > 1:
        rule = "overlays of one set must end together: none may leave earlier, or stay longer, than it says"
        value = ", ".join(sorted("none" if end is None else end.isoformat().replace("+00:00", "Z") for end in ends))
        hint = "open them as layers: gp.open([base, overlay, other_overlay])"
        return [Problem("ends-differ", rule, value, "$.geopolicy.ends", hint=hint)]
    return []


def _agreed_foreign(headers: Sequence[ZoneFileHeader]) -> tuple[str, list[str]]:
    """The foreign members that all files have alike, and the names of the others."""
    members: list[dict[str, Any]] = [json.loads(header.foreign) for header in headers]
    agreed = {
        name: value
        for name, value in members[0].items()
        if all(name in other and canonical(other[name]) == canonical(value) for other in members)
    }
    names = {name for each in members for name in each}
    return canonical(agreed, sort_keys=True), sorted(names - agreed.keys())
