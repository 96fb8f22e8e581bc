"""Mistakes as people with a GIS make them: each a small edit to a good file, and what must be said of it."""

from __future__ import annotations

import copy
import json

import pytest

from geopolicy.zonefile.reader import examine_zone_file
from shapes import box, polygon

RULES = [{"sensors": ["camera"], "level": "off"}]
HEADER = {"format": 1, "coverage": box(13, 45, 14, 46), "timezone": "Europe/Zagreb"}
RING = [[13.1, 45.1], [13.2, 45.1], [13.2, 45.2], [13.1, 45.2], [13.1, 45.1]]
GOOD = {
    "type": "FeatureCollection",
    "geopolicy": HEADER,
    "features": [
        {"type": "Feature", "id": "yard", "geometry": polygon(RING), "properties": {"rules": RULES, "margin_m": 5}},
        {
            "type": "Feature",
            "id": "gate",
            "geometry": {"type": "Point", "coordinates": [13.5, 45.5]},
            "properties": {"disable": ["lidar"], "radius_m": 50},
        },
    ],
}
LATER = "2027-01-31T00:00:00+01:00"


def top(*without: str, **members: object):
    """An edit of the members of the file."""
    return lambda file: {name: value for name, value in (file | members).items() if name not in without}


def head(*without: str, **members: object):
    """An edit of the header."""
    return lambda file: file | {"geopolicy": top(*without, **members)(file["geopolicy"])}


def first(*without: str, **members: object):
    """An edit of the first feature."""
    return lambda file: file | {"features": [top(*without, **members)(file["features"][0]), *file["features"][1:]]}


def props(*without: str, **members: object):
    """An edit of the properties of the first feature."""
    return lambda file: first(properties=top(*without, **members)(file["features"][0]["properties"]))(file)


def every(**members: object):
    """An edit of the properties of all features."""
    return lambda file: file | {"features": [f | {"properties": f["properties"] | members} for f in file["features"]]}


def without(*names: str):
    """An edit that drops properties from all features."""
    return lambda file: (
        file | {"features": [f | {"properties": top(*names)(f["properties"])} for f in file["features"]]}
    )


def drawn(kind: str, coordinates: list):
    """The first feature with another geometry."""
    return first(geometry={"type": kind, "coordinates": coordinates})


def both(*edits: object):
    """Several edits, one after the other."""

    def edit(file):
        for change in edits:
            file = change(file)
        return file

    return edit


def text(value):
    return json.dumps(value)


def rule(**members: object):
    return props(rules=[RULES[0] | members])


# what was done: the edit, the codes of the errors, a part of what is said
REFUSED = {
    "header dropped": (top("geopolicy"), ["header-missing"], "got no geopolicy - at"),
    "header dropped, and how to restore it": (top("geopolicy"), ["header-missing"], "convert FILE --header"),
    "header null": (top(geopolicy=None), ["header-missing"], "got null - at"),
    "header misspelt": (both(top("geopolicy"), top(geopolcy=HEADER)), ["header-missing"], "is 'geopolcy' meant"),
    "header with a letter more": (both(top("geopolicy"), top(geopollicy=HEADER)), ["header-missing"], "'geopollicy'"),
    "header in capitals": (both(top("geopolicy"), top(GeoPolicy=HEADER)), ["header-missing"], "'GeoPolicy'"),
    "header with a dash": (both(top("geopolicy"), top(**{"geo-policy": HEADER})), ["header-missing"], "'geo-policy'"),
    "header in the properties": (both(top("geopolicy"), every(geopolicy=HEADER)), ["header-missing"], "convert"),
    "header as text": (top(geopolicy=text(HEADER)), ["member-type"], "geopolicy must be an object"),
    "header as list": (top(geopolicy=[HEADER]), ["member-type"], "geopolicy must be an object"),
    "frame of the header as crs only": (
        both(top("geopolicy"), top(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}})),
        ["crs-member", "header-missing"],
        "state the system in the header's frame",
    ),
    "members of the header beside it": (top(frame="GCJ-02"), ["member-misplaced"], "move it there"),
    "features twice, in capitals": (top(Features=[GOOD["features"][1]]), ["member-doubled"], "is not read beside"),
    "features twice, one of them short": (top(feature=GOOD["features"]), ["member-doubled"], "or join them"),
    "second header, misspelt": (top(geopolcy=HEADER), ["member-doubled"], "'geopolcy'"),
    "second header, in capitals": (top(GeoPolicy=HEADER), ["member-doubled"], "'GeoPolicy'"),
    "frame beside the header, in capitals": (top(Frame="GCJ-02"), ["member-misplaced"], "write it frame"),
    "frame beside the properties, in capitals": (first(FRAME="GCJ-02"), ["member-misplaced"], "write it frame"),
    "disable beside the properties, in capitals": (first(Disable=["camera"]), ["member-misplaced"], "write it disable"),
    "margin beside the properties, with a dash": (first(**{"margin-m": 5}), ["member-misplaced"], "write it margin_m"),
    "frame without its dash": (head(frame="GCJ02"), ["frame-unknown"], "is 'GCJ-02' meant?"),
    "frame in small letters": (props(frame="wgs84"), ["frame-unknown"], "is 'WGS84' meant?"),
    "frame as a number in quotes": (head(frame="4326"), ["frame-unknown"], "is 'EPSG:4326' meant?"),
    "frame as a URN": (head(frame="urn:ogc:def:crs:EPSG::3857"), ["frame-unknown"], "is 'EPSG:3857' meant?"),
    "frame like none": (head(frame="UTM"), ["frame-unknown"], "frames are WGS84, CGCS2000"),
    "no coverage": (head("coverage"), ["coverage-missing"], '"coverage": "world"'),
    "coverage beside the header": (
        both(head("coverage"), top(coverage=HEADER["coverage"])), ["coverage-missing"], "beside the header",
    ),
    "coverage null": (head(coverage=None), ["member-type"], 'or "world"'),
    "coverage misspelt": (
        both(head("coverage"), head(covrage="world")), ["coverage-missing", "member-unknown"], "covrage",
    ),
    "coverage in other words": (head(coverage="global"), ["member-type"], 'or "world"'),
    "coverage as text": (head(coverage=text(HEADER["coverage"])), ["member-type"], "coverage must be a Polygon"),
    "coverage as feature": (
        head(coverage={"type": "Feature", "geometry": HEADER["coverage"], "properties": {}}),
        ["geometry-type"], "write only its geometry",
    ),
    "coverage as point": (
        head(coverage={"type": "Point", "coordinates": [13, 45]}), ["geometry-type"], "a coverage is an area",
    ),
    "coverage as collection": (
        head(coverage={"type": "GeometryCollection", "geometries": []}), ["geometry-type"], "polygons as a list",
    ),
    "format as text": (head(format="1"), ["format-unsupported"], "format must be 1"),
    "format as float": (head(format=1.0), ["format-unsupported"], "format must be 1"),
    "format dropped": (head("format"), ["member-missing"], 'add "format": 1'),
    "revision as float": (head(revision=3.0), ["member-type"], "whole number"),
    "revision null": (head(revision=None), ["member-type"], "revision"),
    "frame of the header null": (head(frame=None), ["member-type"], "frame must be text"),
    "frame as number": (head(frame=4326), ["member-type"], 'is "EPSG:4326" meant'),
    "frame as a name of a GIS": (head(frame="EPSG:4326 - WGS 84"), ["frame-unknown"], "frame"),
    "expires of the header in GDAL's form": (head(expires="2027/01/31 00:00:00+01"), ["time-invalid"], "RFC 3339"),
    "features misspelt": (both(top("features"), top(feature=GOOD["features"])), ["member-missing"], "is 'feature'"),
    "features null": (top(features=None), ["member-type"], "features must be a list"),
    "frame lost in every zone": (every(frame=None), ["column-null"], "frame must not be null in every zone"),
    "expires lost in every zone": (every(expires=None), ["column-null"], "the file as it was before"),
    "time zone lost in every zone": (every(timezone=None), ["column-null"], "timezone must not be null"),
    "margin lost in every zone": (every(margin_m=None), ["column-null"], "got null in 2 of 2 zones - at"),
    "rules lost in every zone": (
        every(rules=None), ["column-null", "rules-missing"], "rules must not be null in every zone",
    ),
    "rules of one zone lost": (props(rules=None), ["column-null", "rules-missing"], "a zone needs rules"),
    "radius lost": (
        every(radius_m=None), ["radius-missing"], "radius_m",
    ),
    "rule with a misspelt member": (
        props(rules=[{"sensors": ["camera"], "lvel": "off"}]), ["member-unknown"], "is 'level' meant?",
    ),
    "rule with a member in capitals": (rule(Unless={"state": "parked"}), ["member-unknown"], "is 'unless' meant?"),
    "header with a misspelt member": (head(expire=LATER), ["member-unknown"], "is 'expires' meant?"),
    "level in capitals": (rule(level="OFF"), ["level-unknown"], "is 'off' meant?"),
    "level with a dash": (rule(level="no-record"), ["level-unknown"], "is 'no_record' meant?"),
    "state in capitals": (rule(state="Parked"), ["state-unknown"], "is 'parked' meant?"),
    "day in full": (rule(active={"days": ["Monday"]}), ["day-unknown"], "is 'mon' meant?"),
    "notice with a blank": (rule(must_show="stopped: outside"), ["must-show-unknown"], "is 'stopped:outside' meant?"),
    "country in small letters": (rule(store_in="cn"), ["store-in-invalid"], "is 'CN' meant?"),
    "limit in capitals": (rule(limits={"RETAIN_S": 5}), ["limit-unknown"], "is 'retain_s' meant?"),
    "type of the file in small letters": (
        top(type="featurecollection"), ["not-feature-collection"], "is 'FeatureCollection' meant?",
    ),
    "type of a feature in small letters": (first(type="feature"), ["feature-type"], "is 'Feature' meant?"),
    "feature alone": (lambda file: file["features"][0], ["not-feature-collection"], "among the features of a"),
    "geometry alone": (lambda _: polygon(RING), ["not-feature-collection"], "among the features of a"),
    "file of TopoJSON": (top(type="Topology"), ["not-feature-collection"], "this is TopoJSON"),
    "file of Esri": (top("type", geometryType="esriGeometryPolygon"), ["not-feature-collection"], "this is Esri JSON"),
    "null in a rule": (rule(level=None), ["member-type"], "level must be text"),
    "null in a condition": (rule(unless={"state": "parked", "active": None}), ["member-type"], "active must be a list"),
    "null as a limit": (rule(limits={"retain_s": None}), ["limit-invalid"], "retain_s"),
    "null as a position": (
        first(geometry=polygon([[13, 45], [14, None], [14, 46], [13, 45]])), ["position-invalid"], "2 numbers",
    ),
    "geometry null": (first(geometry=None), ["geometry-missing"], "needs a geometry"),
    "geometry as text": (first(geometry=text(polygon(RING))), ["member-type"], "geometry must be an object"),
    "rules as text that is cut": (props(rules=text(RULES)[:-4]), ["member-type"], "a Shapefile cuts texts"),
    "rules as Python prints them": (props(rules=str(RULES)), ["member-type"], "no JSON list"),
    "rules as text of an object": (props(rules=text(RULES[0])), ["member-type"], "no JSON list"),
    "rules as text with a repeated member": (
        props(rules='[{"sensors":["*"],"level":"off","level":"allow"}]'), ["member-type"], "no JSON list",
    ),
    "rules as empty text": (props(rules=""), ["member-type"], "write a list"),
    "rules as text of an empty list": (props(rules="[]"), ["rules-empty"], "must not be empty"),
    "rules as one object": (props(rules=RULES[0]), ["member-type"], "rules must be a list"),
    "rules flattened": (props("rules", rules_0_level="off"), ["rules-missing"], "a zone needs rules"),
    "rules in a text that say nothing": (props(rules=text([{"sensors": ["camera"]}])), ["rule-empty"], "must ask"),
    "disable as one name": (props(disable="camera"), ["member-type"], 'in brackets: ["camera"]'),
    "disable with commas": (props(disable="camera,lidar"), ["member-type"], 'in brackets: ["camera", "lidar"]'),
    "disable with a null of PostgreSQL": (props(disable="{camera,NULL}"), ["member-type"], "only a part of one"),
    "disable as a record of PostgreSQL": (props(disable="(camera,lidar)"), ["member-type"], "only a part of one"),
    "disable as a list of one list that is cut": (props(disable=["['camera' 'li"]), ["sensor-name"], "a part of one"),
    "disable as a list of several lists": (
        props(disable=["['camera' 'lidar']", "radar"]), ["sensor-name"], 'by itself: "camera", "lidar"',
    ),
    "disable as a list of one text with commas": (
        props(disable=["camera, lidar"]), ["sensor-name"], 'by itself: "camera", "lidar"',
    ),
    "disable in capitals": (props(disable=["Camera Front"]), ["sensor-name"], "is 'camera.front' meant?"),
    "disable in another script": (props(disable=["камера"]), ["sensor-name"], "write it like camera.exterior"),
    "sensors of a rule as PostgreSQL prints them": (
        rule(sensors="{front,rear}"), ["member-type"], 'in brackets: ["front", "rear"]',
    ),
    "rules as a list of one text that is cut": (props(rules=[text(RULES)[:-4]]), ["member-type"], "must be an object"),
    "disable shortened by NumPy": (props(disable="['camera' ... 'lidar']"), ["member-type"], "only a part of one"),
    "disable shortened by GDAL": (props(disable="(5:camera,lidar,...)"), ["member-type"], "only a part of one"),
    "disable with fewer names than counted": (props(disable="(3:camera,lidar)"), ["member-type"], "only a part of one"),
    "margin as text": (props(margin_m="50"), ["member-type"], "without quotation marks"),
    "margin with a comma": (props(margin_m="50,5"), ["member-type"], "margin_m must be a number"),
    "margin with its unit": (props(margin_m="50 m"), ["member-type"], "margin_m must be a number"),
    "margin below zero": (props(margin_m=-9999), ["margin-range"], "margin_m"),
    "margin as true": (props(margin_m=True), ["member-type"], "margin_m must be a number"),
    "repair as text": (props(repair="true"), ["member-type"], "without quotation marks"),
    "repair as T": (props(repair="T"), ["member-type"], "true or false"),
    "repair as 2": (props(repair=2), ["member-type"], "true or false"),
    "name cut to 10 letters": (props(illustrati=1), ["member-cut"], "'illustrative'"),
    "name cut to 10 letters in every zone": (
        every(illustrati=1), ["member-cut"], "got illustrati in 2 of 2 zones - at edited.geojson $.features[0]",
    ),
    "name cut, and what keeps it": (props(illustrati=1), ["member-cut"], "GeoPackage and GeoJSON keep them"),
    "rules dropped from every zone": (
        without("rules", "disable"), ["rules-missing"], "if a program that edits maps dropped the columns",
    ),
    "rules dropped from one zone": (props("rules"), ["rules-missing"], "a zone without them restricts nothing"),
    "frame as empty text": (props(frame=""), ["frame-unknown"], "frame"),
    "frame as NULL": (props(frame="NULL"), ["frame-unknown"], "frame"),
    "expires as a date": (props(expires="2027-01-31"), ["time-invalid"], "write it like"),
    "expires as a date of GDAL": (props(expires="2027/01/31"), ["time-invalid"], "write it like"),
    "expires without offset": (props(expires="2027-01-31T00:00:00"), ["time-invalid"], "with offset"),
    "expires without offset by pandas": (props(expires="2027-01-31 00:00:00"), ["time-invalid"], "with offset"),
    "expires with mixed separators": (props(expires="2027/01-31 00:00:00+01"), ["time-invalid"], "with offset"),
    "expires as milliseconds": (props(expires=1801350000000), ["member-type"], "expires must be text"),
    "expires on a day that is none": (props(expires="2027/02/30 00:00:00+01"), ["time-invalid"], "RFC 3339"),
    "id dropped": (first("id"), ["id-invalid"], "got no id - at"),
    "type of the file dropped": (top("type"), ["not-feature-collection"], "got no type - at"),
    "type of a feature dropped": (first("type"), ["feature-type"], "got no type - at"),
    "type of a geometry dropped": (first(geometry={"coordinates": [RING]}), ["geometry-type"], "got no type - at"),
    "rule that asks nothing": (props(rules=[{"sensors": ["camera"]}]), ["rule-empty"], "got nothing - at"),
    "id replaced by a row number": (
        both(first(id="0"), props(id="yard")), ["id-differs"], "row numbers",
    ),
    "id replaced by a row number, as number": (both(first(id=0), props(id="yard")), ["id-differs"], "row numbers"),
    "id with a fraction": (first(id=7.5), ["id-invalid"], "needs an id"),
    "id beyond 2^53": (first(id=9007199254740993), ["id-invalid"], "needs an id"),
    "id true": (first(id=True), ["id-invalid"], "needs an id"),
    "id null": (first(id=None), ["id-invalid"], "needs an id"),
    "id of another zone as property": (
        both(first("id"), props(id="gate")), ["id-duplicate"], "got the id of $.features[0] - at",
    ),
    "id of another zone, once as number": (
        lambda file: file | {"features": [file["features"][0] | {"id": 7}, file["features"][1] | {"id": "7"}]},
        ["id-duplicate"], "only once",
    ),
    "multipoint": (drawn("MultiPoint", [[13, 45]]), ["geometry-type"], "'Multipart to singleparts' of QGIS"),
    "multilinestring": (drawn("MultiLineString", [RING]), ["geometry-type"], "ogr2ogr -explodecollections"),
    "collection": (
        first(geometry={"type": "GeometryCollection", "geometries": []}), ["geometry-type"], "with an id of its own",
    ),
    "3D type": (drawn("PolygonZ", [RING]), ["geometry-type"], "-dim XY, force_2d of GeoPandas; is 'Polygon' meant?"),
    "type with measures": (drawn("POLYGON ZM", [RING]), ["geometry-type"], "'Drop M/Z values' of QGIS"),
    "collection type with heights": (drawn("MultiPointZ", [[13, 45, 1]]), ["geometry-type"], "; make each part a zone"),
    "type with curves": (drawn("CurvePolygon", [RING]), ["geometry-type"], "-nlt CONVERT_TO_LINEAR"),
    "type in capitals": (drawn("MULTIPOLYGON", [[RING]]), ["geometry-type"], "is 'MultiPolygon' meant?"),
    "type misspelt": (drawn("Poligon", [RING]), ["geometry-type"], "is 'Polygon' meant?"),
    "type of Esri": (drawn("esriGeometryPolygon", [RING]), ["geometry-type"], "is 'Polygon' meant?"),
    "geometry of Esri": (first(geometry={"rings": [RING]}), ["geometry-type"], "this is Esri JSON"),
    "geometry of TopoJSON": (first(geometry={"type": None, "arcs": [[0]]}), ["geometry-type"], "this is TopoJSON"),
    "circle": (drawn("Circle", [13, 45]), ["geometry-type"], "is a 'Point' with radius_m meant?"),
    "position with a measure": (
        drawn("Polygon", [[[*position, 0.0, 1.0] for position in RING]]), ["position-invalid"], "ogr2ogr -dim XY",
    ),
    "coordinates in metres": (
        first(geometry=polygon([[380000, 5000000], [380100, 5000000], [380100, 5000100], [380000, 5000000]])),
        ["position-range"], "",
    ),
    "latitude first": (first(geometry=polygon([[45, 113], [45, 114], [46, 114], [45, 113]])), ["position-range"], ""),
    "ring left open": (first(geometry=polygon(RING[:-1])), ["ring-open"], "repeat the first position"),
    "rule words as columns": (props(unless={"state": "parked"}), ["member-misplaced"], "move it into one of rules"),
    "properties dropped": (first("properties"), ["rules-missing"], "a zone needs rules"),
    "properties null": (first(properties=None), ["rules-missing"], "a zone needs rules"),
    "properties beside properties": (first(margin_m=5), ["member-misplaced"], "the properties of the feature"),
}  # fmt: skip

# what was done: the edit, the codes of the warnings
READ = {
    "margin null in one zone": (lambda file: _second(file, margin_m=None), ["member-null"]),
    "rules null in one zone": (lambda file: _second(file, rules=None), ["member-null"]),
    "disable null in one zone": (props(disable=None), ["member-null"]),
    "texts null in every zone": (every(name=None, reason=None, source=None), []),
    "columns of others null": (every(remark=None, fid=None), []),
    "illustrative, repair and width null": (every(illustrative=None, repair=None, width_m=None), []),
    "rules as JSON text": (props(rules=text(RULES)), ["member-converted"]),
    "rules as JSON text with blanks": (props(rules=json.dumps(RULES, indent=1)), ["member-converted"]),
    "disable as NumPy prints it": (lambda file: _second(file, disable="['lidar']"), ["member-converted"]),
    "rules as JSON text that ends in a line": (props(rules=text(RULES) + "\n"), ["member-converted"]),
    "disable as GDAL prints it": (lambda file: _second(file, disable="(1:lidar)"), ["member-converted"]),
    "disable as JSON text": (lambda file: _second(file, disable='["lidar"]'), ["member-converted"]),
    "disable as a list of one list": (lambda file: _second(file, disable=["['lidar']"]), ["member-converted"]),
    "disable as a list of one JSON text": (lambda file: _second(file, disable=['["lidar"]']), ["member-converted"]),
    "rules as a list of one JSON text": (props(rules=[text(RULES)]), ["member-converted"]),
    "booleans as numbers": (props(repair=0, illustrative=0.0), ["member-converted", "member-converted"]),
    "margin as float": (props(margin_m=5.0), []),
    "id among the properties": (both(first("id"), props(id="yard")), []),
    "id among the properties, and null": (both(first(id=None), props(id="yard")), []),
    "id in both places": (props(id="yard"), []),
    "name of the layer": (top(name="layer"), []),
    "crs of a GIS": (top(crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}), []),
}
SUSPICIOUS = {
    "names in capitals": props(MARGIN_M=50),
    "name with a letter too many": props(marginn_m=50),
    "name without its underscore": props(marginm=50),
    "level as a column": props(level="off"),
    "frame beside the header, misspelt": top(frames="GCJ-02"),
    "rules beside the properties, misspelt": first(rule=RULES),
    "margin beside the properties, without its unit": first(margin=5),
    "more features, as a number": top(Features=2),
    "buffer instead of a margin": props(buffer=50),
    "buffer in metres": props(Buffer_M=50),
    "sensor as a column": props(sensor="camera"),
    "restrict as a column": props(restrict="camera"),
    "crs among the properties": props(crs="EPSG:3857"),
    "number of a system among the properties": props(SRID=3857),
    "system of coordinates among the properties": props(coordsys="WGS84"),
}


def _second(file, **members: object):
    properties = file["features"][1]["properties"] | members
    return file | {"features": [file["features"][0], file["features"][1] | {"properties": properties}]}


def read(edit):
    """The file as it is read after an edit."""
    return examine_zone_file(json.dumps(edit(copy.deepcopy(GOOD))).encode(), "edited.geojson")


def test_table_of_mistakes_is_long_and_its_good_file_is_good():
    assert len(REFUSED) + len(SUSPICIOUS) >= 90
    assert read(lambda file: file).problems == ()


@pytest.mark.parametrize("mistake", REFUSED)
def test_mistake_is_refused_by_its_code_and_with_a_remedy(mistake):
    edit, codes, said = REFUSED[mistake]
    errors = read(edit).errors
    assert sorted({error.code for error in errors}) == codes
    assert said in "\n".join(map(str, errors))


def test_name_that_is_cut_is_one_problem_for_the_whole_column():
    assert [problem.code for problem in read(every(illustrati=1)).problems] == ["member-cut"]


@pytest.mark.parametrize("mistake", SUSPICIOUS)
def test_mistake_that_may_be_none_is_a_warning(mistake):
    read_file = read(SUSPICIOUS[mistake])
    assert [problem.code for problem in read_file.problems] == ["member-suspicious"]


@pytest.mark.parametrize("what", READ)
def test_harmless_form_is_read_as_the_same_zones(what):
    edit, codes = READ[what]
    found = read(edit)
    assert [problem.code for problem in found.problems] == codes
    assert found.zones == read(lambda file: file).zones


@pytest.mark.parametrize(
    ("given", "plain"),
    [(7, "7"), (7.0, "7"), (0, "0"), (-0.0, "0"), (-3, "-3"), (2**53 - 1, str(2**53 - 1)), (1e3, "1000")],
)
@pytest.mark.parametrize("where", [lambda given: first(id=given), lambda given: both(first("id"), props(id=given))])
def test_id_that_is_a_whole_number_is_its_plain_decimals(given, plain, where):
    found = read(where(given))
    assert (found.zones[0].id, found.problems) == (plain, ())


PRINTED = [
    "['camera', '*']",  # Python
    "['camera','*']",
    "('camera', '*')",
    "{'camera', '*'}",
    "['camera' '*']",  # NumPy
    "['camera'\n '*']",
    "[np.str_('camera'), np.str_('*')]",
    "(2:camera,*)",  # GDAL
    "{camera,*}",  # PostgreSQL
    '{"camera",*}',
    "[camera, *]",  # DuckDB
]


@pytest.mark.parametrize("printed", [*PRINTED, *([text] for text in PRINTED)])
def test_names_as_programs_print_them_are_the_names(printed):
    found, plain = read(props(disable=printed)), read(props(disable=["camera", "*"]))
    assert [problem.code for problem in found.problems] == ["member-converted"]
    assert found.zones == plain.zones


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2027-01-31 00:00:00+01:00", LATER),
        ("2027/01/31 00:00:00+01", LATER),
        ("2027/01/31 00:00:00+0100", LATER),
        ("2027/01/31T00:00:00+01:00", LATER),
        ("2027-01-30 23:00:00Z", LATER),
        ("2027/01/31 00:00:00.5+01", "2027-01-31T00:00:00.5+01:00"),
    ],
)
def test_expires_in_another_form_is_the_same_instant(written, instant):
    found, plain = read(props(expires=written)), read(props(expires=instant))
    assert [problem.code for problem in found.problems] == ["member-converted"]
    assert found.zones == plain.zones


@pytest.mark.parametrize(
    ("text", "is_warned_of"),
    [
        ("x" * 254, True),
        ("x" * 253, False),
        ("x" * 255, False),
        ("é" * 127, True),
        ("é" + "x" * 250, True),  # 252 bytes: a letter of three more would not have fitted
        ("x" + "岳" * 84, True),  # 253
        ("岳" * 83, False),  # 249
        ("\U0001f6a7" * 63, True),  # 252
        ("x" * 2 + "岳" * 83, True),  # 251
        ("x" + "岳" * 83, False),  # 250
        ("é" * 128, False),
    ],
)
def test_text_that_ends_where_a_shapefile_cuts_is_read_with_a_warning(text, is_warned_of):
    found = read(both(every(reason=text), props(name="x" * 254)))
    assert [zone.reason for zone in found.zones] == [text, text]
    by_path = {problem.path: problem for problem in found.problems}
    assert {problem.code for problem in found.problems} == {"text-cut"}
    assert "name may be cut in 1 of 2 zones" in by_path["$.features[0].properties.name"].rule
    reason = by_path.get("$.features[0].properties.reason")
    assert (reason is not None) == is_warned_of
    assert reason is None or "reason may be cut in 2 of 2 zones" in reason.rule
