"""The header of another file, for zone files that lost theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError
from geopolicy.zonefile.files import StoredFile, content_of
from geopolicy.zonefile.header_json import read_header
from geopolicy.zonefile.members import FileContext, JsonObject
from geopolicy.zonefile.strict_json import loads

if TYPE_CHECKING:
    from pathlib import Path

# What GDAL writes beside the features.
_OF_GDAL = ("name", "crs", "xy_coordinate_resolution", "z_coordinate_resolution")
_OF_COLLECTION = ("type", "features", "geopolicy", "crs")


@dataclass(frozen=True, slots=True, eq=False)
class HeaderSource:
    """A header as JSON, and the foreign members that stood beside it; ``file`` is where."""

    file: str
    member: dict[str, Any]
    beside: dict[str, Any]

    def restored(self, context: FileContext, collection: dict[str, Any]) -> dict[str, Any]:
        """A FeatureCollection with this header; one of its own that says something else is reported, and stays."""
        own = collection.get("geopolicy")
        if own is not None and own != self.member:
            rule = f"a file that has a header cannot be given that of {self.file}, which differs"
            hint = "remove the header that is not meant; a file whose own is right needs no --header"
            context.report("header-differs", rule, "$.geopolicy", own, hint)
            return collection
        kept = {name: value for name, value in collection.items() if name not in _OF_GDAL}
        return {**kept, **self.beside, "geopolicy": self.member}


def header_of(path: Path) -> HeaderSource:
    """The header of a zone file, or one that stands in a JSON file alone, as itself or as the member ``geopolicy``.

    Raises
    ------
    ZoneFileError
        If the file cannot be read, is not JSON, holds no header, or one with problems.
    """
    file = str(path)
    root = loads(content_of(StoredFile(file, file)), file)
    if not isinstance(root, dict):
        rule = "a file for --header must be a zone file, or hold the JSON object that is the header"
        raise ZoneFileError([Problem("header-missing", rule, type(root).__name__, file=file)])
    is_alone = root.get("type") != "FeatureCollection" and "geopolicy" not in root
    context = FileContext(file)
    read_header(JsonObject(context, {"geopolicy": root} if is_alone else root, "$"))
    errors = [problem for problem in context.problems if not problem.is_warning]
    if errors and is_alone:
        errors = [replace(problem, path=problem.path.replace("$.geopolicy", "$", 1)) for problem in errors]
    if errors:
        raise ZoneFileError(errors)
    if is_alone:
        return HeaderSource(file, root, {})
    return HeaderSource(file, root["geopolicy"], {n: v for n, v in root.items() if n not in _OF_COLLECTION})
