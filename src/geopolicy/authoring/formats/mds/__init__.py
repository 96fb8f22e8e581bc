"""MDS Policy and Geography: what cities ask of shared vehicles (docs/formats/mds.md)."""
