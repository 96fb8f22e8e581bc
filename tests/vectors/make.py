"""Makes the vectors: `python tests/vectors/make.py [FOLDER]`. The same command makes the same bytes.

Expected answers come from oracles that share no code with the engines; both engines must give every one of them, or
nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import vector_answers  # noqa: E402  # found only now
import vector_files  # noqa: E402  # likewise
import vectors  # noqa: E402  # likewise

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Makes the vectors.")
    parser.add_argument("folder", nargs="?", type=Path, default=HERE, help="where they are written; here unless told")
    folder: Path = parser.parse_args(arguments).folder
    files = {"monitor.json": vector_files.WORLD}
    for name, make in vector_files.ZONE_FILES.items():
        files |= vector_files.zone_files(name, make())
    write(folder, files)
    vectors.FOLDER = folder
    made: dict[str, list[dict[str, Any]]] = {}
    for kind, make_vectors in vector_files.KINDS.items():
        made[kind] = list(make_vectors())
        found = vector_answers.differences(kind, made[kind])
        if found:
            print(*(text[:600] for text in found[:10]), f"{len(found)} answers differ", sep="\n", file=sys.stderr)
            return 1
        print(f"{kind}: {len(made[kind])}")
    write(folder, {f"{kind}.jsonl": vector_files.lines(own) for kind, own in made.items()})
    write(folder, {f"{kind}.tsv": vector_files.table(kind, made[kind]) for kind in vector_files.TABLES})
    return 0


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
