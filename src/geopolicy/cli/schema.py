"""``geopolicy schema``: what zone files and the JSON of commands may hold, for programs."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Annotated, Any

import typer

from geopolicy.cli import console

_SCHEMAS = files("geopolicy.cli") / "schemas"
_SUFFIX = ".schema.json"
_REFERENCE = re.compile(r'"#/\$defs/(\w+)"')


def schema(
    command: Annotated[
        list[str] | None,
        typer.Argument(help="A command, such as check or log show; error; not given: zone files.", show_default=False),
    ] = None,
) -> int:
    """Print the JSON Schema of zone files, or of what a command prints with --json.

    Example: geopolicy schema check > check.schema.json
    """
    if not command:
        text = (files("geopolicy.zonefile") / "zonefile.schema.json").read_text(encoding="utf-8")
    else:
        name = "-".join(command)
        if name not in schema_names():
            names = ", ".join(known.replace("-", " ") for known in schema_names())
            raise typer.BadParameter(f"must be one of {names}, got {' '.join(command)!r}", param_hint="COMMAND")
        text = json.dumps(schema_of(name), ensure_ascii=False, indent=2) + "\n"
    console.put(text)
    return 0


def schema_names() -> list[str]:
    """What there are schemas for: commands, their words joined by hyphens, and what has no command of its own."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in _SCHEMAS.iterdir() if path.name.endswith(_SUFFIX))


def schema_of(name: str) -> dict[str, Any]:
    """The schema of a command's JSON, with the definitions that it refers to."""
    schema: dict[str, Any] = json.loads((_SCHEMAS / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    shared = json.loads((_SCHEMAS / "definitions.json").read_text(encoding="utf-8"))["$defs"]
    used = _references_in(schema)
    while not used >= (further := {name for known in used for name in _references_in(shared[known])}):
        used |= further
    return schema | {"$defs": {name: shared[name] for name in shared if name in used}} if used else schema


def _references_in(schema: dict[str, Any]) -> set[str]:
    return set(_REFERENCE.findall(json.dumps(schema)))
