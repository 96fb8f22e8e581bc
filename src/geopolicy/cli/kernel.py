"""``geopolicy kernel``: where the look-up in C is, for programs without Python."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

import geopolicy
from geopolicy.cli import console
from geopolicy.cli.options import AsJson

_NUMBER = re.compile(r"^#define GP_KERNEL_VERSION (\d+)u", re.MULTILINE)


def kernel(
    *,
    only_path: Annotated[bool, typer.Option("--path", help="Print the path of its folder, and nothing else.")] = False,
    as_json: AsJson = False,
) -> int:
    """Say where the look-up in C is, and its files. Exit code 1 if it was not installed.

    Example: geopolicy kernel --path
    """
    folder = Path(geopolicy.__file__).parent / "kernel" / "lookup"
    names = sorted(path.name for path in folder.glob("[!.]*.*"))
    version = _version(folder / "gp_kernel.h") if "gp_kernel.h" in names else None
    if as_json:
        console.print_json(
            "kernel", {"ok": version is not None, "path": str(folder), "kernel_version": version, "files": names}
        )
    elif version is None:
        console.complain(f"error: '{folder}': must hold gp_kernel.h, got none; install geopolicy again")
    elif only_path:
        console.say(str(folder))
    else:
        console.say(f"kernel {version} in {folder}")
        for name in names:
            console.say(f"  {name}")
    return 0 if version is not None else console.REFUSED


def _version(header: Path) -> str:
    """The version that the header states, as that of a package."""
    found = _NUMBER.search(header.read_text(encoding="utf-8"))
    number = int(found[1]) if found else 0
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"
