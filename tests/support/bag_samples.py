"""Recordings as ROS 2 writes them: messages of a few types, in MCAP files and in bags."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from mcap.writer import CompressionType, Writer
from rosbags.rosbag2 import StoragePlugin
from rosbags.rosbag2 import Writer as BagWriter
from rosbags.typesys import Stores, get_typestore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T0 = 1_772_452_800  # 2026-03-02T12:00:00Z
S = 10**9
NAVSATFIX = "sensor_msgs/msg/NavSatFix"
IMAGE = "sensor_msgs/msg/Image"
VIDEO = "foxglove_msgs/msg/CompressedVideo"
VIDEO_TEXT = "builtin_interfaces/Time timestamp\nstring frame_id\nuint8[] data\nstring format\n"
TIME_TEXT = f"{'=' * 80}\nMSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec\n"


@cache
def store() -> Any:
    """The message types of ROS 2."""
    from rosbags.typesys import get_types_from_msg

    types = get_typestore(Stores.ROS2_HUMBLE)
    types.register(get_types_from_msg(VIDEO_TEXT, VIDEO))
    return types


def header(stamp_ns: int) -> Any:
    types = store().types
    time = types["builtin_interfaces/msg/Time"](stamp_ns // S, stamp_ns % S)
    return types["std_msgs/msg/Header"](time, "base")


def cdr(message: Any) -> bytes:
    return bytes(store().serialize_cdr(message, message.__msgtype__))


def navsatfix(
    stamp_ns: int, lat: float, lon: float, *, sigma_m: float = 1.0, status: int = 0, kind: int = 2, order: bool = True
) -> bytes:
    types = store().types
    covariance = np.zeros(9)
    covariance[[0, 4, 8]] = sigma_m**2
    status = types["sensor_msgs/msg/NavSatStatus"](status, 1)
    message = types[NAVSATFIX](header(stamp_ns), status, lat, lon, 100.0, covariance, kind)
    return bytes(store().serialize_cdr(message, NAVSATFIX, little_endian=order))


def image(stamp_ns: int, pixels: bytes) -> bytes:
    data = np.frombuffer(pixels, np.uint8)
    return cdr(store().types[IMAGE](header(stamp_ns), 1, len(pixels), "mono8", 0, len(pixels), data))


def video(stamp_ns: int, data: bytes, codec: str = "h264") -> bytes:
    types = store().types
    time = types["builtin_interfaces/msg/Time"](stamp_ns // S, stamp_ns % S)
    return cdr(types[VIDEO](time, "camera", np.frombuffer(data, np.uint8), codec))


def text(words: str) -> bytes:
    """A message without a stamp."""
    return cdr(store().types["std_msgs/msg/String"](words))


class Said(NamedTuple):
    """A message to be written."""

    topic: str
    type_name: str
    log_ns: int
    data: bytes
    publish_ns: int | None = None
    sequence: int = 0


def schema_of(type_name: str) -> bytes:
    if type_name == VIDEO:
        return (VIDEO_TEXT + TIME_TEXT).encode()
    return store().generate_msgdef(type_name, ros_version=2)[0].encode()


def write_mcap(
    path: Path,
    said: Iterable[Said],
    *,
    attachments: Iterable[tuple[str, bytes]] = (),
    metadata: Iterable[tuple[str, dict[str, str]]] = (),
    chunk_size: int = 4096,
    compression: CompressionType = CompressionType.ZSTD,
    profile: str = "ros2",
    **options: Any,
) -> Path:
    """Writes an MCAP file, in the order that is given."""
    with path.open("wb") as stream:
        writer = Writer(stream, chunk_size=chunk_size, compression=compression, **options)
        writer.start(profile, "samples")
        schemas: dict[str, int] = {}
        channels: dict[str, int] = {}
        for each in said:
            if each.type_name not in schemas:
                schemas[each.type_name] = writer.register_schema(each.type_name, "ros2msg", schema_of(each.type_name))
            if each.topic not in channels:
                channels[each.topic] = writer.register_channel(
                    each.topic, "cdr", schemas[each.type_name], {"offered_qos_profiles": ""}
                )
            publish_ns = each.log_ns if each.publish_ns is None else each.publish_ns
            writer.add_message(channels[each.topic], each.log_ns, each.data, publish_ns, each.sequence)
        for name, content in attachments:
            writer.add_attachment(T0 * S, T0 * S, name, "application/octet-stream", content)
        for name, entries in metadata:
            writer.add_metadata(name, entries)
        writer.finish()
    return path


def write_bag(folder: Path, said: Iterable[Said], plugin: StoragePlugin = StoragePlugin.SQLITE3) -> Path:
    """Writes a bag of ROS 2 with rosbags."""
    with BagWriter(folder, version=9, storage_plugin=plugin) as bag:
        connections: dict[str, Any] = {}
        for each in said:
            if each.topic not in connections:
                connections[each.topic] = bag.add_connection(each.topic, each.type_name, typestore=store())
            bag.write(connections[each.topic], each.log_ns, each.data)
    return folder


def drive(lons: Iterable[float], *, lat: float = 45.5, step_ns: int = S, topic: str = "/gps/fix") -> list[Said]:
    """Fixes along a parallel, one a second, each logged 20 ms after its stamp."""
    fixes = []
    for index, lon in enumerate(lons):
        stamp_ns = T0 * S + index * step_ns
        fixes.append(Said(topic, NAVSATFIX, stamp_ns + 20_000_000, navsatfix(stamp_ns, lat, lon)))
    return fixes
