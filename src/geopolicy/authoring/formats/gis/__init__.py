"""Features with columns: GeoJSON, KML, and files with layers that GDAL reads."""
