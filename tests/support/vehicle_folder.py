"""A repository of packs on a disk, and a vehicle that has installed what is there: folder, keys and report."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import TargetFile, Targets

import geopolicy as gp
from geopolicy.base.atomic import write_atomically
from geopolicy.update.client import UpdateClient
from geopolicy.update.news import Subscription
from geopolicy.update.report import signed_status
from published import Published
from shapes import box

TAXIS = Subscription("taxis", "HR")
CITY = {"area": box(13, 45, 14, 46), "sensors": ["camera"], "levels": ["off"], "most_duration_s": 6 * 3600}
LONG = timedelta(days=36_500)


def pack_of(revision, set_id="city", east=14.0, **header: object):
    """A square in which cameras are off, as a pack."""
    zone = gp.Zone(f"school-{set_id}", box(13, 45, east, 46), [gp.Rule(["camera"], gp.Level.OFF)])
    return gp.compile(gp.ZoneSet([zone], gp.ZoneFileHeader(set_id, revision, **header)))


class PacksHost:
    """A repository whose files lie in a folder; what is signed expires late, and is signed now."""

    def __init__(self, folder) -> None:
        self.folder = Path(folder)
        self.published = Published()
        self.published.root.expires = self.now + LONG
        self.published.first_root = self.published.publish_root()
        self.last(LONG)
        self.offer(pack_of(1))

    @property
    def now(self):
        return datetime.now(UTC).replace(microsecond=0)

    def last(self, time):
        """How long metadata lasts from now on."""
        every = (self.published.timestamp, self.published.snapshot, *self.published.targets.values())
        for signed in every:
            signed.expires = self.now + time

    def offer(self, pack, path="city.gpol", role=Targets.type, fleets=("taxis",), regions=("HR",)):
        content, header = bytes(pack.data), pack.header
        target = TargetFile.from_data(path, content, ["sha256"])
        stated = {"kind": header.kind, "id": header.id, "revision": header.revision}
        stated |= {"fleets": list(fleets), "regions": list(regions)}
        target.unrecognized_fields["custom"] = {"geopolicy": stated}
        self.published.targets[role].targets[path] = target
        folders, _, name = path.rpartition("/")
        self.write(
            "/".join(part for part in ("targets", folders, f"{target.hashes['sha256']}.{name}") if part), content
        )
        self.sign()

    def delegate(self, role, lasts=LONG):
        """Lets a role publish overlays in a city."""
        self.published.delegate(Targets.type, role, paths=[f"{role}/*"], terminating=True)
        self.published.targets[role].expires = self.now + lasts
        delegated = self.published.targets[Targets.type].delegations.roles[role]
        delegated.unrecognized_fields["geopolicy"] = json.dumps(CITY)
        self.sign()

    def sign(self, signed=None):
        self.signed = signed or self.now
        self.published.timestamp.unrecognized_fields["geopolicy"] = {"signed": self.signed.isoformat()}
        self.published.publish()
        for name, content in self.published.files.items():
            self.write(f"metadata/{name}", content)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)  # somebody may be watching

    def get(self, path, _most_bytes):
        """As a fetcher that is at home here."""
        place = self.folder / path
        return place.read_bytes() if place.is_file() else None


def write_keys(folder):
    """A key pair of a vehicle, in files."""
    key = Ed25519PrivateKey.generate()
    private = folder / "vehicle.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private.chmod(0o600)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "vehicle.pub.pem").write_bytes(public)
    return CryptoSigner(key)


@functools.cache
def _vehicle() -> tempfile.TemporaryDirectory:
    """A folder with a vehicle in it, made once, and gone with the process."""
    made = tempfile.TemporaryDirectory()
    folder = Path(made.name)
    host = PacksHost(folder / "host")
    client = UpdateClient(folder / "installed", host, TAXIS, host.published.first_root)
    assert client.update(host.now).is_new
    signer = write_keys(folder)
    seen = SimpleNamespace(packs=client.packs, signed=client.signed, refusals=Counter({"freeze": 2}))
    (folder / "report.json").write_bytes(signed_status(seen, signer))
    return made


def installed_vehicle(folder) -> dict[str, Path]:
    """What is installed in a vehicle, its keys and a report, copied into a folder."""
    names = {"installed": "installed", "report": "report.json", "private": "vehicle.pem", "public": "vehicle.pub.pem"}
    for name in names.values():
        source, target = Path(_vehicle().name) / name, folder / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    return {key: folder / name for key, name in names.items()}
