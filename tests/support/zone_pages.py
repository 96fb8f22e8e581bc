"""The page of zones asked without a browser: what its modules answer, beside what an engine says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from geopolicy.pages.document import page_script

ASKED = ("dom", "shapes", "levels", "state", "theme", "lookup", "zones_data", "joining")


@contextmanager
def opened_asker(folder):
    """A process that answers as pages do."""
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("GEOPOLICY_REQUIRE_NODE"), "GEOPOLICY_REQUIRE_NODE is set, and there is no node"
        pytest.skip("needs node")
    script = Path(folder) / "asked.js"
    parts = page_script("zones").split("const module_")
    script.write_text("".join(f"const module_{part}" for part in parts[1:] if part.split(" ")[0] in ASKED))
    program = [node, str(Path(__file__).with_name("ask_zones.js")), str(script)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Asker(process)
        process.stdin.close()


class Asker:
    """Asks the modules of a page."""

    def __init__(self, process) -> None:
        self._process = process

    def _say(self, question):
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the modules of the page threw"
        return json.loads(line)

    def open(self, drawing) -> None:
        """Goes on with another page."""
        assert self._say({"data": drawing.data}) == "open"

    def answers(self, asked):
        """What the page says: each question has a latitude, a longitude, and circumstances."""
        return self._say({"ask": [[lat, lon, circumstances_values(*own)] for lat, lon, own in asked]})


def circumstances_values(vehicle, time, state, emergency, edition=-1):
    """Circumstances as a page has them."""
    at = None if time is None else round(time.timestamp() * 1000)
    return {"vehicle": vehicle, "at": at, "state": state, "emergency": emergency, "edition": edition}


def as_in_page(decision):
    """A decision of an engine in the words of the page."""
    number = {sensor: at for at, sensor in enumerate(decision.vehicle.sensors)}
    tags = {**decision.tags(), **decision.obstacles()}
    return {
        "certainty": str(decision.certainty),
        "levels": [int(level) for level in decision.levels.values()],
        "tags": {tag: sorted(number[sensor] for sensor in sensors) for tag, sensors in tags.items()},
        "zones": list(decision.zones),
        "causes": [str(cause) for cause in decision.causes],
        "reasons": [str(reason) for reason in decision.reasons],
    }


def sorted_tags(answer):
    """An answer of the page, its tags in an order that can be compared."""
    return answer | {"tags": {tag: sorted(sensors) for tag, sensors in answer["tags"].items()}}
