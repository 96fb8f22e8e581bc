"""What notebooks show of a drive: sums without a position, and the page with them where somebody asks for it."""

from __future__ import annotations

from html import escape
from typing import Any

from geopolicy.model.notebook import drive_html

_STYLE = "width:100%;height:720px;border:1px solid #8888"


class PageInNotebook:
    """The page of a drive in a frame of a notebook, from which it reaches nothing. It holds positions."""

    def __init__(self, page: str) -> None:
        self._page = page

    def __repr__(self) -> str:
        return "<PageInNotebook, positions inside>"

    def _repr_html_(self) -> str:
        # Without allow-same-origin its scripts cannot reach the notebook either.
        settings = f'sandbox="allow-scripts" title="a drive" style="{_STYLE}"'
        frame = f'<iframe {settings} srcdoc="{escape(self._page)}"></iframe>'
        return f"<p><b>Positions of a drive are in this notebook from here on.</b></p>{frame}"


def drive_table(data: dict[str, Any]) -> str:
    """The sums of a report as a table."""
    summary, levels = data["summary"], data["levels"]
    restricted = [(sensor, levels[level], *sums) for sensor, level, *sums in summary["restricted"]]
    zones = {zone["id"]: zone["steps"] for zone in data["zones"] if zone["steps"]}
    return drive_html(data["title"], {**summary, "restricted": restricted, "zones": zones})
