"""The documents: their examples run and print what they show, their links lead somewhere, and nothing is left out."""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import json
import re
import shlex
from pathlib import Path

import pytest

from geopolicy.cli.app import COMMANDS, GROUPS, run
from pages import BLOCK, CHECKER, DOCS, FLAGS, PAGES, ROOT, anchors_of, commands_of, followed, links_of, name_of
from public import documented


def blocks_of(page):
    return [match for match in BLOCK.finditer(page.read_text(encoding="utf-8")) if match["mark"] != "not run"]


def is_example(block):
    return block["language"] in ("python", "console") or (block["mark"] or "").startswith("file: ")


PAGES_WITH_EXAMPLES = [page for page in PAGES if any(is_example(block) for block in blocks_of(page))]


@pytest.mark.parametrize("page", PAGES_WITH_EXAMPLES, ids=name_of)
def test_docs_examples_print_what_they_show(page, workplace):
    names = {"__name__": "__example__"}
    codes = [0]
    for block in blocks_of(page):
        text, mark = block["text"], block["mark"] or ""
        if mark.startswith("file: "):
            path = workplace / mark.removeprefix("file: ")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif block["language"] == "console":
            run_console(text, codes)
        elif block["language"] == "python":
            run_python(text, names, name_of(page))


def run_python(text, names, page):
    """A block with prompts is compared with what it shows; one without is run."""
    if ">>> " not in text:
        exec(compile(text, page, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(text, names, page, page, 0)
    report = io.StringIO()
    runner = doctest.DocTestRunner(CHECKER, verbose=False, optionflags=FLAGS)
    runner.run(test, out=report.write, clear_globs=False)
    names.update(test.globs)
    assert runner.failures == 0, report.getvalue()


def run_console(text, codes):
    """Runs the geopolicy commands of a block; what a block shows after a command must be what it prints."""
    for command, shown in commands_of(text):
        printed = run_line(command, codes)
        if printed is not None and shown:
            example = doctest.Example(command, shown)
            assert CHECKER.check_output(example.want, printed, FLAGS), (
                f"{command}{CHECKER.output_difference(example, printed, FLAGS)}"
            )


def run_line(command, codes):
    """What the geopolicy commands of a line print, on either stream; None if it has none."""
    if command == "echo $?":
        return f"{codes[-1]}\n"
    printed = None
    for part in command.split("&&"):
        program, *words = shlex.split(part)
        if Path(program).name == "geopolicy":
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
                codes.append(run(words))
            printed = (printed or "") + stream.getvalue()
    return printed


def test_docs_examples_are_found_where_readers_start():
    assert {"README.md", "docs/tutorial/tutorial.md", "docs/zone-file.md", "docs/semantics.md"} <= {
        name_of(page) for page in PAGES_WITH_EXAMPLES
    }


@pytest.mark.usefixtures("workplace")
def test_docs_example_that_shows_something_else_is_noticed():
    with pytest.raises(AssertionError, match="Expected"):
        run_console("$ geopolicy validate zones\nok: 0 zones, 0 warnings\n", [0])
    with pytest.raises(AssertionError, match="Expected"):
        run_python(">>> 1 + 1\n3\n", {}, "page")


@pytest.mark.parametrize("page", PAGES_WITH_EXAMPLES, ids=name_of)
def test_docs_files_are_named_above_their_listings(page):
    text = page.read_text(encoding="utf-8")
    names = re.findall(r"^<!-- file: (.+) -->$", text, re.MULTILINE)
    assert re.findall(r"^`([^`]+)`:\n\n<!-- file: \1 -->$", text, re.MULTILINE) == names


def test_docs_console_blocks_need_no_marks_of_doctest():
    blocks = [(page, block["text"]) for page in PAGES for block in BLOCK.finditer(page.read_text("utf-8"))]
    assert [name_of(page) for page, text in blocks if text.startswith("$ ") and "<BLANKLINE>" in text] == []


def test_docs_install_extras_in_one_form():
    """From a clone, as the page that explains it says; what is installed by another name must be explained there."""
    explained = DOCS / "index.md"
    other = re.compile(r"pip install [\"']?geopolicy")
    assert [name_of(page) for page in PAGES if page != explained and other.search(page.read_text("utf-8"))] == []


@pytest.mark.parametrize("page", [page for page in PAGES if links_of(page)], ids=name_of)
def test_docs_relative_links_resolve(page):
    missing = []
    for target in links_of(page):
        destination, fragment = followed(page, target)
        is_there = destination.exists() and destination.is_relative_to(ROOT)
        if not is_there or (fragment and fragment not in anchors_of(destination)):
            missing.append(target)
    assert missing == []


def test_docs_every_page_is_linked_from_another():
    linked = {followed(page, target)[0] for page in PAGES for target in links_of(page)}
    apart = {ROOT / name for name in ("README.md",)}
    assert [name_of(page) for page in PAGES if page not in linked | apart] == []


def codes_in_source():
    """Every string of what reads and layers zones that is shaped like a problem code; also pieces in f-strings."""
    source = ROOT / "src" / "geopolicy"
    shape = re.compile(r"[a-z]+[a-z0-9]*(-[a-z0-9]+)+")
    found = set()
    for module in [
        *source.glob("zonefile/*.py"),
        *source.glob("geometry/effective/*.py"),
        source / "engines/layers.py",
    ]:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and shape.fullmatch(node.value):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
                end = str(node.values[-1].value)
                if len(node.values) == 2 and re.fullmatch(r"-[a-z]+", end):
                    found |= {f"{member}{end}" for member in ("radius", "width")}
    return found - {"utf-8"}


def codes_in_docs():
    text = (DOCS / "zone-file.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([a-z0-9-]+)` \|", text.partition("## Problem codes")[2], re.MULTILINE)


def test_docs_problem_codes_are_those_of_the_source():
    documented = codes_in_docs()
    assert len(documented) == len(set(documented))
    assert set(documented) == codes_in_source()


def test_docs_problem_codes_hold_those_of_refused_files():
    folder = Path(__file__).resolve().parents[1] / "data" / "bad-zones"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert {code for problems in expected.values() for code, _ in problems} <= set(codes_in_docs())


def test_docs_every_public_name_stands_in_the_api_page():
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    named = re.findall(r"^\.\. auto\w+:: geopolicy\.([\w.]+)", text, re.MULTILINE)
    assert sorted(named) == sorted(documented())


def test_docs_every_command_stands_in_the_command_page():
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## `geopolicy ([a-z]+)`", text, re.MULTILINE)) == set(COMMANDS)
    for group, names in GROUPS.items():
        assert set(re.findall(rf"^## `geopolicy {group} ([a-z]+)`", text, re.MULTILINE)) == set(names)
