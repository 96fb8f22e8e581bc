"""Every command as a process of its own, under conditions that are not kind to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit_samples import KEY, write_log
from bag_samples import write_mcap
from cli_samples import DRIVE, SOURCE, ZONES
from publisher import PASSPHRASE, Publisher
from redact_scene import fixes, images, in_order
from shapes import box
from vehicle_folder import installed_vehicle
from zone_files import collection, feature

if TYPE_CHECKING:
    from pathlib import Path

EDITED = json.dumps({name: part for name, part in json.loads(ZONES).items() if name != "geopolicy"}).encode()
AT = ("--time", "2026-03-02T12:00:00Z")
HANGS_S = 300.0  # a machine that has other work is no fault of a command


@dataclass(frozen=True)
class Case:
    """A command line, in a folder that holds the files of :func:`make_files`."""

    words: tuple[str, ...]
    code: int = 0
    stdin: bytes = b""
    output: str | None = None  # the file that it writes
    takes_json: bool = True
    beside: tuple[str, ...] = ()  # what it writes besides


CASES = {
    "check": Case(("check", "zones.geojson", "45.5", "13.5", *AT), 1),
    "check-stdin": Case(("check", "zones.geojson", "-", *AT), 1, stdin=b"45.5 13.5\n"),
    "check-pack": Case(("check", "zones.gpol", "45.5", "13.5", *AT), 1),
    "validate": Case(("validate", "zones.geojson")),
    "validate-o": Case(("validate", "zones.geojson", "-o", "out.geojson"), output="out.geojson"),
    "lint": Case(("lint", "zones.geojson")),
    "lint-o": Case(("lint", "zones.geojson", "--fix", "-o", "out.geojson"), output="out.geojson"),
    "compile-o": Case(("compile", "zones.geojson", "-o", "out.gpol"), output="out.gpol"),
    "convert-o": Case(
        ("convert", "edited.json", "--header", "zones.geojson", "-o", "out.geojson"), output="out.geojson"
    ),
    "convert-from": Case(
        (
            "convert",
            "edited.json",
            "--with",
            "columns=zone-file",
            "--disable",
            "camera",
            "--coverage",
            "world",
            "-o",
            "out.geojson",
        ),
        output="out.geojson",
    ),
    "export-o": Case(("export", "zones.geojson", "--effective", "-o", "out.geojson"), output="out.geojson"),
    "diff": Case(("diff", "zones.gpol", "zones.geojson")),
    "diff-stdin": Case(("diff", "zones.gpol", "-"), stdin=ZONES),
    "diff-geojson": Case(("diff", "zones.gpol", "zones.geojson", "--geojson", "out.geojson"), output="out.geojson"),
    "info": Case(("info", "zones.geojson")),
    "replay": Case(("replay", "drive.csv", "zones.geojson")),
    "replay-whole": Case(("replay", "drive.csv", "zones.geojson", "--raw", "--whole")),
    "replay-stdin": Case(("replay", "-", "zones.geojson"), stdin=DRIVE.encode()),
    "replay-o": Case(("replay", "drive.csv", "zones.geojson", "-o", "out.jsonl"), output="out.jsonl"),
    "report-o": Case(("report", "drive.csv", "zones.geojson", "-o", "out.html"), output="out.html"),
    "draw-o": Case(("draw", "zones.geojson", *AT, "-o", "out.html"), output="out.html"),
    "draw-since": Case(("draw", "zones.geojson", *AT, "--since", "zones.gpol", "-o", "out.html"), output="out.html"),
    "report-png": Case(
        ("report", "drive.csv", "zones.geojson", "--png", "out.png", "--svg", "out.svg"),
        output="out.png",
        beside=("out.svg",),
    ),
    "redact-o": Case(
        ("redact", "drive.mcap", "school.geojson", "-o", "out.mcap", "--topics", "topics.toml"),
        output="out.mcap",
        beside=("out.mcap.report.jsonl",),
    ),
    "drives": Case(("drives", "drive.csv")),
    "drives-stdin": Case(("drives", "-"), stdin=DRIVE.encode()),
    "drives-list": Case(("drives", "--list")),
    "status": Case(("status", "--card", "log")),
    "status-o": Case(("status", "--card", "log", "-o", "out.html"), output="out.html"),
    "schema": Case(("schema",), takes_json=False),
    "completion": Case(("completion", "bash"), takes_json=False),
    "doctor": Case(("doctor",)),
    "kernel": Case(("kernel",)),
    "log-show": Case(("log", "show", "log")),
    "log-verify": Case(("log", "verify", "log")),
    "log-export": Case(("log", "export", "log"), takes_json=False),
    "log-export-o": Case(("log", "export", "log", "-o", "out.csv"), output="out.csv", takes_json=False),
    "log-erase": Case(("log", "erase", "log", "--yes")),
    "publish-init": Case(("publish", "init", "new", "--signers", "private/new", "--passphrase-file", "words")),
    "publish-init-asked": Case(
        ("publish", "init", "new", "--signers", "private/new"), stdin=2 * b"correct horse battery staple\n"
    ),
    "publish-add": Case(("publish", "add", "repository", "fleet.gpol", "--fleet", "a", "--region", "b")),
    "publish-sign": Case(
        ("publish", "sign", "repository", "--signers", "private/signers.toml", "--passphrase-file", "words")
    ),
    "publish-rotate": Case(
        (
            *("publish", "rotate", "repository", "timestamp", "--signers", "private/signers.toml"),
            *("--passphrase-file", "words"),
        )
    ),
    "publish-delegate": Case(
        (
            *("publish", "delegate", "repository", "fire", "--area", "area.geojson", "--most-duration", "6h"),
            *("--signers", "private/signers.toml", "--passphrase-file", "words"),
        )
    ),
    "publish-status": Case(("publish", "status", "repository")),
    "update": Case(("update", "installed", "--from", "http://127.0.0.1:9", "--fleet", "taxis", "--region", "HR"), 1),
    "update-status-o": Case(
        ("update", "--status", "--sign", "vehicle.pem", "-o", "out.json", "installed"), output="out.json"
    ),
    "log-erase-asked": Case(("log", "erase", "log"), stdin=b"erase\n"),
}
WRITING = [name for name, case in CASES.items() if case.output]
READING = [name for name, case in CASES.items() if case.stdin]
PRINTING = [name for name in CASES if name not in ("status-o", "log-export-o")]


def make_files(folder: Path) -> Path:
    """The files that the commands read."""
    import geopolicy as gp

    (folder / "zones.geojson").write_bytes(ZONES)
    (folder / "edited.json").write_bytes(EDITED)
    gp.compile(gp.read_zones(folder / "zones.geojson")).save(folder / "zones.gpol")
    (folder / "drive.csv").write_text(DRIVE)
    write_mcap(folder / "drive.mcap", in_order(fixes(), images()))
    (folder / "school.geojson").write_bytes(collection(feature(box(13.02, 45, 13.03, 46), "school")))
    (folder / "topics.toml").write_text('[topics]\n"/camera" = "camera.exterior.front"\n')
    (folder / "key").write_text(KEY.hex())
    write_log(folder / "log")
    (folder / "words").write_text(f"{PASSPHRASE}\n")
    (folder / "area.geojson").write_text(json.dumps(box(13, 45, 14, 46)))
    lasts_s = dict.fromkeys(("root", "targets", "snapshot", "timestamp"), 36_500 * 86_400)
    publisher = Publisher(folder, lasts_s=lasts_s)
    publisher.pack(1)
    publisher.sign()
    installed_vehicle(folder)
    return folder


def unprivileged() -> list[str]:
    """What makes a command one that modes of files bind, also where the tests run as root."""
    if os.geteuid() != 0:
        return []
    tool = shutil.which("setpriv")
    return [tool, "--bounding-set=-all", "--inh-caps=-all"] if tool else []


def command(words) -> list[str]:
    """The words that start a command line as a process."""
    return [*unprivileged(), sys.executable, "-m", "geopolicy", *words]


def variables(**more: str) -> dict[str, str]:
    """The environment of a process."""
    return {"PATH": os.environ["PATH"], "HOME": "/", "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error", **more}


def run_in(folder: Path, words, stdin=b"", environment=None, redirections="", before="", prefix=()):
    """Runs a command line in a folder, under redirections of a shell: exit code, output and error as bytes.

    ``before`` is a line of the shell that comes first, ``prefix`` what the command is run under.
    """
    line = f'{before}\nexec "$@" {redirections}'
    done = subprocess.run(
        ["bash", "-c", line, "bash", *prefix, *command(words)],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=variables() if environment is None else environment,
        timeout=HANGS_S,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {
        os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace"): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def without_chance(text: bytes) -> bytes:
    """A text without how long something took, and what is random in a log."""
    return re.sub(rb"[0-9a-f]{16,}", b"digits", re.sub(rb"in [\d.]+ s\n", b"in some s\n", text))
