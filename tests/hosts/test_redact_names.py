"""Names that mean nothing, and what must not be kept by its name: refused or told, never passed over in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mcap.writer import Writer

import geopolicy as gp
from bag_samples import IMAGE, NAVSATFIX, S, Said, image, navsatfix, schema_of, store, text
from geopolicy.errors import RedactionError
from redact_scene import CAR, IN_S, OPTIONS, OUT_S, SQUARE, STEP, at, fixes, images, in_order, left_in, opened, redacted

SAID = in_order(fixes(), images())
TFS = "tf2_msgs/msg/TFMessage"


def mapped(*sensors: str):
    return replace(OPTIONS, topics=gp.hosts.TopicMap({"/camera": gp.hosts.MappedTopic(sensors)}))


def car(*sensors: str):
    return gp.Vehicle([*sensors, "telemetry.location"])


# Sensors that no zone means -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sensor", "rule", "meant"), [
    ("kamera.vorn", "camera", "is 'camera' meant"),
    ("camera_front", "camera", "is 'camera.exterior.front' meant"),
    ("camera.front", "camera.exterior", "is 'camera.exterior.front' meant"),
    ("cam.front", "*", "is 'camera.exterior.front' meant"),
    ("thermals.roof", "thermal.roof", "is 'thermal.roof' meant"),
    ("zzz", "camera", "See the vocabulary"),
])  # fmt: skip
def test_redact_sensor_that_no_rule_and_no_vocabulary_names_is_refused(tmp_path, sensor, rule, meant):
    engine = opened(gp.Rule([rule], gp.Level.OFF), vehicle=car(sensor))
    with pytest.raises(RedactionError, match=rf"^topics: every sensor must be one that .*, got '{sensor}'; .*{meant}"):
        redacted(tmp_path, SAID, engine, options=mapped(sensor))
    assert [path.name for path in tmp_path.iterdir()] == ["drive.mcap"]


def test_redact_sensor_that_is_meant_by_a_known_name_must_be_known_too(tmp_path):
    engine = opened(gp.Rule(["camera.exterior"], gp.Level.OFF), vehicle=car("camera.vorn"))
    with pytest.raises(RedactionError, match=r"got 'camera\.vorn' for 'camera'; is 'camera"):
        redacted(tmp_path, SAID, engine, options=mapped("camera"))
    position = replace(OPTIONS, topics=gp.hosts.TopicMap(position="where"))
    with pytest.raises(RedactionError, match="got 'where'"):
        redacted(tmp_path, SAID, opened(vehicle=gp.Vehicle(["where"])), options=position)


@pytest.mark.parametrize(("sensor", "rules"), [
    ("thermal.roof", ["thermal"]), ("thermal", ["thermal.roof"]), ("camera.front", ["camera"]), ("lidar.roof.top", []),
    ("camera", ["radar"]),
])  # fmt: skip
def test_redact_sensor_that_a_rule_or_the_vocabulary_names_is_taken(tmp_path, sensor, rules):
    engine = opened(gp.Rule([*rules, "telemetry"], gp.Level.OFF), vehicle=car(sensor))
    assert redacted(tmp_path, SAID, engine, options=mapped(sensor)).kept


def test_redact_sensor_that_zones_of_then_name_is_taken(tmp_path):
    vehicle = car("thermal.roof")
    engines = [opened(gp.Rule([name], gp.Level.OFF), vehicle=vehicle) for name in ("radar", "thermal")]
    done = redacted(tmp_path, SAID, *engines, options=mapped("thermal.roof"))
    assert [second for second in left_in(done.output) if IN_S <= second <= OUT_S] == []


def test_redact_tells_of_zones_that_were_met_and_name_no_sensor_of_a_topic(tmp_path):
    """One zone names the camera as it is called here, another that was met as it is not, a third was not met."""
    far = {"type": "Polygon", "coordinates": [[[20, 45], [21, 45], [21, 46], [20, 45]]]}
    ring = [[13.04, 45], [13.05, 45], [13.05, 46], [13.04, 46], [13.04, 45]]
    zones = [
        gp.Zone("square", SQUARE, [gp.Rule(["microphone"], gp.Level.OFF), gp.Rule(["camera"], gp.Level.OFF)]),
        gp.Zone("yard", {"type": "Polygon", "coordinates": [ring]}, [gp.Rule(["camera.exterior"], gp.Level.OFF)]),
        gp.Zone("far", far, [gp.Rule(["camera.exterior"], gp.Level.OFF)]),
    ]
    engine = gp.open(gp.ZoneSet(zones), car("camera.front", "radar"))
    done = redacted(tmp_path, SAID, engine, options=mapped("camera.front"))
    note = "1 zone that was met names no sensor of a topic; are the sensors called as the zones call them?"
    assert done.zones_without_sensor == ("yard",)
    assert note in done.notes
    records = list(gp.hosts.read_report(done.report))
    assert note in [record.get("note") for record in records]
    assert "yard" not in done.report.read_text()
    (tmp_path / "exterior").mkdir()
    engine = gp.open(gp.ZoneSet(zones), car("camera.exterior.front"))
    done = redacted(tmp_path / "exterior", SAID, engine, options=mapped("camera.exterior.front"))
    assert (done.zones_without_sensor, [note for note in done.notes if "met" in note]) == ((), [])


# Names that are of nothing ------------------------------------------------------------------------------------------


def test_redact_tells_of_names_that_are_of_nothing_in_the_recording(tmp_path):
    names = ("/camera", "/camra", "/lidar/*", "/cam/*", "/a/*")
    sensor = gp.hosts.MappedTopic(["camera"])
    topics = gp.hosts.TopicMap(dict.fromkeys(names, sensor))
    options = replace(OPTIONS, topics=topics, keep=("calib*", "calibration.yml", "/notes", "/nots"))
    said = in_order(SAID, images("/a/b/c", step_s=10.0), [Said("/notes", "std_msgs/msg/String", at(9), text("a"))])
    done = redacted(tmp_path, said, options=options, beside={"attachments": [("calibration.yaml", b"x")]})
    assert [note for note in done.notes if ": '" in note] == [
        "topics: '/camra' is no topic of the recording",
        "topics: '/lidar/*' is no topic of the recording",
        "topics: '/cam/*' is no topic of the recording",
        "keep: 'calibration.yml' is no topic, attachment or metadata of the recording",
        "keep: '/nots' is no topic, attachment or metadata of the recording",
    ]


# What must not be kept by its name ----------------------------------------------------------------------------------


def transforms(topic, seconds=range(300)):
    data = bytes(store().serialize_cdr(store().types[TFS]([]), TFS))
    return [Said(topic, TFS, at(second), data) for second in seconds]


@pytest.mark.parametrize("keep", ["/tf", "/tf*", "*", "/t?"])
def test_redact_does_not_keep_by_name_what_tells_where_the_vehicle_was(tmp_path, keep):
    said = in_order(fixes(), images(), transforms("/tf"))
    with pytest.raises(RedactionError, match=r"must not be kept by its name, got .* may tell where the vehicle was"):
        redacted(tmp_path, said, options=replace(OPTIONS, topics=gp.hosts.TopicMap(), keep=(keep,)))


@pytest.mark.parametrize("type_name", ["gps_msgs/msg/GPSFix", "geometry_msgs/PoseStamped", "ublox_msgs/NavPVT"])
def test_redact_does_not_keep_by_name_a_type_that_may_be_of_positions(tmp_path, type_name):
    path = tmp_path / "drive.mcap"
    write_channels(path, [(("/ext", type_name), b"\0\1\0\0", at(9))])
    for keep in ("/ext", "/e*"):
        options = replace(OPTIONS, keep=(keep,))
        with pytest.raises(RedactionError, match=rf"topic '/ext': must not be kept by its name, got {type_name}"):
            gp.hosts.redact_recording(path, [opened()], tmp_path / "clean.mcap", options)


@pytest.mark.parametrize("name", ["/tf_static", "/robot/tf_static"])
def test_redact_keeps_static_transforms_by_exactly_their_name(tmp_path, name):
    said = in_order(fixes(), transforms(name, [0]))
    assert redacted(tmp_path, said).topics[name].left_out == {"off": 1}
    assert redacted(tmp_path / "kept", said, options=replace(OPTIONS, keep=(name,))).topics[name].kept == 1
    with pytest.raises(RedactionError, match=r"may tell where the vehicle was; .* name it without \*"):
        redacted(tmp_path / "star", said, options=replace(OPTIONS, keep=("*tf_static",)))


def write_channels(path, said):
    """Messages, each of a topic and a type."""
    with path.open("wb") as stream:
        writer = Writer(stream)
        writer.start("ros2")
        channels = {}
        for key, data, log_ns in said:
            if key not in channels:
                known = key[1] in store().types
                schema = writer.register_schema(key[1], "ros2msg", schema_of(key[1]) if known else b"")
                channels[key] = writer.register_channel(key[0], "cdr", schema)
            writer.add_message(channels[key], log_ns, data, log_ns)
        writer.finish()


@pytest.mark.parametrize("is_first", [True, False])
def test_redact_topic_is_judged_by_all_types_that_it_is_declared_with(tmp_path, is_first):
    """One message of another type does not make a topic of positions anybody's."""
    other = [(("/gps/raw", "std_msgs/msg/String"), text("a"), at(0) if is_first else at(300))]
    positions = [
        (("/gps/raw", NAVSATFIX), navsatfix(at(second), 45.5, 13.0 + second * STEP), at(second) + S // 50)
        for second in range(300)
    ]
    pictures = [(("/camera", IMAGE), image(at(second), b"a"), at(second) + S // 20) for second in range(300)]
    path = tmp_path / "drive.mcap"
    write_channels(path, sorted(other + positions + pictures, key=lambda each: each[2]))
    with pytest.raises(RedactionError, match="must not be kept by its name, got sensor_msgs/msg/NavSatFix"):
        gp.hosts.redact_recording(path, [opened()], tmp_path / "c.mcap", replace(OPTIONS, keep=("/gps/raw",)))
    done = gp.hosts.redact_recording(path, [opened(vehicle=CAR)], tmp_path / "c.mcap", OPTIONS)
    assert done.topics["/gps/raw"].left_out.keys() == {"off"}
