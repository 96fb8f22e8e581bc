"""Shared fixtures."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import settings

import campaigns
import examples
from campaigns import campaign, pytest_runtest_makereport  # noqa: F401  # a fixture and a hook

# A machine that has other work is no fault of what is tested.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent
collect_ignore = ["support/qgis_shows.py"]  # runs in the Python of the system, which has QGIS


def pytest_addoption(parser):
    campaigns.pytest_addoption(parser)
    examples.pytest_addoption(parser)


def pytest_configure(config):
    campaigns.pytest_configure(config)
    examples.pytest_configure(config)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that may not be redistributed; the test is skipped where it is absent."""
    folder = Path(os.environ.get("GEOPOLICY_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("needs real data that may not be redistributed (GEOPOLICY_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def strace() -> str:
    """The tracer that makes calls of the system fail; continuous integration must have it."""
    path = shutil.which("strace")
    if path is None:
        assert not os.environ.get("CI"), "continuous integration needs strace"
        pytest.skip("needs strace")
    return path


@pytest.fixture
def no_kernel(monkeypatch):
    """An installation whose kernel was not built; a warning about it counts as given."""
    import geopolicy
    from geopolicy.engines import open as opening

    monkeypatch.setitem(sys.modules, "geopolicy._kernel", None)
    monkeypatch.delattr(geopolicy, "_kernel", raising=False)
    monkeypatch.setattr(opening, "_has_warned", True)
