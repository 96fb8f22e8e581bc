"""Geofence Notices: emergencies with an end (docs/formats/geofence-notification.md)."""
