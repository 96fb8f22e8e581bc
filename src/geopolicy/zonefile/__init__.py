"""Zone files: GeoJSON that people edit (docs/zone-file.md)."""
