"""A publisher with keys in files, and a vehicle that follows what it publishes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import geopolicy as gp
from geopolicy.update import trust
from geopolicy.update.additions import Wanted
from geopolicy.update.fetch import UnreachableError
from geopolicy.update.keys import SignerFile, Signers
from geopolicy.update.publish import Repository, RoleKeys
from shapes import box

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PASSPHRASE = "correct horse battery staple"
FOR_TAXIS = Wanted(["taxis"], ["hr"])
LOOSER = Wanted(["taxis"], ["hr"], allow_loosening=True)
KEYS = {"root": (2, 3), "targets": (1, 2), "snapshot": (1, 1), "timestamp": (1, 1)}


def secret(_name):
    return PASSPHRASE


def zones(revision, *, fleet="fleet", issued=NOW, east=14.0, names=("depot",), level=gp.Level.OFF, **header: object):
    """Squares in which cameras are restricted, as an edition of a set."""
    made = [gp.Zone(name, box(13, 45, east, 46), [gp.Rule(["camera"], level)]) for name in names]
    return gp.ZoneSet(made, gp.ZoneFileHeader(fleet, revision, issued=issued, **header))


def named_after(role, how):
    """The same zones, with ids that begin with the name of a delegated role; ``named=False``: as they are."""
    if not how.pop("named", True) or role == "targets":
        return how
    own = {"fleet": f"{role}/{how.get('fleet', 'fleet')}"}
    return how | own | {"names": [f"{role}/{name}" for name in how.get("names", ("depot",))]}


class Publisher:
    """A repository in a folder, its keys beside it, and a clock."""

    def __init__(self, folder, keys=KEYS, *, begin=True, lasts_s=None) -> None:
        self.folder = folder
        self.now = NOW
        self.file = SignerFile(folder / "private" / "signers.toml", folder / "repository")
        self.repository = Repository(folder / "repository")
        self.metadata = folder / "repository" / "metadata"
        if begin:
            self.repository.init({role: self.keys(role, *count) for role, count in keys.items()}, NOW, lasts_s)

    def keys(self, role, threshold, count):
        return RoleKeys([self.file.make_key(role, secret) for _ in range(count)], threshold)

    def pack(self, revision, name="fleet.gpol", **how: object):
        path = self.folder / name
        gp.compile(zones(revision, **how)).save(path)
        return path

    def add(self, revision, *, role="targets", wanted=FOR_TAXIS, **how: object):
        return self.repository.add([self.pack(revision, **named_after(role, how))], self.now, role, wanted)

    def sign(self, *roles: str):
        """Signs with the keys of some roles (all if none is named)."""
        signers = Signers(self.file, secret)
        if roles:
            signers._uris = {at: uri for at, uri in signers._uris.items() if at[0] in roles}
        return self.repository.sign(signers, self.now)

    def without(self, *keyids: str):
        """Signs with all keys but some."""
        signers = Signers(self.file, secret)
        signers._uris = {at: uri for at, uri in signers._uris.items() if not at[1].startswith(keyids)}
        return self.repository.sign(signers, self.now)

    def released(self, revision=1, **how: object):
        self.add(revision, **how)
        self.sign()
        return self

    def keyids(self, role):
        return next(one.keyids for one in self.repository.status(self.now).roles if one.role == role)


class FolderFetcher:
    """Files of a repository, as a host serves them; ``is_down``: it does not answer."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.is_down = False

    def get(self, path, most_bytes):
        if self.is_down:
            raise UnreachableError(f"update: {path}: no answer; what is installed goes on")
        with suppress(FileNotFoundError):
            content = (self.folder / path).read_bytes()
            assert len(content) <= most_bytes
            return content
        return None


class Vehicle:
    """Files that are trusted, and those of a folder that are asked for."""

    def __init__(self, publisher) -> None:
        self._metadata = publisher.metadata
        self.files = {"root": (self._metadata / "1.root.json").read_bytes()}
        self.trusted = None

    def serve(self, steps):
        answer = None
        try:
            while True:
                request = steps.send(answer)
                answer = None
                with suppress(FileNotFoundError):
                    answer = (self._metadata / request.file).read_bytes()
        except StopIteration as end:
            return end.value

    def refresh(self, now):
        self.trusted = self.serve(trust.refreshed(self.files, now))
        self.trusted = self.serve(trust.with_all_roles(self.trusted, self.files, now, []))
        return self.trusted

    def found(self, path, now):
        self.trusted, target = self.serve(trust.found(self.refresh(now), path, self.files, now))
        return target

    def versions(self):
        return {
            "root": self.trusted.root.version,
            "timestamp": self.trusted.timestamp.version,
            "snapshot": self.trusted.snapshot.version,
            **{role: targets.version for role, targets in self.trusted.targets.items()},
        }


def at(publisher, later):
    """The same publisher, so much later."""
    publisher.now += later
    return publisher
