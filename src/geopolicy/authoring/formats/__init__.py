"""Restricted areas in formats of others, read and written without loss (docs/formats.md)."""
