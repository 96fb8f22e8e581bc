"""Copies of recordings."""

from __future__ import annotations

from datetime import datetime

import geopolicy as gp
from bag_samples import drive, write_mcap
from error_cases.samples import SET

ENGINE = gp.open(SET, gp.Vehicle(["camera.front", "telemetry.location"]))


def recording(folder):
    return write_mcap(folder / "drive.mcap", drive([13.0]))


def no_file(folder):
    (folder / "topics.toml").write_text("topics = 1\n")
    gp.hosts.read_topics(folder / "topics.toml")


def no_report(folder):
    (folder / "report.jsonl").write_text("{}\n")
    list(gp.hosts.read_report(folder / "report.jsonl"))


def unknown_sensor(folder):
    topics = gp.hosts.TopicMap({"/a": gp.hosts.MappedTopic(("sonar",))})
    options = gp.hosts.RedactionOptions(topics=topics)
    gp.hosts.redact_recording(recording(folder), [ENGINE], folder / "c.mcap", options)


def unnamed_sensor(folder):
    engine = gp.open(SET, gp.Vehicle(["sonar", "telemetry.location"]))
    topics = gp.hosts.TopicMap({"/a": gp.hosts.MappedTopic(("sonar",))})
    options = gp.hosts.RedactionOptions(topics=topics)
    gp.hosts.redact_recording(recording(folder), [engine], folder / "c.mcap", options)


Mapped, Map, Options = gp.hosts.MappedTopic, gp.hosts.TopicMap, gp.hosts.RedactionOptions
NAIVE = datetime(2026, 6, 1, 12)  # wrong on purpose
HOLDS = gp.MonitorProfile(on_unknown={"camera": gp.Hold(5.0)})


CASES = {
    "MappedTopic": [
        (lambda _: Mapped(()), gp.errors.RedactionError, "^topic: sensors must name at least one, got none$"),
        (lambda _: Mapped(["Kamera"]), gp.errors.RedactionError, r"^topic: must name sensors by .*, got 'Kamera'$"),
        (lambda _: Mapped(["camera"], -1), gp.errors.RedactionError, r"^topic: latency_s must be 0 to 3600 seconds, "),
        (lambda _: Mapped(["camera"], video="x"), gp.errors.RedactionError, "^topic: video must be one of h264, h265"),
        (lambda _: Mapped("camera"), TypeError, "^sensors must be a list of names, got str$"),
        (lambda _: Mapped(["camera"], exposure_s="1"), TypeError, "^exposure_s must be a number, got str$"),
    ],
    "TopicMap": [
        (
            lambda _: Map({"/a*": Mapped(["camera"])}),
            gp.errors.RedactionError,
            r"^topics: a name may have a \*",
        ),
        (lambda _: Map(position="Here"), gp.errors.RedactionError, "^position: must name sensors by dotted words"),
        (lambda _: Map({"/a": "camera"}), TypeError, "^topics must be a mapping of names to MappedTopics, got str$"),
    ],
    "RedactionOptions": [
        (lambda _: Options(latency_s=float("nan")), gp.errors.RedactionError, "^options: latency_s must be 0 to 3600"),
        (lambda _: Options(accuracy_95_m=-1), gp.errors.RedactionError, "^options: accuracy_95_m must be 0 m or more"),
        (lambda _: Options(profile=HOLDS), gp.errors.RedactionError, "^profile: on_unknown must be off for a copy"),
        (lambda _: Options(now=NAIVE), ValueError, "^now must be an aware datetime, got a naive one"),
        (lambda _: Options(keep="*.yaml"), TypeError, "^keep must be a list of names, got str$"),
        (lambda _: Options(stays_in_vehicle="no"), TypeError, "^stays_in_vehicle must be True or False, got str$"),
        (lambda _: Options(topics={}), TypeError, "^topics must be a TopicMap or None, got dict$"),
        (lambda _: Options(profile={}), TypeError, "^profile must be a MonitorProfile or None, got dict$"),
    ],
    "read_topics": [
        (lambda _: gp.hosts.read_topics(3), TypeError, "^path must be a path, got int$"),
        (no_file, gp.errors.RedactionError, r"^file of topics '.*': topics must be a table, got int - at topics$"),
    ],
    "read_report": [
        (lambda _: gp.hosts.read_report(3), TypeError, "^path must be a path, got int$"),
        (no_report, gp.errors.RedactionError, r"^report '.*': every line must be a record .* - at line 1$"),
    ],
    "redact_recording": [
        (
            lambda folder: gp.hosts.redact_recording(recording(folder), [ENGINE], folder / "none" / "c.mcap"),
            OSError,
            "No such file",
        ),
        (
            lambda folder: gp.hosts.redact_recording(__file__, [ENGINE], folder / "c.mcap"),
            gp.errors.DriveFileError,
            r"^drive '.*': must be a recording: MCAP, or a bag of ROS 2, got something else; convert bags of ROS 1",
        ),
        (
            lambda folder: gp.hosts.redact_recording(recording(folder), [ENGINE], folder / "c.bag"),
            gp.errors.RedactionError,
            r"^copy '.*': must be of the kind of the recording, got \.bag; name it c\.mcap$",
        ),
        (
            unnamed_sensor,
            gp.errors.RedactionError,
            "^topics: every sensor must .* got 'sonar'; is 'ultrasonic",
        ),
        (
            lambda folder: gp.hosts.redact_recording(recording(folder), ENGINE, folder / "c.mcap"),
            TypeError,
            "^engines must be a list of engines as geopolicy.open makes them, got KernelEngine$",
        ),
        (
            lambda folder: gp.hosts.redact_recording(recording(folder), [ENGINE], folder / "c.mcap", {}),
            TypeError,
            "^options must be RedactionOptions or None, got dict$",
        ),
        (unknown_sensor, gp.errors.UnknownSensorError, "topics: the vehicle must have the sensor 'sonar', got camera"),
    ],
}
