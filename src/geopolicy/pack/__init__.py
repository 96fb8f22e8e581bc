"""Packs: zones compiled into one block of bytes."""
