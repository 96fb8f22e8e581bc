"""Wrong names and wrong types of what a monitor takes: `mypy --strict` refuses each marked line, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import geopolicy as gp

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

profile = gp.MonitorProfile(v_max_mps=30, stale_after_s=5)
gp.MonitorProfile(stale_after_s="soon")  # E: arg-type
gp.MonitorProfile(v_max=30)  # E: call-arg
replace(profile, v_max=30)  # E: call-arg
replace(profile, stale_after_s="soon")  # E: arg-type
gp.Hold(10, fro="camera")  # E: call-arg
gp.Hold("10")  # E: arg-type
gp.Consent("a", "*", NOON, "tomorrow")  # E: arg-type
gp.Consent("a", "*", NOON, till=NOON)  # E: call-arg
gp.Monitor(None, clock_flor=NOON)  # E: call-arg
