"""A log of what a monitor decided: transitions only, no positions, coarse time, every record chained."""

from __future__ import annotations

from geopolicy.audit.log import AuditLog
from geopolicy.audit.pseudonyms import zone_pseudonym
from geopolicy.audit.records import AuditRecord, Checkpoint
from geopolicy.audit.store import erase_log
from geopolicy.audit.verify import AuditProblem, AuditReport, read_log, verify_log

__all__ = [
    "AuditLog",
    "AuditProblem",
    "AuditRecord",
    "AuditReport",
    "Checkpoint",
    "erase_log",
    "read_log",
    "verify_log",
    "zone_pseudonym",
]
