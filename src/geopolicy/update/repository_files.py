"""The files of a repository of signed packs: what is published, and beside it what waits for signatures."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from geopolicy.base.atomic import sync_folder, write_atomically
from geopolicy.base.locks import lock_folder
from geopolicy.errors import UpdateError
from geopolicy.update.refusals import RefusedUpdateError
from geopolicy.update.signed_files import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tuf.api.metadata import TargetFile

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)
TOP = (Root.type, Targets.type, Snapshot.type, Timestamp.type)
"""The roles that the root names."""
NOTES = "geopolicy"
"""The member in which this library says of metadata what TUF has no words for."""


class PublishError(UpdateError):
    """Something that was not published; what is published stays as it is."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A block that writes a file.

    Raises
    ------
    PublishError
        If the system does not let it.
    """
    try:
        yield
    except OSError as error:
        hint = "what is published stays as it is, make room or see its folder"
        raise PublishError(f"publish: '{path}': must be writable, got {error.strerror}; {hint}") from error


class RepositoryFiles:
    """The folders ``metadata`` and ``targets``, which a static host serves, and ``draft``, which it need not.

    A file that is named by others is never changed. The timestamp is replaced last but for the root, so that a reader
    sees what was there or what is there now.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._metadata = folder / "metadata"
        self._drafts = folder / "draft"

    @contextmanager
    def locked(self, *, may_begin: bool = False) -> Iterator[None]:
        """The folder, for one publisher at a time; made if it is not there, and that may be.

        Raises
        ------
        PublishError
            If another one has it, or it is not there.
        """
        if not may_begin and not self._metadata.is_dir():
            raise self.none_there()
        for folder in (self.folder, self._metadata, self._drafts, self.folder / "targets"):
            with writing(folder):
                folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = lock_folder(self._drafts)
        except BlockingIOError:
            rule = "must have one publisher at a time, got a second one; wait for the other to end"
            raise PublishError(f"publish: '{self.folder}': {rule}") from None
        try:
            yield
        finally:
            if lock is not None:
                os.close(lock)

    def none_there(self) -> PublishError:
        """The error of a folder without a repository."""
        rule, remedy = "must hold a repository, got none", f"geopolicy publish init {self.quoted} makes one"
        return PublishError(f"publish: '{self.folder}': {rule}; {remedy}")

    @property
    def quoted(self) -> str:
        """The folder as a shell takes it."""
        return shlex.quote(str(self.folder))

    def root(self) -> Metadata[Root] | None:
        """The newest root that is published."""
        stated = (path.name.partition(".")[0] for path in self._metadata.glob("*.root.json"))
        newest = max((int(version) for version in stated if version.isdecimal()), default=None)
        return None if newest is None else self.published(Root, Root.type, newest)

    def timestamp(self) -> Metadata[Timestamp] | None:
        """The timestamp that is published."""
        path = self._metadata / "timestamp.json"
        return _read(Timestamp, path) if path.exists() else None

    def published(self, kind: type[S], role: str, version: int) -> Metadata[S]:
        """One version of a role.

        Raises
        ------
        PublishError
            If it is not there, or is no metadata.
        """
        return _read(kind, self._metadata / f"{version}.{role}.json")

    def draft(self, kind: type[S], role: str, after: Metadata[S] | None) -> Metadata[S] | None:
        """What waits for signatures and follows a published version; None if there is none."""
        path = self._drafts / f"{role}.json"
        if not path.exists():
            return None
        metadata = _read(kind, path)
        published = 0 if after is None else after.signed.version
        if metadata.signed.version <= published:  # it was published, and the last step was cut off
            return None
        if metadata.signed.version > published + 1:
            got = f"version {metadata.signed.version} after {published}"
            raise PublishError(f"publish: '{path}': must follow what is published, got {got}; copy the whole folder")
        return metadata

    def keep_draft(self, role: str, metadata: Metadata[S]) -> None:
        """Keeps what waits for signatures."""
        path = self._drafts / f"{role}.json"
        with writing(path):
            write_atomically(path, metadata.to_bytes())

    def drop_draft(self, role: str) -> None:
        """Removes what was published."""
        path = self._drafts / f"{role}.json"
        with writing(path):
            path.unlink(missing_ok=True)
            sync_folder(self._drafts)

    def publish(self, name: str, content: bytes) -> None:
        """Writes a file of metadata."""
        path = self._metadata / name
        with writing(path):
            write_atomically(path, content)

    def put_target(self, file: TargetFile, content: bytes) -> None:
        """Writes a pack under the name that holds its hash; nobody asks for it before it is signed."""
        path = self._target(file)
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)

    def target(self, file: TargetFile) -> bytes:
        """A pack as it was signed.

        Raises
        ------
        PublishError
            If it is not there.
        """
        path = self._target(file)
        try:
            return path.read_bytes()
        except OSError as error:
            hint = "copy it from where it is served"
            raise PublishError(f"publish: '{path}': must be readable, got {error.strerror}; {hint}") from error

    def _target(self, file: TargetFile) -> Path:
        return self.folder / "targets" / file.get_prefixed_paths()[0]


def _read(kind: type[S], path: Path) -> Metadata[S]:
    try:
        return read(kind, path.read_bytes(), path.name)
    except OSError as error:
        hint = "copy the whole folder from where it is kept"
        raise PublishError(f"publish: '{path}': must be readable, got {error.strerror}; {hint}") from error
    except RefusedUpdateError as error:
        hint = "copy the whole folder from where it is kept"
        raise PublishError(f"publish: '{path}': must be metadata of {kind.type} ({error}); {hint}") from error
