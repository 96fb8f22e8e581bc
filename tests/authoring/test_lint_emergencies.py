"""Which names read like the notice of an emergency, and which like a place that is there for good."""

from __future__ import annotations

import pytest

from geopolicy.authoring.lint.texts import _reads_like_notice

PLACES = [
    *("Emergency Department St. Mary", "Emergency assembly point", "Crash site memorial 1972", "Emergency helipad"),
    *("Hospital emergency entrance", "Explosion-proof storage", "Wildfire lookout tower", "Evacuation route B"),
    *("Hazmat storage depot", "Emergency exit", "Flooding basin", "Emergency vehicle depot", "Flood plain park"),
    *("Fire station 7", "Brandenburger Tor", "Bombay Street", "Floodgate 3", "Einsatzzentrale", "Rue des Alpes"),
]
NOTICES = [
    *("Fire at warehouse 7", "FLOOD WARNING", "Police operation ongoing", "Unexploded bomb", "Train derailment"),
    *("Forest fire", "Wild fire", "Bomb threat", "Chemical leak", "Gas-leak", "Natural disaster area", "Earthquake"),
    *("Notlage", "Einsatz Feuerwehr", "Waldbrand Harz", "Hochwasser der Elbe", "Großbrand", "Evakuierung Mitte"),
    *("Explosion at storage depot", "Evacuated: gas leak near Emergency Department", "State of emergency"),
]


@pytest.mark.parametrize("text", PLACES)
def test_place_does_not_read_like_a_notice(text):
    assert not _reads_like_notice(text)


@pytest.mark.parametrize("text", NOTICES)
def test_notice_reads_like_one(text):
    assert _reads_like_notice(text)
