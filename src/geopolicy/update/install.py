"""What is installed, so that a power cut at any moment leaves a whole installation, and never an older one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from geopolicy.errors import UpdateError
from geopolicy.update.disk import Disk
from geopolicy.update.slots import NEW, Entry, Manifest, Slot, digest_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_RATCHET = "ratchet"
_SPARE_BYTES = 65_536  # for manifests, the ratchet, and what a file system needs for itself


class InstallError(UpdateError):
    """An installation that could not be written; the one before goes on."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What is installed: files by name, whole, as they were when they were installed.

    ``trouble`` says what could not be done for the next start although all of this holds now.
    """

    sequence: int
    files: Mapping[str, bytes]
    trouble: str | None = None


class Installation:
    """A folder with two copies of one installation, and a number below which none is ever taken again.

    The order of an installation: the files of the first copy are written, brought to the disk, read back and given
    their names, then its manifest likewise; then the ratchet goes up; then the second copy follows. Until the first
    manifest has its name, the installation before holds; from then on the new one does.

    Parameters
    ----------
    folder
        Made when something is installed, for its owner alone.
    disk
        The calls of the system.
    """

    def __init__(self, folder: str | os.PathLike[str], disk: Disk | None = None) -> None:
        self.folder = Path(folder)
        self._disk = disk or Disk()
        self._slots = Slot(self.folder / "a", self._disk), Slot(self.folder / "b", self._disk)

    def recover(self) -> Installed | None:
        """What is installed, after whatever happened; what was interrupted is finished. None if nothing is.

        Files are checked against their digests; what one copy has lost the other one gives.
        """
        found = self._newest()
        if found is None:
            return None
        manifest, contents = found
        return Installed(manifest.sequence, contents, self._finish(manifest, contents))

    def install(self, files: Mapping[str, bytes], digests: Mapping[str, str] = MappingProxyType({})) -> Installed:
        """Installs files in the place of those that are installed.

        ``digests`` are those of some of the files, by name, as far as they are known.

        Raises
        ------
        InstallError
            If they could not be written; what is installed stays so.
        """
        sequence = 1 + max(self._ratchet(), *(slot.sequence for slot in map(Slot.manifest, self._slots) if slot), 0)
        entries = {
            name: Entry(digests.get(name) or digest_of(content), len(content)) for name, content in files.items()
        }
        manifest = Manifest(sequence, entries)
        try:
            self._disk.make_folder(self.folder)
            self._clean_new()
            self._check_space(entries)
            self._slots[0].install(manifest, files)
        except OSError as error:
            with suppress(OSError):
                self._clean_new()
            what = f"{error.strerror or error}"
            raise InstallError(
                f"update: installing into '{self.folder}' failed: {what}; what is installed goes on, try again"
            ) from error
        return Installed(sequence, dict(files), self._finish(manifest, files))

    def _newest(self) -> tuple[Manifest, dict[str, bytes]] | None:
        """The newest manifest all of whose files are there, in whichever copy, and not below the ratchet."""
        ratchet = self._ratchet()
        manifests = [manifest for manifest in map(Slot.manifest, self._slots) if manifest is not None]
        for manifest in sorted(manifests, key=lambda own: -own.sequence):
            if manifest.sequence < ratchet:
                break
            contents = {name: self._content(entry) for name, entry in manifest.entries.items()}
            whole = {name: content for name, content in contents.items() if content is not None}
            if len(whole) == len(contents):
                return manifest, whole
        return None

    def _content(self, entry: Entry) -> bytes | None:
        return next((content for slot in self._slots if (content := slot.content(entry)) is not None), None)

    def _finish(self, manifest: Manifest, contents: Mapping[str, bytes]) -> str | None:
        """Both copies, the ratchet, and nothing else; says what could not be done."""
        try:
            for number, slot in enumerate(self._slots):
                if slot.manifest() != manifest or not all(map(slot.has, manifest.entries.values())):
                    slot.clean(None)
                    slot.install(manifest, contents)
                if number == 0 and self._ratchet() < manifest.sequence:
                    self._raise_ratchet(manifest.sequence)
            for slot in self._slots:
                slot.clean(manifest)
        except OSError as error:
            return f"the installation is not complete for the next start: {error.strerror or error}"
        return None

    def _ratchet(self) -> int:
        try:
            text = (self._disk.read(self.folder / _RATCHET) or b"").decode("ascii")
        except (OSError, UnicodeDecodeError):
            return 0
        number, _, digest = text.partition(" ")
        return int(number) if digest == digest_of(number.encode()) else 0

    def _raise_ratchet(self, sequence: int) -> None:
        number, new = str(sequence), self.folder / f"{NEW}{_RATCHET}"
        if new.name in self._disk.names(self.folder):
            self._disk.remove(new)
        self._disk.write(new, f"{number} {digest_of(number.encode())}".encode())
        self._disk.rename(new, self.folder / _RATCHET)
        self._disk.sync(self.folder)

    def _clean_new(self) -> None:
        for slot in self._slots:
            slot.clean(None)

    def _check_space(self, entries: Mapping[str, Entry]) -> None:
        """Refuses before anything is written what would not fit twice."""
        needed = _SPARE_BYTES + sum(
            entry.size for slot in self._slots for entry in entries.values() if not slot.has(entry)
        )
        free = self._disk.free_bytes(self.folder)
        if free < needed:
            raise OSError(None, f"{needed:,} bytes are needed, and {free:,} are free")
