"""Sphinx configuration: ``pip install ".[docs]"`` in a clone, then ``sphinx-build -W docs docs/_build``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

import geopolicy

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "geopolicy"
author = "The geopolicy authors"
copyright = "2026 The geopolicy authors"  # noqa: A001  # Sphinx asks for this name
release = geopolicy.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build"]
default_role = "code"
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # the pages link by themselves; types are shown, not linked
suppress_warnings = ["ref.python"]  # nor does it matter then that two namespaces have a Change

myst_heading_anchors = 3
napoleon_google_docstring = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "exclude-members": "__new__"}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"geopolicy {release}"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
copybutton_exclude = ".linenos, .go"  # what is copied are commands, without what they print
copybutton_prompt_text = r">>> |\.\.\. |\$ "  # and without prompts
copybutton_prompt_is_regexp = True
copybutton_copy_empty_lines = False


_plain: dict[str, list[str]] = {}


def _set_aside(_app: Sphinx, what: str, name: str, _found: Any, _options: Any, lines: list[str]) -> None:
    if what in ("attribute", "data", "property"):
        _plain[name] = list(lines)


def _put_back(_app: Sphinx, _what: str, name: str, _found: Any, _options: Any, lines: list[str]) -> None:
    """Undoes what napoleon makes of an attribute: it takes what stands before a colon for a type."""
    lines[:] = _plain.pop(name, lines)


def _caption_files(_app: Sphinx, tree: nodes.document) -> None:
    """Lets a line that only names a file look like the caption of the listing that follows it."""
    for line in tree.findall(nodes.paragraph):
        names = [part for part in line.children if isinstance(part, nodes.literal)]
        if len(names) == 1 and line.astext() == f"{names[0].astext()}:":
            line["classes"].append("file-name")


def _trim_listings(_app: Sphinx, tree: nodes.document) -> None:
    """Takes the blank line off the end of an example, which only doctest needs."""
    for block in tree.findall(nodes.literal_block):
        if block.rawsource == block.astext() and block.rawsource.endswith("\n"):
            block.rawsource = block.rawsource.rstrip("\n")
            block[:] = [nodes.Text(block.rawsource)]


def setup(app: Sphinx) -> None:
    """Connects what autodoc and napoleon cannot know, and how listings look."""
    app.connect("doctree-read", _caption_files)
    app.connect("doctree-read", _trim_listings)
    app.connect("autodoc-process-docstring", _set_aside, priority=400)
    app.connect("autodoc-process-docstring", _put_back, priority=600)
