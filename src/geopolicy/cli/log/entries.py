"""The records of a log as plain values, with zones by name where key and zones are given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geopolicy.audit import read_log, zone_pseudonym
from geopolicy.audit.pseudonyms import KEY_BYTES
from geopolicy.cli import console
from geopolicy.cli.options import is_pack
from geopolicy.pack.pack import read_pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.audit import AuditRecord

Folder = Annotated[Path, typer.Argument(help="The folder of the log.", show_default=False)]
Key = Annotated[
    Path | None, typer.Option("--key", help="File with the vehicle's key in hexadecimal digits: names zones by id.")
]
Zones = Annotated[list[Path] | None, typer.Option("--zones", help="Zone files or a pack that name the zones.")]


def entries_of(folder: Path, key: Path | None, zones: list[Path] | None) -> list[dict[str, Any]]:
    """The records as plain values; zones by their ids where the key is given and the id is known."""
    if (key is None) != (not zones):
        raise typer.BadParameter("needs both a key and zones, got one of them", param_hint="--key and --zones")
    names = _Names(key_in(key) if key else b"", _ids_in(zones or []))
    entries = [names.entry_of(record) for record in read_log(folder)]
    names.warn_if_strange()
    return entries


class _Names:
    """Zone ids for pseudonyms, which differ from period to period."""

    def __init__(self, key: bytes, ids: list[str]) -> None:
        self._key = key
        self._ids = ids
        self._id_of: dict[str, dict[str, str]] = {}  # by period, by pseudonym
        self._pseudonyms: set[str] = set()
        self._named = 0

    def entry_of(self, record: AuditRecord) -> dict[str, Any]:
        """A record as plain values."""
        entry = record.as_dict()
        if record.kind == "transition" and self._ids:
            id_of = self._ids_in_period(record.period)
            for name in ("zones", "held"):
                entry[name] = self._named_by(id_of, entry[name])
            entry["exemptions"] = {by: self._named_by(id_of, zones) for by, zones in entry["exemptions"].items()}
        return entry

    def _named_by(self, id_of: Mapping[str, str], pseudonyms: list[str]) -> list[str]:
        self._pseudonyms.update(pseudonyms)
        self._named += sum(pseudonym in id_of for pseudonym in pseudonyms)
        return sorted(id_of.get(pseudonym, pseudonym) for pseudonym in pseudonyms)

    def _ids_in_period(self, period: str) -> dict[str, str]:
        if period not in self._id_of:
            self._id_of[period] = {zone_pseudonym(self._key, period, zone_id): zone_id for zone_id in self._ids}
        return self._id_of[period]

    def warn_if_strange(self) -> None:
        """Warn where there were pseudonyms and none of them could be named."""
        if self._pseudonyms and not self._named:
            count = console.count_text(len(self._pseudonyms), "pseudonym")
            console.warn(f"none of {count} is that of a zone given; are key and zones those of this vehicle?")


def key_in(path: Path) -> bytes:
    """The key in a file of ``--key``."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        rule = f"must hold at least {2 * KEY_BYTES} hexadecimal digits, got something else in '{path}'"
        raise typer.BadParameter(rule, param_hint="--key")
    return key


def _ids_in(paths: list[Path]) -> list[str]:
    ids = [zone.id for path in paths if is_pack(path) for zone in read_pack(path)]
    files = [path for path in paths if not is_pack(path)]
    if files:
        from geopolicy.zonefile.zone_set import read_zones

        ids += [zone.id for zone in read_zones(files)]
    return ids
