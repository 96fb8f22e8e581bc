"""What a check of a log found, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geopolicy.audit.records import time_text
from geopolicy.cli import console
from geopolicy.cli.advice import advice_on

if TYPE_CHECKING:
    from geopolicy.audit import AuditProblem, AuditReport, Checkpoint


def say_verdict(report: AuditReport, checkpoints: int) -> int:
    """Problems, notes and the verdict; returns the exit code."""
    say_problems(report)
    drives = "drive" if report.unclean == 1 else "drives"
    notes = [
        (report.dropped, "dropped by retention, as recorded"),
        (report.lost, "recorded as lost"),
        (report.torn, "torn and marked"),
        (report.unclean, f"{drives} begun after one that did not end cleanly and may have lost its last records"),
    ]
    for count, what in notes:
        if count:
            console.say(f"note: {count} {what}")
    if not report.is_ok:
        problems = console.count_text(len(report.problems), "problem")
        hold = "record holds by itself", "records hold by themselves"
        console.say(f"refused: {problems}; {console.count_text(report.records, *hold)}", "bold red")
        return console.REFUSED
    head = report.head.number if report.head else 0
    if checkpoints:
        proof = f"proven up to record {max(report.proven)} of {head}"
    else:
        proof = "no checkpoint was given: that the end is there is not proven"
    console.say(f"ok: {console.count_text(report.records, 'record')}, chained; {proof}", "green")
    return 0


def say_problems(report: AuditReport) -> None:
    """A line on standard error for each problem."""
    for problem in report.problems:
        advice = advice_on(problem.file, "log") if problem.code == "empty" and problem.file else None
        console.complain(f"error [{problem.code}] {problem}" + (f"; {advice}" if advice else ""))


def report_json(report: AuditReport) -> dict[str, Any]:
    """A report as plain values."""
    return {
        "ok": report.is_ok,
        "count": report.records,
        "head": None if report.head is None else _head_json(report.head),
        "proven": list(report.proven),
        "dropped": report.dropped,
        "lost": report.lost,
        "torn": report.torn,
        "unclean": report.unclean,
        "problems": [_problem_json(problem) for problem in report.problems],
    }


def _problem_json(problem: AuditProblem) -> dict[str, Any]:
    return {"code": problem.code, "file": problem.file, "line": problem.line or None, "rule": problem.rule}


def _head_json(head: Checkpoint) -> dict[str, Any]:
    return {"log": head.log, "number": head.number, "hash": head.hash, "time": time_text(head.time)}
