"""Signed updates, in a vehicle and at the publisher."""

from __future__ import annotations

import json

import geopolicy as gp
from geopolicy import update
from publisher import NOW, PASSPHRASE, Publisher, secret
from static_host import static_host
from vehicle_folder import TAXIS, PacksHost, installed_vehicle, write_keys

PublishError, UpdateError = update.PublishError, gp.errors.UpdateError
NOWHERE = "http://127.0.0.1:9"


def too_large(folder):
    (folder / "a.json").write_bytes(b"12345")
    with static_host(folder) as url:
        update.Fetcher(url).get("a.json", 4)


def client(folder, root=None):
    return update.UpdateClient(folder / "car", update.Fetcher(NOWHERE), TAXIS, root)


def of_host(folder):
    """A client that has installed nothing yet."""
    host = PacksHost(folder / "host")
    return update.UpdateClient(folder / "car", host, TAXIS, host.published.first_root)


def naive(folder):
    of_host(folder).update(NOW.replace(tzinfo=None))


def follower(folder, *monitors: object, **named: object):
    """One of a client, with something for its monitor."""
    return update.Follower(of_host(folder), *(monitors or (gp.Monitor(None),)), **named)


def watched(folder, *words: object, **named: object):
    return update.watched(of_host(folder), *words, **named)


def delay(every_s, random=lambda: 0.5):
    return update.delay_s(every_s, 0, random)


def read_status(folder):
    key = update.public_key(installed_vehicle(folder)["public"])
    update.read_status(b"{}", key)


def unread_key(folder):
    write_keys(folder)
    update.public_key(folder / "vehicle.pem")


def open_key(folder):
    write_keys(folder)
    (folder / "vehicle.pem").chmod(0o644)
    update.key_signer(folder / "vehicle.pem")


def begun(folder):
    """A publisher who has published one release."""
    return Publisher(folder).released()


def init(folder):
    publisher = Publisher(folder, begin=False)
    publisher.repository.init({"root": publisher.keys("root", 1, 1)}, NOW)


def delegate(folder, constraint, *, of=None):
    begun(folder).repository.delegate("fire", constraint, of, NOW)


def add(folder, name):
    publisher = begun(folder)
    publisher.repository.add([folder / name], NOW)


def not_a_pack(folder):
    (folder / "a.gpol").write_bytes(b"zones")
    add(folder, "a.gpol")


def beyond_its_role(folder):
    publisher = begun(folder)
    area = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    stated = {"area": area, "sensors": ["camera"], "levels": ["off"], "most_duration_s": 60}
    publisher.repository.delegate("fire", json.dumps(stated), publisher.keys("fire", 1, 1), NOW)
    publisher.add(1, role="fire", fleet="smoke", kind="overlay", ends=NOW.replace(hour=13))


def clock_behind(folder):
    publisher = begun(folder)
    publisher.now = NOW.replace(year=2025)
    publisher.sign()


def rotate(folder):
    begun(folder).repository.rotate("snapshot", update.Change(old=["zz"]), NOW)


def signers_of(folder):
    publisher = Publisher(folder)
    key = publisher.file.make_key("fire", secret)
    update.Signers(publisher.file, lambda _: f"not {PASSPHRASE}").of("fire", key)


def signer_file(folder, text=""):
    (folder / "signers.toml").write_text(text)
    return update.SignerFile(folder / "signers.toml", folder / "repository")


INSIDE = "must be outside of the folder that is published"
CASES = {
    "Fetcher.get": [
        (
            too_large,
            update.RefusedUpdateError,
            r"^update: a\.json: must have at most 4 bytes, got more \(endless-data\)",
        ),
        (
            lambda _: update.Fetcher(NOWHERE).get("a", 4),
            update.UnreachableError,
            "cannot be reached .* try again later$",
        ),
    ],
    "UpdateClient": [
        (client, UpdateError, "holds no installation; give the root file that came with the vehicle$"),
        (
            lambda folder: client(folder, b"{}"),
            update.RefusedUpdateError,
            r"^update: root\.json: must be metadata of TUF, got .* \(arbitrary-software\)",
        ),
    ],
    "UpdateClient.update": [(naive, ValueError, "^now must be an aware datetime, got a naive one")],
    "Follower": [
        (lambda _: update.Follower("car", gp.Monitor(None)), TypeError, "^client must be an UpdateClient, got str$"),
        (lambda folder: follower(folder, None), TypeError, "^monitor must be a Monitor, got NoneType$"),
        (lambda folder: follower(folder, now=3), TypeError, "^now must be a function, got int$"),
        (lambda folder: follower(folder, every_s="often"), TypeError, "^every_s must be a number, got str$"),
        (lambda folder: follower(folder, every_s=0.0), ValueError, "^every_s must be above 0 seconds, got 0$"),
    ],
    "watched": [
        (lambda folder: watched(folder, "60"), TypeError, "^every_s must be a number, got str$"),
        (lambda folder: watched(folder, sleep=3), TypeError, "^sleep must be a function, got int$"),
        (lambda _: update.watched("car"), TypeError, "^client must be an UpdateClient, got str$"),
        (lambda folder: watched(folder, 0.0), ValueError, "^every_s must be above 0 seconds, got 0$"),
    ],
    "delay_s": [
        (lambda _: delay("60"), TypeError, "^every_s must be a number, got str$"),
        (lambda _: delay(60.0, 0.5), TypeError, "^random must be a function, got float$"),
        (lambda _: delay(-1.0), ValueError, "^every_s must be above 0 seconds, got -1$"),
    ],
    "installed_in": [(lambda folder: update.installed_in(folder / "nowhere"), OSError, "No such file")],
    "read_status": [
        (read_status, UpdateError, "^status: must be an envelope that the vehicle's key signed, got .* again$")
    ],
    "key_signer": [
        (open_key, UpdateError, r"^key '.*': must be its owner's alone, got mode 644; chmod 600 it$"),
        (lambda folder: update.key_signer(folder / "nowhere.pem"), OSError, "No such file"),
    ],
    "public_key": [
        (unread_key, PublishError, r"^key '.*': must be a public key in PEM, .*; openssl pkey .* writes one$"),
        (lambda folder: update.public_key(folder / "nowhere.pem"), OSError, "No such file"),
    ],
    "Repository.init": [(init, PublishError, "^publish: keys and times must be those of root, targets, snapshot, ")],
    "Repository.check_new": [
        (lambda folder: begun(folder).repository.check_new(), PublishError, "must be a folder without a repository")
    ],
    "Repository.add": [
        (lambda folder: begun(folder).add(1), PublishError, "^publish: "),
        (beyond_its_role, update.RefusedUpdateError, r"\(beyond-delegation\)"),
        (not_a_pack, gp.errors.PackError, "pack"),
        (lambda folder: add(folder, "nowhere.gpol"), OSError, "No such file"),
    ],
    "Repository.sign": [(clock_behind, PublishError, "when the last timestamp was signed, got .*; set the clock")],
    "Repository.rotate": [
        (
            rotate,
            PublishError,
            "^publish: key 'zz' must be one of snapshot, got 0 of .*; see geopolicy publish status .*$",
        )
    ],
    "Repository.delegate": [
        (
            lambda folder: delegate(folder, "{}"),
            update.RefusedUpdateError,
            r"\(beyond-delegation\)|\(arbitrary-software\)",
        ),
        (
            lambda folder: delegate(
                folder,
                json.dumps(
                    {
                        "area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
                        "most_duration_s": 60,
                    }
                ),
            ),
            PublishError,
            "^publish: the role must be one of targets, got 'fire'",
        ),
    ],
    "Repository.status": [
        (lambda folder: update.Repository(folder).status(NOW), PublishError, "must hold a repository, got none; ")
    ],
    "SignerFile": [(lambda folder: update.SignerFile(folder / "a", folder), PublishError, INSIDE)],
    "SignerFile.check_private": [
        (lambda folder: signer_file(folder).check_private(folder / "repository" / "a.pem"), PublishError, INSIDE)
    ],
    "SignerFile.entries": [(lambda folder: signer_file(folder, "a = ").entries(), PublishError, "must be TOML, got ")],
    "Signers.of": [(signers_of, PublishError, "^publish: signer 'file:fire-1.pem' of key .*: must open, got ")],
}
