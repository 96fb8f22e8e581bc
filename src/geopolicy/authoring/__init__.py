"""The editor's desk: what people do with zones before a vehicle sees them."""
