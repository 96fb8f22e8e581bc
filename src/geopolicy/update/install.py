"""What is installed, so that a power cut at any moment leaves a whole installation, and never an older one."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from geopolicy.errors import UpdateError
from geopolicy.update.disk import Disk
from geopolicy.update.slots import NEW, Entry, Manifest, Slot, digest_of, write_named

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

_RATCHET = "ratchet"
_WAIT_S = 5.0  # far longer than another one needs to install or to recover
_MOST_READINGS = 100  # of what another one replaces meanwhile
_SPARE_BYTES = 65_536  # for manifests, the ratchet, and what a file system needs for itself


class InstallError(UpdateError):
    """An installation that could not be written; the one before goes on."""


class OvertakenError(InstallError):
    """Another process has installed since what is installed was read: that goes on."""


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

    One process at a time writes, where the system has locks (not on Windows); any may read what is installed.

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
        self._known: int | None = None  # the newest installation that this object has read or written

    def recover(self) -> Installed | None:
        """What is installed, after whatever happened; what was interrupted is finished. None if nothing is.

        Files are checked against their digests; what one copy has lost the other one gives. While another process
        installs, what it has not finished is left to it.

        Raises
        ------
        InstallError
            If the system does not let it be read, so that nobody knows whether something is installed.
        """
        self._check_folders()
        with ExitStack() as stack:
            try:
                trouble = self._lock(stack)
            except FileNotFoundError:
                self._known = 0
                return None
            found = self._newest() if trouble is None else self._newest_of_others()
            self._known = 0 if found is None else found[0].sequence
            if trouble is None:
                with suppress(OSError):
                    self._known = self._last()
            if found is None:
                return None
            manifest, contents = found
            if trouble is None and (failure := self._failure()) is not None:
                trouble = _incomplete(failure)  # what cannot be read now is not written over: it may be newer
            return Installed(manifest.sequence, contents, trouble or self._finish(manifest, contents))

    def _check_folders(self) -> None:
        try:
            for folder in (self.folder, *(slot.folder for slot in self._slots)):
                self._disk.check_folder(folder)
        except OSError as error:
            raise InstallError(f"update: '{self.folder}': {error.strerror}") from error

    @property
    def is_begun(self) -> bool:
        """Whether something was ever installed, be it damaged by now."""
        try:
            return self._last() > 0
        except OSError:
            return True

    def _failure(self) -> OSError | None:
        return next((slot.failure for slot in self._slots if slot.failure is not None), None)

    def _lock(self, stack: ExitStack) -> str | None:
        """Why nothing may be finished; None if it may."""
        try:
            stack.enter_context(self._disk.locked(self.folder, 0.0))
        except FileNotFoundError:
            raise
        except BlockingIOError:
            return f"another process has '{self.folder}', and finishes there what it began"
        except OSError as error:
            return _incomplete(error)
        return None

    def install(self, files: Mapping[str, bytes], digests: Mapping[str, str] = MappingProxyType({})) -> Installed:
        """Installs files in the place of those that are installed.

        ``digests`` are those of some of the files, by name, as far as they are known.

        Raises
        ------
        InstallError
            If they could not be written, or another process installs, or has since this object has read what is
            installed; what is installed stays so.
        """
        with ExitStack() as stack:
            try:
                self._disk.make_folder(self.folder)
                stack.enter_context(self._disk.locked(self.folder, _WAIT_S))
            except BlockingIOError:
                rule = "must have one writer at a time, got a second one; wait for the other to end, and try again"
                raise InstallError(f"update: '{self.folder}': {rule}") from None
            except OSError as error:
                raise self._failed(error) from error
            try:
                manifest = self._write(files, digests)
            except OSError as error:
                with suppress(OSError):
                    self._clean_new()
                    self._known = None if self._known is None else self._last()
                raise self._failed(error) from error
            self._known = manifest.sequence
            return Installed(manifest.sequence, dict(files), self._finish(manifest, files))

    def _write(self, files: Mapping[str, bytes], digests: Mapping[str, str]) -> Manifest:
        """The first copy of new files."""
        last = self._last()
        if self._known is not None and self._known < last:
            rule = f"must be at installation {self._known}, which was read, got {last}"
            raise OvertakenError(f"update: '{self.folder}': {rule}; another process has installed, read it anew")
        entries = {
            name: Entry(digests.get(name) or digest_of(content), len(content)) for name, content in files.items()
        }
        manifest = Manifest(last + 1, entries)
        self._clean_new()
        self._check_space(entries)
        self._slots[0].install(manifest, files)
        return manifest

    def _failed(self, error: OSError) -> InstallError:
        what = error.strerror or error
        return InstallError(
            f"update: installing into '{self.folder}' failed: {what}; what is installed goes on, try again"
        )

    def _newest(self) -> tuple[Manifest, dict[str, bytes]] | None:
        """The newest manifest all of whose files are there, in whichever copy, and not below the ratchet."""
        for slot in self._slots:
            slot.failure = None
        try:
            floor = self._floor()
            manifests = self._manifests()
            for manifest in sorted(manifests, key=lambda own: -own.sequence):
                if manifest.sequence < floor:
                    break
                contents = {name: self._content(entry) for name, entry in manifest.entries.items()}
                whole = {name: content for name, content in contents.items() if content is not None}
                if len(whole) == len(contents):
                    return manifest, whole
            if (failure := self._failure()) is not None:
                raise failure
        except OSError as error:
            what = error.strerror or error
            rule = "must be readable, so that it is known what is installed"
            raise InstallError(f"update: '{self.folder}': {rule}, got: {what}; start again") from error
        return None

    def _newest_of_others(self) -> tuple[Manifest, dict[str, bytes]] | None:
        """As `_newest`, while another process may take away the files of a manifest that was read before it."""
        for _ in range(_MOST_READINGS):
            before = self._manifests()
            found = self._newest()
            if found is not None or before == self._manifests():
                return found
        return None

    def _manifests(self) -> list[Manifest]:
        return [manifest for manifest in map(Slot.manifest, self._slots) if manifest is not None]

    def _last(self) -> int:
        """The number of the newest installation that was begun."""
        return max((self._floor(), *(manifest.sequence for manifest in self._manifests())))

    def _floor(self) -> int:
        """The number below which nothing is taken.

        Raises
        ------
        OSError
            If it cannot be read, nor the first copy, which is never below it.
        """
        try:
            return self._ratchet()
        except OSError:
            first = self._slots[0].manifest()
            if first is None:
                raise
            return first.sequence

    def _content(self, entry: Entry) -> bytes | None:
        return next((content for slot in self._slots if (content := slot.content(entry)) is not None), None)

    def _finish(self, manifest: Manifest, contents: Mapping[str, bytes]) -> str | None:
        """Both copies, the ratchet, and nothing else; says what could not be done."""
        try:
            is_settled = self._is_settled(manifest.sequence)
            for number, slot in enumerate(self._slots):
                is_whole = slot.manifest() == manifest and all(map(slot.has, manifest.entries.values()))
                if not is_whole:
                    slot.clean(None)
                if not is_whole or (number == 0 and not is_settled):  # who wrote it may have ended before it was synced
                    slot.install(manifest, contents)
                if number == 0 and not is_settled:
                    self._raise_ratchet(manifest.sequence)
            for slot in self._slots:
                slot.clean(manifest)
        except OSError as error:
            return _incomplete(error)
        return None

    def _is_settled(self, sequence: int) -> bool:
        """Whether nothing before an installation is taken any more."""
        try:
            return self._ratchet() >= sequence
        except OSError:
            return False

    def _ratchet(self) -> int:
        text = self._disk.read(self.folder / _RATCHET) or b""
        number, _, digest = text.partition(b" ")
        return int(number) if digest == digest_of(number).encode() else 0

    def _raise_ratchet(self, sequence: int) -> None:
        number, new = str(sequence), self.folder / f"{NEW}{_RATCHET}"
        names = self._disk.names(self.folder)
        if _RATCHET not in names:
            self._disk.sync_above(self.folder)
        if new.name in names:
            self._disk.remove(new)
        write_named(self._disk, self.folder / _RATCHET, f"{number} {digest_of(number.encode())}".encode())
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


def _incomplete(error: OSError) -> str:
    return f"the installation is not complete for the next start: {error.strerror or error}"
