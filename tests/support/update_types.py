"""The calls of signed updates with arguments that are right, by which wrong ones are tried."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import geopolicy as gp
from publisher import FOR_TAXIS, NOW, Publisher, secret
from shapes import box
from vehicle_folder import PacksHost, installed_vehicle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Case = tuple[Callable[..., object], dict[str, Any]]


def cases(folder: Path) -> dict[str, Case]:
    """Each callable by its public name, with arguments that it takes."""
    (folder / "car").mkdir()
    paths = installed_vehicle(folder / "car")
    found = _vehicle(paths, folder) | _publisher(folder / "publisher")
    return {f"update.{name}": case for name, case in found.items()}


def _vehicle(paths: dict[str, Path], folder: Path) -> dict[str, Case]:
    host = PacksHost(folder / "host")
    client = gp.update.UpdateClient(
        folder / "own", host, gp.update.Subscription("taxis", "HR"), host.published.first_root
    )
    signer = gp.update.key_signer(paths["private"])

    def watched(**given: Any) -> None:
        list(islice(gp.update.watched(**given), 2))

    return {
        "UpdateClient": (
            gp.update.UpdateClient,
            {
                "folder": paths["installed"],
                "fetcher": host,
                "subscription": gp.update.Subscription("taxis", "HR"),
                "root": host.published.first_root,
            },
        ),
        "UpdateClient.update": (client.update, {"now": host.now}),
        "Fetcher": (gp.update.Fetcher, {"url": "http://127.0.0.1:9", "timeout_s": 1.0, "least_bytes_per_s": 1.0}),
        "watched": (
            watched,
            {
                "client": client,
                "every_s": 1.0,
                "now": lambda: host.now,
                "monotonic_s": lambda: 1.0,
                "sleep": lambda _: None,
                "random": lambda: 0.5,
            },
        ),
        "ask": (gp.update.ask, {"client": client, "now": host.now, "monotonic_s": 1.0, "before": None}),
        "delay_s": (gp.update.delay_s, {"every_s": 1.0, "failures": 0, "random": lambda: 0.5}),
        "installed_in": (gp.update.installed_in, {"folder": paths["installed"]}),
        "vehicle_status": (gp.update.vehicle_status, {"client": client}),
        "signed_status": (gp.update.signed_status, {"client": client, "signer": signer}),
        "read_status": (
            gp.update.read_status,
            {"content": gp.update.signed_status(client, signer), "key": signer.public_key},
        ),
        "key_signer": (gp.update.key_signer, {"path": paths["private"], "secret": None}),
        "public_key": (gp.update.public_key, {"path": paths["public"]}),
    }


def _publisher(folder: Path) -> dict[str, Case]:
    folder.mkdir()
    publisher = Publisher(folder)
    publisher.sign()
    repository, file = publisher.repository, publisher.file
    pack = publisher.pack(1)
    key = file.make_key("fire", secret)
    keys = {role: gp.update.RoleKeys([key]) for role in ("root", "targets", "snapshot", "timestamp")}
    area = f'{{"area": {str(box(13, 45, 14, 46)).replace(chr(39), chr(34))}, "most_duration_s": 60}}'
    new = iter(range(10_000))

    def init(**given: Any) -> None:
        gp.update.Repository(folder / f"new-{next(new)}").init(**given)

    def rotate(**given: Any) -> None:
        repository.rotate(**given)

    return {
        "Repository": (gp.update.Repository, {"folder": folder / "repository"}),
        "Repository.init": (init, {"keys": keys, "now": NOW, "lasts_s": {"root": 60}}),
        "Repository.add": (
            repository.add,
            {"packs": [pack], "now": NOW, "role": "targets", "wanted": FOR_TAXIS},
        ),
        "Repository.sign": (repository.sign, {"signers": gp.update.Signers(file, secret), "now": NOW}),
        "Repository.rotate": (rotate, {"role": "snapshot", "change": gp.update.Change(threshold=1), "now": NOW}),
        "Repository.delegate": (
            lambda **given: repository.delegate(**given | {"role": _fresh(given["role"], next(new))}),
            {"role": "fire", "constraint": area, "own": gp.update.RoleKeys([key]), "now": NOW},
        ),
        "Repository.status": (repository.status, {"now": NOW}),
        "SignerFile": (gp.update.SignerFile, {"path": file.path, "repository": folder / "repository"}),
        "SignerFile.check_private": (file.check_private, {"path": file.path}),
        "SignerFile.add": (
            gp.update.SignerFile(folder / "spare.toml", folder / "repository").add,
            {"entry": gp.update.SignerEntry("fire", key.keyid, "file:fire-1.pem")},
        ),
        "SignerFile.make_key": (
            gp.update.SignerFile(folder / "spare" / "signers.toml", folder / "repository").make_key,
            {"role": "fire", "secret": secret},
        ),
        "Signers": (gp.update.Signers, {"file": file, "secret": secret}),
        "Signers.has": (gp.update.Signers(file, secret).has, {"role": "fire", "keyid": key.keyid}),
        "Signers.of": (gp.update.Signers(file, secret).of, {"role": "fire", "key": key}),
    }


def _fresh(role: Any, number: int) -> Any:
    """A role that is not there yet; what is no name stays."""
    return f"{role}-{number}" if role == "fire" else role
