"""The page on errors: every public exception, and the codes of those that have one."""

from __future__ import annotations

import ast
import inspect
import re

import geopolicy as gp
from geopolicy import update
from geopolicy.audit.verify import RULES
from pages import DOCS, ROOT, section_of

PAGE = DOCS / "errors.md"
SOURCE = ROOT / "src" / "geopolicy"


def exceptions():
    """The public exceptions by name: of the errors, and of updates."""
    things = {name: getattr(module, name) for module in (gp.errors, update) for name in dir(module) if name[0] != "_"}
    return {
        name: thing
        for name, thing in things.items()
        if inspect.isclass(thing) and issubclass(thing, BaseException) and thing.__module__.startswith("geopolicy")
    }


def rows_of(fragment):
    """The cells of the rows of a table, by the words in code of the first one."""
    rows = [line.strip("| ").split(" | ") for line in section_of(PAGE, fragment).splitlines() if line.startswith("| `")]
    return {name: cells for cells in rows for name in re.findall(r"`([\w-]+)`", cells[0])}


def codes_of_logs():
    """The texts that stand first where the source makes an AuditError."""
    found = set()
    for path in [*(SOURCE / "audit").rglob("*.py"), *(SOURCE / "cli").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AuditError":
                found.add(node.args[0].value)
    return found


def test_errors_page_has_every_public_exception_with_cause_and_cure():
    rows = rows_of("exceptions")
    assert set(rows) == set(exceptions())
    assert {"PublishError", "RefusedUpdateError", "ZoneFileError"} <= set(rows)
    assert all(len(cells) == 3 and all(cell.strip() for cell in cells) for cells in rows.values())


def test_errors_page_says_whose_kinds_they_are():
    for name, kind in exceptions().items():
        assert issubclass(kind, gp.GeopolicyError), name
        if not hasattr(gp.errors, name):
            assert issubclass(kind, gp.errors.UpdateError), name


def test_errors_page_has_the_codes_of_packs():
    files = [*(SOURCE / "pack").glob("*.py"), *(SOURCE / "engines").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert set(rows_of("codes-of-packs")) == set(re.findall(r'"(pack-[a-z]+)"', text))


def test_errors_page_has_the_codes_of_logs():
    assert set(rows_of("codes-of-logs")) == codes_of_logs()
    reported = section_of(PAGE, "codes-of-logs").partition("are no exceptions: ")[2].partition(".\n")[0]
    assert re.findall(r"`([a-z-]+)`", reported) == list(RULES)
