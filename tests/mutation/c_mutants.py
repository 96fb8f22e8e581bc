"""The mutants of a C source: one operator, condition or statement changed at a time.

Told by tokens, not by a grammar: a change that no compiler takes is not counted, and none of these is missed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mutant import Mutant, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

# What stands instead of an operator: its neighbours, and what is as easily typed.
OPERATORS = {
    "<": ["<=", ">="],
    "<=": ["<", ">"],
    ">": [">=", "<="],
    ">=": [">", "<"],
    "==": ["!="],
    "!=": ["=="],
    "&&": ["||"],
    "||": ["&&"],
    "+": ["-"],
    "-": ["+"],
    "*": ["+"],
    "/": ["*"],
    "%": ["/"],
    "<<": [">>"],
    ">>": ["<<"],
    "&": ["|"],
    "|": ["&"],
    "^": ["|"],
    "!": [""],
    "~": [""],
    "++": ["--"],
    "--": ["++"],
    "+=": ["-=", "="],
    "-=": ["+=", "="],
    "*=": ["+="],
    "|=": ["&=", "="],
    "&=": ["|=", "="],
    "^=": ["|=", "="],
    "<<=": [">>="],
    ">>=": ["<<="],
    "true": ["false"],
    "false": ["true"],
    "continue": [""],
    "break": [""],
}
_TOKEN = re.compile(
    r"(?P<skip>/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    r"|(?P<number>(?:0[xX][0-9a-fA-F]+|(?:\d+\.\d*|\.?\d+)(?:[eE][+-]?\d+)?)[uUlLfF]*)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>->|<<=|>>=|\.\.\.|\+\+|--|&&|\|\||[-+*/%&|^<>=!]=|<<|>>|[-+*/%&|^~!<>=?:;,.(){}\[\]#])",
    re.DOTALL,
)
_ASSERTIONS = {"GP_ASSERT", "GP_STATIC_ASSERT", "PREFETCH"}  # what another build judges, and what only saves time
_LEADING_TYPE = re.compile(r"(?:const|static|inline|typedef|struct|union|enum|extern|return|goto|case|default)\b")


def c_mutants(path: str, source: str) -> list[Mutant]:
    """All mutants of a file."""
    code = _without_skipped(source)
    found = [*_token_mutants(path, source, code), *_condition_mutants(path, source, code)]
    found += _statement_mutants(path, source, code)
    return numbered(sorted(found, key=lambda mutant: (mutant.start, mutant.change)))


def _mutant(path: str, source: str, start: int, end: int, change: str, text: str) -> Mutant:
    line = source.count("\n", 0, start) + 1
    return Mutant(path, start, end, line, source.splitlines()[line - 1].strip(), change, text)


def _without_skipped(source: str) -> str:
    """The source with blanks for comments, texts, directives but for values, and assertions."""
    blank = re.compile(r"[^\n]")
    code = _TOKEN.sub(lambda token: blank.sub(" ", token[0]) if token["skip"] else token[0], source)
    code = re.sub(
        r"^[ \t]*#(?![ \t]*define[ \t]+\w+[ \t]+\S)(?:[^\n\\]|\\.)*",
        lambda directive: blank.sub(" ", directive[0]),
        code,
        flags=re.MULTILINE | re.DOTALL,
    )
    code = re.sub(r"^[ \t]*#[ \t]*define[ \t]+\w+", lambda head: " " * len(head[0]), code, flags=re.MULTILINE)
    for assertion in re.finditer(rf"\b(?:{'|'.join(_ASSERTIONS)})\(", code):
        end = _closing(code, assertion.end() - 1) + 1
        code = code[: assertion.start()] + blank.sub(" ", code[assertion.start() : end]) + code[end:]
    return code


def _closing(code: str, opening: int) -> int:
    """Where the parenthesis closes that opens here."""
    depth = 0
    for at in range(opening, len(code)):
        depth += (code[at] == "(") - (code[at] == ")")
        if depth == 0:
            return at
    raise ValueError(f"the parenthesis at {opening} does not close")


def _token_mutants(path: str, source: str, code: str) -> Iterator[Mutant]:
    for token in _TOKEN.finditer(code):
        text = token[0]
        for other in OPERATORS.get(text, ()):
            yield _mutant(path, source, token.start(), token.end(), f"{text} -> {other or 'nothing'}", other)


def _condition_mutants(path: str, source: str, code: str) -> Iterator[Mutant]:
    for head in re.finditer(r"\b(?:if|while) \(", code):
        opening = head.end() - 1
        closing = _closing(code, opening)
        inner = source[opening + 1 : closing]
        yield _mutant(path, source, opening + 1, closing, "condition negated", f"!({inner})")


def _statement_mutants(path: str, source: str, code: str) -> Iterator[Mutant]:
    """Statements that are no declaration, left out."""
    depth = 0
    start = None
    for token in _TOKEN.finditer(code):
        text = token[0]
        depth += (text in "([") - (text in ")]") if len(text) == 1 else 0
        if text in {"{", "}"} or (text == ")" and depth == 0 and re.match(r"\s*[A-Za-z_]", code[token.end() :])):
            start = None
        elif text == ";" and depth == 0:
            if start is not None and _is_plain(code[start : token.start()]):
                yield _mutant(path, source, start, token.start(), "left out", "")
            start = None
        elif start is None and depth == 0 and token["word"]:
            start = token.start()


def _is_plain(statement: str) -> bool:
    """Whether it is an assignment or a call, and no declaration."""
    if _LEADING_TYPE.match(statement):
        return False
    return re.match(r"[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^;]*?\])*\s*(?:[-+*/%&|^]?=|<<=|>>=|\()", statement) is not None
