"""``geopolicy log``: the audit log of a vehicle, for its owner."""
