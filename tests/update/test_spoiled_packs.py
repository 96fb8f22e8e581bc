"""Files of packs that are cut off, written over, deleted or replaced under a process that decides by them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import geopolicy as gp
from geopolicy.update.install import Installation
from shapes import box
from spoiled_child import PLACES
from zones import camera_zone

SUPPORT = Path(__file__).resolve().parent.parent / "support"
TIMES = 10_000


def pack_of(revision, kind="base"):
    """A zone at every other place; several pages of the system's memory."""
    shapes = [box(lon - 0.004, lat - 0.004, lon + 0.004, lat + 0.004) for lat, lon in PLACES]
    zones = [camera_zone(f"{kind}-{at}", shape) for at, shape in enumerate(shapes)]
    return gp.compile(gp.ZoneSet(zones[revision % 2 :: 2], gp.ZoneFileHeader(kind, revision, kind=kind)))


def child(path, folder, *how: str):
    program = f"import sys; sys.path[:0] = [{str(SUPPORT)!r}]\nimport spoiled_child as own; own.main(*sys.argv[1:])"
    command = [sys.executable, "-c", program, str(path), str(folder), *how]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def cut_off(path, content, random):
    os.truncate(path, random.randrange(len(content)))


def write_over(path, content, random):
    with path.open("r+b") as file:
        file.seek(random.randrange(len(content)))
        file.write(random.randbytes(random.randint(1, 4096)))


def delete(path, _, __):
    path.unlink()
    path.touch()


def replace(path, content, _):
    new = path.with_name("other")
    new.write_bytes(content)
    new.replace(path)


@pytest.fixture
def places(tmp_path):
    """A pack by its path, and an installation."""
    path, folder = tmp_path / "fleet.gpol", tmp_path / "installed"
    pack_of(1).save(path)
    Installation(folder).install({"base": bytes(pack_of(1).data), "storm": bytes(pack_of(2, "overlay").data)})
    return path, folder


def test_files_spoiled_under_a_deciding_process_change_no_verdict(places):
    path, folder = places
    random = Random(1)
    contents = [bytes(pack_of(revision).data) for revision in (1, 2, 3)]
    files = [path, path, *(own for own in folder.rglob("*") if own.is_file())]
    with child(path, folder) as process:
        for _ in range(TIMES):
            spoil = random.choice([cut_off, write_over, delete, replace])
            spoil(random.choice(files), random.choice(contents), random)
        said, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0
    told = json.loads(said)
    assert told["counts"].keys() == {"same"}
    assert told["counts"]["same"] > 10
    known = {gp.open(pack_of(revision)).digest for revision in (1, 2, 3)}
    assert Counter(told["opened"]).total() > 5
    assert told["opened"].keys() <= {"refused", *known}


@pytest.mark.skipif(not hasattr(signal, "SIGBUS"), reason="a signal of POSIX")
def test_mapped_file_that_is_cut_off_ends_the_process(places):
    """As `read_pack` says: a file is mapped only where nobody changes it."""
    path, folder = places
    with child(path, folder, "mapped") as process:
        os.truncate(path, 0)
        process.wait(timeout=60)
    assert process.returncode == -signal.SIGBUS
