"""Copies of recordings."""

from __future__ import annotations

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
    gp.hosts.redact_recording(recording(folder), [ENGINE], folder / "c.mcap", gp.hosts.RedactionOptions(topics=topics))


CASES = {
    "read_topics": [
        (no_file, gp.errors.RedactionError, r"^file of topics '.*': topics must be a table, got int - at topics$"),
    ],
    "read_report": [
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
        (unknown_sensor, gp.errors.UnknownSensorError, "topics: the vehicle must have the sensor 'sonar', got camera"),
    ],
}
