"""The site: a newcomer finds things within two clicks, its navigation is its index, no link of it is dead."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from pages import BLOCK, DOCS, PAGES, ROOT, anchor_of, followed, links_of, name_of, prose_of, section_of

INDEX = DOCS / "index.md"
CAPTIONS = ["Learn", "How-to", "Reference", "Explanation", "Design decisions", "Changelog"]


def toctrees():
    """The pages of each toctree of the index, by its caption."""
    found = {}
    for block in BLOCK.finditer(INDEX.read_text(encoding="utf-8")):
        if block["language"] != "{toctree}":
            continue
        caption = re.search(r"^:caption: (.+)$", block["text"], re.MULTILINE)[1]
        found[caption] = [line for line in block["text"].splitlines() if line and not line.startswith(":")]
    return found


def test_site_navigation_has_the_captions_in_order():
    assert list(toctrees()) == CAPTIONS
    assert re.findall(r"^## (.+)$", prose_of(INDEX), re.MULTILINE) == ["Install", *CAPTIONS]


@pytest.mark.parametrize("caption", CAPTIONS)
def test_site_navigation_has_the_pages_that_the_index_lists_there(caption):
    section = BLOCK.sub("", section_of(INDEX, anchor_of(caption)))
    listed = re.findall(r"\]\(([^)#]+)\.md\)", section)
    of_hosts = [name for name in listed if name.startswith("hosts/") and name != "hosts/index"]
    assert sorted(toctrees()[caption]) == sorted(set(listed) - set(of_hosts))


# What a newcomer asks, the heading that answers it, and words of the answer.
QUESTIONS = {
    "what happens without GPS?": ("monitor.md", "unknown", "no usable fix since the start"),
    "in short": ("questions.md", "what-happens-without-gps", "Every sensor is off, unless"),
    "on an edge?": ("semantics.md", "the-grid", "A position on an edge or a vertex is covered"),
    "on an edge, in short": ("questions.md", "what-happens-on-an-edge", "is inside; one unit of 1e-7 degrees"),
    "with an expired pack?": ("questions.md", "what-happens-with-an-expired-pack", "It goes on restricting."),
    "with expired zones?": ("semantics.md", "expiry", "goes on restricting"),
    "with expired signatures?": ("how-to/follow.md", "expired-signatures", "end until the repository is heard again"),
    "how do I bring my city's GBFS file in?": ("how-to/city-gbfs.md", "", "--from gbfs --rules"),
    "how do I sign?": ("how-to/publish.md", "try-it-four-commands", "geopolicy publish sign"),
    "how do I write zones without Python?": ("how-to/by-hand.md", "", "geopolicy compile"),
    "how do I install it?": ("index.md", "install", 'pip install ".[cli,update]"'),
    "how do I build the C part?": ("c.md", "build-it", "$ cc -std=c11 -O2 -ffp-contract=off"),
    "what of it is in C?": ("c.md", "", "| in C | not in C"),
    "what must I do, and is it certified?": ("safety-manual.md", "", "**Not certified.**"),
    "is my position kept?": ("privacy.md", "", "must not become a record of where it was"),
    "what does this error mean?": ("errors.md", "", "| exception | cause | cure |"),
    "why a grid of integers?": ("adr/0001-integer-grid.md", "", "**Decision.**"),
    "what changed?": ("changelog.md", "", "{include} ../CHANGELOG.md"),
}


def reached(clicks):
    """Pages, with and without a fragment, that so many links lead to from the index."""
    places = {(INDEX, "")}
    for _ in range(clicks):
        places |= {
            followed(page, target)
            for page in {page for page, _ in places}
            if page.suffix == ".md"
            for target in links_of(page)
        }
    return places


@pytest.mark.parametrize("question", QUESTIONS)
def test_site_answers_what_is_asked_within_two_clicks(question):
    name, fragment, words = QUESTIONS[question]
    assert (DOCS / name, fragment) in reached(2)
    assert words in section_of(DOCS / name, fragment)


def test_site_index_answers_the_first_questions_with_one_click():
    asked = {(DOCS / name, fragment) for name, fragment, _ in QUESTIONS.values() if name == "questions.md"}
    asked |= {(DOCS / "how-to" / f"{name}.md", "") for name in ("city-gbfs", "publish")}
    assert len(asked) == 5
    assert asked | {(DOCS / "c.md", "build-it")} <= reached(1)


def test_site_every_page_is_within_three_clicks():
    near = {page for page, _ in reached(3)}
    assert [name_of(page) for page in PAGES if page.is_relative_to(DOCS) and page not in near] == []


def test_docs_name_tests_that_exist():
    named = {
        (name_of(page), place)
        for page in PAGES
        if not page.is_relative_to(DOCS / "adr") and page.name != "CHANGELOG.md"
        for place in re.findall(r"`(tests/[\w./-]+)`", prose_of(page))
    }
    assert len(named) > 20
    assert [(page, place) for page, place in sorted(named) if not (ROOT / place).exists()] == []


class _Page(HTMLParser):
    """The places of a page that links may lead to, its links, and what it loads."""

    def __init__(self, text) -> None:
        super().__init__()
        self.ids, self.links, self.loaded = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = {name: value for name, value in attrs if value}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        self.links += [values[name] for name in ("href", "src") if name in values]
        if tag in ("script", "img", "link", "iframe"):
            self.loaded += [values[name] for name in ("href", "src") if name in values]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The built pages by their files; warnings are errors."""
    for name in ("sphinx", "furo", "myst_parser", "sphinx_copybutton"):
        pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("site")
    html = folder / "html"
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-d", str(folder / "trees"), str(DOCS), str(html)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.resolve(): _Page(path.read_text(encoding="utf-8")) for path in html.rglob("*.html")}


@pytest.mark.slow
def test_docs_build_without_a_warning_and_without_a_dead_link(built):
    assert len(built) > 90
    dead = []
    for path, page in built.items():
        for link in page.links:
            if re.match(r"[a-z]+:|//", link):
                continue
            target, _, fragment = link.partition("#")
            file = (path.parent / unquote(target.partition("?")[0])).resolve() if target else path
            if not file.exists() or (fragment and file in built and unquote(fragment) not in built[file].ids):
                dead.append((path.name, link))
    assert dead == []


@pytest.mark.slow
def test_docs_that_are_built_load_nothing_from_elsewhere(built):
    assert {link for page in built.values() for link in page.loaded if re.match(r"https?:|//", link)} == set()
