"""What a zone file has no place for, kept as foreign members, so that an export finds every field of the source again.

Each zone has the property ``imported``: the document it comes from, its place among the features, the source's own
JSON of it, and digests of what the zone was as it was imported, which show later what of it somebody edited. Of many
zones of one feature only the first keeps it, the others name it by a digest: a feature of 1,000 parts is not kept 1,000
times. The member ``imported`` of the collection has what the documents state besides features, the options by which
they were read, and the features that became no zone.

Both are columns and members that people see and edit. So each has a seal, a digest of itself: what does not match its
seal is not as it was written, and is reported rather than written back to a source of another format.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import keep_polygon, kept_polygon
from geopolicy.model.zones import ZoneFileHeader
from geopolicy.zonefile.strict_json import canonical, loads
from geopolicy.zonefile.writer import feature_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geopolicy.authoring.formats.document import SourceDocument
    from geopolicy.authoring.formats.source import Json, SourceZone
    from geopolicy.model.zones import Zone

MEMBER = "imported"
_SEAL = "seal"
_FEATURE, _FEATURE_DIGEST = "feature", "feature_digest"  # a zone has one of both
_OF_ZONE = ("document", "order", "piece", "pieces", "digest")
_OF_DOCUMENT = ("document", "format", "version", "rest", "options", "left_out")
_LENGTHS = ("radius_m", "width_m", "margin_m")
_OF_GEOMETRY = ("frame", "repair")
_ALONE = ("name", "reason", "source", "expires", "timezone")
_WHAT = ("sensors", "level", "store_in", "needs_consent", "limits", "must_show", "authority", "text")
"""What a rule asks; the rest says when and for whom."""
_MOST_KEEPERS = 8  # zones of one feature that each keep it, so that any of them may be deleted
_ANY_HEADER = ZoneFileHeader()
_WHOLE = re.compile(r"(?<=\d)\.0(?=[,\]}])")  # 7.0 and 7 are one value, and programs write either


class KeptZone(NamedTuple):
    """What a zone keeps of a source; None if nothing. ``problem`` says that it is not as it was written."""

    members: Json | None
    problem: Problem | None = None


class KeptZones(NamedTuple):
    """What zones keep of a source, by id, each with its feature, and what is not as it was written."""

    members: dict[str, Json]
    problems: list[Problem]


class KeptDocuments(NamedTuple):
    """What a set keeps of the documents that it was imported from, each once, and what is not as it was written."""

    documents: list[Json]
    problems: list[Problem]


def document_key(document: SourceDocument, options: Mapping[str, str]) -> str:
    """Names a document by what it states and how it was read.

    So the same one, imported twice or written anew, is the same; read with other options it means something else.
    """
    features = _each_once(document.zones)
    # Numbers beyond the range of a double are reported, and named all the same.
    stated = json.dumps([document.format, document.rest, features, dict(options)], sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()[:16]


def kept_document(
    document: SourceDocument, key: str, left_out: Iterable[SourceZone], options: Mapping[str, str]
) -> Json:
    """What the collection keeps of a document that was read with options."""
    features: dict[int, Any] = {zone.order: zone.feature for zone in left_out}
    members = {
        "document": key,
        "format": document.format,
        "version": document.version,
        "rest": document.rest,
        "options": dict(options),
        "left_out": [{"order": order, "feature": feature} for order, feature in sorted(features.items())],
    }
    return members | {_SEAL: _digest_of(members)}


def kept_features(zones: Sequence[SourceZone], key: str) -> Iterator[Json]:
    """What each zone of a document keeps of its feature, before the digest of the zone."""
    pieces = Counter(zone.order for zone in zones)
    seen: Counter[int] = Counter()
    digests: dict[int, str] = {}  # by identity: the pieces of a feature share it
    known: set[tuple[int, str]] = set()
    for zone in zones:
        seen[zone.order] += 1
        members = {"document": key, "order": zone.order, "piece": seen[zone.order], "pieces": pieces[zone.order]}
        if pieces[zone.order] > _MOST_KEEPERS:
            if id(zone.feature) not in digests:
                digests[id(zone.feature)] = _digest_of(zone.feature)
            digest = digests[id(zone.feature)]
            if (zone.order, digest) in known:
                yield members | {_FEATURE_DIGEST: digest}
                continue
            known.add((zone.order, digest))
        yield members | {_FEATURE: zone.feature}


def zone_digest(zone: Zone) -> dict[str, str]:
    """Digests of all that a zone says, by what it is about; without what it keeps of a source."""
    feature = feature_json(zone, _ANY_HEADER)
    properties = feature.pop("properties")
    properties.pop(MEMBER, None)
    rules = properties.pop("rules")
    parts: Json = {
        "id": feature.pop("id"),
        "geometry": [feature.pop("geometry"), [properties.pop(name, None) for name in _OF_GEOMETRY]],
        "lengths": [properties.pop(name, None) for name in _LENGTHS],
        "rules": [{name: rule[name] for name in _WHAT if name in rule} for rule in rules],
        "when": [{name: value for name, value in rule.items() if name not in _WHAT} for rule in rules],
        **{name: properties.pop(name) for name in _ALONE if name in properties},
        "others": [feature, properties],
    }
    return {name: _digest(canonical(value, sort_keys=True)) for name, value in parts.items()}


def edits_of(zone: Zone, members: Json) -> frozenset[str]:
    """What of a zone is not as it was imported: ``geometry``, ``lengths``, ``rules``, ``when`` and the like."""
    before, now = members["digest"], zone_digest(zone)
    if not isinstance(before, dict):
        return frozenset(now)
    return frozenset(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def kept_of(zone: Zone) -> Json | None:
    """What a zone keeps of a source; None if nothing, or nothing that is as it was written.

    It has a digest in the place of a feature that another zone keeps: `read_kept_zones` finds that.
    """
    return read_kept(zone).members


def read_kept(zone: Zone) -> KeptZone:
    """What a zone keeps of a source, judged. A GIS may have made a text of it."""
    value = _value_of(json.loads(zone.foreign[1]).get(MEMBER))
    is_ours = isinstance(value, dict) and not value.keys().isdisjoint(("document", _SEAL))
    if value is not _CUT and not is_ours:
        return KeptZone(None)
    feature = _FEATURE_DIGEST if isinstance(value, dict) and _FEATURE_DIGEST in value else _FEATURE
    wrong = _wrong_member(value, (*_OF_ZONE, feature))
    if wrong is not None:
        return KeptZone(None, _problem(f"properties.{MEMBER}", wrong, zone.id))
    return KeptZone(value)


def read_kept_zones(zones: Iterable[Zone]) -> KeptZones:
    """What zones keep of a source, judged, each with its feature, which zones of one feature share."""
    found: dict[str, Json] = {}
    problems = []
    for zone in zones:
        members, problem = read_kept(zone)
        problems += [problem] if problem else []
        if members is not None:
            found[zone.id] = members
    # Zones of one feature share one object, by which writers know them: to compare its text for each takes long.
    counts = Counter((each["document"], each["order"]) for each in found.values())
    shared = {zone_id: each for zone_id, each in found.items() if counts[each["document"], each["order"]] > 1}
    places = {
        zone_id: _place_of(each, _digest_of(each[_FEATURE])) for zone_id, each in shared.items() if _FEATURE in each
    }
    features: dict[tuple[str, int, str], Any] = {}
    for zone_id, place in places.items():
        features.setdefault(place, found[zone_id][_FEATURE])
    whole = {}
    for zone_id, members in found.items():
        if _FEATURE in members:
            whole[zone_id] = members | {_FEATURE: features[places[zone_id]]} if zone_id in places else members
        elif (place := _place_of(members, members[_FEATURE_DIGEST])) in features:
            whole[zone_id] = members | {_FEATURE: features[place]}
        else:
            problems.append(
                _problem(f"properties.{MEMBER}", "one whose feature was kept by a zone that is gone", zone_id)
            )
    return KeptZones(whole, problems)


def read_documents(header: ZoneFileHeader) -> KeptDocuments:
    """What a set keeps of the documents that it was imported from, judged."""
    value = _value_of(json.loads(header.foreign).get(MEMBER))
    if value is _CUT or (isinstance(value, dict) and "document" in value):
        return KeptDocuments([], [_problem(MEMBER, "no list of documents")])
    documents, problems = [], []
    for number, entry in enumerate(value if isinstance(value, list) else []):
        wrong = _wrong_member(_value_of(entry), _OF_DOCUMENT)
        if wrong is None:
            documents.append(_value_of(entry))
        else:
            problems.append(_problem(f"{MEMBER}[{number}]", wrong))
    return KeptDocuments(joined_documents(documents), problems)


def kept_documents(header: ZoneFileHeader) -> list[Json]:
    """The documents that a set was imported from.

    Raises
    ------
    ZoneFileError
        If one is not as it was written.
    """
    documents, problems = read_documents(header)
    if problems:
        raise ZoneFileError(problems)
    return documents


def joined_documents(documents: Iterable[Json]) -> list[Json]:
    """Each document once. Of one that was imported with several rules, that is left out which became no zone in any."""
    by_key: dict[str, Json] = {}
    for document in documents:
        other = by_key.setdefault(document["document"], document)
        if other is not document and other["left_out"] != document["left_out"]:
            orders = {each["order"] for each in document["left_out"]}
            members = {name: value for name, value in other.items() if name != _SEAL}
            members["left_out"] = [each for each in other["left_out"] if each["order"] in orders]
            by_key[document["document"]] = members | {_SEAL: _digest_of(members)}
    return [by_key[key] for key in sorted(by_key)]


def with_kept(zone: Zone, members: Json) -> Zone:
    """A zone that has just been read, with what it keeps, and the digest by which a later change shows."""
    members = members | {"digest": zone_digest(zone)}
    properties = json.loads(zone.foreign[1]) | {MEMBER: members | {_SEAL: _digest_of(members)}}
    keeping = replace(zone, foreign=(zone.foreign[0], canonical(properties, sort_keys=True)))
    polygon = kept_polygon(zone)
    if polygon is not None:
        keep_polygon(keeping, polygon)
    return keeping


_CUT = object()
"""A text that was JSON before it was cut, as by columns of 254 letters."""


def _value_of(value: Any) -> Any:
    """A member's value, or what its text is as JSON."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return loads(value.encode())
    except ZoneFileError:
        return _CUT


def _wrong_member(value: Any, names: Iterable[str]) -> str | None:
    """What is not as it was written, in words; None if all is."""
    if not isinstance(value, dict):
        return "no whole object"
    missing = [name for name in (*names, _SEAL) if name not in value]
    if missing:
        return f"one without {', '.join(missing)}"
    stated = {name: member for name, member in value.items() if name != _SEAL}
    return None if value[_SEAL] == _digest_of(stated) else "one that was changed"


def _digest_of(value: Any) -> str:
    return _digest(_WHOLE.sub("", canonical(value, sort_keys=True)))


def _place_of(members: Json, digest: str) -> tuple[str, int, str]:
    return members["document"], members["order"], digest


def _each_once(zones: Iterable[SourceZone]) -> list[Any]:
    """The features of zones; one that several share, once."""
    features: list[Any] = []
    last: dict[int, Any] = {}
    for zone in zones:
        if zone.order not in last or last[zone.order] is not zone.feature:
            features.append(zone.feature)
        last[zone.order] = zone.feature
    return features


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _problem(member: str, found: str, zone_id: str | None = None) -> Problem:
    rule = f"{member} must be as the import wrote it: an export writes it back as the source's own"
    hint = f"import the source again, or delete {MEMBER}: then the zone counts as drawn here"
    return Problem("export-kept", rule, found, zone_id=zone_id, hint=hint)
