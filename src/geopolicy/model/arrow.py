"""The columns of many decisions as a table of Apache Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from geopolicy.model.limits import LIMITS

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from geopolicy.model.decisions import Decision
    from geopolicy.model.sensors import Vehicle
    from geopolicy.model.tables import DecisionTable, ZoneColumns

_WORD = pa.dictionary(pa.int8(), pa.string())
_TEXTS = pa.list_(pa.string())
_OF_SENSOR = {
    "levels": _WORD,
    "store_in": _TEXTS,
    "needs_consent": pa.bool_(),
    "limits": pa.struct([(name, pa.float64()) for name in LIMITS]),
    "must_show": _TEXTS,
}


def table_of(decisions: DecisionTable, codes: NDArray[np.uint32], zones: ZoneColumns) -> pa.Table:
    """A row for each fix: what is asked is laid out once for each outcome, and then taken for the fixes."""
    asked = pa.Table.from_pylist([_row(outcome) for outcome in decisions.outcomes], schema=_schema(decisions.vehicle))
    each = asked.take(pa.array(decisions.outcome_of.take(codes)))
    offsets, values, ids = zones
    numbered = pa.DictionaryArray.from_arrays(pa.array(values), pa.array(list(ids), pa.string()))
    return each.add_column(2, "zones", pa.LargeListArray.from_arrays(pa.array(offsets), numbered))


def _schema(vehicle: Vehicle | None) -> pa.Schema:
    sensors = () if vehicle is None else vehicle.sensors
    of_sensors = [(name, pa.struct([(sensor, kind) for sensor in sensors])) for name, kind in _OF_SENSOR.items()]
    return pa.schema([("certainty", _WORD), ("reasons", _TEXTS), *of_sensors])


def _row(asked: Decision) -> dict[str, Any]:
    sensors = asked.vehicle.sensors
    return {
        "certainty": str(asked.certainty),
        "reasons": [str(reason) for reason in asked.reasons],
        "levels": {sensor: asked.levels[sensor].label for sensor in sensors},
        "store_in": {sensor: sorted(asked.store_in[sensor]) for sensor in sensors},
        "needs_consent": {sensor: sensor in asked.needs_consent for sensor in sensors},
        "limits": {sensor: dict(asked.limits[sensor]) for sensor in sensors},
        "must_show": {sensor: sorted(asked.must_show[sensor]) for sensor in sensors},
    }
