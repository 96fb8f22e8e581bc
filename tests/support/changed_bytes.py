"""Bytes and JSON values with changes, as broken disks, editors and programs make them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

TOKENS = b',;\t\n\r"#$*0123456789.-+NSEWeE{}[]:<>/&\x1e\xff'
_ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 0.5, 99999, 1e308, -1e308, 10**25, 91, 181, 361, "", " ", "0", "YES", "NO", "1e9",
    "2026-02-30T25:00:00Z", "2026-01-01T00:00:00", "9999-12-31T23:59:59Z", "\u0000", "\u202e", "x" * 300,
    [], {}, [[]], [0, 0], [[0, 0], [1, 1]], {"type": "Point", "coordinates": [0, 0]},
    {"type": "GeometryCollection", "geometries": []},
)  # fmt: skip


def mutated(rng: Random, content: bytes) -> bytes:
    """The content with one to four changes."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        if not changed:
            break
        at, kind = rng.randrange(len(changed)), rng.random()
        if kind < 0.4:
            changed[at] = rng.randrange(256)
        elif kind < 0.6:
            changed[at] = rng.choice(TOKENS)
        elif kind < 0.75:
            del changed[at : at + rng.randint(1, 9)]
        elif kind < 0.85:
            changed[at:at] = changed[at : at + rng.randint(1, 80)]
        else:
            changed[at:at] = bytes(rng.choices(TOKENS, k=rng.randint(1, 5)))
    return bytes(changed)


def mutated_json(rng: Random, value: Any) -> Any:
    """A JSON value with one to three of its members changed, removed, doubled or copied elsewhere."""
    root = [deepcopy(value)]
    for _ in range(rng.randint(1, 3)):
        places = list(_places(root))
        container, key = places[rng.randrange(len(places))]
        kind = rng.random()
        if kind < 0.5:
            container[key] = rng.choice(_ODD_VALUES)
        elif kind < 0.7 and container is not root:
            del container[key]
        elif kind < 0.85:
            other, place = rng.choice(places)
            container[key] = deepcopy(other[place])
        elif isinstance(container, list) and container is not root:
            container.insert(key, container[key])
        else:
            container[key] = [container[key]] * rng.choice((1, 2, 50))
    return root[0]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key below a value."""
    waiting = [value]
    while waiting:
        container = waiting.pop()
        for key in range(len(container)) if isinstance(container, list) else list(container):
            yield container, key
            if isinstance(container[key], (list, dict)):
                waiting.append(container[key])
