"""Fences of autopilots: what to stay inside of and what to stay out of (docs/formats/fences.md)."""
