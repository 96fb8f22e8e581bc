"""Draws docs/pictures/architecture.svg from the imports in src: `python docs/pictures/make_architecture.py`.

Where a package stands is said here, in `FLOORS`; its modules, their colours and the arrows are read from the
source. A package that is not in `FLOORS`, and an arrow that does not go down, is an error.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "geopolicy"
PICTURE = Path(__file__).with_name("architecture.svg")

# From the roof down: for each package its left and right end, in parts of 100 of the width.
FLOORS = (
    {"cli": (0, 100)},
    {"update": (25, 80)},
    {"authoring": (25, 80)},
    {"pages": (25, 60)},
    {"hosts": (5, 23), "replay": (25, 39), "testing": (41, 55)},
    {"drives": (0, 17), "monitor": (20, 61), "audit": (84, 100)},
    {"engines": (8, 67)},
    {"pack": (8, 82)},
    {"zonefile": (8, 67)},
    {"policy": (8, 28), "geometry": (31, 67)},
    {"kernel/binding": (50, 95)},
    {"kernel/sweep": (50, 71), "kernel/builder": (74, 95)},
    {"kernel/lookup": (74, 95)},
    {"model": (0, 100)},
    {"base": (0, 100)},
)
GROUND = "loose at the root"  # what everything may import, and no arrow is drawn to
WORK = {
    "cli": "commands: the only code that prints",
    "testing": "for users' tests",
    "authoring": "other formats, lint, diff, pages of zones",
    "update": "signed packs: publish, verify, install",
    "pages": "drives and zones to look at",
    "hosts": "where vehicles live",
    "replay": "a drive against an engine",
    "drives": "recorded drives",
    "monitor": "fixes over time",
    "audit": "the log",
    "engines": "two engines, one contract",
    "pack": "compiled zones, one file",
    "zonefile": "the GeoJSON that people edit",
    "geometry": "grid, frames, metres, shapes",
    "policy": "which rules hold",
    "model": "values: zones, rules, fixes, decisions",
    "base": "records, arguments, files written whole",
    "kernel/binding": "for Python",
    "kernel/builder": "for packs",
    "kernel/sweep": "for rings",
    "kernel/lookup": "for an ECU",
    GROUND: "what every package may import (no arrows drawn)",
}

WIDTH, EDGE, GAP, LINE = 1000, 20, 34, 19
TITLE, NAME, NOTE = 16, 13.5, 12.5  # sizes of type
SPACE = 11  # between names
NARROW, BROAD = frozenset("fijlrt.,:;'()/ "), frozenset("mwACM")  # letters, less and more than 0.62 of the size wide
INK, FAINT, RULE = "#1f2933", "#52606d", "#9aa5b1"
BLUE, SAND, SLATE = "#1d4f91", "#9a5b00", "#323f4b"
PAPER, STONE = "#f7f9fb", "#e4e7eb"


HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title description" \
font-family="DejaVu Sans, Verdana, sans-serif">
<title id="title">The packages of geopolicy</title>
<desc id="description">Floors of packages, from the command line at the top to values at the bottom, and the modules \
in each. An arrow means: imports. All arrows go down; those that others imply are left out.</desc>
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">\
<path d="M0 0 L10 5 L0 10 Z" fill="{faint}"/></marker></defs>
<rect width="{width}" height="{height}" fill="#ffffff"/>"""


def module_of(path: Path) -> str:
    """The dotted name below geopolicy, of a package too."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_type_checking(node: ast.AST) -> bool:
    """Whether what follows is read by type checkers only."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@cache
def imports_of(path: Path, *, is_start: bool) -> set[str]:
    """What a file imports when it runs; with ``is_start`` only what it imports at its top."""
    names: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        if is_start and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        waiting += node.orelse if is_type_checking(node) else ast.iter_child_nodes(node)  # type: ignore[attr-defined]
    return names


MODULES = {module_of(path): path for path in sorted(SOURCE.rglob("*.py")) if module_of(path) not in ("", "__main__")}


def home_of(name: str) -> str:
    """The module that an imported name of geopolicy belongs to; the root's is ""."""
    parts = name.split(".")[1:]
    while parts and ".".join(parts) not in MODULES:
        parts.pop()
    return ".".join(parts)


def needs_others(module: str) -> bool:
    """Whether importing a module imports a package that is neither ours nor of the standard library."""
    reached, waiting = {module}, [module]
    while waiting:
        names = imports_of(MODULES[waiting.pop()], is_start=True)
        if any(name.partition(".")[0] not in {"geopolicy", *sys.stdlib_module_names} for name in names):
            return True
        homes = {home_of(name) for name in names if name.startswith("geopolicy.")} - {""}
        waiting += homes - reached
        reached |= homes
    return False


def rooms() -> dict[str, list[tuple[str, str]]]:
    """The modules of each package, or the C files of each folder, with the colour of each; folders in it last."""
    found: dict[str, list[tuple[str, str]]] = {}
    for module, path in sorted(MODULES.items(), key=lambda entry: (entry[0].count("."), entry[0])):
        package, *inner = module.split(".")
        names = found.setdefault(package if inner or path.name == "__init__.py" else GROUND, [])
        if path.name == "__init__.py":
            continue
        folder = "".join(f"{name}/" for name in inner[:-1])
        if folder and (folder, FAINT) not in names:
            names.append((folder, FAINT))
        names.append(((inner or [package])[-1], SAND if needs_others(module) else BLUE))
    for path in sorted(SOURCE.glob("kernel/*/*.c")):
        found.setdefault(f"kernel/{path.parent.name}", []).append((path.name, SLATE))
    return found


def edges() -> set[tuple[str, str]]:
    """Which package imports which, or includes which; arrows that others imply are left out."""
    found: set[tuple[str, str]] = set()
    for module, path in MODULES.items():
        for name in imports_of(path, is_start=False):
            if name.startswith("geopolicy._kernel"):
                found.add((module.partition(".")[0], "kernel/binding"))
            elif name.startswith("geopolicy.") and "." in module:
                found.add((module.partition(".")[0], home_of(name).partition(".")[0]))
    for path in sorted(SOURCE.glob("kernel/*/*.[ch]")):
        for folder in re.findall(r'#include "(\w+)/', path.read_text(encoding="utf-8")):
            found.add((f"kernel/{path.parent.name}", f"kernel/{folder}"))
    names = {name for floor in FLOORS for name in floor}
    found = {(above, below) for above, below in found if above != below and below in names and above in names}

    def reaches(start: str, goal: str) -> bool:
        return any(low == goal or reaches(low, goal) for high, low in found if high == start)

    return {
        (above, below)
        for above, below in found
        if not any(high == above and low != below and reaches(low, below) for high, low in found)
    }


def width_of(text: str, size: float) -> float:
    """About how wide a text is."""
    return size * sum(0.38 if letter in NARROW else 0.9 if letter in BROAD else 0.62 for letter in text)


def filled(names: list[tuple[str, str]], width: float) -> list[list[tuple[str, str]]]:
    """Names in lines of at most a width, each as full as it can be."""
    rows: list[list[tuple[str, str]]] = [[]]
    room = width
    for name, colour in names:
        need = width_of(name, NAME)
        if need > room and rows[-1]:
            rows.append([])
            room = width
        rows[-1].append((name, colour))
        room -= need + SPACE
    return rows


def rows_of(names: list[tuple[str, str]], width: float) -> list[list[tuple[str, str]]]:
    """Names in as few lines as a width allows, all about as long; a folder begins a line."""
    starts = [0, *(i for i, (name, _) in enumerate(names) if i and name.endswith("/")), len(names)]
    rows: list[list[tuple[str, str]]] = []
    for start, end in pairwise(starts):
        group = names[start:end]
        best = filled(group, width)
        for narrower in range(int(width), 0, -2):
            if len(filled(group, narrower)) > len(best):
                break
            best = filled(group, narrower)
        rows += best
    return rows


def slant(colour: str) -> str:
    """What tells modules of the desk from others where colours are not seen."""
    return ' font-style="italic"' if colour == SAND else ""


class Box:
    """A package on its floor."""

    def __init__(self, name: str, span: tuple[int, int], top: float, names: list[tuple[str, str]]) -> None:
        inner = WIDTH - 2 * EDGE
        self.name, self.top = name, top
        self.left, self.right = EDGE + inner * span[0] / 100, EDGE + inner * span[1] / 100
        self.rows = rows_of(names, self.right - self.left - 24)
        self.bottom = top + 35 + LINE * len(self.rows)

    def svg(self) -> list[str]:
        """A box, its name, what it does, and its modules."""
        is_ground = self.name == GROUND
        fill = STONE if self.name.startswith("kernel/") else "#ffffff" if is_ground else PAPER
        x, y = self.left + 12, self.top + 23
        dashes = ' stroke-dasharray="4 3"' if is_ground else ""
        size = f'width="{self.right - self.left:g}" height="{self.bottom - self.top:g}"'
        work = f'<tspan dx="9" font-size="{NOTE}" font-weight="normal" fill="{FAINT}">{escape(WORK[self.name])}</tspan>'
        lines = [
            f'<rect x="{self.left:g}" y="{self.top:g}" {size} rx="6" fill="{fill}" stroke="{RULE}"{dashes}/>',
            f'<text x="{x:g}" y="{y:g}" font-size="{TITLE}" font-weight="bold" fill="{INK}">{self.name}{work}</text>',
        ]
        y += 2
        for row in self.rows:
            y += LINE
            names = "".join(
                f'<tspan dx="{SPACE if i else 0}" fill="{colour}"{slant(colour)}>{escape(name)}</tspan>'
                for i, (name, colour) in enumerate(row)
            )
            lines.append(f'<text x="{x:g}" y="{y:g}" font-size="{NAME}">{names}</text>')
        return lines


def arrow_at(x: float, top: float, bottom: float) -> str:
    """A line straight down."""
    line = f'd="M{x:g} {top:g} V{bottom:g}" stroke="{FAINT}" stroke-width="1.6"'
    return f'<path {line} fill="none" marker-end="url(#tip)"/>'


def arrow(above: Box, below: Box, boxes: list[Box]) -> str:
    """A line straight down, where no other box is in its way."""
    between = [box for box in boxes if above.bottom <= box.top and box.bottom <= below.top]
    low, high = max(above.left, below.left) + 14, min(above.right, below.right) - 14
    places = [low + i * (high - low) / 128 for i in range(129)] if low <= high else []
    free = [x for x in places if not any(box.left - 10 < x < box.right + 10 for box in between)]
    if free:
        return arrow_at(free[len(free) // 2], above.bottom, below.top - 1)
    raise SystemExit(f"no straight way down from {above.name} to {below.name}: move them in FLOORS")


def legend(y: float) -> list[str]:
    """What colours and arrows mean, in two lines."""
    lines, x = [], float(EDGE)
    for colour, text in (
        (BLUE, "standard library only: a vehicle can load it"),
        (SAND, "needs more: the operator's desk"),
        (SLATE, "C"),
    ):
        lines.append(f'<rect x="{x:g}" y="{y - 10:g}" width="11" height="11" rx="2" fill="{colour}"/>')
        lines.append(
            f'<text x="{x + 18:g}" y="{y:g}" font-size="{NOTE}" fill="{colour}"{slant(colour)}>{escape(text)}</text>'
        )
        x += 18 + width_of(text, NOTE) + 24
    y += LINE + 4
    text = "the upper package imports the lower; arrows that others imply are left out"
    lines.append(arrow_at(EDGE + 5.5, y - 13, y + 3))
    lines.append(f'<text x="{EDGE + 18}" y="{y:g}" font-size="{NOTE}" fill="{FAINT}">{text}</text>')
    return lines


def picture() -> str:
    """The whole picture, as the source is now."""
    names = rooms()
    placed = {name for floor in FLOORS for name in floor}
    if missing := sorted(names.keys() - placed - {GROUND}):
        raise SystemExit(f"FLOORS does not say where these stand: {', '.join(missing)}")
    boxes: list[Box] = []
    top = 72.0
    for floor in FLOORS:
        row = [Box(name, span, top, names[name]) for name, span in floor.items()]
        for box in row:
            box.bottom = max(other.bottom for other in row)
        boxes += row
        top = row[0].bottom + GAP
    ground = Box(GROUND, (0, 100), top - GAP + 20, names[GROUND])
    by_name = {box.name: box for box in boxes}
    height = ground.bottom + EDGE
    lines = [HEAD.format(height=f"{height:g}", width=WIDTH, faint=FAINT), *legend(28)]
    for above, below in sorted(edges()):
        if by_name[above].bottom > by_name[below].top:
            raise SystemExit(f"{above} imports {below}, which is not on a lower floor")
        lines.append(arrow(by_name[above], by_name[below], boxes))
    for box in (*boxes, ground):
        lines += box.svg()
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
