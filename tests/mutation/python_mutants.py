"""The mutants of a Python source: one operator, number, condition or statement changed at a time."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from mutant import Mutant, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitOr: "|",
    ast.BitAnd: "&",
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


def python_mutants(path: str, source: str) -> list[Mutant]:
    """All mutants of a file, without texts, annotations and decorators."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def place(lineno: int, column: int) -> int:
        return starts[lineno - 1] + len(lines[lineno - 1].encode()[:column].decode())

    found = []
    for node, change, text in _changes(ast.parse(source)):
        start, end = place(node.lineno, node.col_offset), place(node.end_lineno or 0, node.end_col_offset or 0)
        found.append(Mutant(path, start, end, node.lineno, lines[node.lineno - 1].strip(), change, text))
    return numbered(sorted(found, key=lambda mutant: (mutant.start, mutant.change, mutant.text)))


def _changes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    for node in _counted(tree):
        if isinstance(node, ast.expr):
            for change, text in _of_expression(node):
                yield node, change, f"({text})"
        elif isinstance(node, ast.stmt):
            for change, text in _of_statement(node):
                yield node, change, text
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield node.test, "condition negated", f"(not ({ast.unparse(node.test)}))"
        for condition in node.ifs if isinstance(node, ast.comprehension) else ():
            yield condition, "condition negated", f"(not ({ast.unparse(condition)}))"


def _counted(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those below it that run and are no text."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "format_spec"} or isinstance(node, ast.JoinedStr):
            continue  # places inside of f-strings are not told before Python 3.12
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_for_types(child):
                yield from _counted(child)


def _is_for_types(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "TYPE_CHECKING"
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _of_expression(node: ast.expr) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Compare(ops=ops):
            for index, own in enumerate(ops):
                for other in _COMPARISONS[type(own)]:
                    changed = copy.deepcopy(node)
                    changed.ops[index] = other()
                    yield f"{_SIGNS[type(own)]} -> {_SIGNS[other]}", ast.unparse(changed)
        case ast.BoolOp(op=op):
            names = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
            changed_op = ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), node.values)
            yield f"{names[0]} -> {names[1]}", ast.unparse(changed_op)
        case ast.BinOp(left=left, op=own, right=right) if type(own) in _ARITHMETIC:
            other = _ARITHMETIC[type(own)]
            yield f"{_SIGNS[type(own)]} -> {_SIGNS[other]}", ast.unparse(ast.BinOp(left, other(), right))
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield f"{ast.unparse(node).split(ast.unparse(operand))[0].strip()} -> nothing", ast.unparse(operand)
        case ast.Constant(value=bool(value)):
            yield f"{value} -> {not value}", str(not value)
        case ast.Constant(value=int(value)):
            yield f"{value} -> {value + 1}", str(value + 1)
            yield f"{value} -> {value - 1}", str(value - 1)
        case ast.Constant(value=float(value)):
            yield f"{value} -> more", f"{value!r} * 1.01 + 1e-3"
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in _CALLS:
            called = ast.Call(ast.Name(_CALLS[name]), args, keywords)
            yield f"{name} -> {_CALLS[name]}", ast.unparse(called)


def _of_statement(node: ast.stmt) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.Continue() | ast.Break() | ast.Raise():
            yield "left out", "pass"
        case ast.AugAssign(target=target, op=own, value=value) if type(own) in _ARITHMETIC:
            other = _ARITHMETIC[type(own)]
            yield f"{_SIGNS[type(own)]}= -> {_SIGNS[other]}=", ast.unparse(ast.AugAssign(target, other(), value))
            yield "left out", "pass"
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield "returns None", "return None"
