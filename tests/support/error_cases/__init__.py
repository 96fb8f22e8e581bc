"""The catalogue of error messages: what is documented, and for each of its errors a call, its class and its words.

`CASES` has a public name for a key, as its docstring's Raises section is found by. A case is a call that takes an
empty folder and raises, the class, and a pattern of what the message must say.
"""

from __future__ import annotations

from error_cases import (
    audit,
    authoring,
    drives,
    engines,
    hosts,
    model,
    monitor,
    receivers,
    redaction,
    updates,
    vss,
    zones,
)

CASES = model.CASES | zones.CASES | authoring.CASES | engines.CASES | monitor.CASES | audit.CASES | drives.CASES
CASES |= receivers.CASES | redaction.CASES | hosts.CASES | vss.CASES | updates.CASES
