"""Decision records: each says when it was made and whether it holds, and the index says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
RECORDS = sorted((DOCS / "adr").glob("0*.md"))
STATUS = re.compile(
    r"^\*\*Status\.\*\* Accepted on (?P<date>\d{4}-\d\d-\d\d)"
    r"(?:, changed on (?P<changed>\d{4}-\d\d-\d\d))?"
    r"(?:, superseded by \[(?P<by>\d{4})\]\(\d{4}-[\w-]+\.md\) on \d{4}-\d\d-\d\d)?\.$"
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_decision_record_says_its_date_and_status_as_the_index_does(record):
    title, _, line, *_ = record.read_text(encoding="utf-8").splitlines()
    assert title.startswith(f"# {record.stem[:4]} ")
    status = STATUS.match(line)
    assert status is not None
    said = f"superseded by {status['by']}" if status["by"] else "accepted"
    said += f", changed {status['changed']}" if status["changed"] else ""
    rows = re.findall(
        rf"^\| \[{record.stem[:4]}\]\({re.escape(record.name)}\) \| .+ \| {status['date']} \| (.+) \|$",
        (DOCS / "adr" / "index.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert rows == [said]
