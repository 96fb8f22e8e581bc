"""Who has stolen some keys, controls the host and knows all that was ever published; and a vehicle to be deceived.

What a thief cannot sign is tried both ways: signed by keys that do not count, and as the publisher left it.
"""

from __future__ import annotations

import copy
import json
import shutil
from itertools import product

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Snapshot, TargetFile, Targets, Timestamp

import geopolicy as gp
from emergency import CITY, OVERLAY
from geopolicy.update.client import UpdateClient
from geopolicy.update.news import Subscription
from published import DAY, NOW, Published
from publisher import zones

SECOND = "second"
KEYS = (Timestamp.type, Snapshot.type, Targets.type, SECOND)
ENDS = {"timestamp": NOW + DAY, "snapshot": NOW + 2 * DAY, "targets": NOW + 30 * DAY, "root": NOW + 365 * DAY}
FIRE = "fire"


class Shelf(dict):
    """Files by the path under which they are asked for."""

    def get(self, path, most_bytes):
        content = super().get(path)
        return content if content is None or len(content) <= most_bytes else None


class World:
    """A publisher with three releases, of which a vehicle has seen two.

    The third one has a newer base and a newer overlay; ``threshold`` is that of targets, which has two keys.
    """

    def __init__(self, folder, threshold) -> None:
        own = self.published = Published()
        second = CryptoSigner.generate_ed25519()
        own.keys[Targets.type].append(second)
        own.root.add_key(second.public_key, Targets.type)
        own.root.roles[Targets.type].threshold = threshold
        own.timestamp.expires, own.snapshot.expires = ENDS["timestamp"], ENDS["snapshot"]
        own.delegate(Targets.type, FIRE, paths=("fire/*",))
        constraint = own.targets[Targets.type].delegations.roles[FIRE].unrecognized_fields
        constraint["geopolicy"] = json.dumps(CITY)
        self.root, self.shelf = own.publish_root(), Shelf()
        self.states: list[dict[str, bytes]] = []
        self.offer("buses.gpol", zones(1, fleet="buses", names=("bus",)), fleets=("buses",))
        for revision, overlay in ((1, 1), (2, 1), (3, 2)):
            self.offer("city.gpol", zones(revision, fleet="city", east=13.6))
            self.offer("fire/smoke.gpol", smoke(overlay), FIRE)
            own.timestamp.unrecognized_fields["geopolicy"] = {"signed": NOW.isoformat()}
            own.publish()
            self.states.append(dict(own.files))
        self._folder, self._copies = folder, 0
        self.folder = folder / "vehicle"
        for state in self.states[:2]:
            assert self.client(self.folder, state).update(NOW).refusal is None

    def offer(self, path, zone_set, role=Targets.type, **how: object):
        pack = self.shelve(path, zone_set)
        self.published.targets[role].targets[path] = entry(path, pack, **how)

    def shelve(self, path, zone_set):
        """A pack where it is asked for."""
        pack = gp.compile(zone_set)
        content = bytes(pack.data)
        folder, slash, name = path.rpartition("/")
        self.shelf[f"targets/{folder}{slash}{pack_hash(content)}.{name}"] = content
        return pack

    def client(self, folder, files):
        shelf = Shelf(self.shelf | {f"metadata/{name}": content for name, content in files.items()})
        return UpdateClient(folder, shelf, Subscription("taxis", "hr"), self.root)

    def vehicle(self, files, *, is_new=False):
        """A vehicle that has seen two releases, or nothing, before files that a host gives it."""
        copy_of = self._folder / f"{'new' if is_new else 'copy'}-{self._copies}"
        if _ratchet(copy_of) != (b"" if is_new else _ratchet(self.folder)):  # the last one installed something
            self._copies += 1
            copy_of = self._folder / f"{'new' if is_new else 'copy'}-{self._copies}"
            if not is_new:
                shutil.copytree(self.folder, copy_of)
        return self.client(copy_of, files)


def _ratchet(folder):
    """What rises with each installation."""
    file = folder / "ratchet"
    return file.read_bytes() if file.exists() else b""


def smoke(revision, **how: object):
    return zones(revision, **{"fleet": "fire/smoke", "names": ("fire/smoke",), **OVERLAY, **how})


def pack_hash(content):
    return TargetFile.from_data("x", content, ["sha256"]).hashes["sha256"]


def entry(path, pack, fleets=("taxis",)):
    """What signed metadata says of a pack."""
    target, header = TargetFile.from_data(path, bytes(pack.data), ["sha256"]), pack.header
    stated = {"kind": header.kind, "id": header.id, "revision": header.revision}
    target.unrecognized_fields["custom"] = {"geopolicy": stated | {"fleets": list(fleets), "regions": ["hr"]}}
    return target


class Thief:
    """Makes files of a host out of those of a release, with the keys that were stolen."""

    def __init__(self, world, stolen, release=2) -> None:
        self.world = world
        self.stolen = stolen
        self._genuine = world.states[release]
        self._keys = {role: list(signers) for role, signers in world.published.keys.items()}
        first, second = self._keys[Targets.type]
        self._keys[Targets.type] = [first] * (Targets.type in stolen) + [second] * (SECOND in stolen)
        for role in (Timestamp.type, Snapshot.type, FIRE):
            self._keys[role] = self._keys[role] * (role in stolen)
        self._threshold = world.published.root.roles[Targets.type].threshold

    def has(self, role):
        """Whether what a thief signs for a role counts."""
        return len(self._keys[role]) >= (self._threshold if role == Targets.type else 1)

    def genuine(self, role):
        """What the publisher signed last, to be changed."""
        names = [name for name in self._genuine if name == f"{role}.json" or name.endswith(f".{role}.json")]
        newest = max(names, key=lambda name: int(name.split(".")[0]) if name[0].isdigit() else 0)
        return Metadata.from_bytes(self._genuine[newest]).signed

    def signed(self, role, signed):
        metadata = Metadata(signed)
        for signer in self._keys[role] or [CryptoSigner.generate_ed25519()]:
            metadata.sign(signer, append=True)
        return metadata.to_bytes()

    def publishes(self, name, content):
        """A file of metadata that the publisher never had."""
        self._genuine = self._genuine | {name: content}

    def hosts(self, edits, *, expires=None, listed=(), signed=NOW):
        """Each host that may deceive: some roles of targets changed, and what stands above them forged or genuine.

        ``edits`` are changes of roles by name, ``listed`` versions that the snapshot names instead of the newest,
        ``signed`` is the time that the timestamp says.
        """
        above = [(True,) if self.has(role) else (False, True) for role in (Snapshot.type, Timestamp.type)]
        for forges_snapshot, forges_timestamp in product(*above):
            files, snapshot = dict(self._genuine), self.genuine(Snapshot.type)
            for role, edit in edits.items():
                targets = self.genuine(role)
                targets.version += forges_snapshot
                targets.expires = expires or targets.expires
                edit(targets)
                content = self.signed(role, targets)
                files[f"{targets.version}.{role}.json"] = content
                snapshot.meta[f"{role}.json"] = MetaFile.from_data(targets.version, content, ["sha256"])
            for role, version in dict(listed).items():
                content = files[f"{version}.{role}.json"]
                snapshot.meta[f"{role}.json"] = MetaFile.from_data(version, content, ["sha256"])
            timestamp = self.genuine(Timestamp.type)
            if forges_snapshot:
                snapshot.version += forges_timestamp
                snapshot.expires = expires or snapshot.expires
                content = self.signed(Snapshot.type, snapshot)
                files[f"{snapshot.version}.snapshot.json"] = content
                timestamp.snapshot_meta = MetaFile.from_data(snapshot.version, content, ["sha256"])
            if forges_timestamp:
                timestamp.version += 1
                timestamp.unrecognized_fields["geopolicy"] = {"signed": signed.isoformat()}
                timestamp.expires = expires or timestamp.expires
                files["timestamp.json"] = self.signed(Timestamp.type, timestamp)
            yield files

    def installs(self, path, revision, hosts):
        """Whether any of the hosts makes a vehicle install a pack of a revision there."""
        return any(revision_in(self.world.vehicle(files), path) == revision for files in hosts)

    # What is tried -----------------------------------------------------------------

    def replaces(self, zone_set, path="city.gpol", **how: object):
        """Whether a pack comes into force at a path of the top role."""
        pack = self.world.shelve(path, zone_set)
        edit = {Targets.type: lambda targets: targets.targets.update({path: entry(path, pack, **how)})}
        return self.installs(path, pack.header.revision, self.hosts(edit))

    def brings_back(self):
        """Whether an older base comes back: in the place of the newer one, beside it, or by older metadata."""
        old = self.world.shelve("city.gpol", zones(1, fleet="city", east=13.6))

        def beside(targets):
            del targets.targets["city.gpol"]
            targets.targets["old.gpol"] = entry("old.gpol", old)

        self.world.shelve("old.gpol", zones(1, fleet="city", east=13.6))
        first = min(int(name.split(".")[0]) for name in self._genuine if name.endswith(".targets.json"))
        return (
            self.replaces(zones(1, fleet="city", east=13.6))
            or self.installs("old.gpol", 1, self.hosts({Targets.type: beside}))
            or self.installs("city.gpol", 1, self.hosts({}, listed={Targets.type: first + 1}))
        )

    def mixes(self):
        """Whether a vehicle takes the newest base with the overlay that was published before it."""
        before = copy.copy(self.genuine(FIRE))
        mixed = self.hosts({}, listed={FIRE: before.version - 1})
        for files in mixed:
            client = self.world.vehicle(files)
            if revision_in(client, "city.gpol") == 3 and client.packs["fire/smoke.gpol"].header.revision == 1:
                return True
        return False

    def ends_overlays(self):
        """Whether an overlay leaves before its end."""
        for files in self.hosts({}, signed=OVERLAY["ends"]):
            client = self.world.vehicle(files)
            if revision_in(client, "city.gpol") == 3 and "fire/smoke.gpol" not in client.packs:
                return True
        return False

    def holds_back_until(self, *, is_new=False):
        """The role by whose expiry a vehicle notices at last that it gets no news."""
        thief = Thief(self.world, self.stolen, release=1)
        edits = {Targets.type: lambda _: None} if self.has(Targets.type) else {}
        hosts = list(thief.hosts(edits, expires=NOW + 3000 * DAY))
        for role in reversed(ENDS):
            for files in hosts:
                client = self.world.vehicle(files, is_new=is_new)
                if client.update(ENDS[role] - DAY / 24).refusal is None and revision_in(client, "city.gpol") == 2:
                    return role
        return None


def revision_in(client, path):
    """Of the pack at a path after a vehicle has asked for news; None if there is none."""
    client.update(NOW)
    pack = client.packs.get(path)
    return None if pack is None else pack.header.revision
