"""One HTML file that stands alone: data, styles and scripts in it, and a policy that lets nothing else in."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

_SHARED = ("dom", "shapes", "state", "theme", "levels", "ground", "labels", "map", "zone_list")
MODULES = {
    "drive": (*_SHARED, "data", "panel", "drive_map", "timeline", "tables", "main"),
    "zones": (
        *_SHARED,
        "lookup",
        "zones_data",
        "joining",
        "moments",
        "zones_map",
        "zones_panel",
        "changes",
        "zones_main",
    ),
}
"""Of each page our scripts, each after those that it imports."""
_LOOKUP = "lookup"
_COMMON_EXPORT = re.compile(r"^if \(typeof module .*module\.exports = (\{.*\});$", re.MULTILINE)
_IMPORT = re.compile(r"^import (\{[^}]*\}) from \"\./(\w+)\.js\";$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|function|class) (\w+))", re.MULTILINE)
_MAP_OF_SOURCE = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_TILE_PARTS = ("{z}", "{x}", "{y}")


def document_of(page: str, data: dict[str, Any], tiles: str | None = None) -> str:
    """The page of a drive's data, or of zones: one of `MODULES`.

    Texts of others stand in it as JSON in which ``<`` is escaped, and come to the page as text alone.

    Raises
    ------
    ValueError
        If ``tiles`` is not the address of a tile server.
    """
    host = None if tiles is None else tile_host(tiles)
    style = _static("leaflet.css") + _static("page.css")
    library = _MAP_OF_SOURCE.sub("", _static("leaflet.js"))
    script = page_script(page)
    shown = data | {"tiles": tiles, "tile_host": host and urlsplit(host).hostname}
    parts = {
        "policy": _policy(host, style, [library, script]),
        "title": escape(str(data["title"])[:200]),
        "body": _static(f"{page}.html"),
        "style": style,
        "data": json_in_html(shown),
        "countries": json_in_html(json.loads(_static("countries.json"))),
        "library": library,
        "script": script,
        "licence": escape(_static("leaflet-LICENSE.txt")),
    }
    return re.sub(r"<!-- (\w+) -->", lambda match: parts[match[1]], _static("page.html"))


def page_script(page: str) -> str:
    """Our modules as one: each a function that gives what it exports, since such a page imports nothing."""
    return "\n".join(_wrapped(name, _static(f"{name}.js")) if name != _LOOKUP else _lookup() for name in MODULES[page])


def _lookup() -> str:
    """The look-up that packs come with, as one more module."""
    source = files("geopolicy.pack").joinpath(f"{_LOOKUP}.js").read_text(encoding="utf-8")
    body = _COMMON_EXPORT.sub(r"return \1;", source)
    return f"const module_{_LOOKUP} = (() => {{\n{body}}})();"


def _wrapped(name: str, source: str) -> str:
    exports = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = module_\2;", source))
    return f"const module_{name} = (() => {{\n{body}return {{ {exports} }};\n}})();"


def json_in_html(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it can end the element, or begin another one."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def tile_host(tiles: str) -> str:
    """The scheme and host of a tile server, the only one that the page may ask.

    Examples
    --------
    >>> tile_host("https://tiles.example/{z}/{x}/{y}.png")
    'https://tiles.example'

    Raises
    ------
    ValueError
        If it is no address with ``{z}``, ``{x}`` and ``{y}``.
    """
    rule = f"tiles must be an address such as https://tiles.example/{{z}}/{{x}}/{{y}}.png, got {tiles!r}"
    try:
        address = urlsplit(tiles)
        port = f":{address.port}" if address.port else ""
    except ValueError as error:
        raise ValueError(rule) from error
    host = address.hostname or ""
    is_plain = bool(re.fullmatch(r"[A-Za-z0-9.-]+", host)) and not re.search(r"[\s;,'\"<>]", tiles)
    if address.scheme not in ("http", "https") or not is_plain or not all(part in tiles for part in _TILE_PARTS):
        raise ValueError(rule)
    return f"{address.scheme}://{host}{port}"


def _policy(host: str | None, style: str, scripts: list[str]) -> str:
    """What the browser lets in: these scripts and styles by their hashes, and pictures of the tile server, if any."""
    pictures = "data:" if host is None else f"data: {host}"
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src {pictures};"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _static(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")
