"""Packs that are to be published: whether they may follow those that are, and what signed metadata says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tuf.api.metadata import TargetFile, Targets

from geopolicy.authoring.diff.sets import diff_zones
from geopolicy.base.arguments import check_bool, list_of
from geopolicy.pack.decompile import zones_of
from geopolicy.pack.format import SUFFIX
from geopolicy.pack.pack import Pack
from geopolicy.pack.rollback import Edition, check_not_rollback
from geopolicy.update.area import check_within, constraint_of, first_issued_of
from geopolicy.update.offers import END_OF_REVISIONS
from geopolicy.update.repository_files import NOTES, PublishError
from geopolicy.update.signing import time_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tuf.api.metadata import DelegatedRole

    from geopolicy.authoring.diff.records import ZoneSetDiff
    from geopolicy.update.repository_files import RepositoryFiles

MOST_REVISIONS = 1_000_000
"""By which a revision may rise at once, so that a slip of a finger leaves room for more."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Addition:
    """A pack that was added: its path, what signed metadata says of it, in what it is looser than before, and when it
    ended, if it has: then no vehicle takes it.
    """

    path: str
    content: bytes
    target: TargetFile
    issued: datetime | None
    looser: tuple[str, ...]
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said of packs beside what they say themselves.

    Parameters
    ----------
    fleets, regions
        Whom a pack is for, at least one of each; None: as the one before.
    allow_loosening
        Whether packs may be looser than those before.
    """

    fleets: Sequence[str] | None = None
    regions: Sequence[str] | None = None
    allow_loosening: bool = False

    def __post_init__(self) -> None:
        for name in ("fleets", "regions"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, list_of(name, getattr(self, name), str, "names"))
        check_bool("allow_loosening", self.allow_loosening)


def check_name(what: str, name: str) -> str:
    """A name that can be a part of a path wherever files are served.

    Raises
    ------
    PublishError
        If it cannot.
    """
    if not _NAME.fullmatch(name):
        rule = "must be 1 to 100 of A-Z, a-z, 0-9, '.', '-' and '_', a letter or digit first"
        raise PublishError(f"publish: {what} {rule}, got {name!r}; name it so")
    return name


def path_of(role: str, pack_id: str, name: str) -> str:
    """The path of a pack: by its id, which begins with the name of a delegated role.

    Raises
    ------
    PublishError
        If the id does not, or cannot be a part of a path.
    """
    own = pack_id
    if role != Targets.type:
        begin, slash, own = pack_id.partition("/")
        if begin != role or not slash:
            rule = f"the id of the zones must begin with '{role}/', as its role is named"
            raise PublishError(f"publish: '{name}': {rule}, got {pack_id!r}; name it '{role}/{pack_id}'")
    check_name(f"'{name}': the id of the zones", own)
    return f"{pack_id}{SUFFIX}"


class Adding:
    """Judges packs that are to join the targets of a role.

    Parameters
    ----------
    files
        Where those before are.
    role
        The role.
    delegated
        What was delegated to it; None for the top role.
    published
        The targets that vehicles have now; None if there are none.
    now
        The time.
    """

    def __init__(
        self,
        files: RepositoryFiles,
        role: str,
        delegated: DelegatedRole | None,
        published: Targets | None,
        now: datetime,
    ) -> None:
        self._files = files
        self._role = role
        self._now = now
        self._published = Targets(expires=now) if published is None else published
        stated = None if delegated is None else delegated.unrecognized_fields.get(NOTES)
        self._constraint = None if delegated is None else constraint_of(stated, f"{role}.json")

    def judged(self, name: str, content: bytes, wanted: Wanted) -> Addition:
        """A pack that may be added.

        Raises
        ------
        PublishError
            If it may not follow the one before.
        RefusedUpdateError
            If it is beyond what was delegated to its role.
        PackError
            If it is no whole pack.
        """
        pack = Pack(content, name)
        path = path_of(self._role, pack.header.id or "", name)
        target = self._published.targets.get(path)
        before = None if target is None else Pack(self._files.target(target), path)
        self._check_header(pack, before)
        custom = self._custom(pack, target, wanted)
        if self._constraint is not None:
            first = first_issued_of(self._published, path)
            check_within(zones_of(pack), pack.header, self._constraint, name, role=self._role, first_issued=first)
        looser = () if before is None else tuple(_loosenings(before, pack, custom_of(target), custom))
        if looser and not wanted.allow_loosening:
            shown = "; ".join(looser[:_MOST_SHOWN]) + (f"; {len(looser) - _MOST_SHOWN} more" * (len(looser) > 3))
            hint = "geopolicy diff shows all of it; if it is meant: --allow-loosening, and a second key must sign"
            raise PublishError(f"publish: '{name}': must not be looser than {path} as published, got {shown}; {hint}")
        new = TargetFile.from_data(path, content, ["sha256"])
        new.unrecognized_fields["custom"] = {NOTES: custom}
        ends = pack.header.ends
        ended = ends if ends is not None and ends <= self._now else None
        return Addition(path, content, new, pack.header.issued, looser, ended)

    def _check_header(self, pack: Pack, before: Pack | None) -> None:
        header = pack.header
        if header.revision is None or not 0 <= header.revision < END_OF_REVISIONS:
            raise _refused(pack, "must have a revision below 2**31", str(header.revision), "number it in its header")
        if header.issued is not None and header.issued > self._now:
            rule = f"must be issued at {time_text(self._now)} or before"
            raise _refused(pack, rule, time_text(header.issued), "vehicles would take no earlier one afterwards")
        is_endless = header.issued is None or header.ends is None
        if header.is_overlay and is_endless and self._constraint is None:  # which asks it as well
            got = f"issued {header.issued}, ends {header.ends}"
            raise _refused(pack, "must as an overlay state when it was issued and when it ends", got, "say both")
        if before is None:
            return
        known = before.header
        check_not_rollback(
            Edition(header, pack.digest), Edition(known, before.digest), f"publish: '{pack.name}'", "nothing was added"
        )
        least, most = (known.revision or 0) + 1, (known.revision or 0) + MOST_REVISIONS
        if not least <= header.revision <= most:
            rule = f"must be of a revision from {least} to {most}, since {known.revision} is published"
            raise _refused(pack, rule, str(header.revision), "number it in its header")
        if header.kind != known.kind:
            rule = f"must be of kind {known.kind}, as published"
            raise _refused(pack, rule, header.kind, "give it an id of its own")

    def _custom(self, pack: Pack, before: TargetFile | None, wanted: Wanted) -> dict[str, Any]:
        known, header = custom_of(before), pack.header
        custom: dict[str, Any] = {"kind": header.kind, "id": header.id, "revision": header.revision}
        for name, stated in (("fleets", wanted.fleets), ("regions", wanted.regions)):
            named = known.get(name, []) if stated is None else stated
            if not named:
                raise _refused(pack, f"must be for some {name}", "none", f"name each of them: --{name[:-1]}")
            custom[name] = sorted({check_name(f"a name of {name}", one) for one in named})
        return custom


def custom_of(target: TargetFile | None) -> dict[str, Any]:
    """What signed metadata says of a pack."""
    custom = None if target is None else target.unrecognized_fields.get("custom")
    stated = custom.get(NOTES) if isinstance(custom, dict) else None
    return stated if isinstance(stated, dict) else {}


def _loosenings(before: Pack, pack: Pack, known: dict[str, Any], custom: dict[str, Any]) -> Iterator[str]:
    """What vehicles may do with a pack that they may not do with the one before, in words."""
    yield from _texts(diff_zones(zones_of(before), zones_of(pack)))
    for name in ("fleets", "regions"):
        for_some, were = set(custom[name]), set(known.get(name, []))
        if were - for_some:
            yield f"{name} that had it are left out: {', '.join(sorted(were - for_some))}"


def _texts(found: ZoneSetDiff) -> Iterator[str]:
    yield from (f"header: {change.text}" for change in found.header if change.is_looser)
    yield from (f"zone {zone.zone_id!r}: {finding.text}" for zone in found.zones for finding in zone.looser)


def _refused(pack: Pack, rule: str, got: str, hint: str) -> PublishError:
    return PublishError(f"publish: '{pack.name}': {rule}, got {got}; {hint}")
