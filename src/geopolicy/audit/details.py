"""What the record of a transition tells: of a zone its pseudonym, of a limit its decade, of the place nothing."""

from __future__ import annotations

import re

from geopolicy.audit.bands import band_of
from geopolicy.audit.pseudonyms import ZoneIds
from geopolicy.model.vocabulary import names_in_clear

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from geopolicy.model.decisions import Decision
    from geopolicy.model.transitions import Transition

_DIGEST = re.compile(r"[0-9a-f]{64}(?:\+[0-9a-f]{64})*")  # of several packs one behind the other


def details_of(transition: Transition, counters: Mapping[str, int]) -> dict[str, Any]:
    """The members of the record of a transition, with the counters that changed."""
    after, digest = transition.after, transition.digest
    return {
        "number": transition.number,
        "transition": str(transition.kind),
        "certainty": str(after.certainty),
        **_asked_by_sensors(after),
        "reasons": [str(reason) for reason in after.reasons],
        "digest": digest if isinstance(digest, str) and _DIGEST.fullmatch(digest) else None,
        "counters": dict(counters),
        "zones": ZoneIds(after.zones),
        "held": ZoneIds(transition.held),
        "exemptions": _exemptions_in(after),
    }


def _asked_by_sensors(decision: Decision) -> dict[str, Any]:
    """What is asked, with the sensors of which it is. A sensor that is not named is not restricted."""
    every = len(decision.levels)
    levels = sorted(decision.levels.items(), key=lambda item: (-item[1], item[0]))
    stores = {(country, sensor) for sensor, countries in decision.store_in.items() for country in countries}
    bands = {(band_of(*limit), sensor) for sensor, limits in decision.limits.items() for limit in limits.items()}
    notices = {(notice, sensor) for sensor, notices in decision.must_show.items() for notice in notices}
    return {
        "levels": _grouped([(level.label, sensor) for sensor, level in levels if level > 0], every),
        "store_in": _grouped(sorted(stores), every),
        "needs_consent": _shortened(sorted(decision.needs_consent), every),
        "limits": _grouped(sorted(bands), every),
        "must_show": _grouped(sorted(notices), every),
    }


def _grouped(pairs: Iterable[tuple[str, str]], every: int) -> dict[str, list[str]]:
    """Sensors by what is asked of them."""
    sensors_of: dict[str, list[str]] = {}
    for asked, sensor in pairs:
        sensors_of.setdefault(asked, []).append(sensor)
    return {asked: _shortened(sensors, every) for asked, sensors in sensors_of.items()}


def _shortened(sensors: list[str], every: int) -> list[str]:
    """Names of sensors; all of the vehicle's as ``*``, as in the rules of zones."""
    return ["*"] if len(sensors) == every else sensors


def _exemptions_in(decision: Decision) -> dict[str, ZoneIds]:
    """The zones with a rule that an exemption lifts, by what lifts it."""
    zones_of: dict[str, set[str]] = {}
    for cause in decision.exemptions:
        zones_of.setdefault("+".join(names_in_clear(cause.lifted_by)), set()).add(cause.zone_id)
    return {by: ZoneIds(tuple(sorted(zones))) for by, zones in sorted(zones_of.items())}
