"""A disk that loses power: what may be on it afterwards, by what had been brought to it and what had not.

Until a file is synced each of its blocks of 512 bytes may be there or not; until a folder is synced each of its names
may be as before or as after, whatever the order of the calls. A folder whose own name is lost takes all that is in it.
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from math import prod
from pathlib import PurePath

BLOCK = 512
ROOT = PurePath("/installation")


IS_FOLDER = b"a folder"


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

    ``seen`` is what a program sees; ``may_last`` what each name may stand for on the disk.
    """

    seen: dict[PurePath, File] = field(default_factory=dict)
    may_last: dict[PurePath, list[File | None]] = field(default_factory=dict)
    ends_before: int | None = None
    calls: int = 0
    raises: dict[int, OSError] = field(default_factory=dict)

    def _call(self):
        if self.calls == self.ends_before:
            raise PowerLossError
        self.calls += 1
        if self.calls in self.raises:
            raise self.raises[self.calls]

    def make_folder(self, folder):
        self._call()
        if PurePath(folder) not in self.seen:
            self._name(PurePath(folder), File(IS_FOLDER, is_synced=True))

    def check_folder(self, folder):
        """There are no links here, and nobody else."""

    @contextmanager
    def locked(self, folder, _):
        if PurePath(folder) not in self.seen:
            raise FileNotFoundError(str(folder))
        yield

    def killed(self):
        """The disk as another process finds it after the one that wrote has ended: all is seen, not all will last."""
        seen = {id(file): File(file.content, file.is_synced) for file in self._files()}
        names = {path: seen[id(file)] for path, file in self.seen.items()}
        past = {path: [file and seen[id(file)] for file in own] for path, own in self.may_last.items()}
        return ModelDisk(names, past)

    def _files(self):
        return [*self.seen.values(), *(file for own in self.may_last.values() for file in own if file is not None)]

    def _name(self, path, file):
        """Gives a name to a file, or takes it away with None."""
        self.may_last.setdefault(path, [self.seen.get(path)]).append(file)
        if file is None:
            del self.seen[path]
        else:
            self.seen[path] = file

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
        if path.parent not in self.seen:
            raise FileNotFoundError(str(path))
        self._call()  # it is made
        file = File(b"")
        self._name(path, file)
        self._call()  # it is written
        file.content = content
        self._call()  # it is synced
        file.is_synced = True

    def rename(self, path, target):
        self._call()
        self._name(PurePath(target), self.seen[PurePath(path)])
        self._name(PurePath(path), None)

    def sync(self, folder):
        self._call()
        self.may_last = {path: past for path, past in self.may_last.items() if path.parent != PurePath(folder)}

    def sync_above(self, folder):
        for above in PurePath(folder).parents:
            self.sync(above)

    def remove(self, path):
        self._call()
        self._name(PurePath(path), None)

    def free_bytes(self, _):
        return 2**40

    def after_power_loss(self, most, seed):
        """Disks as they may be found: all of them where there are few, else some by a seed."""
        paths = sorted({*self.seen, *self.may_last})
        choices = [
            list(
                dict.fromkeys(own for file in self.may_last.get(path, [self.seen.get(path)]) for own in _contents(file))
            )
            for path in paths
        ]
        if prod(map(len, choices)) <= most:
            picked = product(*choices)
        else:
            numbers = random.Random(seed)
            picked = (tuple(map(numbers.choice, choices)) for _ in range(most))
        for contents in picked:
            found: dict[PurePath, File] = {}
            for path, own in zip(paths, contents, strict=True):
                if own is not None and (path == ROOT or path.parent in found):
                    found[path] = File(own, is_synced=True)
            yield ModelDisk(found)

    def state(self):
        """What tells it from other disks."""
        return frozenset((path, file.content) for path, file in self.seen.items())


def _contents(file):
    """What may stand under a name, None for nothing: with any of its blocks lost, and cut off after any of them."""
    if file is None:
        return [None]
    whole = file.content
    if file.is_synced:
        return [whole]
    blocks = [whole[at : at + BLOCK] for at in range(0, len(whole), BLOCK)]
    lost = [tuple(map(bool, own)) for own in product((0, 1), repeat=len(blocks))]
    holed = [b"".join(b if kept else bytes(len(b)) for b, kept in zip(blocks, own, strict=True)) for own in lost]
    return [*holed, *(b"".join(blocks[:count]) for count in range(len(blocks)))]
