"""A client of TUF repositories for the conformance suite of TUF (theupdateframework/tuf-conformance), on our work flow.

    tuf_client.py --metadata-dir FOLDER init ROOT
    tuf_client.py --metadata-dir FOLDER --metadata-url URL refresh
    tuf_client.py --metadata-dir FOLDER --metadata-url URL --target-name PATH --target-base-url URL --target-dir FOLDER
        download

What was accepted before a refusal is kept, as the suite asks; `geopolicy.update.client` keeps all of it or nothing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from tuf.api.exceptions import LengthOrHashMismatchError

from geopolicy.errors import UpdateError
from geopolicy.update.fetch import Fetcher
from geopolicy.update.trust import found, refreshed

SUFFIX = ".json"


def served(steps, fetcher):
    """Answers what steps ask for until they end, and gives what they gave."""
    answer = None
    try:
        while True:
            request = steps.send(answer)
            answer = fetcher.get(request.file, request.most_bytes)
    except StopIteration as end:
        return end.value


@contextmanager
def kept(folder):
    """Files of metadata by role, read from a folder and written back whatever comes of a refresh."""
    folder = Path(folder)
    before = {unquote(path.name.removesuffix(SUFFIX)): path.read_bytes() for path in folder.glob(f"*{SUFFIX}")}
    files = dict(before)
    try:
        yield files
    finally:
        for role in before.keys() | files.keys():
            path = folder / f"{quote(role, '')}{SUFFIX}"
            if role not in files:
                path.unlink()
            elif files[role] != before.get(role):
                path.write_bytes(files[role])


def refresh(asked, path=None):
    """The file that a path stands for, None where no path is asked for."""
    now, fetcher = datetime.now(UTC), Fetcher(asked.metadata_url)
    with kept(asked.metadata_dir) as files:
        trusted = served(refreshed(files, now), fetcher)
        if path is None:
            return trusted.root, None
        trusted, target = served(found(trusted, path, files, now), fetcher)
    if target is None:
        raise UpdateError(f"'{path}' is in no role")
    return trusted.root, target


def download(asked):
    """Keeps a file that was signed, unless it is there already."""
    root, target = refresh(asked, asked.target_name)
    own = Path(asked.target_dir) / quote(asked.target_name, "")
    if own.exists() and is_signed(target, own.read_bytes()):
        return
    path = target.get_prefixed_paths()[0] if root.consistent_snapshot else target.path
    content = Fetcher(asked.target_base_url).get(quote(path), target.length)
    if content is None or not is_signed(target, content):
        raise UpdateError(f"'{path}' is not what was signed")
    own.write_bytes(content)


def is_signed(target, content):
    try:
        target.verify_length_and_hashes(content)
    except (LengthOrHashMismatchError, ValueError):
        return False
    return True


def main():
    """Does what is asked; the exit code is 1 for whatever was refused."""
    parser = argparse.ArgumentParser()
    for name in ("metadata-dir", "metadata-url", "target-name", "target-base-url", "target-dir"):
        parser.add_argument(f"--{name}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("root")
    commands.add_parser("refresh")
    commands.add_parser("download")
    asked = parser.parse_args()
    try:
        if asked.command == "init":
            shutil.copyfile(asked.root, Path(asked.metadata_dir) / f"root{SUFFIX}")
        elif asked.command == "refresh":
            refresh(asked)
        else:
            download(asked)
    except UpdateError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
