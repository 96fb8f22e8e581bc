"""Readers of recorded drives."""
