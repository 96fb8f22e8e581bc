"""The front door: from zones to an engine, chosen and never silently another one."""

from __future__ import annotations

from types import NoneType

from geopolicy.base.arguments import check_bool, check_kind
from geopolicy.engines.layered import LayeredEngine
from geopolicy.engines.layers import is_overlay, layers_of
from geopolicy.errors import EngineUnavailableError, PackError
from geopolicy.model.sensors import Vehicle
from geopolicy.pack.pack import Pack
from geopolicy.policy.policy import Circumstances

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopolicy.engines.contract import Engine
    from geopolicy.engines.layers import Layer
    from geopolicy.zonefile.zone_set import ZoneSet
    from geopolicy.zonefile.zone_sources import ZoneSource

ENGINES = ("auto", "kernel", "reference")
_has_warned = False


def open(  # noqa: A001  # the name is part of the API: geopolicy.open
    source: Pack | ZoneSet | ZoneSource | Iterable[Pack | ZoneSet | ZoneSource],
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
        Several of all these are layers, and the engine answers as one of all their zones would: each pack and each
        `ZoneSet` is a layer, and each zone file of an overlay; other zone files are one together. With overlays alone
        no place is known.
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
        If the zones cannot be used; with every problem of every file. If two layers are one set, or have an id in
        common.
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
    layers = layers_of(source, mmap=mmap)
    by_reference = engine == "reference" or bool(reason)
    opened = [(_reference if by_reference else _kernel)(layer, vehicle or Vehicle()) for layer in layers]
    return LayeredEngine(opened) if len(opened) > 1 or is_overlay(layers[0]) else opened[0]


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


def _kernel(layer: Layer, vehicle: Vehicle) -> Engine:
    from geopolicy.engines.kernel import kernel_layer

    if isinstance(layer, Pack):
        return kernel_layer(layer, vehicle, Circumstances())
    from geopolicy.pack import compiler

    return kernel_layer(compiler.compile(layer), vehicle, Circumstances())


def _reference(layer: Layer, vehicle: Vehicle) -> Engine:
    from geopolicy.engines.reference import reference_layer

    if not isinstance(layer, Pack):
        return reference_layer(layer, vehicle, Circumstances())
    try:
        return reference_layer(layer, vehicle, Circumstances())
    except ValueError as error:  # of shapes and ids that no compiler writes
        rule = f"must hold zones that can be read again: {error}"
        raise PackError("pack-zones", f"pack {layer.name!r}: {rule}; compile again") from error
