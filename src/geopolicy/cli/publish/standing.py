"""How a repository stands, as text and as JSON."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopolicy.cli import console
from geopolicy.cli.documents import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geopolicy.update.drafts import Lack
    from geopolicy.update.standing import DraftStanding, PackStanding, RoleStanding, Standing

_DAY_S = 86_400
_SHOWN = 16  # letters of the id of a key


def now() -> datetime:
    """The time by the clock of this machine."""
    return datetime.now(UTC)


def repository_json(folder: Path) -> dict[str, Any]:
    """How a repository stands now, as plain values."""
    from geopolicy.update.publish import Repository

    return {"repository": standing_json(Repository(folder).status(now()))}


def standing_json(standing: Standing) -> dict[str, Any]:
    """How a repository stands, as plain values."""
    return {
        "roles": [_role_json(role) for role in standing.roles],
        "packs": [_pack_json(pack) for pack in standing.packs],
        "lacks": [lack_json(lack) for lack in standing.lacks],
    }


def _role_json(role: RoleStanding) -> dict[str, Any]:
    return {
        "role": role.role,
        "version": role.version,
        "expires": time_text(role.expires),
        "left_s": role.left_s,
        "threshold": role.threshold,
        "keyids": list(role.keyids),
        "draft": None if role.draft is None else _draft_json(role.draft),
    }


def _draft_json(draft: DraftStanding) -> dict[str, Any]:
    return {
        "version": draft.version,
        "expires": time_text(draft.expires),
        "digest": draft.digest,
        "signed": list(draft.signed),
        "looser": list(draft.looser),
    }


def _pack_json(pack: PackStanding) -> dict[str, Any]:
    texts = ("role", "path", "id", "kind", "revision", "bytes", "digest", "is_published")
    return {name: getattr(pack, name) for name in texts} | {
        "fleets": list(pack.fleets),
        "regions": list(pack.regions),
    }


def lack_json(lack: Lack) -> dict[str, Any]:
    """A missing signature, as plain values."""
    return {
        "role": lack.role,
        "version": lack.version,
        "missing": lack.missing,
        "keyids": list(lack.keyids),
        "why": lack.why,
    }


def show_standing(standing: Standing, folder: Path) -> None:
    """All of it, for people, and what to run next."""
    console.show_table(
        ("role", "version", "expires", "left", "sign", "keys"), [_role_row(role) for role in standing.roles]
    )
    if standing.packs:
        console.say()
        packs = ("pack", "kind", "revision", "bytes", "fleets", "regions", "state")
        console.show_table(packs, [_pack_row(pack) for pack in standing.packs])
    drafts = [(role.role, role.draft) for role in standing.roles if role.draft is not None]
    if drafts:
        console.say()
    for role, draft in drafts:
        console.say(f"draft of {role} {draft.version}: expires {_time(draft.expires)}, sha256 {draft.digest}")
        if draft.signed:
            console.say(f"  signed by {_keys(draft.signed)}")
    show_waiting(standing.lacks, folder)


def show_lacks(lacks: Iterable[Lack]) -> None:
    """Who must sign next."""
    for lack in lacks:
        console.say(f"waits: {lack}", "yellow")


def show_waiting(lacks: Sequence[Lack], folder: Path, signers: Path | None = None) -> None:
    """Who must sign next, and the command with which they do."""
    show_lacks(lacks)
    if lacks:
        file = "FILE" if signers is None else shlex.quote(str(signers))
        console.say(f"next: geopolicy publish sign {shlex.quote(str(folder))} --signers {file}")


def _role_row(role: RoleStanding) -> Sequence[str]:
    version = "-" if role.version is None else str(role.version)
    expires = "-" if role.expires is None else _time(role.expires)
    count = f"{role.threshold} of {len(role.keyids)}"
    return role.role, version, expires, _left(role.left_s), count, _keys(role.keyids)


def _pack_row(pack: PackStanding) -> Sequence[str]:
    state = "published" if pack.is_published else "draft"
    names = (", ".join(names) for names in (pack.fleets, pack.regions))
    return pack.path, pack.kind, str(pack.revision), f"{pack.bytes:,}", *names, state


def _keys(keyids: Iterable[str]) -> str:
    return ", ".join(keyid[:_SHOWN] for keyid in keyids)


def _time(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _left(left_s: float | None) -> str:
    if left_s is None:
        return "-"
    if left_s <= 0:
        return "expired"
    return f"{left_s // _DAY_S:.0f} days" if left_s >= 2 * _DAY_S else console.duration_text(left_s)
