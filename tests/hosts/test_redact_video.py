"""Films whose frames depend on those before: after a gap they stay out until the next key frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import geopolicy as gp
from bag_samples import T0, VIDEO, S, Said, cdr, header, store, video, write_mcap
from geopolicy.drives.bags.messages import Topic
from geopolicy.hosts.redact.kinds import codec_of, has_key_unit, is_key_frame
from redact_scene import IN_S, OPTIONS, OUT_S, SECONDS, at, fixes, in_order, left_in, opened

STILL = "sensor_msgs/msg/CompressedImage"
FILM = replace(OPTIONS, topics=gp.hosts.TopicMap({"/film": gp.hosts.MappedTopic(("camera.exterior.front",))}))
NAL = {"h264": {True: 0x65, False: 0x41}, "h265": {True: 19 << 1, False: 1 << 1}}
START = b"\0\0\0\1"


def frame(codec, *, is_key):
    """A frame with what may come before a picture, and no picture of its own."""
    before = START + bytes([0x67 if codec == "h264" else 33 << 1, 1, 2]) if is_key else b""
    return before + START[1:] + bytes([NAL[codec][is_key], 9, 9])


def film(codec="h264", every_s=10.0, kind=VIDEO):
    """Frames every half second, and a key frame every ten."""
    for index in range(SECONDS * 2):
        data = frame(codec, is_key=(index * 0.5) % every_s == 0)
        write = video if kind == VIDEO else still
        message = write(at(index * 0.5), data, codec)
        yield Said("/film", kind, at(index * 0.5) + S // 20, message, None, index)


def still(stamp_ns, data, kind):
    return cdr(store().types[STILL](header(stamp_ns), kind, np.frombuffer(data, np.uint8)))


def kept_of(folder, said, options=FILM, rule=None):
    source = write_mcap(folder / "drive.mcap", said)
    done = gp.hosts.redact_recording(source, [opened(rule)], folder / "clean.mcap", options)
    return left_in(done.output, "/film"), done.topics["/film"].left_out


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("kind", [VIDEO, STILL])
def test_redact_film_goes_on_with_a_key_frame(tmp_path, codec, kind):
    left, left_out = kept_of(tmp_path, in_order(fixes(), film(codec, kind=kind)))
    assert [second for second in left if IN_S <= second <= OUT_S] == []
    assert (min(left), min(second for second in left if second > OUT_S) % 10) == (10.0, 0.0)
    assert left_out["video"] > 0


@pytest.mark.parametrize("codec", ["vp9", "av1", ""])
def test_redact_film_of_which_no_key_frame_is_known_stays_out(tmp_path, codec):
    said = [
        each._replace(data=video(at(index * 0.5), frame("h264", is_key=True), codec))
        for index, each in enumerate(film())
    ]
    left, left_out = kept_of(tmp_path, in_order(fixes(), said))
    assert (left, set(left_out)) == ([], {"off", "video"})


def test_redact_film_that_begins_between_key_frames_waits_for_one(tmp_path):
    late = [each for each in film() if each.log_ns > at(33)]
    assert min(kept_of(tmp_path, in_order(fixes(), late))[0]) == 40.0


def test_redact_film_that_is_not_in_order_is_left_out(tmp_path):
    said = in_order(fixes(), film())
    first, second = [index for index, each in enumerate(said) if each.topic == "/film"][100:102]
    said[first], said[second] = said[second], said[first]
    assert kept_of(tmp_path, said) == ([], {"video_order": 600})


def test_redact_film_is_not_made_anonymous_frame_by_frame(tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho anonymous\n")
    program.chmod(0o755)
    rule = gp.Rule(["camera"], gp.Level.ANONYMIZE)
    left, left_out = kept_of(tmp_path, in_order(fixes(), film()), replace(FILM, anonymize=program), rule)
    assert [second for second in left if IN_S <= second <= OUT_S] == []
    assert left_out["anonymize_video"] > 90


@pytest.mark.parametrize(("said", "is_film"), [("h264", True), ("other", True), ("none", False)])
def test_redact_map_of_topics_says_what_is_a_film(tmp_path, said, is_film):
    topics = gp.hosts.TopicMap({"/film": gp.hosts.MappedTopic(("camera.exterior.front",), video=said)})
    still_frames = film(kind=STILL)
    left, left_out = kept_of(tmp_path, in_order(fixes(), still_frames), replace(FILM, topics=topics))
    assert ("video" in left_out) == is_film
    assert bool(left) == (said != "other")


@pytest.mark.parametrize(
    ("kind", "codec"),
    [
        ("jpeg", ""),
        ("rgb8; jpeg compressed bgr8", ""),
        ("png", ""),
        ("h264", "h264"),
        ("HEVC", "h265"),
        ("odd", "other"),
    ],
)
def test_redact_compressed_images_are_films_unless_they_say_otherwise(kind, codec):
    topic = Topic(1, "/film", STILL, "cdr")
    assert codec_of(topic, still(T0 * S, b"x", kind)) == codec
    assert codec_of(topic, b"\0\1\0\0") == "other"
    assert codec_of(replace(topic, type_name="foxglove.CompressedVideo", encoding="protobuf"), b"x") == "other"
    assert codec_of(replace(topic, type_name="sensor_msgs/msg/Image"), b"x") == ""
    assert not is_key_frame(topic, b"\0\1\0\0", "h264")


def test_redact_key_unit_is_the_first_picture():
    for codec, nal in NAL.items():
        key, other = (START + bytes([nal[is_key], 1]) for is_key in (True, False))
        assert has_key_unit(key + other, codec)
        assert not has_key_unit(other + key, codec)
        assert not has_key_unit(b"", codec)
        assert not has_key_unit(START, codec)
    assert not has_key_unit(START + bytes([21 << 1, 1]), "h265")  # what follows may refer to pictures before it


KEY = START[1:] + b"\x65"


@pytest.mark.parametrize("content", [
    (0x165).to_bytes(4, "big") + bytes([0x41]) * 0x165,  # a length that looks like the beginning of a key frame
    b"".join(len(unit).to_bytes(4, "big") + unit for unit in (b"\x65", b"\x41\x9a" * 50)),
    (0x165).to_bytes(4, "big") + bytes([0x41]) * 0x165 + (9).to_bytes(4, "big") + bytes([0x41]) * 9,
    b"\x41" + KEY + b"ab",  # it does not begin as it goes on
    b"\0" + START + b"\x65ab",
    KEY + b"ab\0\0\2cd",  # what would be escaped
    KEY + b"ab\0\0\3cd",
    KEY + b"ab\0\0\0\0cd",
    START[1:] + b"\xe5ab",  # a bit that is never set
    KEY + b"ab" + START + b"\xc1",
], ids=["length", "lengths", "two", "late", "zeros", "start", "escape", "run", "bit", "bits"])  # fmt: skip
def test_redact_no_key_frame_is_seen_in_what_may_be_no_stream_of_units(content):
    assert not has_key_unit(content, "h264")


@pytest.mark.parametrize("content", [
    KEY + b"ab\0\0\3\1cd", KEY + b"ab\0\0\3", KEY + b"ab\0\0\0\0", KEY + b"ab\0\0" + START + b"\x41cd",
    KEY + b"ab\0\0\4cd",
])  # fmt: skip
def test_redact_key_frame_is_seen_with_escapes_and_zeros_between_units(content):
    assert has_key_unit(content, "h264")


def test_redact_film_of_units_with_their_lengths_stays_out(tmp_path):
    data = (0x165).to_bytes(4, "big") + bytes([0x41]) * 0x165
    said = [each._replace(data=video(at(index * 0.5), data)) for index, each in enumerate(film())]
    left, left_out = kept_of(tmp_path, in_order(fixes(), said))
    assert (left, set(left_out)) == ([], {"off", "video"})
