"""Packs: compiled zones in one block of bytes, as docs/spec/pack-v1.md lays them out."""

from __future__ import annotations

import os

from geopolicy.base.arguments import check_bool
from geopolicy.errors import ZoneFileError
from geopolicy.pack import format as layout
from geopolicy.pack.raw import RawPack
from geopolicy.pack.reading import Hashing, read_whole
from geopolicy.pack.rulesets import read_head, read_ruleset
from geopolicy.pack.status import PackStatus
from geopolicy.policy.policy import RuledZone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Self

    from geopolicy.errors import PackError
    from geopolicy.model.zones import ZoneFileHeader
    from geopolicy.policy.policy import RuleSet


class Pack:
    """Zones compiled for look-ups. Immutable; `geopolicy.compile` makes one, `geopolicy.read_pack` reads one.

    A sequence of its zones in order of id. Pickled with all its bytes, which are checked again when it is
    read back.

    Attributes
    ----------
    data
        The bytes of the file, read-only.
    name
        What messages call it.
    counts
        How many zones, vertices, nodes and so on it holds, and its bounds, as its header states them.
    """

    __slots__ = ("_raw", "_rulesets", "_zones", "counts", "data", "name")

    def __init__(self, data: Any, name: str = "pack", *, is_trusted: bool = False) -> None:
        check_bool("is_trusted", is_trusted)
        try:
            view = memoryview(data)
        except TypeError:
            raise TypeError(f"data must be bytes, got {type(data).__name__}; read_pack takes a path") from None
        view = view.cast("B")
        # Bytes that somebody else can change are copied: what is checked must be what is used.
        self._part(view if view.readonly else view.toreadonly() if is_trusted else memoryview(bytes(view)), name)
        if not is_trusted:
            with Hashing() as hashing:
                self._verify(hashing)

    @classmethod
    def _while_hashed(cls, data: Any, name: str, hashing: Hashing) -> Self:
        """A pack whose bytes nobody else has, checked; their SHA-256 may still be taken."""
        pack = cls.__new__(cls)
        pack._part(memoryview(data), name)
        pack._verify(hashing)
        return pack

    def _part(self, data: memoryview, name: str) -> None:
        self.data = data
        self.name = name
        self._raw = RawPack(data, name)
        self.counts = self._raw.counts
        self._rulesets: dict[int, RuleSet] = {}
        self._zones: dict[int, RuledZone] = {}

    def _verify(self, hashing: Hashing) -> None:
        status, digest = _status_and_digest(self._raw, hashing)
        if self._raw.stated_digest != digest:
            rule = "its bytes must have the SHA-256 that its header states"
            raise self._raw.refusal("pack-checksum", rule, "another", layout.DIGEST_AT, "fetch the file again")
        if status:
            raise self._raw.refusal_by_status(status)
        try:
            bytes(self._raw.section(b"TEXT")).decode()
        except UnicodeDecodeError as error:
            raise self._raw.refusal("pack-text", "its text must be UTF-8", None, error.start) from None
        for _ in rulesets_of(self):
            pass
        if self.is_overlay and self.counts["coverages"]:
            raise self._raw.refusal("pack-record", "an overlay must have no coverages", str(self.counts["coverages"]))
        _ = self.header

    def _ruleset(self, number: int) -> RuleSet:
        """The rules of some zones, their time zone and when they expire."""
        ruleset = self._rulesets.get(number)
        if ruleset is None:
            try:
                ruleset = self._rulesets[number] = read_ruleset(self._raw.ruleset_text(number))
            except (ZoneFileError, ValueError, TypeError) as error:
                rule = f"the rules of terms {number} must be those of a zone file: {error}"
                raise self._raw.refusal("pack-terms", rule) from None
        return ruleset

    def zone_id(self, index: int) -> str:
        """The id of a zone."""
        return self._raw.zone_id(index)

    def __len__(self) -> int:
        return self.counts["zones"]

    def __getitem__(self, index: int) -> RuledZone:
        """A zone; kept, so that its values are made once. An engine asks only for zones that it meets."""
        zone = self._zones.get(index)
        if zone is None:
            if not 0 <= index < len(self):
                raise IndexError(f"zone {index}: must be 0 to {len(self) - 1}")
            id_at, id_length, name_at, name_length, number, *_ = self._raw.record(index)
            name = None if name_at == layout.NO_TEXT else self._raw.text(name_at, name_length)
            zone = self._zones[index] = RuledZone(self._raw.text(id_at, id_length), name, self._ruleset(number))
        return zone

    def _id_and_rules(self, index: int) -> tuple[str, RuleSet]:
        """The id and the rules of a zone; not kept, which is quicker where each zone is asked for once."""
        record = self._raw.record(index)
        return self._raw.text(record[0], record[1]), self._ruleset(record[4])

    def __iter__(self) -> Iterator[RuledZone]:
        return (self[index] for index in range(len(self)))

    @property
    def header(self) -> ZoneFileHeader:
        """What the zone file said of itself, without its coverages."""
        try:
            header = read_head(str(self._raw.section(b"META"), "utf-8"))
        except (ZoneFileError, ValueError, TypeError) as error:
            raise self._raw.refusal("pack-meta", f"its header must be that of a zone file: {error}") from None
        if header.is_overlay != self.is_overlay or (header.ends is not None and not self.is_overlay):
            rule = f"kind and ends of its header must be those of format {self._raw.format}"
            raise self._raw.refusal("pack-meta", rule, header.kind)
        return header

    @property
    def is_overlay(self) -> bool:
        """Whether its zones are added to those of other packs, and it makes no place known."""
        return self._raw.format == layout.FORMAT_OVERLAY

    @property
    def digest(self) -> str:
        """The SHA-256 that the header states, in hexadecimal: names the content."""
        return self._raw.stated_digest.hex()

    def info(self) -> dict[str, Any]:
        """What the pack says of itself: format, size, digest, header, counts and bounds, frames."""
        places = (layout.FAMILIES_AT + 64 * i for i in range(len(layout.FAMILIES)))
        indexes = (layout.FAMILY_INDEX.unpack_from(self.data, at) for at in places)
        families = [name for name, index in zip(layout.FAMILIES, indexes, strict=True) if index[3]]
        header = self.header
        return {
            "format": self._raw.format,
            "bytes": len(self.data),
            "digest": self.digest,
            "kind": header.kind,
            "id": header.id,
            "revision": header.revision,
            "issued": header.issued.isoformat() if header.issued else None,
            "ends": header.ends.isoformat() if header.ends else None,
            "expires": header.expires.isoformat() if header.expires else None,
            "frames": families,
            "counts": {name: count for name, count in self.counts.items() if not name.startswith("max_")},
            "bounds": {name: self.counts[name] for name in ("max_depth", "max_leaf_edges")},
            "sections": {kind.decode(): end - start for kind, (start, end) in self._raw.offsets.items()},
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the pack; the file is whole or unchanged.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        from pathlib import Path

        from geopolicy.base.atomic import write_atomically

        write_atomically(Path(path), self.data)

    def __reduce__(self) -> tuple[type[Pack], tuple[bytes, str]]:
        return Pack, (bytes(self.data), self.name)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __eq__(self, other: object) -> bool:
        return self.data == other.data if isinstance(other, Pack) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Pack {self.digest[:12]} of {len(self)} zones>"


def rulesets_of(pack: Pack) -> Iterator[RuleSet]:
    """All distinct rule sets of a pack."""
    return (pack._ruleset(number) for number in range(pack.counts["terms"]))


def ids_and_rules_of(pack: Pack) -> Callable[[int], tuple[str, RuleSet]]:
    """Gives the id and the rules of a zone by its number."""
    return pack._id_and_rules


def raw_of(pack: Pack) -> RawPack:
    """The bytes of a pack, parted."""
    return pack._raw


def refusal_by_kernel(pack: Pack) -> PackError:
    """What the kernel says of a pack that was trusted and cannot be used."""
    from geopolicy import _kernel

    return pack._raw.refusal_by_status(_kernel.verify(pack.data) or PackStatus.INDEX)


def _status_and_digest(raw: RawPack, hashing: Hashing) -> tuple[int, bytes]:
    """The kernel's status and the SHA-256; for a large pack side by side, both give up the interpreter's lock."""
    try:
        from geopolicy._kernel import verify
    except ImportError:
        from geopolicy.pack.verify import status_without_kernel

        status: int = status_without_kernel(raw)
    else:
        if not hashing.is_begun and len(raw.data) >= layout.LARGE:
            hashing.begin(raw.data)
            hashing.extend(len(raw.data))
        status = verify(raw.data)
    return status, hashing.digest() or raw.computed_digest()


def read_pack(path: str | os.PathLike[str], *, mmap: bool = False) -> Pack:
    """A pack from a file, every byte of it checked.

    Parameters
    ----------
    path
        The file.
    mmap
        Map the file instead of copying it, and check only its header: for storage that is trusted and does
        not change while it is mapped: one that is cut off then ends the process by a signal (SIGBUS), where a pack
        that was read goes on. Processes share the memory; opening takes the same time for any size.

    Raises
    ------
    PackError
        If it is no pack, or is damaged; the code says how.
    OSError
        If the file cannot be read.
    TypeError
        If ``mmap`` is not True or False.

    Examples
    --------
    >>> import geopolicy as gp, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "fleet.gpol"
    >>> gp.compile(gp.read_zones("zones")).save(path)
    >>> "data-stays-in-mainland-china" in [zone.id for zone in gp.read_pack(path)]
    True
    """
    check_bool("mmap", mmap)
    name = os.fspath(path)
    if not mmap:
        with Hashing() as hashing:
            with open(path, "rb") as file:  # noqa: PTH123  # pathlib costs more time than opening a pack
                data = read_whole(file, hashing)
            return Pack._while_hashed(data, name, hashing)
    from mmap import ACCESS_READ
    from mmap import mmap as map_file

    with open(path, "rb") as file:  # noqa: PTH123  # as above
        try:
            data = map_file(file.fileno(), 0, access=ACCESS_READ)
        except ValueError:  # an empty file cannot be mapped
            data = b""
    return Pack(data, name, is_trusted=True)
