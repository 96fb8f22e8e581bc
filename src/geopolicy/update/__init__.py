"""The way from a reviewed set of zones to a pack in force in a vehicle: signed, checked, never back."""
