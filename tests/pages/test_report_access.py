"""The page for everybody: names for what cannot be seen, contrast, small screens; judged by axe-core."""

from __future__ import annotations

from pathlib import Path

import pytest

import geopolicy as gp
from report_pages import scattered_zones

AXE = Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js"
SIZES = {"wide": {"width": 1360, "height": 900}, "phone": {"width": 390, "height": 844}}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAPHIC = 3.0  # WCAG 1.4.11
CONTRAST = """([front, back]) => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => {
    const text = style.getPropertyValue(`--${name}`).trim();
    const parts = [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16) / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


def faults_of(page):
    """What axe-core finds in a page."""
    page.ask(AXE.read_text(encoding="utf-8") + "; 0")
    found = page.ask("(tags) => axe.run(document, { runOnly: tags })", TAGS)["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        ("wide", "light"), ("phone", "dark"), pytest.param("wide", "dark", marks=pytest.mark.slow),
        pytest.param("phone", "light", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_page_has_names_and_contrast(look, report, size, scheme):
    page = look(report, color_scheme=scheme, viewport=SIZES[size])
    page.ask("geopolicy.look({ step: 1500, zone: 3 })")
    assert faults_of(page) == []


@pytest.mark.parametrize(
    ("size", "scheme"),
    [("wide", "dark"), ("phone", "light"), pytest.param("wide", "light", marks=pytest.mark.slow)],
)
def test_page_of_zones_has_names_and_contrast(look, size, scheme):
    zones = scattered_zones(60)
    page = look(
        gp.draw_zones(zones, since=zones.without_zones(["zone-00003"])), color_scheme=scheme, viewport=SIZES[size]
    )
    page.ask("geopolicy.look({ place: { lat: 45.6, lon: 13.7, lng: 13.7 }, zone: 3 })")
    assert faults_of(page) == []
    assert page.ask("document.documentElement.scrollWidth") <= SIZES[size]["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_colours_of_levels_stand_out_from_the_map(look, report, scheme):
    page = look(report, color_scheme=scheme)
    names = [*(f"level-{n}" for n in range(5)), "nothing", "looser", "stricter"]
    assert min(page.ask(CONTRAST, [name, back]) for name in names for back in ("sea", "land", "card")) >= GRAPHIC
    assert min(page.ask(CONTRAST, ["on-level", f"level-{level}"]) for level in (3, 4)) >= 4.5


@pytest.mark.parametrize("width", [320, 768])
def test_page_fits_any_width_without_scrolling_sideways(look, report, width):
    page = look(report, viewport={"width": width, "height": 800})
    assert page.ask("document.documentElement.scrollWidth") <= width


def test_page_slider_tells_the_moment_in_words(page):
    page.ask("geopolicy.look({ step: 720 })")
    text = page.page.locator("#scrub").get_attribute("aria-valuetext")
    assert "12:1" in text
    assert "unknown" in text
    assert "fix 72" in text


def test_page_theme_button_goes_round_and_says_where_it_is(page):
    button = page.page.locator("#theme")
    seen = []
    for _ in range(3):
        button.click()
        seen.append((button.inner_text(), page.ask("document.documentElement.dataset.theme ?? null")))
    assert seen == [("Colours: light", "light"), ("Colours: dark", "dark"), ("Colours: system", None)]


def test_page_table_says_what_lanes_show(page):
    intervals = page.ask("geopolicy.lanes().sensors.flatMap((lane) => lane.intervals).filter((each) => !each.isFree)")
    rows = {(each["start"], each["end"], each["key"]) for each in intervals}
    page.page.click("#more-intervals")
    assert page.page.locator("#intervals tbody tr").count() == min(550, len(rows))
