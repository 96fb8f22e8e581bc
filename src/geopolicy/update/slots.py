"""Two copies of what is installed, and what each of them is worth."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geopolicy.update.disk import Disk

MANIFEST = "manifest"
NEW = ".new-"
"""How the names of files begin that are not finished."""
_FORMAT = 1


class Entry(NamedTuple):
    """A file that is installed: under its digest on the disk, so that what stays is not written again."""

    digest: str
    size: int


class Manifest(NamedTuple):
    """What is installed together, and the how manieth installation it is."""

    sequence: int
    entries: Mapping[str, Entry]

    def to_bytes(self) -> bytes:
        """Two lines: what is installed, and their digest."""
        files = {name: list(entry) for name, entry in sorted(self.entries.items())}
        content = {"format": _FORMAT, "sequence": self.sequence, "files": files}
        line = json.dumps(content, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        return line + digest_of(line).encode() + b"\n"


def manifest_from(content: bytes | None) -> Manifest | None:
    """The manifest that was written; None where it is not there, or damaged."""
    line, _, digest = (content or b"").partition(b"\n")
    if digest != digest_of(line + b"\n").encode() + b"\n":
        return None
    stated = json.loads(line)
    if stated["format"] != _FORMAT:
        return None
    return Manifest(stated["sequence"], {name: Entry(*entry) for name, entry in stated["files"].items()})


def digest_of(content: bytes) -> str:
    """SHA-256 as hex."""
    return sha256(content).hexdigest()


def write_named(disk: Disk, path: Path, content: bytes) -> None:
    """Writes a file, reads it back, and then gives it its name, in the place of what has it.

    Raises
    ------
    OSError
        As the system does, and if what was written is not read back.
    """
    new = path.with_name(f"{NEW}{path.name}")
    disk.write(new, content)
    if disk.read(new) != content:
        raise OSError(None, "what was written is read back differently", str(new))
    disk.rename(new, path)


class Slot:
    """One copy: a manifest, and the files that it names, each under its digest."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self._disk = disk
        self._whole: set[str] = set()  # digests of files that this process has read or written
        self.failure: OSError | None = None
        """Why something could not be read that may be there."""

    def manifest(self) -> Manifest | None:
        """What it says is installed; None where that cannot be read."""
        try:
            return manifest_from(self._disk.read(self.folder / MANIFEST))
        except OSError as error:
            self.failure = error
            return None

    def content(self, entry: Entry) -> bytes | None:
        """A file, if it is there and whole."""
        try:
            content = self._disk.read(self.folder / entry.digest)
        except OSError as error:
            self.failure = error
            return None
        if content is None or len(content) != entry.size or digest_of(content) != entry.digest:
            self._whole.discard(entry.digest)
            return None
        self._whole.add(entry.digest)
        return content

    def has(self, entry: Entry) -> bool:
        """Whether a file is there, and was whole when this process looked at it."""
        try:
            if entry.digest in self._whole and self._disk.size(self.folder / entry.digest) == entry.size:
                return True
        except OSError:
            return False
        return self.content(entry) is not None

    def install(self, manifest: Manifest, contents: Mapping[str, bytes]) -> None:
        """Writes what is missing, and then the manifest: until that has its name, the one before holds.

        Raises
        ------
        OSError
            As the system does, and if what was written is not read back.
        """
        self._disk.make_folder(self.folder)
        self._disk.sync(self.folder.parent)
        for name, entry in manifest.entries.items():
            if not self.has(entry):
                write_named(self._disk, self.folder / entry.digest, contents[name])
                self._whole.add(entry.digest)
        self._disk.sync(self.folder)  # the files have their names before the manifest names them
        if self.manifest() != manifest:
            write_named(self._disk, self.folder / MANIFEST, manifest.to_bytes())
        self._disk.sync(self.folder)

    def clean(self, manifest: Manifest | None) -> None:
        """Removes what is not finished, and what a manifest does not name; without one only the former.

        Raises
        ------
        OSError
            As the system does.
        """
        named = {MANIFEST, *(entry.digest for entry in manifest.entries.values())} if manifest is not None else None
        for name in self._disk.names(self.folder):
            if name.startswith(NEW) or (named is not None and name not in named):
                self._disk.remove(self.folder / name)
