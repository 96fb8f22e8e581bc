"""What ``geopolicy update`` prints: what is in force, what came of asking, and how an installation stands."""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geopolicy.cli import console
from geopolicy.cli.documents import answer_of, text_of, time_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from geopolicy.errors import UpdateError
    from geopolicy.pack.pack import Pack
    from geopolicy.update.client import UpdateClient
    from geopolicy.update.installed import InstalledPacks
    from geopolicy.update.watching import Asked

STATUS = "update status"
_GOES_ON = "what is installed goes on"
_SHOWN = 16  # letters of a digest
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


# One question -------------------------------------------------------------------


def tell(asked: Asked, client: UpdateClient, *, as_json: bool) -> None:
    """All that came of one question."""
    if as_json:
        console.print_json("update", _asked_json(asked, client))
        return
    show_packs(asked.outcome.packs, client.signed)
    if not is_wrong(asked):
        console.say(f"ok: {_news_text(asked)}", "green")
        return
    if asked.new or asked.gone:
        console.say(_news_text(asked))
    for line in _troubles(asked):
        console.complain(line, "bold red")


def tell_change(asked: Asked, client: UpdateClient, *, as_json: bool) -> None:
    """What a watch has found, at once: a line, or a line for each thing. A disk that is full does not end it."""
    try:
        if as_json:
            document = answer_of("update", _asked_json(asked, client))
            console.put(text_of(document, console.encoding(), is_line=True), is_flushed=True)
            return
        time = _second(asked.time)
        troubles = list(_troubles(asked))
        if asked.new or asked.gone or not troubles:
            console.say(f"{time}  {_news_text(asked)}", None if troubles else "green")
        for line in troubles:
            console.say(f"{time}  {line}", "bold red")
    except console.StreamError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError) or cause.errno not in _FULL:
            raise
        console.warn(f"{error}; what is installed is not touched by that")


def is_wrong(asked: Asked) -> bool:
    """Whether anything was refused, not reached or not written."""
    return next(_troubles(asked), None) is not None


def _troubles(asked: Asked) -> Iterator[str]:
    outcome = asked.outcome
    if outcome.refusal is not None:
        text = _text(outcome.refusal)
        text = text if outcome.packs else text.replace(_GOES_ON, "nothing is installed yet")
        yield f"{_state_of(asked).replace('_', ' ')}: {text}"
    for refusal in outcome.left_out:
        yield f"left out: {_text(refusal)}"
    if asked.is_stale:
        yield "stale: nothing was confirmed for as long as the metadata lasts; news may have been held back"
    if asked.trouble is not None:
        yield f"not kept for the next start: {asked.trouble.removeprefix('update: ')}"


def _state_of(asked: Asked) -> str:
    from geopolicy.update.fetch import UnreachableError

    refusal = asked.outcome.refusal
    if refusal is None:
        return "new" if asked.new or asked.gone else "current"
    return "not_reached" if isinstance(refusal, UnreachableError) else "refused"


def _news_text(asked: Asked) -> str:
    """What is new and what has ended; one line."""
    packs = asked.outcome.packs
    parts = [f"{path} revision {packs[path].header.revision} is new" for path in asked.new]
    parts += [f"{path} has ended" for path in asked.gone]
    in_force = f"{console.count_text(len(asked.outcome.packs), 'pack')} in force"
    return "; ".join([*(parts or ["nothing new"]), in_force])


def _text(refusal: UpdateError) -> str:
    return console.shortened(str(refusal)).removeprefix("update: ")


def _asked_json(asked: Asked, client: UpdateClient) -> dict[str, Any]:
    outcome = asked.outcome
    return {
        "time": time_text(asked.time.replace(microsecond=0)),
        "state": _state_of(asked),
        "signed": time_text(client.signed),
        "packs": [_pack_json(path, pack) for path, pack in sorted(outcome.packs.items())],
        "new": list(asked.new),
        "gone": list(asked.gone),
        "refusal": None if outcome.refusal is None else _refusal_json(outcome.refusal),
        "left_out": [_refusal_json(refusal) for refusal in outcome.left_out],
        "is_stale": asked.is_stale,
        "trouble": asked.trouble,
    }


def _refusal_json(refusal: UpdateError) -> dict[str, Any]:
    attack, file = getattr(refusal, "attack", None), getattr(refusal, "file", None)
    kind = type(refusal).__name__
    return {"kind": kind, "attack": attack and str(attack), "file": file, "message": console.shortened(str(refusal))}


def _pack_json(path: str, pack: Pack) -> dict[str, Any]:
    header = pack.header
    return _row_json({"path": path, "digest": pack.digest, **{name: getattr(header, name) for name in _NAMES}})


# Status -------------------------------------------------------------------------

_NAMES = ("kind", "id", "revision")


def _row_json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("path", *_NAMES, "digest")}


def tell_status(installed: InstalledPacks, now: datetime, *, as_json: bool) -> None:
    """What is installed, and whether it has expired."""
    first = min(installed.expires.values())
    if as_json:
        answer = {
            "signed": time_text(installed.signed),
            "expires": time_text(first),
            "has_expired": has_expired(installed, now),
            "packs": [_pack_json(path, pack) for path, pack in installed.packs.items()],
            "refusals": None,
        }
        console.print_json(STATUS, answer)
        return
    show_packs(installed.packs, installed.signed)
    for role, moment in sorted(installed.expires.items(), key=lambda item: item[1]):
        if moment <= now:
            console.say(f"expired: {role}, {_minute(moment)}", "bold red")
    if first > now:
        roles = [role for role, moment in installed.expires.items() if moment == first]
        console.say(f"ok: expires {_minute(first)} ({', '.join(sorted(roles))})", "green")


def has_expired(installed: InstalledPacks, now: datetime) -> bool:
    """Whether any metadata has: then exemptions do not hold any more."""
    return min(installed.expires.values()) <= now


def tell_read(file: Path, key: Path, *, as_json: bool) -> int:
    """What a vehicle reported, if its key signed it."""
    content = file.read_bytes()
    from geopolicy.update.keys import public_key
    from geopolicy.update.report import read_status

    status = read_status(content, public_key(key))
    if as_json:
        packs = [_row_json(row) for row in status["packs"]]
        signed = status["signed"] and time_text(datetime.fromisoformat(status["signed"]))
        answer = {"signed": signed, "expires": None, "has_expired": None, "packs": packs}
        console.print_json(STATUS, answer | {"refusals": status["refusals"]})
        return 0
    _show_rows(status["packs"])
    _say_signed(status["signed"] and datetime.fromisoformat(status["signed"]))
    for attack, count in sorted(status["refusals"].items()):
        console.say(f"{attack}: {console.count_text(count, 'time')}", "yellow")
    console.say("ok: signed by the key", "green")
    return 0


def show_packs(packs: Mapping[str, Pack], signed: datetime | None) -> None:
    """What is in force."""
    _show_rows([_pack_json(path, pack) for path, pack in packs.items()])
    _say_signed(signed)


def _show_rows(rows: list[dict[str, Any]]) -> None:
    if not rows:
        console.say("no pack is installed")
        return
    cells = [
        (row["path"], row["kind"], row["id"], str(row["revision"]), row["digest"][:_SHOWN])
        for row in sorted(rows, key=lambda row: row["path"])
    ]
    console.show_table(("pack", "kind", "id", "revision", "digest"), cells)


def _say_signed(signed: datetime | None) -> None:
    console.say(f"last signed: {'not known' if signed is None else _minute(signed)}")


def _minute(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _second(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
