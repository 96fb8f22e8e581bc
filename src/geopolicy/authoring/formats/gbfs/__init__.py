"""GBFS geofencing_zones.json: no-ride and slow zones of shared vehicles (docs/formats/gbfs.md)."""
