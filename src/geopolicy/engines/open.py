"""The front door: from zones to an engine, chosen and never silently another one."""

from __future__ import annotations

import os
from types import NoneType

from geopolicy.base.arguments import check_bool, check_kind
from geopolicy.errors import EngineUnavailableError, PackError
from geopolicy.model.sensors import Vehicle
from geopolicy.pack.format import SUFFIX
from geopolicy.pack.pack import Pack, read_pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.engines.contract import Engine
    from geopolicy.zonefile.zone_set import ZoneSet
    from geopolicy.zonefile.zone_sources import ZoneSource

ENGINES = ("auto", "kernel", "reference")
_has_warned = False


def open(  # noqa: A001  # the name is part of the API: geopolicy.open
    source: Pack | ZoneSet | ZoneSource | Iterable[ZoneSource],
    vehicle: Vehicle | None = None,
    engine: str = "auto",
    *,
    mmap: bool = False,
) -> Engine:
    """An engine for zones and a vehicle.

    Parameters
    ----------
    source
        A pack or a file of one (``*.gpol``), a `ZoneSet`, or what `read_zones` takes: a zone file, a folder,
        a binary stream, or several of them. Zones are compiled first where the kernel is asked for.
    vehicle
        By default one with ten common sensors (`Vehicle`).
    engine
        ``"kernel"``, ``"reference"``, or ``"auto"``: the kernel, and where it is not built the reference
        engine, with one warning.
    mmap
        Map a file of a pack instead of reading it, and trust it (`read_pack`).

    Raises
    ------
    PackError
        If the pack cannot be used.
    ZoneFileError
        If the zones cannot be used; with every problem of every file.
    CompileError
        If the zones cannot be made a pack.
    EngineUnavailableError
        If the engine asked for by name is not part of this installation.
    ValueError
        For a name that is no engine.
    TypeError
        If ``vehicle`` is no `Vehicle`, or ``mmap`` is not True or False.

    Examples
    --------
    >>> import geopolicy as gp
    >>> engine = gp.open("zones")
    >>> engine.name
    'kernel'
    """
    check_kind("vehicle", vehicle, (Vehicle, NoneType), "a Vehicle or None")
    check_bool("mmap", mmap)
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, got {engine!r}")
    reason = why_no_kernel()
    if engine == "kernel" and reason:
        raise EngineUnavailableError(f"engine 'kernel': {reason}; use engine='auto', or see geopolicy doctor")
    if engine == "auto" and reason:
        _warn(reason)
    if isinstance(source, (str, os.PathLike)) and str(os.fspath(source)).lower().endswith(SUFFIX):
        source = read_pack(source, mmap=mmap)
    if engine == "reference" or reason:
        return _reference(source, vehicle)
    from geopolicy.engines.kernel import KernelEngine

    return KernelEngine(source if isinstance(source, Pack) else _compiled(source), vehicle)


def why_no_kernel() -> str:
    """Why this installation has no kernel; empty if it has one."""
    from importlib import import_module

    try:
        import_module("geopolicy._kernel")
    except ModuleNotFoundError:
        return "the compiled kernel was not built when geopolicy was installed"
    except ImportError as error:
        return f"the compiled kernel cannot be loaded ({error})"
    return ""


def _warn(reason: str) -> None:
    global _has_warned  # noqa: PLW0603  # once a process
    if not _has_warned:
        from warnings import warn

        _has_warned = True
        warn(f"{reason}: the reference engine decides, exactly but slowly; see geopolicy doctor", stacklevel=3)


def _zones(source: ZoneSet | ZoneSource | Iterable[ZoneSource]) -> ZoneSet:
    from geopolicy.zonefile.zone_set import ZoneSet, read_zones

    return source if isinstance(source, ZoneSet) else read_zones(source)


def _compiled(source: ZoneSet | ZoneSource | Iterable[ZoneSource]) -> Pack:
    from geopolicy.pack import compiler

    return compiler.compile(_zones(source))


def _reference(source: Pack | ZoneSet | ZoneSource | Iterable[ZoneSource], vehicle: Vehicle | None) -> Engine:
    from geopolicy.engines.reference import ReferenceEngine

    if not isinstance(source, Pack):
        return ReferenceEngine(_zones(source), vehicle)
    try:
        return ReferenceEngine(source, vehicle)
    except ValueError as error:  # of shapes and ids that no compiler writes
        rule = f"must hold zones that can be read again: {error}"
        raise PackError("pack-zones", f"pack {source.name!r}: {rule}; compile again") from error
