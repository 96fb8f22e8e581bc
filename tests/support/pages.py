"""The documents as tests read them: pages, blocks, commands with what they print, links and headings."""

from __future__ import annotations

import doctest
import re
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "zones").glob("*.md"), *DOCS.rglob("*.md")])
# A block may be preceded by a comment: "file: NAME" writes it there, "not run" leaves it alone.
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^>]*?) -->\n)?```(?P<language>[\w{}-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
CHECKER = doctest.OutputChecker()


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def commands_of(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what is shown after it."""
    lines = text.splitlines(keepends=True)
    commands = []
    while lines:
        command = lines.pop(0)
        assert command.startswith("$ "), f"a console block must begin with a command: {command}"
        shown = list(takewhile(lambda line: not line.startswith("$ "), lines))
        del lines[: len(shown)]
        commands.append((command.removeprefix("$ ").strip(), "".join(shown)))
    return commands


def prose_of(page: Path) -> str:
    """The text of a page without its blocks."""
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def anchor_of(title: str) -> str:
    """The fragment that a heading can be reached by, as GitHub and MyST make it."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[^\w\- ]", "", shown.lower().replace("`", "")).strip().replace(" ", "-")


def anchors_of(page: Path) -> set[str]:
    """The fragments of all headings; of those with one title only the first has its plain one."""
    seen: dict[str, int] = {}
    for title in re.findall(r"^#+ (.+)$", prose_of(page), re.MULTILINE):
        anchor = anchor_of(title)
        seen[anchor] = seen.get(anchor, 0) + 1
    return {f"{anchor}-{i}" if i else anchor for anchor, count in seen.items() for i in range(count)}


def links_of(page: Path) -> list[str]:
    """The targets of all links, of pictures too, that lead to a file or a heading of this project."""
    targets = re.findall(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)", prose_of(page))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def followed(page: Path, target: str) -> tuple[Path, str]:
    """The file and the fragment that a link of a page leads to."""
    path, _, fragment = target.partition("#")
    return ((page.parent / path).resolve() if path else page), fragment


def section_of(page: Path, fragment: str) -> str:
    """The text below a heading up to the next one of its rank; without a fragment the whole page."""
    text = page.read_text(encoding="utf-8")
    if not fragment:
        return text
    for heading in re.finditer(r"^(#+) (.+)$", text, re.MULTILINE):
        if anchor_of(heading[2]) == fragment:
            rest = text[heading.end() :]
            end = re.search(rf"^#{{1,{len(heading[1])}}} ", rest, re.MULTILINE)
            return rest[: end.start()] if end else rest
    raise AssertionError(f"{name_of(page)} has no heading #{fragment}")
