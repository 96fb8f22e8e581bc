"""Makes the town of this folder: streets as OpenStreetMap would have them, SUMO's net of them, and vehicles.

    pip install eclipse-sumo
    python make_town.py

The town is invented: five streets in each direction, 300 m apart, near Višnjan in Istria. netconvert of SUMO 1.28 made
the net; its remark with the time and the options is taken off, so that the same town is the same file.
"""

from __future__ import annotations

import math
import random
import re
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
STREETS = 5
BLOCK_M = 300.0
LAT, LON = 45.27, 13.71
VEHICLES = 80
SEED = 1
METRES_PER_DEGREE = 111_132.0


def osm() -> str:
    """The streets of the town, all of two lanes each way."""
    step_lat = BLOCK_M / METRES_PER_DEGREE
    step_lon = step_lat / math.cos(math.radians(LAT))
    span = range(STREETS)
    lines = ['<osm version="0.6" generator="make_town.py">']
    for row in span:
        for column in span:
            lat, lon = LAT + (row - STREETS // 2) * step_lat, LON + (column - STREETS // 2) * step_lon
            lines.append(f'<node id="{_node(row, column)}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>')
    ways = [[_node(row, column) for column in span] for row in span]
    ways += [[_node(row, column) for row in span] for column in span]
    for number, nodes in enumerate(ways, start=1):
        tags = {"highway": "secondary", "lanes": "4", "maxspeed": "50"}
        lines.append(f'<way id="{number}" version="1">')
        lines += [f'<nd ref="{node}"/>' for node in nodes]
        lines += [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append("</way>")
    return "\n".join([*lines, "</osm>", ""])


def _node(row: int, column: int) -> int:
    return (row + 1) * 100 + column + 1


def routes() -> str:
    """A vehicle every two seconds, each from one street to another that is far off; SUMO finds the way."""
    rng = random.Random(SEED)
    edges = [f"{sign}{way}#{part}" for way in range(1, 2 * STREETS + 1) for part in range(4) for sign in ("", "-")]
    lines = ["<routes>", '    <vType id="car" length="4.5" maxSpeed="13.9"/>']
    for number in range(VEHICLES):
        start, end = rng.sample(edges, 2)
        lines.append(
            f'    <trip id="car{number}" type="car" depart="{number * 2}" from="{start}" to="{end}" departLane="best"/>'
        )
    return "\n".join([*lines, "</routes>", ""])


def main() -> None:
    """Writes all files of the town."""
    (HERE / "town.osm").write_text(osm(), encoding="utf-8")
    net = HERE / "town.net.xml"
    options = ["--proj.utm", "--no-turnarounds", "--junctions.corner-detail", "0"]
    subprocess.run(["netconvert", "--osm-files", str(HERE / "town.osm"), *options, "-o", str(net)], check=True)
    text = re.sub(r"<!--.*?-->\s*", "", net.read_text(encoding="utf-8"), flags=re.DOTALL)
    net.write_text(text, encoding="utf-8")
    (HERE / "town.rou.xml").write_text(routes(), encoding="utf-8")


if __name__ == "__main__":
    main()
