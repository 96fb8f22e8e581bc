"""The API page: readable in the clone, and of today's signatures and docstrings."""

from __future__ import annotations

import inspect
import re
import runpy
from pathlib import Path

import pytest

from public import documented

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "docs" / "make_api.py"))


def test_api_page_lists_are_what_their_command_writes(script):
    assert script["with_lists"](PAGE) == PAGE, "run python docs/make_api.py"


def test_api_page_says_of_every_public_name_what_it_is_for(script):
    for name in documented():
        first, *_ = script["entries"](name)
        assert first in PAGE.splitlines()
        assert first.startswith(f"- `gp.{name}")
        assert len(first.rpartition("`: ")[2].split()) >= 3, name


def test_api_page_lists_the_methods_of_classes(script):
    for name, thing in documented().items():
        if inspect.isclass(thing) and not issubclass(thing, BaseException):
            methods = {line.split("`")[1].partition("(")[0] for line in script["entries"](name)[1:]}
            assert methods <= set(dir(thing))
    assert "  - `swap(engine, *, replace=False, trusted_time=None)`: " in PAGE


@pytest.mark.parametrize("blank", ["", "\n"])
def test_api_page_list_of_a_new_section_stands_below_its_heading_once(script, blank):
    block = "```{eval-rst}\n.. autofunction:: geopolicy.read_zones\n```\n"
    once = script["with_lists"](f"Text.\n\n## New\n{blank}{block}")
    heading, empty, item, *rest = once.splitlines()[2:]
    assert (heading, empty, "\n".join(rest)) == ("## New", "", f"\n{block}".rstrip("\n"))
    assert item.startswith("- `gp.read_zones(")
    assert script["with_lists"](once) == once
    assert not re.search(r"^#.*- `gp", PAGE, re.MULTILINE)
