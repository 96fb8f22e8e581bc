"""Recorded drives, read and replayed."""
