"""The keys of roles, as a publisher states them and changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from securesystemslib.signer import Key

from geopolicy.base.arguments import check_whole, list_of

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class RoleKeys:
    """The keys of a role, of which so many must sign.

    Parameters
    ----------
    keys
        Public keys, such as `public_key` and `SignerFile.make_key` give.
    threshold
        How many of them must sign.
    """

    keys: Sequence[Key]
    threshold: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", list_of("keys", self.keys, Key, "public keys"))
        check_whole("threshold", self.threshold)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of the keys of a role.

    Parameters
    ----------
    new
        Keys that join.
    old
        Beginnings of the ids of keys that leave.
    threshold
        How many must sign; None: as many as before.
    """

    new: Sequence[Key] = ()
    old: Sequence[str] = ()
    threshold: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "new", list_of("new", self.new, Key, "public keys"))
        object.__setattr__(self, "old", list_of("old", self.old, str, "ids of keys"))
        if self.threshold is not None:
            check_whole("threshold", self.threshold)
