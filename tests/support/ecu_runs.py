"""The vectors asked of an emulated processor: every bit of its answers, and what they cost."""

from __future__ import annotations

import random
import struct
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ecus import CALLS
from vectors import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecus import Answer, Emulated, Native, Process

SEED = 20_261_129
SHARES = {"points": 900, "discs": 400, "paths": 500, "transforms": 200}  # of the vectors that are asked in CI
FRAMES = ("WGS84", "GCJ-02", "BD-09")  # by the number of their family
INFINITE = struct.unpack("<Q", struct.pack("<d", float("inf")))[0]


class Question(NamedTuple):
    """A line of a table of vectors (docs/vectors.md)."""

    pack: str
    kind: str
    numbers: tuple[float, ...]
    owners: str  # of a transform the latitude
    certainty: str  # and its longitude


def questions() -> list[Question]:
    """All vectors."""
    found = []
    for kind in CALLS:
        for line in (FOLDER / f"{kind}.tsv").read_text(encoding="utf-8").splitlines():
            pack, *words, first, second = line.split("\t")
            numbers = tuple(map(float, words))
            if kind == "transforms":
                pack, numbers = "none", (*numbers, float(FRAMES.index(pack)))
            found.append(Question(pack, kind, numbers, first, second))
    return found


def some_questions() -> list[Question]:
    """Those that are asked in CI: always the same 2,000."""
    chance = random.Random(SEED)
    every = questions()
    return [own for kind in SHARES for own in chance.sample([one for one in every if one.kind == kind], SHARES[kind])]


def _pack(name: str) -> bytes:
    return (FOLDER / "packs" / f"{name}.gpol").read_bytes()


def pack_bytes(asked: Sequence[Question]) -> int:
    """The bytes of all packs that are asked."""
    return sum(len(_pack(name)) for name in {question.pack for question in asked})


@dataclass
class Run:
    """What came of asking."""

    asked: int = 0
    differences: list[str] = field(default_factory=list)
    instructions: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by kind; of packs "load"
    stack_bytes: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # the most

    def add(self, kind: str, answer: Answer) -> None:
        """Counts what an answer cost."""
        self.instructions[kind].append(answer.instructions)
        self.stack_bytes[kind] = max(self.stack_bytes[kind], answer.stack_bytes)


def run(processor: Emulated | Native | Process, native: Native, asked: Sequence[Question]) -> Run:
    """Asks a processor all questions: each word said must be that of this machine, and mean what vectors say."""
    result = Run()
    for name, own in groupby(sorted(asked), key=lambda question: question.pack):
        pack = _pack(name)
        loaded, wanted = processor.load(pack), native.load(pack)
        result.add("load", loaded)
        result.differences += _differences(name, loaded, wanted)
        for question in own:
            answer = processor.ask(question.kind, question.numbers)
            result.asked += 1
            result.add(question.kind, answer)
            label = f"{question.kind} of {name} {question.numbers}"
            result.differences += _differences(label, answer, native.ask(question.kind, question.numbers))
            said = meaning(question.kind, answer.words)
            if said != (question.owners, question.certainty):
                result.differences.append(f"{label}: {said}, not {question.owners} {question.certainty}")
    return result


def _differences(label: str, answer: Answer, wanted: Answer) -> list[str]:
    if answer.words == wanted.words:
        return []
    pairs = zip(answer.words, wanted.words, strict=False)
    place = next((i for i, (one, other) in enumerate(pairs) if one != other), -1)
    if place < 0:
        return [f"{label}: {len(answer.words)} words, not {len(wanted.words)}"]
    return [f"{label}: word {place} is {answer.words[place]:#x}, not {wanted.words[place]:#x}"]


def meaning(kind: str, words: Sequence[int]) -> tuple[str, str]:
    """The last two words of a vector's line, as the words of an answer say them."""
    refused, is_position, is_known, zone_count, coverage_count, *moved = words[:7]
    if kind == "transforms":
        lat, lon = struct.unpack("<2d", struct.pack("<2Q", *moved))
        return repr(lat), repr(lon)
    if refused:
        return "refused", str(refused)
    start, end, near, touched = _owners(words[7:])
    found = {**start, **end, **near, **touched}
    if not is_position:
        return "-", "no position"
    ends = [start, end] if kind == "paths" else [start]
    is_known = is_known and all(sum(own >= zone_count for own in place) == coverage_count for place in ends)
    if kind == "points":
        return _list(found), "known" if is_known else "unknown"
    borders = [own for own, distance in [*near.items(), *touched.items()] if distance != INFINITE]
    is_known = is_known and all(own < zone_count for own in borders)
    certainty = "unknown" if not is_known else "possible" if borders else "certain"
    return _list(own for own in found if own < zone_count), certainty


def _list(owners: Iterator[int] | dict[int, int]) -> str:
    return ",".join(map(str, sorted(owners))) or "-"


def _owners(words: Sequence[int]) -> Iterator[dict[int, int]]:
    """The four lists of an answer, each owner with the bits of its distance where it has one."""
    place = 0
    for has_distances in (False, False, True, True):
        count, place = words[place], place + 1
        owners, place = words[place : place + count], place + count
        distances = words[place : place + count] if has_distances else [0] * count
        place += count if has_distances else 0
        yield dict(zip(owners, distances, strict=True))
