"""The audit log and its checkpoints."""

from __future__ import annotations

from datetime import timedelta

import geopolicy as gp
from error_cases.samples import ENGINE, NAIVE, empty_pack


def closed_log(folder):
    """An audit log that was closed."""
    log = gp.audit.AuditLog(folder, bytes(32))
    log.close()
    return log


CASES = {
    "AuditLog": [
        (
            lambda folder: gp.audit.AuditLog(folder, b"short"),
            ValueError,
            r"^an audit key must be at least 16 bytes, got 5 bytes; use secrets\.token_bytes\(32\)$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, "0" * 32),
            ValueError,
            r"^an audit key must be .* bytes, got str; use",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32), resolution_s=0),
            ValueError,
            r"^resolution_s must be 1 to 86400 whole seconds, got 0$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32), max_bytes=65_535),
            ValueError,
            r"^max_bytes must be at least 65536 bytes, got 65535$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32), max_age=timedelta(0)),
            ValueError,
            r"^max_age must be above zero or None, got datetime\.timedelta\(0\)$",
        ),
        (
            lambda folder: gp.audit.AuditLog(empty_pack(folder), bytes(32)),
            gp.errors.AuditError,
            r"^audit log '.*fleet\.gpol': must be a folder that can be read and written, got File exists$",
        ),
        (
            lambda folder: (gp.audit.AuditLog(folder, bytes(32)), gp.audit.AuditLog(folder, bytes(32))),
            gp.errors.AuditError,
            r"^audit log '.*': must have one writer, got a second one; close the other first$",
        ),
    ],
    "AuditLog.follow": [
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).follow("m"),
            TypeError,
            r"^monitor must be a Monitor, got str$",
        ),
        (lambda folder: closed_log(folder).follow(None), gp.errors.AuditError, r"^audit log '.*': must be open"),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).follow(gp.Monitor(ENGINE), NAIVE),
            ValueError,
            r"^time must be an aware datetime, got a naive one; give it a tzinfo, such as UTC$",
        ),
    ],
    "AuditLog.write": [
        (lambda folder: closed_log(folder).write(None), gp.errors.AuditError, r"^audit log '.*': must be open")
    ],
    "AuditLog.retain": [
        (lambda folder: closed_log(folder).retain(NAIVE), gp.errors.AuditError, r"^audit log '.*': must be open"),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).retain(NAIVE),
            ValueError,
            r"^time must be an aware datetime, got a naive one; give it a tzinfo, such as UTC$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).retain(None),
            ValueError,
            r"^time must be an aware datetime, got NoneType;",
        ),
    ],
    "AuditLog.checkpoint": [
        (
            lambda folder: closed_log(folder).checkpoint(),
            gp.errors.AuditError,
            r"^audit log '.*': must be open, got a closed one$",
        ),
        (
            lambda folder: gp.audit.AuditLog(folder, bytes(32)).checkpoint(),
            gp.errors.AuditError,
            r"^audit log '.*': must have a record to be vouched for, got none$",
        ),
    ],
    "Checkpoint.from_json": [
        (
            lambda _, text=text: gp.audit.Checkpoint.from_json(text),
            gp.errors.AuditError,
            r"^checkpoint: must be one JSON object as `log export",
        )
        for text in (
            "",
            b"\xff",
            "[]",
            "[" * 100_000,
            '{"geopolicy":"checkpoint","format":1,"log":"0","number":1,"hash":"0","time":null}',
            gp.audit.Checkpoint("00" * 16, 0, "00" * 32).to_json(),
            gp.audit.Checkpoint("00" * 16, 1, "0G" * 32).to_json(),
            gp.audit.Checkpoint("00" * 16, 1, "00" * 32).to_json().replace("null", '"2026-01-01"'),
        )
    ],
    "read_log": [
        (
            lambda folder: list(gp.audit.read_log(folder / "no")),
            gp.errors.AuditError,
            r"^audit log '.*no': must be a folder that can",
        )
    ],
    "verify_log": [
        (
            lambda folder: gp.audit.verify_log(folder / "no"),
            gp.errors.AuditError,
            r"can be read, got No such file or directory$",
        )
    ],
    "erase_log": [
        (
            lambda folder: (gp.audit.AuditLog(folder, bytes(32)), gp.audit.erase_log(folder)),
            gp.errors.AuditError,
            r"^audit log '.*': must have one writer",
        ),
        (
            lambda folder: ((folder / "000000000001.jsonl").mkdir(), gp.audit.erase_log(folder)),
            gp.errors.AuditError,
            r"^audit log '.*': must be a folder that can be written to, got ",
        ),
    ],
    "zone_pseudonym": [
        (
            lambda _: gp.audit.zone_pseudonym(b"", "2026-11", "yard"),
            ValueError,
            r"^an audit key must be at least 16 bytes, got 0",
        )
    ],
}
