"""GPX drives: what is yielded, assumed and refused."""

from __future__ import annotations

import io
import itertools
import math
import re
from datetime import UTC, datetime, timedelta

import gpxpy
import pytest

from drive_samples import (
    DRIVES,
    path_of,
    positions,
    read,
    read_until_error,
)
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError


@pytest.mark.parametrize("name", ["Mojstrovka.gpx", "korita-zbevnica.gpx", "visnjan-car.gpx", "shift.gpx"])
def test_gpx_positions_and_times_equal_those_of_gpxpy(name: str) -> None:
    oracle = [
        point
        for track in gpxpy.parse(lenient(path_of(name).read_text())).tracks
        for segment in track.segments
        for point in segment.points
    ]
    fixes = [fix for fix in open_drive(path_of(name)) if not math.isnan(fix.lat)]
    assert positions(fixes) == [(point.latitude, point.longitude) for point in oracle]
    for fix, point in zip(fixes, oracle, strict=True):
        assert (fix.time is None) == (point.time is None or point.time.tzinfo is None)
        if fix.time is not None and point.time is not None:
            assert abs(fix.time - point.time) <= timedelta(microseconds=1)


def lenient(text: str) -> str:
    # gpxpy refuses these two points of shift.gpx, which are not valid here.
    lines = [line for line in text.splitlines() if 'lat="95.1"' not in line and '<trkpt lon="13.7145"' not in line]
    return "\n".join(lines)


def test_gpx_sample_validity_speed_and_assumptions() -> None:
    drive = open_drive(DRIVES / "shift.gpx")
    fixes = list(drive)
    assert [fix.valid for fix in fixes] == [True, False, False, False, False, False]
    assert [fix.speed_mps for fix in fixes] == [8.2, None, None, None, None, 7.5]
    assert [fix.course_deg for fix in fixes] == [95.5, None, None, None, None, 12.5]
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.25, None, None, 4.0, 5.0]
    assert (fixes[2].lat, fixes[2].lon) == (0.0, 0.0)
    assert math.isnan(fixes[3].lat)
    assert math.isnan(fixes[4].lon)
    assert drive.assumptions == [
        "points: the track points; route points are not read",
        "validity: element 'fix': words such as A, valid, fix, 2D, 3D, GPS, DGPS and RTK are fixes",
        "speed: element 'speed' taken as metres per second",
        "accuracy: not in the file (GPX has no field for it, and no extension here has one)",
    ]
    assert [(cause, first) for _, cause, _, first in drive.causes][:2] == [
        ("fix is 'none'", "point 2"),
        ("fix is empty (--columns 'fix=-' leaves it out)", "point 3"),
    ]


def test_gpx_sample_without_its_validity() -> None:
    drive = open_drive(DRIVES / "shift.gpx", columns="fix=-")
    assert [fix.valid for fix in drive] == [True, True, False, False, False, True]
    assert [(cause, first) for _, cause, _, first in drive.causes] == [
        ("the position is 0, 0", "point 3"),
        ("no lat within 90 degrees", "point 4"),
        ("'lat' is empty", "point 5"),
        ("'time' has an offset where the first has none, or none where it has one", "point 3"),
        ("'time' is no time ('aaaaa')", "point 4"),
    ]


def test_gpx_route_without_track_is_read_and_said() -> None:
    drive = open_drive(DRIVES / "route.gpx")
    assert positions(drive) == [(45.31, 13.61), (45.32, 13.62)]
    assert drive.assumptions[0] == "points: route points, since there are no track points"


def test_gpx_without_points_yields_nothing_and_says_so() -> None:
    drive = open_drive(io.BytesIO(b'<gpx><wpt lat="45" lon="13"/></gpx>'))
    assert list(drive) == []
    assert drive.assumptions == ["points: none; the file has neither track points nor route points"]


@pytest.mark.parametrize(
    ("fix", "is_valid"),
    [("2d", True), ("3D", True), ("dgps", True), (" pps ", True), ("none", False), ("estimated", False), ("", False)],
)
def test_gpx_fix_element_decides_validity(fix: str, is_valid: bool) -> None:
    content = f'<gpx><trk><trkseg><trkpt lat="45" lon="13"><fix>{fix}</fix></trkpt></trkseg></trk></gpx>'
    assert [fix.valid for fix in read(content, "gpx")] == [is_valid]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-01T08:00:00Z", datetime(2026, 2, 1, 8, tzinfo=UTC)),
        ("2026-02-01T08:00:00.1234567Z", datetime(2026, 2, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-02-01T08:00:00,5+0130", datetime(2026, 2, 1, 6, 30, 0, 500000, tzinfo=UTC)),
        ("2026-02-01 08:00-05", datetime(2026, 2, 1, 13, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2026-02-30T08:00:00Z", None),
        ("2026-02-01T08:00:61Z", None),
        ("2026-02-01T08:00:00+25:00", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("2026-02-01", None),
        ("٢٠٢٦-02-01T08:00:00Z", None),
        ("", None),
    ],
)
def test_gpx_time_forms_are_utc_or_none(text: str, time: datetime | None) -> None:
    content = f'<gpx><trk><trkseg><trkpt lat="45" lon="13"><time>{text}</time></trkpt></trkseg></trk></gpx>'
    assert [fix.time for fix in read(content, "gpx")] == [time]


def test_gpx_with_entities_is_refused_at_once() -> None:
    with pytest.raises(DriveFileError, match=r"drive 'entities.gpx': must have no DOCTYPE .* at line 2; remove it"):
        list(open_drive(DRIVES / "entities.gpx"))


@pytest.mark.parametrize("padding", [0, 65_530, 65_536, 200_000])
def test_gpx_with_doctype_anywhere_before_the_root_is_refused(padding: int) -> None:
    content = (DRIVES / "entities.gpx").read_text().replace("<!DOCTYPE", f"<!--{' ' * padding}-->\n<!DOCTYPE")
    assert read_until_error(content, "gpx", "must have no DOCTYPE .* at line 3;") == []


def test_gpx_with_doctype_in_utf_16_is_refused() -> None:
    content = (DRIVES / "entities.gpx").read_text().replace('<?xml version="1.0"?>', "").encode("utf-16")
    assert read_until_error(content, "gpx", "must have no DOCTYPE") == []


def test_gpx_cut_off_yields_the_points_before_and_says_so() -> None:
    drive = open_drive(DRIVES / "cut.gpx")
    assert positions(drive) == [(45.2735188, 13.7142099)]
    assert "end: the file is cut off; read up to there" in drive.assumptions


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "must be well-formed XML, got no element found - at line 1 column 1"),
        ("<gpx><trk></gpx>", "must be well-formed XML, got mismatched tag - at line 1 column 13"),
        ("<gpx>&secret;</gpx>", "must be well-formed XML, got undefined entity"),
        ("<kml/>", "must have the root element gpx, got another one"),
        ("<gpx>" * 100, "must have elements at most 64 deep, got deeper ones"),
        ("<?xml version='1.0' encoding='none'?><gpx/>", "must be well-formed XML, got unknown encoding|encoding"),
    ],
)
def test_gpx_malformed_raises_drive_file_error(content: str, match: str) -> None:
    assert read_until_error(content, "gpx", match) == []


def test_gpx_with_too_many_route_points_raises_instead_of_growing() -> None:
    content = "<gpx><rte>" + '<rtept lat="1" lon="1"/>' * 100_001 + "</rte></gpx>"
    assert read_until_error(content, "gpx", "at most 100000 route points, got more") == []


def point(inside: str) -> str:
    return f'<gpx><trk><trkseg><trkpt lat="45" lon="13">{inside}</trkpt></trkseg></trk></gpx>'


@pytest.mark.parametrize(
    ("inside", "is_valid", "accuracy_95_m"),
    [
        ("<fix>3d</fix><fix>3d</fix>", True, None),
        ("<fix>3d</fix><extensions><fix>none</fix></extensions>", False, None),
        ("<fix>none</fix><extensions><fix>3d</fix></extensions>", False, None),
        ("<a><accuracy>4</accuracy></a><b><accuracy>9</accuracy></b><c><accuracy>5</accuracy></c>", True, 18.0),
        ("<accuracy>4</accuracy><b><accuracy>-1</accuracy></b>", True, None),
    ],
)
def test_gpx_elements_that_come_again_in_a_point_can_only_restrict(
    inside: str, is_valid: bool, accuracy_95_m: float | None
) -> None:
    assert [(fix.valid, fix.accuracy_95_m) for fix in read(point(inside), "gpx")] == [(is_valid, accuracy_95_m)]


def test_gpx_speed_that_comes_again_otherwise_is_not_known_and_said() -> None:
    content = point("<speed>4</speed><extensions><speed>5</speed></extensions><link href='a'/><link href='b'/>")
    drive = open_drive(io.BytesIO(content.encode()), format="gpx")
    assert [fix.speed_mps for fix in drive] == [None]
    assert [note for note in drive.assumptions if note.startswith("elements")] == [
        "elements: of several 'speed' in one point none"
    ]
    assert [fix.speed_mps for fix in read(point("<speed>4</speed><x><speed>4</speed></x>"), "gpx")] == [4.0]


def test_gpx_point_with_two_positions_stops_the_reading() -> None:
    assert len(read(point("<x><lat>45.0</lat></x>"), "gpx")) == 1
    assert read_until_error(point("<x><lat>45.5</lat></x>"), "gpx", "one lat in each point, got several - at") == []
    assert read_until_error(point("<ns>N</ns><x><ns>S</ns></x>"), "gpx", "must have one ns in each point") == []
    assert read_until_error(point('<trkpt lat="45" lon="13"/>'), "gpx", "must have no point within a point") == []


def test_gpx_route_point_with_shaping_points_is_read_by_its_attributes() -> None:
    shape = '<extensions><rpt lat="46" lon="14"/></extensions>'
    drive = open_drive(io.BytesIO(f'<gpx><rte><rtept lat="45" lon="13">{shape}</rtept></rte></gpx>'.encode()))
    assert positions(drive) == [(45.0, 13.0)]
    assert "elements: of several 'lat' in one point the first" in drive.assumptions


@pytest.mark.parametrize("count", [90, 1000])
def test_gpx_names_of_no_meaning_hide_none_that_refuses_a_point(count: int) -> None:
    content = point("".join(f"<n{number}>1</n{number}>" for number in range(count)) + "<fix>none</fix>")
    assert [fix.valid for fix in read(content, "gpx")] == [False]


def test_gpx_point_of_too_many_names_stops_the_reading_before_any_is_lost() -> None:
    content = point("".join(f"<a{n}><accuracy>{n}</accuracy></a{n}>" for n in range(120)) + "<fix>none</fix>")
    read_until_error(content, "gpx", "must have points of at most 100 names, got more - at point 1")


@pytest.mark.parametrize(
    ("inside", "is_valid", "accuracy_95_m"),
    [
        ('<accuracy horizontal="90"/>', True, 180.0),
        ('<accuracy value="90"/>', True, 180.0),
        ("<accuracy><horizontal>90</horizontal></accuracy>", True, 180.0),
        ('<accuracy horizontal="90">3</accuracy>', True, 180.0),
        ('<accuracy vertical="90">3</accuracy>', True, 6.0),
        ("<vertical><accuracy>90</accuracy></vertical>", True, None),
        ('<gps hasFix="0"/>', False, None),
        ('<fix status="none">3d</fix>', False, None),
        ('<link href="a" type="b"/>', True, None),
        ("<extensions><TrackPointExtension><hr>90</hr><atemp>7</atemp></TrackPointExtension></extensions>", True, None),
    ],
)
def test_gpx_attributes_and_elements_within_elements_are_read_with_the_name_around_them(
    inside: str, is_valid: bool, accuracy_95_m: float | None
) -> None:
    assert [(fix.valid, fix.accuracy_95_m) for fix in read(point(inside), "gpx")] == [(is_valid, accuracy_95_m)]


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ('<accuracy unit="ft">9</accuracy>', "accuracy.unit"),
        ('<accuracy type="vertical">9</accuracy>', "accuracy.type"),
        ("<accuracy><radius><max>90</max></radius></accuracy>", "accuracy.radius.max"),
        ('<fix value="none"/>', "fix.value"),
        ("<fix>none<z/></fix>", "fix.z"),
        ("<fix><z/>none</fix>", "fix.z"),
        ("<x><qualityOfFix>0</qualityOfFix></x>", "qualityOfFix"),
    ],
)
def test_gpx_names_that_look_like_a_field_by_what_is_around_them_stop_the_reading(inside: str, name: str) -> None:
    read_until_error(point(inside), "gpx", f"got element '{name}'.*, which is not known and looks like one")
    columns = f"{name}=-"
    drive = open_drive(io.BytesIO(point(inside).encode()), columns=columns)
    assert len(list(drive)) == 1


def points(*insides: str) -> str:
    return (
        "<gpx><trk><trkseg>"
        + "".join(f'<trkpt lat="45" lon="13">{x}</trkpt>' for x in insides)
        + "</trkseg></trk></gpx>"
    )


OTHER_DATUMS = [
    ("<x:datum>NAD27</x:datum>", "datum", "'datum' 'aaadd'"),
    ("<extensions><MapDatum>ED50</MapDatum></extensions>", "MapDatum", "'MapDatum' 'aadd'"),
    ("<crs>EPSG:3857</crs>", "crs", "'crs' 'aaaa:dddd'"),
    ('<data srsName="EPSG:31468"/>', "srsName", "'srsName' 'aaaa:ddddd'"),
    ("<crs><properties><name>EPSG:3857</name></properties></crs>", "properties.name", "'properties.name' 'aaaa:dddd'"),
    ("<srid>4267</srid>", "srid", "'srid' 'dddd'"),
    ("<datum/>", "datum", "'datum' ''"),
]


@pytest.mark.parametrize(("inside", "name", "shown"), OTHER_DATUMS)
def test_gpx_positions_on_another_datum_stop_the_reading(inside: str, name: str, shown: str) -> None:
    content = points("", inside).replace("<gpx>", '<gpx xmlns:x="urn:x">')
    message = re.escape(f"got {shown}, which is not known as WGS 84 - at point 2")
    assert len(read_until_error(content, "gpx", message)) == 1
    drive = open_drive(io.BytesIO(content.encode()), columns={name: "-"})
    assert [fix.valid for fix in drive] == [True, True]


@pytest.mark.parametrize("around", ["<gpx><datum>NAD27</datum>", "<gpx><metadata><crs>EPSG:3857</crs></metadata>"])
def test_gpx_of_which_the_whole_is_on_another_datum_stops_the_reading(around: str) -> None:
    content = points("", "").replace("<gpx>", around)
    with pytest.raises(DriveFileError, match="must have its positions on WGS 84"):
        read(content, "gpx")
    name = "datum" if "datum" in around else "crs"
    assert len(list(open_drive(io.BytesIO(content.encode()), columns={name: "-"}))) == 2


@pytest.mark.parametrize("text", ["WGS84", "WGS 84", "EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "05.01.2026"])
def test_gpx_positions_on_wgs_84_are_read(text: str) -> None:
    datum = f"<datum>{text}</datum>"
    content = points(datum, datum).replace("<gpx>", f"<gpx>{datum}<wpt lat='1' lon='2'><datum>NAD27</datum></wpt>")
    drive = open_drive(io.BytesIO(content.encode()))
    assert [fix.valid for fix in drive] == [True, True]
    assert ("datum: WGS 84, as 'datum' says" in drive.assumptions) == (text != "05.01.2026")
    assert drive.not_read == ([] if text != "05.01.2026" else ["datum"])


def test_gpx_point_without_a_validity_that_others_stated_is_no_fix() -> None:
    content = points("", "<fix>3d</fix>", "", "<fix>2d</fix>", "<hasFix>1</hasFix>", "<hasFix>1</hasFix><fix>3d</fix>")
    drive = open_drive(io.BytesIO(content.encode()), format="gpx")
    assert [fix.valid for fix in drive] == [True, True, False, True, False, True]
    assert [note for note in drive.assumptions if "before" in note] == [
        "validity: the points before point 2 have no 'fix' and may be fixes",
        "validity: the points before point 5 have no 'hasFix' and may be fixes",
    ]
    assert [(cause, count, place) for _, cause, count, place in drive.causes] == [
        ("fix is empty (--columns 'fix=-' leaves it out)", 2, "point 3")
    ]
    left_out = open_drive(io.BytesIO(content.encode()), format="gpx", columns="fix=-,hasFix=-")
    assert [fix.valid for fix in left_out] == [True] * 6


def test_gpx_point_without_an_accuracy_that_others_stated_is_counted() -> None:
    drive = open_drive(io.BytesIO(points("", "<acc>4</acc>", "", "<accuracy>3</accuracy>").encode()), format="gpx")
    assert [fix.accuracy_95_m for fix in drive] == [None, 8.0, None, 6.0]
    assert [(what, count, place) for what, _, count, place in drive.causes] == [
        ("without a usable accuracy", 1, "point 3")
    ]


def test_gpx_validity_of_route_points_says_nothing_of_a_track() -> None:
    route = '<rte><rtept lat="45" lon="13"><fix>3d</fix></rtept><rtept lat="45" lon="13"/></rte>'
    assert [fix.valid for fix in read(f"<gpx>{route}</gpx>", "gpx")] == [True, False]
    drive = open_drive(io.BytesIO(points("", "").replace("<gpx>", f"<gpx>{route}").encode()), format="gpx")
    assert [fix.valid for fix in drive] == [True, True]
    assert drive.skipped == {"route point beside track points": 2}


def test_gpx_what_stands_outside_of_track_points_is_counted_or_listed() -> None:
    extras = '<wpt lat="46" lon="14"><accuracy>9</accuracy><x><y/></x></wpt><wpt lat="46" lon="14"/>'
    inside = '<name>a</name><extensions><t:Line><color a="1">red</color></t:Line><status>done</status></extensions>'
    head = f"<gpx version='1.1' xmlns:t='t'>{extras}"
    content = points("<ele>5</ele>").replace("<gpx>", head).replace("<trk>", f"<trk hasFix='0'>{inside}")
    drive = open_drive(io.BytesIO(content.encode()), format="gpx")
    assert positions(drive) == [(45.0, 13.0)]
    assert drive.skipped == {"way point, which is no part of a track": 2}
    assert drive.not_read == [f"{name} (outside of points)" for name in ("hasFix", "a", "color", "status")] + ["ele"]
    assert not drive.states_accuracy


def test_gpx_accuracy_of_a_whole_track_is_not_replaced_by_an_assumed_one() -> None:
    content = points("").replace("<trk>", "<trk><extensions><accuracy>90</accuracy></extensions>")
    drive = open_drive(io.BytesIO(content.encode()), format="gpx")
    assert drive.states_accuracy
    assert [fix.accuracy_95_m for fix in drive] == [None]
    assert drive.not_read == ["accuracy (outside of points)"]


def test_gpx_text_of_a_point_itself_is_said() -> None:
    drive = open_drive(io.BytesIO(points("no fix <ele>1</ele>").encode()), format="gpx")
    assert len(list(drive)) == 1
    assert "points: what stands in them beside their elements is not read" in drive.assumptions


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (
            points("<ele>1</ele>", f'<ele a="{"x" * (3 << 20)}"/>'),
            "tags and comments of at most 1048576 bytes, .* point 1 ",
        ),
        pytest.param(
            points("<ele>1</ele>", f"<!--{'x' * (3 << 20)}-->"),
            "tags and comments of at most 1048576 bytes",
            marks=pytest.mark.slow,
        ),
        (points(f"<{'n' * 2001}/>"), "must have names of at most 2000 characters"),
        (points(f"<{'n' * 1000}><{'n' * 1000}/></{'n' * 1000}>"), "must have names of at most 2000 characters"),
        (points(*(f"<n{number}/>" for number in range(10_001))), "must have at most 10000 different names"),
        pytest.param(
            points(*(f"<n{number}><z/></n{number}>" for number in range(10_001))),
            "at most 10000 different names",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            points(*(f'<ele n{number}="1"/>' for number in range(10_001))),
            "must have at most 10000 different names",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            f"<gpx>{''.join(f'<n{number}/>' for number in range(10_001))}</gpx>",
            "at most 10000 different names",
            marks=pytest.mark.slow,
        ),
        (
            points(*(f"<{'n' * 150}{number}/>" for number in range(9_000))),
            "at most 10000 different names, of a megabyte",
        ),
        (
            "<gpx><rte>" + f'<rtept lat="1" lon="1"><fix>{"x" * 200}</fix></rtept>' * 90_000,
            "at most 100000 route points",
        ),
    ],
    ids=range(10),
)
def test_gpx_that_is_too_large_to_be_held_stops_the_reading(content: str, match: str) -> None:
    read_until_error(content, "gpx", match)


def test_gpx_with_texts_comments_and_blanks_of_any_size_is_read() -> None:
    long = "x" * (3 << 20)
    content = points(f"<ele>{long}</ele>", f"<ele><![CDATA[{long}]]></ele>", " " * (3 << 20), "<!--x-->" * 200_000)
    assert [fix.valid for fix in read(content, "gpx")] == [True] * 4


def test_gpx_with_many_names_is_read() -> None:
    variants = ["".join(letters) for letters in itertools.product(*((c, c.upper()) for c in "accuracy"))]
    names = [variants[number % 256] for number in range(9_500)]
    content = points(*(f"<n{n}>1</n{n}><{name}>3</{name}>" for n, name in enumerate(names)))
    fixes = read(content, "gpx")
    assert [fix.accuracy_95_m for fix in fixes] == [6.0] * 9_500


@pytest.mark.parametrize("blanks", [" " * 300, " &#32;" * 150])
def test_gpx_text_that_is_too_long_is_not_read_in_part(blanks: str) -> None:
    start, end = "<time>2026-01-05T08:00:00Z", "and more</time>"
    assert [fix.monotonic_s for fix in read(point(start + blanks + end), "gpx")] == [None]
    assert [fix.monotonic_s for fix in read(point(start + "</time>"), "gpx")] == [0.0]
    assert [fix.valid for fix in read(point(f"<fix>3d{blanks}x</fix>"), "gpx")] == [False]


def test_gpx_points_of_very_many_sets_of_names_are_read() -> None:
    points = "".join(f'<trkpt lat="45" lon="13"><n{number}>1</n{number}></trkpt>' for number in range(1100))
    fixes = read(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>", "gpx")
    assert [fix.valid for fix in fixes] == [True] * 1100


@pytest.mark.parametrize("is_first", [True, False])
def test_gpx_route_beside_a_track_is_not_read_and_said(is_first: bool) -> None:
    track = '<trk><trkseg><trkpt lat="45" lon="13"/></trkseg></trk>'
    route = '<rte><rtept lat="46" lon="14"/></rte>'
    drive = open_drive(io.BytesIO(f"<gpx>{route + track if is_first else track + route}</gpx>".encode()), format="gpx")
    assert [fix.lat for fix in drive] == [45.0]
    assert "points: the track points; route points are not read" in drive.assumptions
