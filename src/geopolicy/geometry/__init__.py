"""The integer grid, frames, distances, and the effective polygons that engines see."""
