"""Vehicles with a known truth: scenes of zones, drives, receivers with faults, laws about what a monitor decides."""
