"""What the tests of documents share."""

from __future__ import annotations

import pytest

from pages import ROOT


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder as a fresh clone looks to its reader, in which examples may write files."""
    for name in ("docs", "zones"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path
