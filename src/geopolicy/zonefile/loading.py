"""Several zone files, each read as far as it can be, before they are accepted as one set."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from geopolicy.base.arguments import check_bool, check_callable
from geopolicy.errors import Problem, ZoneFileError
from geopolicy.geometry.effective import ids_to_unwrap, unknown_ids
from geopolicy.zonefile.losses import with_losses
from geopolicy.zonefile.reader import ZoneFile, examine_zone_file, feature_path
from geopolicy.zonefile.stored_file import content_of
from geopolicy.zonefile.zone_sources import listed, zone_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from geopolicy.zonefile.header_of import HeaderSource
    from geopolicy.zonefile.stored_file import StoredFile
    from geopolicy.zonefile.zone_sources import ZoneSource


@dataclass(frozen=True, slots=True)
class RefusedZone:
    """A feature for which its file is refused: its path, its id if it has one, and the codes of what is wrong."""

    file: str | None
    path: str
    zone_id: str | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LoadedFiles:
    """Zone files as they were read; ``errors`` are those for which the set is refused, of all files.

    ``files`` are those that are JSON, with refused ones among them.
    """

    files: tuple[ZoneFile, ...]
    errors: tuple[Problem, ...]
    folder_warnings: tuple[Problem, ...] = ()

    @property
    def warnings(self) -> list[Problem]:
        """The warnings of folders and all files."""
        return [*self.folder_warnings, *(warning for file in self.files for warning in file.warnings)]

    @property
    def feature_count(self) -> int:
        """How many zones the files hold, refused ones among them."""
        return sum(file.feature_count for file in self.files)


def load_zone_files(
    source: ZoneSource | Iterable[ZoneSource],
    *,
    header: HeaderSource | None = None,
    repair: bool = False,
    unwrap: bool | Collection[str] = False,
    on_progress: Callable[[float], object] | None = None,
) -> LoadedFiles:
    """What zone files hold, each read whatever is wrong with the others; see `read_zones`.

    A ``header`` of another file is put into each of them, and what they lost of that file is a problem.
    """
    given = listed(source)
    check_bool("repair", repair)
    check_callable("on_progress", on_progress)
    files: list[ZoneFile] = []
    errors: list[Problem] = []
    if not given:
        errors.append(Problem("file-unreadable", "at least one zone file or folder must be given", "none"))
    owners: dict[str, ZoneFile] = {}
    ids = ids_to_unwrap(unwrap)
    source_problems: list[Problem] = []
    stored_files = zone_files(given, source_problems)
    errors += [problem for problem in source_problems if not problem.is_warning]
    for stored, report in zip(stored_files, _reports(stored_files, on_progress), strict=True):
        report(0.0)
        try:
            content = content_of(stored)
            with _without_collector():
                file = examine_zone_file(
                    content, stored.name, header=header, repair=repair, unwrap=ids, on_progress=report
                )
        except ZoneFileError as error:
            errors += error.problems
            continue
        errors += file.errors
        errors += _shared_ids(file, owners)
        files.append(file)
    if header is not None and len(files) == len(stored_files):
        compared = with_losses(header, files)
        errors += [e for old, new in zip(files, compared, strict=True) for e in new.errors[len(old.errors) :]]
        files = compared
    errors += unknown_ids(ids, owners)
    folder_warnings = tuple(problem for problem in source_problems if problem.is_warning)
    return LoadedFiles(tuple(files), tuple(errors), folder_warnings)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Spares Python the search for cycles, of which zone files make none: it would take a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _reports(
    files: Sequence[StoredFile], on_progress: Callable[[float], object] | None
) -> list[Callable[[float], object]]:
    """For each file what tells how much of all files is read when a fraction of this one is, by their sizes."""
    if on_progress is None:
        return [lambda _fraction: None] * len(files)
    sizes = [max(file.size_bytes, 1) for file in files]
    ends = list(accumulate(sizes))

    def report(end: int, size: int, fraction: float) -> None:
        on_progress((end - size + fraction * size) / ends[-1])

    return [partial(report, end, size) for end, size in zip(ends, sizes, strict=True)]


def refused_zones(files: Sequence[ZoneFile], errors: Iterable[Problem]) -> list[RefusedZone]:
    """The zones that errors are about, each once, in the order of the errors."""
    ids = {(file.file, path): zone_id for file in files for zone_id, path in file.places.items()}
    codes: dict[tuple[str | None, str], dict[str, None]] = {}
    for error in errors:
        path = feature_path(error.path)
        if path is not None:
            place = error.file, path
            codes.setdefault(place, {})[error.code] = None
            if error.zone_id is not None:
                ids[place] = error.zone_id
    return [RefusedZone(*place, ids.get(place), tuple(names)) for place, names in codes.items()]


def _shared_ids(file: ZoneFile, owners: dict[str, ZoneFile]) -> list[Problem]:
    """A problem for each id that another file has used already."""
    problems = []
    for zone_id, path in file.places.items():
        other = owners.setdefault(zone_id, file)
        if other is not file:
            rule, value = "an id must be used only once", f"the id of {other.places[zone_id]} in {other.file}"
            hint = "rename one of them"
            problems.append(Problem("id-duplicate", rule, value, f"{path}.id", zone_id, file.file, hint))
    return problems
