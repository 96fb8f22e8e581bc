"""What is known of messages by their types: which tell where the vehicle was, and which are frames of a film."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geopolicy.drives.bags.contents import fields_of, type_of

if TYPE_CHECKING:
    from geopolicy.drives.bags.messages import Topic

# Of the vehicle itself, also without a map: positions, and what leads from one to the next.
_OF_VEHICLE = frozenset(
    {
        *("sensor_msgs/msg/NavSatFix", "sensor_msgs/msg/Imu", "sensor_msgs/msg/MagneticField"),
        *("sensor_msgs/msg/NavSatStatus", "sensor_msgs/msg/JointState", "sensor_msgs/msg/FluidPressure"),
        *("tf2_msgs/msg/TFMessage", "tf/msg/tfMessage", "nav_msgs/msg/Odometry", "nav_msgs/msg/Path"),
        *("geometry_msgs/msg/Twist", "geometry_msgs/msg/TwistStamped", "geometry_msgs/msg/Accel"),
        *("geometry_msgs/msg/TwistWithCovarianceStamped", "geometry_msgs/msg/AccelStamped"),
        *("geometry_msgs/msg/AccelWithCovarianceStamped", "gps_msgs/msg/GPSFix", "nmea_msgs/msg/Sentence"),
        *("nmea_msgs/msg/Gpgga", "nmea_msgs/msg/Gprmc", "geographic_msgs/msg/GeoPoseStamped"),
        *("autoware_vehicle_msgs/msg/VelocityReport", "autoware_vehicle_msgs/msg/SteeringReport"),
        *("autoware_auto_vehicle_msgs/msg/VelocityReport", "autoware_auto_vehicle_msgs/msg/SteeringReport"),
        *("foxglove_msgs/msg/LocationFix", "foxglove.LocationFix", "foxglove_msgs/msg/FrameTransform"),
        *("foxglove_msgs/msg/FrameTransforms", "foxglove.FrameTransform", "foxglove.FrameTransforms"),
    }
)
# They may also be of what a sensor found: with a sensor of their own they need that of positions, too.
_PACKAGES = ("geometry_msgs/", "nav_msgs/", "geographic_msgs/", "tf2_msgs/", "gps_msgs/", "nmea_msgs/", "ublox_")
_WORDS = ("gnss", "gps", "imu", "location", "navsat", "odom", "pose", "trajectory", "twist", "velocity", "wheel")
_STILL = ("jpeg", "jpg", "png", "webp", "tiff", "avif", "bmp")
_FILMS = ("video", "h264", "h265", "hevc", "ffmpeg", "packet")
_CODECS = {"h264": "h264", "avc": "h264", "h265": "h265", "hevc": "h265"}
_NAL = {"h264": (0x1F, 0, frozenset({5})), "h265": (0x3F, 1, frozenset({18, 19, 20}))}
_STARTS = (b"\0\0\1", b"\0\0\0\1")
_START = re.compile(rb"\0\0\x01(?=.)", re.DOTALL)
# What is escaped within units of Annex B.
_NEVER = re.compile(rb"(?<!\0)\0\0(?:\0+[^\x00\x01]|\x02|\x03[^\x00-\x03])")
_STATIC = "tf_static"
_TRANSFORMS = frozenset({"tf2_msgs/msg/TFMessage", "tf/msg/tfMessage"})


def is_of_vehicle(topic: Topic) -> bool:
    """Whether messages of a type tell where the vehicle was or how it moved: they need no map to be its position."""
    return type_of(topic) in _OF_VEHICLE


def may_be_position(topic: Topic) -> bool:
    """Whether messages of a type may tell where the vehicle was, by the words of its name."""
    name = type_of(topic)
    words = name.rpartition("/")[2].lower()
    return is_of_vehicle(topic) or name.startswith(_PACKAGES) or any(word in words for word in _WORDS)


def is_static(topic: Topic) -> bool:
    """Whether a topic is that of the transforms within the vehicle, which do not change."""
    return topic.name.rpartition("/")[2] == _STATIC and type_of(topic) in _TRANSFORMS


def codec_of(topic: Topic, data: bytes) -> str:
    """How a frame depends on those before it: ``h264``, ``h265``, ``other``; empty for what stands for itself."""
    name = type_of(topic).lower()
    is_film = any(word in name for word in _FILMS)
    if not is_film and "compressedimage" not in name:
        return ""
    fields = fields_of(topic, data)
    stated = getattr(fields, "format", None) or getattr(fields, "encoding", None)
    text = stated.lower() if isinstance(stated, str) else ""
    codec = next((codec for word, codec in _CODECS.items() if word in text), "")
    if codec or is_film:
        return codec or "other"
    return "" if any(word in text for word in _STILL) else "other"


def is_key_frame(topic: Topic, data: bytes, codec: str) -> bool:
    """Whether a frame needs none before it; not where that is not known."""
    content = getattr(fields_of(topic, data), "data", None)
    if codec not in _NAL or content is None:
        return False
    try:
        return has_key_unit(bytes(content), codec)
    except (TypeError, ValueError):
        return False


def has_key_unit(content: bytes, codec: str) -> bool:
    r"""Whether the pictures in a stream of H.264 or H.265 (Annex B) begin with one that resets what came before.

    Not of what is no such stream from its beginning to its end, or may as well be units with their lengths before them:
    the length of one may look like the beginning of another.

    Examples
    --------
    >>> has_key_unit(bytes([0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 9]), "h264"), has_key_unit(b"\0\0\1\x41", "h264")
    (True, False)
    """
    mask, shift, keys = _NAL[codec]
    pictures = range(1, 6) if codec == "h264" else range(32)
    if not content.startswith(_STARTS) or _NEVER.search(content) or any(_has_lengths(content, n) for n in range(1, 5)):
        return False
    heads = [content[match.end()] for match in _START.finditer(content)]
    if any(head & 0x80 for head in heads):
        return False
    kinds = [(head >> shift) & mask for head in heads]
    return next((kind for kind in kinds if kind in pictures), None) in keys


def _has_lengths(content: bytes, size: int) -> bool:
    """Whether content is units to its end, each after its length in so many bytes."""
    at = 0
    while at + size < len(content):
        length = int.from_bytes(content[at : at + size], "big")
        if not length:
            return False
        at += size + length
    return at == len(content) > 0
