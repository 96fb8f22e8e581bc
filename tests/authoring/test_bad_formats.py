"""Sources that must be refused, in every format: each with all of its problems, their codes and their places."""

from __future__ import annotations

import pytest

import geopolicy as gp
from bad_formats import CASES, FOLDER, imported


def test_bad_formats_corpus_has_every_file_listed():
    listed = {f"{format_name}/{name}" for format_name, name in CASES}
    assert sorted(listed) == sorted(
        path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*") if path.name != "expected.json"
    )
    assert len(listed) >= 300


@pytest.mark.parametrize(("format_name", "name"), CASES, ids=[f"{format_name}/{name}" for format_name, name in CASES])
def test_bad_source_is_refused_with_every_code_and_path(format_name, name):
    with pytest.raises(gp.errors.ZoneFileError) as refusal:
        imported(format_name, name)
    found = [[problem.code, problem.path] for problem in refusal.value.problems]
    assert sorted(found) == sorted(CASES[format_name, name]["problems"])
    for problem in refusal.value.problems:
        assert problem.file is not None
        assert problem.file.endswith(name)
        assert problem.rule
        assert not problem.is_warning
