"""The map: docs/architecture.md and its picture are of today's source."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "geopolicy"


@pytest.fixture(scope="module")
def drawing():
    return runpy.run_path(str(ROOT / "docs" / "pictures" / "make_architecture.py"))


def test_architecture_picture_is_what_its_command_makes(drawing):
    committed = (ROOT / "docs" / "pictures" / "architecture.svg").read_text(encoding="utf-8")
    assert committed == drawing["picture"](), "run python docs/pictures/make_architecture.py"


def test_architecture_picture_has_arrows_between_packages_that_import_each_other(drawing):
    assert {("pages", "replay"), ("monitor", "engines"), ("geometry", "kernel/binding")} <= drawing["edges"]()


def test_architecture_picture_tells_what_a_vehicle_can_load(drawing):
    assert not drawing["needs_others"]("engines.kernel")
    assert drawing["needs_others"]("engines.reference")
    assert drawing["needs_others"]("zonefile.zone_set")  # by way of geometry.effective


def test_architecture_names_every_package_in_its_table():
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    packages |= {f"kernel/{path.name}" for path in (SOURCE / "kernel").iterdir() if path.is_dir()}
    named = re.findall(r"^\| `([a-z/]+)/` \|", PAGE, re.MULTILINE)
    assert len(named) == len(set(named))
    assert packages <= set(named)


def cells_of(heading):
    """The cells of every row of the tables below a heading."""
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ") and "`" in line]


@pytest.mark.parametrize("page", ["architecture.md", "glossary.md"])
def test_architecture_names_files_that_exist(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+/[\w./-]+\.\w+)`", text))
    missing = [name for name in sorted(named) if not (SOURCE / name).exists() and not (ROOT / name).exists()]
    assert len(named) > 30
    assert missing == []


@pytest.mark.parametrize(
    "heading", ["From `decide` to the leaf and back", "From a zone file to a pack", "A fix through the monitor"]
)
def test_architecture_walks_name_functions_that_their_files_define(heading):
    missing = []
    for _, functions, file, *_ in cells_of(heading):
        text = (SOURCE / file.strip("`")).read_text(encoding="utf-8")
        first, *others = re.findall(r"`(\w+)`", functions)
        definition = rf"^\s*(?:def|class) {first}\b" if ".py" in file else rf"^\w[\w *]*\b{first}\("
        if not re.search(definition, text, re.MULTILINE):
            missing.append(f"{first}, defined in {file}")
        missing += [f"{name} in {file}" for name in others if not re.search(rf"\b{name}\b", text)]
    assert len(cells_of(heading)) >= 6
    assert missing == []
