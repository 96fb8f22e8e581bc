"""The formats: what is said of them, and which one a source is in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import geopolicy as gp
from geopolicy.authoring.formats.registry import FORMATS, format_named, format_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
SOURCES = sorted((ROOT / "src" / "geopolicy" / "authoring" / "formats").rglob("*.py"))
CODE = re.compile(r'"((?:source|rules|export)-[a-z-]+)"')


def test_page_lists_every_format_with_what_it_is_and_its_page():
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \| \[[^]]+\]\(formats/([\w-]+)\.md", PAGE, re.MULTILINE)
    assert [(name, title) for name, title, _ in rows] == [(each.name, each.title) for each in FORMATS]
    assert all((ROOT / "docs" / "formats" / f"{page}.md").is_file() for _, _, page in rows)


def test_page_of_a_format_says_each_of_its_options():
    pages = dict(re.findall(r"^\| `([\w-]+)` \| [^|]+ \| \[[^]]+\]\((formats/[\w-]+\.md)", PAGE, re.MULTILINE))
    for each in FORMATS:
        page = (ROOT / "docs" / pages[each.name]).read_text(encoding="utf-8")
        assert [name for name in each.options if f"`{name}" not in page and f"`--with {name}" not in page] == []


def test_page_lists_every_code_of_a_problem():
    used = {code for source in SOURCES for code in CODE.findall(source.read_text(encoding="utf-8"))}
    listed = re.findall(r"^\| `([a-z-]+)` \| ", PAGE.partition("## Problem codes")[2], re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert used - {"rules-missing"} == set(listed) - {"coverage-file", "header-disagrees"}


def test_format_is_found_by_its_name_and_a_wrong_name_names_the_nearest():
    assert [format_named(each.name) for each in FORMATS] == list(FORMATS)
    with pytest.raises(ValueError, match="is 'geojson' meant"):
        format_named("geo-json")


@pytest.mark.parametrize("content", [b"", b"\x00", b"[]", b"1", b"<a/>", b'{"type": "Topology"}'])
def test_source_in_no_format_is_refused_with_their_names(content):
    with pytest.raises(gp.errors.ZoneFileError, match=r"a source must be in a known format.*--from names the format"):
        format_of(content, None, "x")
