"""Sphinx configuration: ``pip install ".[docs]"`` and ``sphinx-build -W docs docs/_build``."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import geopolicy
from geopolicy._value import Value

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "geopolicy"
author = "The geopolicy authors"
copyright = "2026 The geopolicy authors"  # noqa: A001  # Sphinx asks for this name
release = geopolicy.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
default_role = "code"
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # the pages link by themselves; types are shown, not linked

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


def _fields_as_signature(_app: Sphinx, what: str, _name: str, found: Any, *_more: Any) -> tuple[str, str] | None:
    """A record's fields and defaults, where it takes them as they stand."""
    if what != "class" or not issubclass(found, Value) or "__init__" in vars(found):
        return None
    types = found.__annotations__
    empty = Parameter.empty
    parameters = [
        Parameter(
            field,
            Parameter.POSITIONAL_OR_KEYWORD,
            default=found._defaults.get(field, empty),
            annotation=_Shown(types[field]),
        )
        for field in found._fields
    ]
    return str(Signature(parameters)), ""


class _Shown:
    """An annotation that is shown as it is written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


_plain: dict[str, list[str]] = {}


def _set_aside(_app: Sphinx, what: str, name: str, _found: Any, _options: Any, lines: list[str]) -> None:
    if what in ("attribute", "data", "property"):
        _plain[name] = list(lines)


def _put_back(_app: Sphinx, _what: str, name: str, _found: Any, _options: Any, lines: list[str]) -> None:
    """Undoes what napoleon makes of an attribute: it takes what stands before a colon for a type."""
    lines[:] = _plain.pop(name, lines)


def setup(app: Sphinx) -> None:
    """Connects what autodoc and napoleon cannot know."""
    app.connect("autodoc-process-docstring", _set_aside, priority=400)
    app.connect("autodoc-process-docstring", _put_back, priority=600)
    app.connect("autodoc-process-signature", _fields_as_signature)
