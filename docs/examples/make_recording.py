"""Writes drive.mcap: two minutes past a school, with positions, two cameras and the frame of the vehicle.

``python docs/examples/make_recording.py``; needs ``pip install ".[recordings]"``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from mcap.writer import Writer
from rosbags.typesys import Stores, get_typestore

BEGAN_NS = 1_772_452_800 * 10**9  # 2026-03-02T12:00:00Z
SECONDS = 120
TYPES = get_typestore(Stores.ROS2_HUMBLE)


def message(type_name: str, **fields: Any) -> Any:
    """A message of a type."""
    return TYPES.types[type_name](**fields)


def header(stamp_ns: int) -> Any:
    """What most messages begin with."""
    time = message("builtin_interfaces/msg/Time", sec=stamp_ns // 10**9, nanosec=stamp_ns % 10**9)
    return message("std_msgs/msg/Header", stamp=time, frame_id="base")


def position(stamp_ns: int, lat: float, lon: float) -> Any:
    """A fix, within 2 m in each direction by its standard deviation."""
    status = message("sensor_msgs/msg/NavSatStatus", status=0, service=1)
    covariance = np.diag([4.0, 4.0, 9.0]).ravel()
    fields = {"latitude": lat, "longitude": lon, "altitude": 300.0, "position_covariance": covariance}
    fix = {"header": header(stamp_ns), "status": status, "position_covariance_type": 2}
    return message("sensor_msgs/msg/NavSatFix", **fix, **fields)


def picture(stamp_ns: int) -> Any:
    """A small picture without anything on it."""
    size = {"height": 8, "width": 8, "step": 8, "is_bigendian": 0, "encoding": "mono8"}
    return message("sensor_msgs/msg/Image", header=header(stamp_ns), data=np.zeros(64, np.uint8), **size)


def main(path: Path = Path("drive.mcap")) -> None:
    """Write the recording."""
    channels: dict[str, int] = {}
    with path.open("wb") as stream:
        writer = Writer(stream)
        writer.start("ros2")

        def write(topic: str, content: Any, log_ns: int) -> None:
            type_name = content.__msgtype__
            if topic not in channels:
                text = TYPES.generate_msgdef(type_name, ros_version=2)[0]
                schema = writer.register_schema(type_name, "ros2msg", text.encode())
                channels[topic] = writer.register_channel(topic, "cdr", schema)
            data = bytes(TYPES.serialize_cdr(content, type_name))
            writer.add_message(channels[topic], log_ns, data, log_ns)

        for tick in range(SECONDS * 2):
            stamp_ns = BEGAN_NS + tick * 10**9 // 2
            write("/gps/fix", position(stamp_ns, 45.2735, 13.7000 + tick * 5e-5), stamp_ns + 20_000_000)
            write("/camera/front", picture(stamp_ns), stamp_ns + 60_000_000)
            write("/camera/rear", picture(stamp_ns), stamp_ns + 80_000_000)
            write("/tf", message("tf2_msgs/msg/TFMessage", transforms=[]), stamp_ns + 90_000_000)
        writer.add_attachment(BEGAN_NS, BEGAN_NS, "calibration.yaml", "application/yaml", b"camera: front\n")
        writer.finish()


if __name__ == "__main__":
    main()
