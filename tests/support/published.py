"""A repository of signed packs in memory: what a publisher puts on a static host, and what attackers make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TOP = (Root.type, Timestamp.type, Snapshot.type, Targets.type)


class Published:
    """Metadata files by the names under which they are asked for; all is signed anew by `publish`."""

    def __init__(self, threshold: int = 1) -> None:
        self.keys = {role: [CryptoSigner.generate_ed25519() for _ in range(threshold)] for role in TOP}
        self.root = Root(expires=NOW + 365 * DAY, consistent_snapshot=True)
        for role, signers in self.keys.items():
            for signer in signers:
                self.root.add_key(signer.public_key, role)
            self.root.roles[role].threshold = threshold
        self.timestamp = Timestamp(expires=NOW + DAY)
        self.snapshot = Snapshot(expires=NOW + DAY)
        self.targets = {Targets.type: Targets(expires=NOW + 30 * DAY)}
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.first_root = self.publish_root()
        self.publish(bump=False)

    def signed(self, signed, role):
        metadata = Metadata(signed)
        for signer in self.keys[role]:
            metadata.sign(signer, append=True)
        return metadata.to_bytes()

    def publish_root(self, *, by=()):
        metadata = Metadata(self.root)
        for signer in (*self.keys[Root.type], *by):
            metadata.sign(signer, append=True)
        content = metadata.to_bytes()
        self.files[f"{self.root.version}.root.json"] = content
        return content

    def publish(self, *, bump=True, hashes=True):
        """All of it but the root, each with the next version."""
        for role, targets in self.targets.items():
            targets.version += bump
            content = self.signed(targets, role)
            self.files[f"{targets.version}.{role}.json"] = content
            self.snapshot.meta[f"{role}.json"] = _meta(targets.version, content, hashes=hashes)
        self.publish_snapshot(bump=bump, hashes=hashes)

    def publish_snapshot(self, *, bump=True, hashes=True):
        self.snapshot.version += bump
        content = self.signed(self.snapshot, Snapshot.type)
        self.files[f"{self.snapshot.version}.snapshot.json"] = content
        self.timestamp.snapshot_meta = _meta(self.snapshot.version, content, hashes=hashes)
        self.publish_timestamp(bump=bump)

    def publish_timestamp(self, *, bump=True):
        self.timestamp.version += bump
        self.files["timestamp.json"] = self.signed(self.timestamp, Timestamp.type)

    def rotate(self, role):
        """New keys of a role, in the next root, which the keys of the root before sign too."""
        before = list(self.keys[Root.type])
        for signer in self.keys[role]:
            self.root.revoke_key(signer.public_key.keyid, role)
        self.keys[role] = [CryptoSigner.generate_ed25519() for _ in self.keys[role]]
        for signer in self.keys[role]:
            self.root.add_key(signer.public_key, role)
        self.root.version += 1
        return self.publish_root(by=before if role == Root.type else ())

    def delegate(self, delegator, role, *, paths=("*",), terminating=False, threshold=1):
        above = self.targets[delegator]
        if above.delegations is None:
            above.delegations = Delegations({}, {})
        signers = self.keys.setdefault(role, [CryptoSigner.generate_ed25519() for _ in range(threshold)])
        above.delegations.roles[role] = DelegatedRole(role, [], threshold, terminating, list(paths))
        for signer in signers:
            above.add_key(signer.public_key, role)
        self.targets.setdefault(role, Targets(expires=NOW + 30 * DAY))

    def add(self, path, content, role=Targets.type):
        self.targets[role].targets[path] = TargetFile.from_data(path, content, ["sha256"])

    def serve(self, steps):
        """Answers what steps ask for until they end, and gives what they gave."""
        answer = None
        try:
            while True:
                request = steps.send(answer)
                self.asked.append(request.file)
                answer = self.files.get(request.file)
        except StopIteration as end:
            return end.value


def _meta(version, content, *, hashes):
    return MetaFile.from_data(version, content, ["sha256"]) if hashes else MetaFile(version)
