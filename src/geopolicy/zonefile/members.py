"""Reading members of JSON objects: each read checks, reports and goes on."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

from geopolicy.errors import Problem
from geopolicy.zonefile.near_names import near_word
from geopolicy.zonefile.printed_lists import list_hint
from geopolicy.zonefile.strict_json import MOST_ERRORS, canonical, json_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from geopolicy.geometry.effective import Allowance
    from geopolicy.model.rules import Rule

_NAMES: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


_MOST_WARNINGS = 10_000  # of one code in one file
_NOTHING = object()


def shown(value: Any) -> str:
    """A value as JSON for a message, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


class FileContext:
    """The problems found so far in one file, and the zone that is being read.

    ``problems`` are at most so many, ``problem_count`` is that of all.
    """

    def __init__(self, file: str | None = None) -> None:
        self.file = file
        self.zone_id: str | None = None
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.unread_zones = 0  # after the last error that is listed
        self.disables: set[str] = set()  # ids of zones with the short form
        self.words: dict[str, frozenset[str]] = {}  # of each zone, where they are compared with another file's
        self.rules: dict[bytes | None, tuple[Rule, ...]] = {}  # those of zones that were read, by what they state
        self.placed_names: set[tuple[str, ...]] = set()  # of objects whose members stand where they should
        self.allowance: Allowance | None = None  # for the repairs of its zones
        self.are_rules_lost = False  # no zone has them, as where a program dropped the columns
        self._errors = 0
        self._warnings: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether no further error is listed, so that reading may as well end."""
        return self._errors >= MOST_ERRORS

    def report(
        self,
        code: str,
        rule: str,
        path: str,
        value: Any = _NOTHING,
        hint: str | None = None,
        *,
        in_words: str | None = None,
    ) -> None:
        """Adds a problem at a path; ``value`` is shown as JSON if given, else what stands there ``in_words``."""
        if self.is_full:
            self._errors += 1
            self.problem_count += 1
            return
        text = in_words if value is _NOTHING else shown(value)
        self.add(Problem(code, rule, text, path, self.zone_id, self.file, hint))

    def warn(self, code: str, rule: str, path: str, hint: str | None = None) -> None:
        """Adds a warning at a path."""
        self.add(Problem(code, rule, None, path, self.zone_id, self.file, hint, is_warning=True))

    def include(self, problems: Iterable[Problem]) -> None:
        """Adds problems that were found elsewhere, as this file's."""
        for problem in problems:
            self.add(replace(problem, file=self.file))

    def add(self, problem: Problem) -> None:
        """Adds a problem or a warning; those beyond the most are only counted."""
        self.problem_count += 1
        if problem.is_warning:
            self._warnings[problem.code] += 1
            is_listed = self._warnings[problem.code] <= _MOST_WARNINGS
        else:
            self._errors += 1
            is_listed = self._errors <= MOST_ERRORS
        if is_listed:
            self.problems.append(problem)

    def forget_since(self, count: int) -> None:
        """Takes back the last problems, all of which are listed."""
        surplus = self.problem_count - count
        self.problem_count = count
        self._errors -= surplus
        del self.problems[len(self.problems) - surplus :]

    def all_problems(self) -> tuple[Problem, ...]:
        """The problems, and how many more there are where not all are listed."""
        more = []
        if self._errors > MOST_ERRORS or self.unread_zones:
            rule = f"of a file at most {MOST_ERRORS:,} errors are listed, and zones after the last of them are not read"
            value = f"{self._errors - MOST_ERRORS:,} more, and {self.unread_zones:,} zones that were not read"
            more.append(Problem("errors-too-many", rule, value, file=self.file, hint="mend these first"))
        for code, count in self._warnings.items():
            if count > _MOST_WARNINGS:
                rule = f"and {count - _MOST_WARNINGS:,} more of these warnings in this file"
                more.append(Problem(code, rule, file=self.file, is_warning=True))
        return (*self.problems, *more)


class JsonObject:
    """One JSON object at a path; the members that are read from it are those that it may have."""

    def __init__(
        self, context: FileContext, source: dict[str, Any], path: str, known: frozenset[str] = frozenset()
    ) -> None:
        self.context = context
        self.source = source
        self.path = path
        self._given = known
        self._known: set[str] = set()

    def at(self, name: str) -> str:
        """The path of a member."""
        return json_path(self.path, name)

    def report_member(self, name: str, code: str, rule: str, hint: str | None = None) -> None:
        """Reports a member by its value, or that there is none."""
        if name in self.source:
            self.context.report(code, rule, self.at(name), self.source[name], hint)
        else:
            self.context.report(code, rule, self.at(name), hint=hint, in_words=f"no {name}")

    def has(self, name: str) -> bool:
        """Whether the member stands there; a null counts as standing."""
        self._known.add(name)
        return name in self.source

    def read(self, name: str, kind: type, rule: str | None = None) -> Any:
        """The member if it is of the kind; None if it is absent, or reported as something else."""
        if not self.has(name):
            return None
        value = self.source[name]
        fits = isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
        if fits and not (isinstance(value, bool) and kind is not bool):
            return value
        hint = "write it without quotation marks" if isinstance(value, str) and kind in (int, float, bool) else None
        self.context.report("member-type", rule or f"{name} must be {_NAMES[kind]}", self.at(name), value, hint)
        return None

    def read_number(self, name: str) -> float | None:
        """A number as a float; one too large for a float stays out of every range as infinity."""
        value = self.read(name, float)
        if value is None:
            return None
        try:
            return float(value)
        except OverflowError:
            return float("inf")

    def read_entries(
        self,
        name: str,
        kinds: tuple[type, ...],
        *,
        single: bool = False,
        code: str = "list-empty",
        if_empty: str = "leave the member out",
    ) -> list[tuple[str, Any]]:
        """The path and value of each entry of a list that is of some kinds; others are reported.

        ``single``: one such entry may stand for a list of one.
        """
        if not self.has(name):
            return []
        value, path = self.source[name], self.at(name)
        if single and isinstance(value, kinds):
            return [(path, value)]
        wanted = " or ".join(_NAMES[kind] for kind in kinds)
        if not isinstance(value, list):
            hint = list_hint(value, of_names=str in kinds) if isinstance(value, str) else None
            self.context.report("member-type", f"{name} must be a list of {wanted}", path, value, hint)
            return []
        if not value:
            self.context.report(code, f"{name} must not be empty", path, value, if_empty)
        entries = [(json_path(path, i), entry) for i, entry in enumerate(value)]
        for entry_path, entry in entries:
            if not isinstance(entry, kinds):
                self.context.report("member-type", f"an entry of {name} must be {wanted}", entry_path, entry)
        return [(entry_path, entry) for entry_path, entry in entries if isinstance(entry, kinds)]

    def read_time(self, name: str) -> datetime | None:
        """An RFC 3339 date-time with offset, as UTC."""
        text = self.read(name, str)
        if text is None:
            return None
        moment = parse_time(text)
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(UTC)
        rule = f"{name} must be an RFC 3339 date-time with offset"
        self.context.report("time-invalid", rule, self.at(name), text, "write it like 2026-01-31T08:00:00Z")
        return None

    def foreign(self, *others: str) -> str:
        """The members that are neither known here nor among the others, as canonical JSON."""
        names = self.source.keys() - self._given
        names.difference_update(self._known, others)
        return canonical({name: self.source[name] for name in names}, sort_keys=True) if names else "{}"

    def unread(self) -> dict[str, Any]:
        """The members that were not asked for."""
        known = self._given | self._known
        return {name: value for name, value in self.source.items() if name not in known}

    def refuse_unknown(self, what: str) -> None:
        """Reports unknown members: a misspelt one would silently restrict nothing."""
        known = self._given | self._known
        for name in self.source:
            if name not in known:
                rule, hint = f"{what} has only the members {', '.join(sorted(known))}", near_word(name, sorted(known))
                self.context.report("member-unknown", rule, self.at(name), name, hint)


_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)


def parse_time(text: str) -> date | datetime | None:
    """A date ``YYYY-MM-DD``, or an RFC 3339 date-time, also without offset or seconds; None if it is neither."""
    if not _TIME.fullmatch(text):
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is not None:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment
