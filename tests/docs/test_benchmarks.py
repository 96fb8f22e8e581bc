"""What a benchmark needs is said where a reader is told to run it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXTRA = 'pip install -e ".[test]"'


def test_extra_of_benchmarks_is_said_to_contributors():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert f"Benchmarks run in a clone and need the extra `test`, `{EXTRA}`" in text
    for name in re.findall(r"`python (benchmarks/\S+\.py)", text):
        assert (ROOT / name).is_file(), name


def test_page_of_a_benchmark_that_uses_support_of_the_tests_says_the_extra():
    text = (ROOT / "docs" / "how-to" / "see-a-drive.md").read_text()
    (name,) = re.findall(r"`python (benchmarks/\S+\.py)`", text)
    assert '"tests" / "support"' in (ROOT / name).read_text()
    assert EXTRA in text
