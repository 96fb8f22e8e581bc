"""Copies of recordings: what stays, what is left out and why, and what is said of it."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from mcap.reader import make_reader

import geopolicy as gp
from bag_samples import IMAGE, T0, S, Said, image, navsatfix, store, text
from geopolicy.errors import DriveFileError, RedactionError
from redact_scene import (
    CAR,
    IN_S,
    OPTIONS,
    OUT_S,
    SECONDS,
    STEP,
    at,
    fixes,
    images,
    in_order,
    left_in,
    opened,
    redacted,
)

# Intervals ----------------------------------------------------------------------------------------------------------


def test_redact_leaves_out_a_zone_and_what_is_held_on_both_sides(tmp_path):
    done = redacted(tmp_path, in_order(fixes(), images()))
    left = left_in(done.output)
    within = [second for second in left if IN_S <= second <= OUT_S]
    before = max(second for second in left if second < IN_S)
    after = min(second for second in left if second > OUT_S)
    assert within == []
    assert (4 < IN_S - before < 25, 4 < after - OUT_S < 25) == (True, True)
    assert IN_S - before == pytest.approx(after - OUT_S, abs=2.0)  # forwards and backwards alike
    assert done.topics["/camera"].left_out == {"off": 600 - len(left)}


def test_redact_leaves_out_the_beginning_and_the_end_where_nothing_is_known_yet(tmp_path):
    left = left_in(redacted(tmp_path, in_order(fixes(), images())).output)
    assert (4 <= min(left) <= 8, SECONDS - 8 <= max(left) <= SECONDS - 4) == (True, True)


def test_redact_leaves_out_what_was_written_before_a_jump_is_seen(tmp_path):
    """The receiver stands still until the zone was entered some time ago: forwards alone that is seen too late."""
    said = list(fixes())
    for second in range(95, 108):
        said[second] = said[second]._replace(data=navsatfix(at(second), 45.5, 13.0 + 95 * STEP))
    left = left_in(redacted(tmp_path, in_order(said, images())).output)
    assert [second for second in left if IN_S <= second <= OUT_S] == []


def test_redact_gap_without_fixes_is_left_out(tmp_path):
    said = [each for each in fixes() if not at(200) < each.log_ns < at(230)]
    left = left_in(redacted(tmp_path, in_order(said, images())).output)
    assert [second for second in left if 201 <= second <= 229] == []
    assert 240 in left


def test_redact_message_is_judged_by_its_whole_span(tmp_path):
    """With a long exposure or a late log a message reaches into the zone from both sides."""
    short = left_in(redacted(tmp_path / "short", in_order(fixes(), images())).output)
    long = left_in(
        redacted(tmp_path / "long", in_order(fixes(), images()), options=replace(OPTIONS, exposure_s=20.0)).output
    )
    assert set(long) < set(short)
    assert [second for second in long if OUT_S <= second <= OUT_S + 20] == []


@pytest.mark.parametrize(
    "stamp",
    [lambda _: 0, lambda _: 77 * S, lambda taken: taken + 3600 * S],
    ids=["zero", "since-start", "ahead"],
)
def test_redact_forged_stamp_means_the_greatest_latency(tmp_path, stamp):
    said = in_order(fixes(), images(stamp=stamp, delay_s=4.0))
    left = left_in(redacted(tmp_path, said, options=replace(OPTIONS, latency_s=5.0)).output)
    assert [second for second in left if IN_S - 1 <= second <= OUT_S + 1] == []
    assert 60.0 in left


@pytest.mark.parametrize("age_s", [0.3, 30.0, 86_400.0])
def test_redact_stamp_from_before_the_recording_is_of_where_nothing_is_known(tmp_path, age_s):
    """A message that waited for who comes late: the drive may have been in a zone then. Its publishing counts, too."""
    first = Said("/camera", IMAGE, at(-age_s), b"", at(-age_s))
    waited = [first._replace(log_ns=at(60), data=image(at(-age_s), b"1"), publish_ns=at(60), sequence=1)]
    waited += [first._replace(log_ns=at(61), data=image(at(61), b"2"), sequence=2)]
    waited += [first._replace(log_ns=at(62), data=image(at(62), b"3"), publish_ns=at(62), sequence=3)]
    done = redacted(tmp_path, in_order(fixes(), waited))
    assert left_in(done.output) == [1.5]


@pytest.mark.parametrize("age_s", [0.3, 30.0])
def test_redact_stamp_of_a_clock_without_dates_counts_where_the_recorder_has_none_either(tmp_path, age_s):
    def ago(said, seconds=T0 - 1000):
        return [each._replace(log_ns=each.log_ns - seconds * S, publish_ns=0) for each in said]

    began = 1000 * S
    said = [
        each._replace(data=navsatfix(began + second * S, 45.5, 13.0 + second * STEP))
        for second, each in enumerate(ago(fixes()))
    ]
    sensed = [began - round(age_s * S), began + 60 * S, 1]
    waited = [
        Said("/camera", IMAGE, began + 60 * S + S // 20, image(stamp, b"1"), 0, index)
        for index, stamp in enumerate(sensed)
    ]
    assert left_in(redacted(tmp_path, in_order(said, waited)).output) == [0.5]


def test_redact_stamp_from_before_the_recorders_clock_was_set_counts(tmp_path):
    """The recorder began without a date: what has none may be of its clock."""
    began = 1000 * S
    said = [Said("/camera", IMAGE, began, image(began, b"1"), 0, 0), *fixes()]
    said += [Said("/camera", IMAGE, at(60), image(began + S, b"1"), 0, 1)]
    said += [Said("/camera", IMAGE, at(60), image(at(60), b"1"), 0, 2)]
    assert left_in(redacted(tmp_path, in_order(said)).output) == [1.0]


def test_redact_stamp_before_the_zone_does_not_save_what_is_logged_in_it(tmp_path):
    forged = images(stamp=lambda taken_ns: at(50) if at(IN_S) <= taken_ns <= at(OUT_S) else taken_ns)
    left = left_in(redacted(tmp_path, in_order(fixes(), forged)).output)
    assert [second for second in left if IN_S <= second <= OUT_S] == []


def test_redact_positions_without_stamps_are_taken_as_of_any_time_of_the_latency(tmp_path):
    said = [each._replace(data=navsatfix(0, 45.5, 13.0 + i * STEP)) for i, each in enumerate(fixes())]
    done = redacted(tmp_path, in_order(said, images()))
    left = left_in(done.output)
    assert [second for second in left if IN_S <= second <= OUT_S] == []
    assert 60.0 in left
    assert "301 positions have no stamp of the recorder's clock; taken as of any time of the latency" in done.notes


def test_redact_hours_of_a_zone_count_in_both_directions(tmp_path):
    """At night the rule does not hold: the drive is left whole there, and not by day."""
    windows = [gp.Window(hours=[gp.Hours(time(first), time(first + 2))]) for first in (11, 21)]
    rules = [gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(window)) for window in windows]
    day = left_in(redacted(tmp_path, in_order(fixes(), images()), opened(rules[0])).output)
    night = left_in(redacted(tmp_path / "night", in_order(fixes(), images()), opened(rules[1])).output)
    assert 120.0 not in day
    assert 120.0 in night


def test_redact_hours_that_begin_within_the_zone_hold_from_then_on(tmp_path):
    begins = datetime(2026, 3, 2, 12, 2, tzinfo=UTC)  # after 120 s
    rule = gp.Rule(["camera"], gp.Level.OFF, when=gp.Condition(gp.Window(begins, begins + timedelta(days=1))))
    left = left_in(redacted(tmp_path, in_order(fixes(), images()), opened(rule)).output)
    assert [second for second in left if 120 <= second <= OUT_S] == []
    assert 110.0 in left


# Topics -------------------------------------------------------------------------------------------------------------


def test_redact_with_two_topics_of_positions_asks_for_one_and_judges_the_other(tmp_path):
    said = in_order(fixes(), fixes("/gps/raw"), images())
    with pytest.raises(DriveFileError, match="must have one topic of positions, got '/gps/fix', '/gps/raw'"):
        redacted(tmp_path, said)
    assert [path.name for path in tmp_path.iterdir()] == ["drive.mcap"]
    rule = gp.Rule(["telemetry.location"], gp.Level.OFF)
    done = redacted(tmp_path, said, opened(rule), options=replace(OPTIONS, topic="/gps/raw"))
    kept = {name: totals.kept for name, totals in done.topics.items()}
    assert kept["/gps/fix"] == kept["/gps/raw"] < 301 - 50
    with pytest.raises(DriveFileError, match=r"none of '/gps'; there are: '/gps/fix', '/gps/raw'"):
        redacted(tmp_path / "other", said, options=replace(OPTIONS, topic="/gps"))


def test_redact_unmapped_camera_is_left_out(tmp_path):
    done = redacted(tmp_path, in_order(fixes(), images(), images("/camera/rear")))
    assert left_in(done.output, "/camera/rear") == []
    assert done.topics["/camera/rear"].left_out == {"unmapped": 600}
    with done.output.open("rb") as stream:
        assert {channel.topic for channel in make_reader(stream).get_summary().channels.values()} == {
            "/camera", "/gps/fix",
        }  # fmt: skip


def test_redact_keeps_by_name_what_no_sensor_is_named_for(tmp_path):
    notes = [Said("/notes", "std_msgs/msg/String", at(120), text("in the zone"))]
    said = in_order(fixes(), images(), notes)
    beside = {"attachments": [("calibration", b"x" * 70), ("snapshot", b"y")], "metadata": [("rosbag2", {"a": "b"})]}
    done = redacted(tmp_path, said, options=replace(OPTIONS, keep=("/notes", "calib*")), beside=beside)
    assert [(each["kind"], each["name"], each["kept"]) for each in done.beside] == [
        ("attachment", "calibration", True),
        ("attachment", "snapshot", False),
        ("metadata", "rosbag2", False),
    ]
    with done.output.open("rb") as stream:
        reader = make_reader(stream)
        assert [(each.name, each.data) for each in reader.iter_attachments()] == [("calibration", b"x" * 70)]
        assert list(reader.iter_metadata()) == []
    assert done.topics["/notes"].kept == 1


@pytest.mark.parametrize("name", ["/camera", "/gps/*"])
def test_redact_does_not_keep_by_name_what_zones_decide_about(tmp_path, name):
    with pytest.raises(RedactionError, match="must not be kept by its name"):
        redacted(tmp_path, in_order(fixes(), images()), options=replace(OPTIONS, keep=(name,)))


def of_vehicle(topic, type_name):
    message = store().types[type_name]
    if type_name == "tf2_msgs/msg/TFMessage":
        data = store().serialize_cdr(message([]), type_name)
    else:
        fields = store().types["geometry_msgs/msg/Twist"], store().types["geometry_msgs/msg/Vector3"]
        data = store().serialize_cdr(fields[0](fields[1](1, 2, 3), fields[1](1, 2, 3)), type_name)
    return [Said(topic, type_name, at(second), bytes(data), None, second * 2) for second in range(SECONDS)]


@pytest.mark.parametrize("type_name", ["tf2_msgs/msg/TFMessage", "geometry_msgs/msg/Twist"])
def test_redact_what_leads_from_one_position_to_the_next_is_of_the_sensor_of_positions(tmp_path, type_name):
    said = in_order(fixes(), of_vehicle("/moves", type_name))
    hidden = redacted(tmp_path, said, opened(gp.Rule(["telemetry.location"], gp.Level.OFF)))
    assert [second for second in left_in(hidden.output, "/moves") if IN_S <= second <= OUT_S] == []
    shown = redacted(tmp_path / "camera", said, opened(gp.Rule(["camera"], gp.Level.OFF)))
    assert {120.0, 60.0} <= set(left_in(shown.output, "/moves"))


def test_redact_movement_of_another_sensor_needs_that_of_positions_too(tmp_path):
    topics = gp.hosts.TopicMap({"/moves": gp.hosts.MappedTopic(("lidar",))})
    said = in_order(fixes(), of_vehicle("/moves", "geometry_msgs/msg/Twist"))
    for sensor in ("lidar", "telemetry.location"):
        done = redacted(
            tmp_path / sensor, said, opened(gp.Rule([sensor], gp.Level.OFF)), options=replace(OPTIONS, topics=topics)
        )
        assert [second for second in left_in(done.output, "/moves") if IN_S <= second <= OUT_S] == []


# Levels and limits --------------------------------------------------------------------------------------------------


def test_redact_in_vehicle_is_kept_only_in_a_copy_that_stays(tmp_path):
    engine = opened(gp.Rule(["camera"], gp.Level.IN_VEHICLE))
    leaves = redacted(tmp_path, in_order(fixes(), images()), engine)
    options = replace(OPTIONS, stays_in_vehicle=True)
    stays = redacted(tmp_path / "stays", in_order(fixes(), images()), engine, options=options)
    assert 120.0 not in left_in(leaves.output)
    assert 120.0 in left_in(stays.output)
    assert leaves.topics["/camera"].left_out.keys() == {"in_vehicle", "off"}


@pytest.mark.parametrize(
    ("program", "fate"),
    [
        ("#!/bin/sh\ntr 0-9 X\n", "changed"),
        ("#!/bin/sh\ncat\n", "anonymize_failed"),
        ("#!/bin/sh\ncat >/dev/null\n", "anonymize_failed"),
        ("#!/bin/sh\ntr 0-9 X; exit 3\n", "anonymize_failed"),
        ("#!/bin/sh\n[ $GEOPOLICY_TOPIC = /camera ] && [ $GEOPOLICY_TYPE = sensor_msgs/msg/Image ] && echo fine\n",
         "changed"),
        ("no program", "anonymize_failed"),
        (None, "anonymize"),
    ],
    ids=["works", "identical", "missing", "fails", "told", "broken", "none"],
)  # fmt: skip
def test_redact_hands_what_must_be_anonymous_to_a_program(tmp_path, program, fate):
    path = None
    if program is not None:
        path = tmp_path / "program"
        path.write_text(program)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    engine = opened(gp.Rule(["camera"], gp.Level.ANONYMIZE))
    said = in_order(fixes(), images(step_s=5.0))
    totals = redacted(tmp_path, said, engine, options=replace(OPTIONS, anonymize=path)).topics["/camera"]
    if fate == "changed":
        assert totals.changed >= 10
        assert totals.left_out.keys() == {"off"}
    else:
        assert totals.changed == 0
        assert totals.left_out[fate] >= 10


def test_redact_limits_that_a_copy_cannot_keep_leave_out_and_others_are_owed(tmp_path):
    rule = gp.Rule(["camera"], limits={"retain_s": 86_400.0})
    said = in_order(fixes(), images())
    cannot = redacted(tmp_path, said, opened(rule))
    assert 120.0 not in left_in(cannot.output)
    keeps = gp.Vehicle(CAR.sensors, limits={"camera": {"retain_s": {"at_least": 60.0}}})
    early = replace(OPTIONS, now=datetime(2026, 3, 2, 13, tzinfo=UTC))
    done = redacted(tmp_path / "keeps", said, opened(rule, vehicle=keeps), options=early)
    assert 120.0 in left_in(done.output)
    assert done.owed == {("camera.exterior.front", "retain_s"): 86_400.0}
    assert datetime(2026, 3, 3, 12, 1, tzinfo=UTC) < done.delete_by < datetime(2026, 3, 3, 12, 3, tzinfo=UTC)
    for name, now in (("late", datetime(2026, 3, 4, tzinfo=UTC)), ("never", None)):
        options = replace(OPTIONS, now=now)
        late = redacted(tmp_path / name, said, opened(rule, vehicle=keeps), options=options)
        assert 120.0 not in left_in(late.output)
        assert late.topics["/camera"].left_out["retain_s"] > 90


def test_redact_country_of_storage_must_be_that_of_the_copy(tmp_path):
    engine = opened(gp.Rule(["camera"], store_in="CN"))
    for name, is_kept in ((None, False), ("DE", False), ("CN", True)):
        options = replace(OPTIONS, stored_in=name)
        done = redacted(tmp_path / str(name), in_order(fixes(), images()), engine, options=options)
        assert (120.0 in left_in(done.output)) == is_kept


def test_redact_joins_the_zones_of_today_and_those_of_then(tmp_path):
    ring = [[13.04, 45], [13.05, 45], [13.05, 46], [13.04, 46], [13.04, 45]]
    then = gp.Zone("then", {"type": "Polygon", "coordinates": [ring]}, [gp.Rule(["camera"], gp.Level.OFF)])
    engines = [opened(), gp.open(gp.ZoneSet([then]), CAR)]
    left = left_in(redacted(tmp_path, in_order(fixes(), images()), *engines).output)
    assert [second for second in left if IN_S <= second <= OUT_S or 200 <= second <= 250] == []
    assert {60.0, 175.0} <= set(left)
