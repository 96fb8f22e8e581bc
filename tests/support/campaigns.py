"""Campaigns: random work in numbered steps, as many as there is time for, and the sum of what they tried.

A test that is marked `campaign` takes the fixture `campaign` and loops over it. A step depends on its number and on the
seed alone, so that what a step found can be had again, and no step is taken twice where a record is kept.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

ROOT = Path(__file__).resolve().parents[2]
KEY = "campaign"  # of a report's properties


class Campaign:
    """The steps of one campaign."""

    def __init__(self, name: str, *, seed: int, first: int, seconds: float) -> None:
        self.name, self.seed, self.seconds = name, seed, seconds
        self.step = self._first = first
        self._began = time.monotonic()
        self.counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[int]:
        """Numbers of steps, until the time is over; one at least."""
        self._began = time.monotonic()
        for step in itertools.count(self._first):
            self.step = step
            yield step
            if self.left_s <= 0.0:
                return

    @property
    def left_s(self) -> float:
        """Seconds until no further step begins."""
        return self._began + self.seconds - time.monotonic()

    def add(self, **counts: int) -> None:
        """Counts what a step tried."""
        self.counts.update(counts)

    def try_examples(self, count: int, strategy: SearchStrategy[Any], check: Callable[[Any], None]) -> None:
        """Checks examples of a strategy, others in each step; the smallest that fails is what is found."""
        tried = given(strategy)(check)
        tried = settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))(
            tried
        )
        seed(f"{self.seed} {self.step}")(tried)()
        self.add(examples=count)

    def result(self, problem: str | None) -> dict[str, Any]:
        """What is recorded of it, with what the last step found."""
        return {
            "name": self.name,
            "seed": self.seed,
            "steps": [self._first, self.step + 1],
            "seconds": round(time.monotonic() - self._began, 1),
            "counts": dict(self.counts),
            "found": [] if problem is None else [{"seed": self.seed, "step": self.step, "problem": problem}],
        }


# The record --------------------------------------------------------------------------------------------------------


def read_record(path: Path) -> dict[str, Any]:
    """What earlier runs recorded: for each campaign the next step of each seed, and the sums by commit and machine."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def add_to_record(path: Path, commit: str, result: dict[str, Any]) -> None:
    """Adds one result to the sums of its commit and of this machine."""
    record = read_record(path)
    entry = record.setdefault(result["name"], {"next": {}, "runs": []})
    entry["next"][str(result["seed"])] = result["steps"][1]
    total = _sums_of(entry["runs"], {"commit": commit, "where": this_machine()})
    total["steps"] += result["steps"][1] - result["steps"][0]
    total["seconds"] = round(total["seconds"] + result["seconds"], 1)
    total["counts"] = dict(Counter(total["counts"]) + Counter(result["counts"]))
    total["found"] += result["found"]
    written = path.with_name(path.name + ".new")
    written.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    written.replace(path)


def _sums_of(runs: list[dict[str, Any]], of: dict[str, str]) -> dict[str, Any]:
    """The sums of a commit and a machine, which are 0 the first time."""
    found = next((sums for sums in runs if all(sums[key] == value for key, value in of.items())), None)
    if found is None:
        found = {**of, "steps": 0, "seconds": 0.0, "counts": {}, "found": []}
        runs.append(found)
    return found


def this_machine() -> str:
    """What may make answers differ: processor, system and Python."""
    return f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def commit_of(root: Path) -> str:
    """The commit that is tested, with a plus sign if files were changed since, but for what campaigns write."""
    git = ["git", "-C", str(root)]
    done = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return "unknown"
    ours = [".", ":!evidence.json", ":!docs/evidence.md"]
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", *ours], check=False).returncode
    return done.stdout.strip() + ("+" if changed else "")


class Recorder:
    """Collects the results of a run, and adds each to the record as it comes."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._commit = commit_of(ROOT) if path else ""
        self._results: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for key, result in report.user_properties if report.when == "call" else ():
            if key == KEY:
                self._results.append(result)
                if self._path:
                    add_to_record(self._path, self._commit, result)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._results:
            terminalreporter.section("campaigns")
        for result in sorted(self._results, key=lambda result: result["name"]):
            terminalreporter.write_line(shown(result["name"], result))


def shown(name: str, sums: dict[str, Any]) -> str:
    """One line of what was tried."""
    counts = ", ".join(f"{count:,} {what}" for what, count in sums["counts"].items())
    found = "".join(f"\n    seed {one['seed']}, step {one['step']}: {one['problem']}" for one in sums["found"])
    return f"{name}: {sums['seconds']:.0f} s, {counts or 'nothing counted'}{found}"


# Hooks, which conftest.py takes over -------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("campaigns", "random work that scales: -m campaign, or tests/campaign.py")
    group.addoption("--campaign-seconds", type=float, default=20.0, help="for each campaign; 20 unless told")
    group.addoption("--campaign-seed", type=int, default=1)
    group.addoption("--campaign-step", type=int, help="the step to begin with, to see again what it found")
    group.addoption("--campaign-record", type=Path, help="the file that adds up what was tried; it goes on from there")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the workers of pytest-xdist report to where this runs
        config.pluginmanager.register(Recorder(config.getoption("--campaign-record")))


@pytest.fixture
def campaign(request: pytest.FixtureRequest) -> Campaign:
    """The steps of the campaign that asks for them."""
    options = request.config.option
    name = request.node.name.removeprefix("test_campaign_")
    first = options.campaign_step
    if first is None:
        record = read_record(options.campaign_record) if options.campaign_record else {}
        first = record.get(name, {}).get("next", {}).get(str(options.campaign_seed), 0)
    return Campaign(name, seed=options.campaign_seed, first=first, seconds=options.campaign_seconds)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    campaign = getattr(item, "funcargs", {}).get("campaign")
    if call.when == "call" and isinstance(campaign, Campaign) and not report.skipped:
        problem = call.excinfo.exconly(tryshort=True)[:2000] if report.failed and call.excinfo else None
        report.user_properties.append((KEY, campaign.result(problem)))
        if problem:
            again = (
                f"pytest -m campaign -k {item.name!r} --campaign-seed {campaign.seed} --campaign-step {campaign.step}"
            )
            report.sections.append(("campaign", again))
    return report
