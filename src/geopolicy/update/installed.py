"""What is installed in a vehicle, looked at from beside: nothing is asked for, repaired or written."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from geopolicy.base.arguments import check_kind
from geopolicy.pack.pack import Pack
from geopolicy.update.disk import Disk
from geopolicy.update.install import Installation
from geopolicy.update.signed_files import read, signed_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

_METADATA, _PACKS = "metadata/", "targets/"
_KINDS = {kind.type: kind for kind in (Root, Timestamp, Snapshot)}


@dataclass(frozen=True, slots=True)
class InstalledPacks:
    """What is installed.

    Attributes
    ----------
    packs
        The packs, by path.
    signed
        When the repository was signed last; None if it does not say.
    expires
        By role when its metadata expires, or has expired.
    refusals
        None: nothing was asked here.
    """

    packs: Mapping[str, Pack]
    signed: datetime | None
    expires: Mapping[str, datetime]
    refusals: Mapping[str, int] = field(default_factory=dict)


def installed_in(folder: str | os.PathLike[str]) -> InstalledPacks | None:
    """What is installed in a folder; None if nothing is. A client may be at work there.

    Parameters
    ----------
    folder
        As a client has it.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    check_kind("folder", folder, (str, os.PathLike), "a path")
    os.scandir(folder).close()
    installed = Installation(folder, _OnlyRead()).recover()
    if installed is None:
        return None
    metadata, packs = (_below(part, installed.files) for part in (_METADATA, _PACKS))
    return InstalledPacks(
        {path: Pack(content, path) for path, content in packs.items()},
        _signed(metadata.get(Timestamp.type)),
        {role: _expires(role, content) for role, content in metadata.items()},
    )


def _below(part: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(part): files[name] for name in sorted(files) if name.startswith(part)}


def _signed(timestamp: bytes | None) -> datetime | None:
    return None if timestamp is None else signed_at(read(Timestamp, timestamp, "timestamp.json").signed)


def _expires(role: str, content: bytes) -> datetime:
    kind: Any = _KINDS.get(role, Targets)
    expires: datetime = read(kind, content, f"{role}.json").signed.expires
    return expires


class _OnlyRead(Disk):
    """Files of the system, none of which can be changed: what a start would repair stays as it is."""

    def locked(self, folder: Path, wait_s: float) -> NoReturn:  # noqa: ARG002  # as the class above has it
        raise BlockingIOError  # whoever looks on keeps no client waiting

    def make_folder(self, folder: Path) -> None:
        _refuse(folder)

    def write(self, path: Path, content: bytes) -> None:  # noqa: ARG002  # as the class above has it
        _refuse(path)

    def rename(self, path: Path, target: Path) -> None:  # noqa: ARG002  # as the class above has it
        _refuse(path)

    def sync(self, folder: Path) -> None:
        _refuse(folder)

    def remove(self, path: Path) -> None:
        _refuse(path)


def _refuse(path: Path) -> NoReturn:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
