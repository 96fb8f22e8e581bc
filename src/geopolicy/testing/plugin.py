"""A plugin for pytest: ``--geopolicy-zones=PATH`` makes test cases of a fleet's own zones.

It is part of every run of pytest where geopolicy is installed, and imports what it needs when the option is given. What
the cases check stands in `geopolicy.testing.zone_checks`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from geopolicy.testing.zone_checks import Check, ZonesUnderTest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("geopolicy", "zones of geopolicy as test cases")
    text = "a zone file, or a folder of them: for each zone, its edges and the laws of its answers, on every engine"
    group.addoption("--geopolicy-zones", action="append", default=[], metavar="PATH", help=text)
    text = "whose sensors are looked at; one with ten common sensors unless told"
    group.addoption("--geopolicy-vehicle", metavar="FILE", help=text)


@pytest.hookimpl(tryfirst=True)  # so that -k and -m choose among the cases, too
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Adds a case for each zone, check and engine."""
    paths = config.getoption("geopolicy_zones")
    if not paths:
        if config.getoption("geopolicy_vehicle"):
            raise pytest.UsageError("--geopolicy-vehicle needs --geopolicy-zones")
        return
    from geopolicy.errors import GeopolicyError
    from geopolicy.testing.zone_checks import ZonesUnderTest

    try:
        under_test = ZonesUnderTest(paths, config.getoption("geopolicy_vehicle"))
    except (GeopolicyError, OSError) as error:
        raise pytest.UsageError(f"--geopolicy-zones: {error}") from error
    name = paths[0] if len(paths) == 1 else "zones"
    node_ids: set[str] = set()
    for zone_id in under_test.zone_ids:
        node_id = f"{name}::{_plain(zone_id)}"
        while node_id in node_ids:
            node_id += "'"
        node_ids.add(node_id)
        items += ZoneNode.from_parent(session, name=zone_id, nodeid=node_id, under_test=under_test).collect()


def _plain(zone_id: str) -> str:
    """An id in which pytest sees no parameters of a test, under which it could have no cases."""
    return zone_id.replace("[", "(").replace("]", ")")


class ZoneNode(pytest.Collector):
    """A zone under test."""

    def __init__(self, *, under_test: ZonesUnderTest, **more: Any) -> None:
        super().__init__(**more)
        self.under_test = under_test

    def collect(self) -> list[pytest.Item]:
        """Its cases."""
        return list(self._cases())

    def _cases(self) -> Iterator[pytest.Item]:
        for name, check in self.under_test.checks_of(self.name):
            yield ZoneCase.from_parent(self, name=name, check=check)


class ZoneCase(pytest.Item):
    """One check of one zone."""

    def __init__(self, *, check: Check, **more: Any) -> None:
        super().__init__(**more)
        self.check = check

    def runtest(self) -> None:
        """Passes if the zone is as it must be."""
        self.check()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong, without the way through this library."""
        if isinstance(excinfo.value, AssertionError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Which zone and check it is."""
        return Path(self.nodeid.partition("::")[0]), None, self.nodeid.partition("::")[2]
