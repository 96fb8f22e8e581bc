"""Fixes over time: what is right to act on while positions come late, wrong or not at all."""
