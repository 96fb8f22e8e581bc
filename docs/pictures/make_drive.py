"""Draws docs/pictures/drive.svg, a drive past three zones: `python docs/pictures/make_drive.py`.

The scene is invented; every colour is the decision of a monitor, asked once a second.
"""

from __future__ import annotations

from html import escape
from itertools import groupby, pairwise
from math import cos, hypot, radians
from pathlib import Path

import geopolicy as gp

PICTURE = Path(__file__).with_name("drive.svg")
LAT, LON = 45.27, 13.72  # of the upper left corner of the map
METRES = 2.0  # a pixel of the map
SPEED_MPS = 12.0
SENSORS = ("camera", "microphone", "lidar")
COLOURS = {
    "off": "#b42318",
    "no_record": "#c2410c",
    "in_vehicle": "#b45309",
    "anonymize": "#4d7c0f",
    "allow": "#157347",
}
INK, PALE, LINE = "#1f2933", "#52606d", "#d9dee4"
SCHOOL = [(150, 70), (320, 50), (340, 190), (170, 215)]
QUAY = [(610, 160), (790, 140), (800, 280), (630, 285)]
GATE, GATE_M = (450, 95), 110.0
WAY = [(20, 250), (110, 190), (250, 120), (380, 110), (450, 130), (560, 215), (700, 200), (830, 90)]
TUNNEL_S = (78, 95)  # no fix comes
LEFT, RIGHT, TOP = 110, 830, 330  # of the lanes
# Of each zone its name, what it asks in words and as rules, and where the words stand.
ZONES = (
    ("School", "camera: anonymize, microphone: off", (75, 18)),
    ("Gate", "camera, lidar: no_record", (400, 18)),
    ("Quay", "camera: off", (640, 108)),
)
AT_SCHOOL = [gp.Rule(["camera"], gp.Level.ANONYMIZE), gp.Rule(["microphone"], gp.Level.OFF)]
AT_GATE = [gp.Rule(["camera", "lidar"], gp.Level.NO_RECORD)]
AT_QUAY = [gp.Rule(["camera"], gp.Level.OFF)]


def position(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude of a place on the map."""
    metre = 1 / 111_132
    return LAT - y * METRES * metre, LON + x * METRES * metre / cos(radians(LAT))


def zones() -> gp.ZoneSet:
    """The three zones: two polygons and a circle."""
    rings = [[list(reversed(position(*at))) for at in (*corners, corners[0])] for corners in (SCHOOL, QUAY)]
    school, quay = ({"type": "Polygon", "coordinates": [ring]} for ring in rings)
    point = {"type": "Point", "coordinates": list(reversed(position(*GATE)))}
    return gp.ZoneSet(
        [
            gp.Zone("school", school, AT_SCHOOL),
            gp.Zone("gate", point, AT_GATE, radius_m=GATE_M),
            gp.Zone("quay", quay, AT_QUAY),
        ]
    )


def places() -> list[tuple[float, float]]:
    """Where the vehicle is, second by second."""
    found, left = [], 0.0
    for (x0, y0), (x1, y1) in pairwise(WAY):
        length = hypot(x1 - x0, y1 - y0) * METRES
        while left < length:
            found.append((x0 + (x1 - x0) * left / length, y0 + (y1 - y0) * left / length))
            left += SPEED_MPS
        left -= length
    return found


def levels() -> list[dict[str, str]]:
    """The level of each sensor, second by second, as a monitor decides."""
    monitor = gp.Monitor(gp.open(zones(), gp.Vehicle(SENSORS)), profile=gp.MonitorProfile(v_max_mps=30.0))
    found = []
    for second, at in enumerate(places()):
        if TUNNEL_S[0] <= second < TUNNEL_S[1]:
            decision = monitor.tick(second)
        else:
            lat, lon = position(*at)
            decision = monitor.update(gp.Fix(lat, lon, accuracy_95_m=4.0, monotonic_s=second, speed_mps=SPEED_MPS))
        found.append({sensor: decision.level(sensor).label for sensor in SENSORS})
    return found


def text(
    x: float, y: float, words: str, size: int = 14, colour: str = INK, weight: str = "normal", anchor: str = "start"
) -> str:
    """A line of text."""
    style = f'font-size="{size}" fill="{colour}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(words)}</text>'


def drawn_map(decided: list[dict[str, str]]) -> list[str]:
    """Zones, and the way in the colour of what the camera may."""
    area = 'fill="#eef1f4" stroke="#7b8794" stroke-width="1.5"'
    lines = [f'<path d="M{" L".join(f"{x} {y}" for x, y in corners)} Z" {area}/>' for corners in (SCHOOL, QUAY)]
    lines.append(f'<circle cx="{GATE[0]}" cy="{GATE[1]}" r="{GATE_M / METRES:g}" {area}/>')
    for name, asked, (x, y) in ZONES:
        lines += [text(x, y, name, 15, weight="bold"), text(x, y + 17, asked, 12, PALE)]
    way = places()
    for level, run in groupby(range(len(way) - 1), lambda second: decided[second]["camera"]):
        seconds = list(run)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in way[seconds[0] : seconds[-1] + 2])
        style = f'stroke="{COLOURS[level]}" stroke-width="6" stroke-linecap="round"'
        lines.append(f'<polyline points="{points}" fill="none" {style}/>')
    gap = " ".join(f"{x:.1f},{y:.1f}" for x, y in way[TUNNEL_S[0] : TUNNEL_S[1]])
    lines.append(f'<polyline points="{gap}" fill="none" stroke="#ffffff" stroke-width="2" stroke-dasharray="4 5"/>')
    x, y = way[(TUNNEL_S[0] + TUNNEL_S[1]) // 2]
    lines.append(text(x - 8, y + 24, "no GPS", 13, weight="bold", anchor="end"))
    return lines


def drawn_lanes(decided: list[dict[str, str]]) -> list[str]:
    """A lane for each sensor over the time of the drive."""
    scale = (RIGHT - LEFT) / len(decided)
    lines = []
    for second in range(0, len(decided), 30):
        x = LEFT + second * scale
        lines.append(text(round(x, 1), TOP + 106, f"{second} s", 12, PALE, anchor="middle"))
        lines.append(f'<path d="M{x:.1f} {TOP - 4} V{TOP + 92}" stroke="{LINE}"/>')
    for row, sensor in enumerate(SENSORS):
        y = TOP + row * 30
        lines.append(text(LEFT - 10, y + 16, sensor, anchor="end"))
        start = 0
        for level, run in groupby(each[sensor] for each in decided):
            seconds = len(list(run))
            x, width = LEFT + start * scale, seconds * scale
            start += seconds
            lines.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="22" fill="{COLOURS[level]}"/>')
            if width > 7 * len(level):
                lines.append(text(round(x + width / 2, 1), y + 15, level, 12, "#ffffff", anchor="middle"))
    return lines


def picture() -> str:
    """The picture as SVG."""
    decided = levels()
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 450" role="img" '
        'aria-labelledby="title description" font-family="DejaVu Sans, Verdana, sans-serif">'
    )
    said = (
        "Above a map: a way past a school, a gate and a quay, in the colour of what the camera may. Below a lane for "
        "camera, microphone and lidar over time. All are off at the start and where no GPS is received."
    )
    lines = [head, '<title id="title">A drive past three zones</title>', f'<desc id="description">{said}</desc>']
    lines += ['<rect width="860" height="450" fill="#ffffff"/>', *drawn_map(decided), *drawn_lanes(decided), "</svg>"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
