"""A disk that loses power: what may be on it afterwards, by what had been brought to it and what had not.

Until a file is synced each of its blocks of 512 bytes may be there or not; until a folder is synced each of its names
may be as before or as after, whatever the order of the calls.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import PurePath

BLOCK = 512
ROOT = PurePath("/installation")


class PowerLossError(Exception):
    """The power is gone: the program ends here."""


@dataclass
class File:
    """What is in a file, and what of it has reached the disk: all of it, or any of its blocks."""

    content: bytes
    is_synced: bool = False


@dataclass
class ModelDisk:
    """The calls of `Disk` upon a model, which ends before a call of a given number.

    ``lasting`` are the names that have reached the disk; ``seen`` those that a program sees.
    """

    lasting: dict[PurePath, File] = field(default_factory=dict)
    seen: dict[PurePath, File] = field(default_factory=dict)
    ends_before: int | None = None
    calls: int = 0
    raises: dict[int, OSError] = field(default_factory=dict)

    def _call(self):
        if self.calls == self.ends_before:
            raise PowerLossError
        self.calls += 1
        if self.calls in self.raises:
            raise self.raises[self.calls]

    def make_folder(self, _):
        self._call()

    def names(self, folder):
        return sorted(path.name for path in self.seen if path.parent == PurePath(folder))

    def read(self, path):
        file = self.seen.get(PurePath(path))
        return None if file is None else file.content

    def size(self, path):
        file = self.seen.get(PurePath(path))
        return None if file is None else len(file.content)

    def write(self, path, content):
        path = PurePath(path)
        if path in self.seen:
            raise FileExistsError(str(path))
        self._call()  # it is made
        self.seen[path] = file = File(b"")
        self._call()  # it is written
        file.content = content
        self._call()  # it is synced
        file.is_synced = True

    def rename(self, path, target):
        self._call()
        self.seen[PurePath(target)] = self.seen.pop(PurePath(path))

    def sync(self, folder):
        self._call()
        folder = PurePath(folder)
        self.lasting = {path: file for path, file in self.lasting.items() if path.parent != folder}
        self.lasting |= {path: file for path, file in self.seen.items() if path.parent == folder}

    def remove(self, path):
        self._call()
        del self.seen[PurePath(path)]

    def free_bytes(self, _):
        return 2**40

    def after_power_loss(self, most, seed):
        """Disks as they may be found: all of them where there are few, else some by a seed."""
        choices = [_entries(self.lasting.get(path), self.seen.get(path)) for path in self._paths()]
        paths = self._paths()
        total = 1
        for own in choices:
            total *= len(own)
        if total <= most:
            picked = product(*choices)
        else:
            numbers = random.Random(seed)
            picked = (tuple(numbers.choice(own) for own in choices) for _ in range(most))
        for contents in islice(picked, most):
            files = {
                path: File(content, is_synced=True)
                for path, content in zip(paths, contents, strict=True)
                if content is not None
            }
            yield ModelDisk(dict(files), dict(files))

    def state(self):
        """What tells it from other disks."""
        return frozenset((path, file.content) for path, file in self.seen.items())

    def _paths(self):
        return sorted({*self.lasting, *self.seen})


def _entries(before, after):
    """What may stand under a name: what was there, and what was to come, whole or torn; None for nothing."""
    found = []
    for file in (before, after):
        found += [None] if file is None else _contents(file)
    return list(dict.fromkeys(found))


def _contents(file):
    """The contents that a file may have: with any of its blocks lost, and cut off after any of them."""
    whole = file.content
    if file.is_synced:
        return [whole]
    blocks = [whole[at : at + BLOCK] for at in range(0, len(whole), BLOCK)]
    lost = [tuple(map(bool, own)) for own in product((0, 1), repeat=len(blocks))]
    holed = [b"".join(b if kept else bytes(len(b)) for b, kept in zip(blocks, own, strict=True)) for own in lost]
    return [*holed, *(b"".join(blocks[:count]) for count in range(len(blocks)))]
