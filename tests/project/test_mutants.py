"""Mutants: each is one small change, no explanation outlives its line, and the page is that of the outcomes."""

from __future__ import annotations

import ast
import json

import outcomes
import pytest
from c_mutants import c_mutants
from mutants import all_mutants
from python_mutants import python_mutants

C = """/* a < b */
#define LIMIT (3 << 2)
static inline bool f(const int *a, int b)
{
    GP_ASSERT(b < 4);
    if (a != NULL && b >= LIMIT) {
        b += 1;
    }
    return !(b < 2); // not this: a < b
}
"""
PYTHON = '''"""a < b"""
TYPE_CHECKING = False
if TYPE_CHECKING:
    from a import b
@cache(3 < 4)
def f(a: 1 + 2, b):
    if a is not None and not b:
        a += 1
    return f"{a < b}" if any(x > 7 for x in b) else min(a, -b)
'''


def test_mutants_of_c_change_operators_conditions_and_statements_and_no_text():
    found = {(mutant.line, mutant.change) for mutant in c_mutants("f.c", C)}
    assert found == {
        (2, "<< -> >>"), (3, "* -> +"), (6, "condition negated"), (6, "!= -> =="), (6, "&& -> ||"), (6, ">= -> >"),
        (6, ">= -> <"), (7, "left out"), (7, "+= -> -="), (7, "+= -> ="), (9, "! -> nothing"), (9, "< -> <="),
        (9, "< -> >="),
    }  # fmt: skip
    assert {own.applied(C).count("\n") for own in c_mutants("f.c", C)} == {C.count("\n")}


def test_mutants_of_python_change_what_runs_and_no_text():
    found = {(mutant.line, mutant.change) for mutant in python_mutants("f.py", PYTHON)}
    assert found == {
        (7, "condition negated"), (7, "is not -> is"), (7, "and -> or"), (7, "not -> nothing"), (8, "+= -> -="),
        (8, "left out"), (8, "1 -> 2"), (8, "1 -> 0"), (9, "returns None"), (9, "condition negated"),
        (9, "any -> all"), (9, "> -> >="), (9, "> -> <="), (9, "7 -> 8"), (9, "7 -> 6"), (9, "min -> max"),
        (9, "- -> nothing"),
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted({mutant.path for mutant in all_mutants()}))
def test_mutants_of_a_file_differ_from_it_and_from_each_other(path):
    own = [mutant for mutant in all_mutants() if mutant.path == path]
    source = (outcomes.ROOT / path).read_text(encoding="utf-8")
    changed = [mutant.applied(source) for mutant in own]
    assert source not in changed
    assert len({mutant.key for mutant in own}) == len(own)
    if path.endswith(".py"):
        for text in changed:
            ast.parse(text)


def test_every_explanation_is_of_a_mutant_that_there_is():
    assert set(outcomes.explained()) <= {mutant.key for mutant in all_mutants()}


def test_page_is_that_of_the_outcomes():
    summary = json.loads(outcomes.OUTCOMES.read_text(encoding="utf-8"))
    assert outcomes.PAGE.read_text(encoding="utf-8") == outcomes.page(summary)
