"""Zones and a drive as files, and the command in this process."""

from __future__ import annotations

import signal

import pytest

from cli_samples import DRIVE, ZONES
from geopolicy.cli.app import run
from json_documents import asks_for_json, documents_in

# Where the tests run in the background Ctrl-C is ignored, and a command would inherit that.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def zones(tmp_path):
    path = tmp_path / "zones.geojson"
    path.write_bytes(ZONES)
    return str(path)


@pytest.fixture
def drive(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text(DRIVE)
    return str(path)


@pytest.fixture
def cli(capsys):
    """Runs a command line in this process: exit code, standard output and error.

    What it prints for ``--json`` must be one document that fits its schema, or one in each line.
    """

    def call(*arguments: object):
        words = [str(argument) for argument in arguments]
        code = run(words)
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        if asks_for_json(words):
            documents_in(told.out)
        return code, told.out, told.err

    return call
