"""Bytes and JSON values with changes, as broken disks, editors and programs make them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
        container, key = _place(rng, root)
        kind = rng.random()
        if kind < 0.5:
            container[key] = deepcopy(rng.choice(_ODD_VALUES))
        elif kind < 0.7 and container is not root:
            del container[key]
        elif kind < 0.85:
            other, place = _place(rng, root)
            container[key] = deepcopy(other[place])
        elif kind < 0.95 or container is root:
            container[key] = [container[key]]
        elif isinstance(container, list):
            container.insert(key, deepcopy(container[key]))
        else:
            container[key] = [deepcopy(container[key]) for _ in range(rng.choice((2, 20)))]
    return root[0]


def _place(rng: Random, root: list[Any]) -> tuple[Any, Any]:
    """A container and one of its keys, as likely near the top as far below it."""
    container: Any = root
    while True:
        key = rng.choice(range(len(container)) if isinstance(container, list) else list(container))
        below = container[key]
        if not isinstance(below, (list, dict)) or not below or rng.random() < 0.15:
            return container, key
        container = below
