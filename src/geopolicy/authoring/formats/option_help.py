"""Options of formats with columns, and of fences, as ``--with NAME=VALUE``, and what they mean."""

OPTIONS = {
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
LAYER_OPTIONS = {
    **OPTIONS,
    "layer": "name of the layer, where there are several",
    "encoding": "encoding of its texts, where the file does not state it",
}
RULE_OPTIONS = ("rules", "disable", "columns")
"""Options by which a source states rules itself."""

FENCE_OPTIONS = {
    "inclusions": "union or intersection: whether one fence to stay inside is enough, or all of them must be kept to"
}
