"""Options of formats, as ``--with NAME=VALUE``, and what they mean."""

COLUMNS = {
    "id": "column with the id of each zone",
    "name": "column with its name",
    "reason": "column with the reason for it",
    "source": "column with who says so",
    "expires": "column with the time from which exemptions no longer lift rules",
    "radius_m": "column with the radius of each point in metres, or a number of metres for all",
    "width_m": "column with the width of each line in metres, or a number",
    "margin_m": "column with the metres by which an area grows, or a number",
    "rules": "column with rules of the zone file, as JSON",
    "disable": "column with a list of sensors to turn off, as JSON",
    "columns": "zone-file: every column is the property of the zone file that has its name",
    "frame": "coordinate system of the positions, where the source does not state it",
}
LAYERS = {
    **COLUMNS,
    "layer": "name of the layer, where there are several",
    "encoding": "encoding of its texts, where the file does not state it",
}
RULE_OPTIONS = ("rules", "disable", "columns")
"""Options by which a source states rules itself."""

FENCES = {
    "inclusions": "union or intersection: whether one fence to stay inside is enough, or all of them must be kept to"
}

UAS = {
    "ground_only": "yes leaves out volumes that surely begin above the ground; no if absent",
    "timezone": "IANA name of the zone of times without an offset; without it they are taken as the widest",
    "duplicate_ids": "number keeps zones with an identifier that is already used, as identifier-2; refuse if absent",
    "country": "for the export of zones that were drawn: ISO 3166-1 alpha-3 code, such as CHE",
}
ED269 = UAS | {"radius_unit": "m or ft, of circles beside limits in feet; m, the larger circle, if absent"}
NOTICE = {
    "signatures": "verified says that they were: then a later message of a notice replaces, or ends, the earlier ones",
    "status": "for the export of changed notices: DRAFT writes them as drafts without signature",
}

GBFS = {
    "winding": "counter-clockwise rings of GBFS 2: meaning takes what is outside of them, ignored what inside",
    "vehicle_type": "the vehicle attribute that vehicle types become; vehicle_type by default",
    "vehicle_type_id": "listed: in GBFS 3, too, it names the types for which a rule is",
    "version": "the version to write: 2.3 or 3.0; by default that of the source, or 3.0",
}

MDS = {
    "geographies": "the file with the geographies of the policies",
    "vehicle_type": "the vehicle attribute that vehicle_types become; vehicle_type by default",
    "propulsion_type": "the vehicle attribute that propulsion_types become; propulsion_type by default",
    "radius_m": "metres round points of geographies",
    "width_m": "metres of the width of lines of geographies",
}
