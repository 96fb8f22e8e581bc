"""The public names, those of the public namespaces included."""

from __future__ import annotations

import inspect

import geopolicy as gp
from geopolicy import testing

NAMESPACES = ("audit", "errors", "hosts", "replay", "update")


def names_of(namespace: str) -> list[str]:
    """The public names of a namespace: what it exports, or the classes that it defines."""
    module = getattr(gp, namespace)
    exported = getattr(module, "__all__", None)
    if exported is not None:
        return list(exported)
    return [
        name for name, thing in vars(module).items() if inspect.isclass(thing) and thing.__module__ == module.__name__
    ]


def public() -> dict[str, object]:
    """Every public name as it is written after ``geopolicy.``, with its object; the version left out."""
    found = {name: getattr(gp, name) for name in gp.__all__ if name not in (*NAMESPACES, "__version__")}
    for namespace in NAMESPACES:
        module = getattr(gp, namespace)
        found |= {f"{namespace}.{name}": getattr(module, name) for name in names_of(namespace) if name not in found}
    return found


def documented() -> dict[str, object]:
    """The public names, and those that tests use."""
    return public() | {f"testing.{name}": getattr(testing, name) for name in testing.__all__}
