"""The vehicle's side: from a repository, through every check, to packs that are installed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from tuf.api.metadata import Timestamp

from geopolicy.errors import UpdateError
from geopolicy.model.times import require_aware
from geopolicy.pack.pack import Pack
from geopolicy.update.install import Installation, InstallError, OvertakenError
from geopolicy.update.news import News, news_of, still_in_force
from geopolicy.update.offers import Stored
from geopolicy.update.signed_clock import DRIFT, SignedClock
from geopolicy.update.signed_files import read, signed_at
from geopolicy.update.trust import root_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import datetime

    from geopolicy.update.fetch import Fetcher
    from geopolicy.update.news import Subscription

_METADATA, _PACKS = "metadata/", "targets/"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking for news.

    Attributes
    ----------
    packs
        What is in force now, by path.
    is_new
        Whether any of it is.
    refusal
        Why news were refused, or could not be fetched: what was installed goes on.
    left_out
        What was refused of delegated roles, or did not come, while all else was taken: of these what was installed
        goes on.
    trouble
        What could not be done for the next start, although all of this holds now: the next question tries again.
    """

    @property
    def is_confirmed(self) -> bool:
        """Whether all that the repository has for the vehicle is in force."""
        return self.refusal is None and not self.left_out

    packs: Mapping[str, Pack]
    is_new: bool
    refusal: UpdateError | None = None
    left_out: tuple[UpdateError, ...] = ()
    trouble: str | None = None


class UpdateClient:
    """Keeps a folder of packs up to date with a repository, and refuses what is not proven.

    ``geopolicy.open(client.packs.values(), vehicle)`` is an engine of all that is installed; a `Follower` asks for
    news in a thread of its own, and gives them to a running monitor.

    It reads no clock: each call is told the time, and how far a monotonic clock is, by which what was signed ages.

    Parameters
    ----------
    folder
        What is installed, for this client alone.
    fetcher
        Where news come from.
    subscription
        Which packs the vehicle takes.
    root
        The root file of the repository, which came with the vehicle: needed until something is installed.

    Attributes
    ----------
    trouble
        What could not be done for the next start; None where all of it was.
    fresh_until_s
        Until when on the monotonic clock it is credible that there are no newer packs; None while it is not. At most
        for as long as the metadata lasts, and never from an earlier start.
    refusals
        How many news were refused since the client was made, by attack; what could not be fetched or installed counts
        by its kind of error.

    Raises
    ------
    UpdateError
        If nothing is installed and no root is given.
    RefusedUpdateError
        If the root is none.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        fetcher: Fetcher,
        subscription: Subscription,
        root: bytes | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._subscription = subscription
        self.refusals: Counter[str] = Counter()
        self.fresh_until_s: float | None = None
        self._installation = Installation(folder)
        installed = self._installation.recover()
        files = {} if installed is None else installed.files
        self.trouble = None if installed is None else installed.trouble
        self._is_installed = installed is not None and self.trouble is None
        self._metadata = _below(_METADATA, files)
        self._stored: Mapping[str, Stored] = {
            path: Stored(Pack(content, path), content, sha256(content).hexdigest())
            for path, content in _below(_PACKS, files).items()
        }
        if root is not None:
            given = root_of(root)
            if not self._metadata or root_of(self._metadata["root"]).version < given.version:
                self._metadata["root"] = root
                self._is_installed = False
        if not self._metadata:
            held = (
                "an installation that is damaged, in both copies" if self._installation.is_begun else "no installation"
            )
            raise UpdateError(f"update: '{folder}' holds {held}; give the root file that came with the vehicle")
        self._clock = SignedClock(self.signed)

    @property
    def packs(self) -> Mapping[str, Pack]:
        """What is installed, by path."""
        return {path: stored.pack for path, stored in self._stored.items()}

    @property
    def signed(self) -> datetime | None:
        """When what is installed was signed last."""
        content = self._metadata.get("timestamp")
        return None if content is None else signed_at(read(Timestamp, content, "timestamp.json").signed)

    def trusted_time(self, monotonic_s: float | None) -> datetime | None:
        """A time that is not later than the true one: the last one that was signed, and the seconds since.

        Never of a clock that can be set, nor of a receiver: by it overlays end, and what is older has expired.
        """
        return self._clock.at_least(monotonic_s)

    def packs_in_force(self, monotonic_s: float | None) -> dict[str, Pack]:
        """What is installed, by path, but for overlays that have ended by `trusted_time`."""
        in_force = still_in_force(self._stored, self.trusted_time(monotonic_s))
        return {path: stored.pack for path, stored in in_force.items()}

    def update(self, now: datetime, monotonic_s: float | None = None) -> Outcome:
        """Asks for news and installs them.

        Parameters
        ----------
        now
            The time, as far as it is known; it counts as no earlier than what was signed, and the seconds since.
        monotonic_s
            The seconds of a clock that only goes on, at the call. None: `trusted_time` goes on from a later call, and
            nothing is said of ``fresh_until_s``.

        Raises
        ------
        ValueError
            If ``now`` is no aware datetime.
        """
        require_aware("now", now)
        files, began_s = dict(self._metadata), _seconds()
        try:
            news = self._fetched(files, now, monotonic_s)
        except UpdateError as refusal:
            self._keep_root(files["root"])
            self.refusals[_kind(refusal)] += 1
            return Outcome(self.packs, is_new=False, refusal=refusal)
        is_new = news.packs.keys() != self._stored.keys() or any(
            stored.digest != self._stored[path].digest for path, stored in news.packs.items()
        )
        self._install(news, is_needed=is_new or news.metadata != self._metadata)
        self._metadata, self._stored = dict(news.metadata), news.packs
        # What was signed while this call waited was heard no earlier than now: the later, the less it proves.
        heard_s = None if monotonic_s is None else monotonic_s + (_seconds() - began_s)
        self._clock.confirm(news.at_least, heard_s)
        self.refusals.update(map(_kind, news.left_out))
        if not news.left_out and monotonic_s is not None:
            latest = now if news.at_least is None else max(now, news.at_least)
            self.fresh_until_s = monotonic_s + (news.expires - latest).total_seconds() * (1.0 - DRIFT)
        return Outcome(self.packs, is_new, left_out=news.left_out, trouble=self.trouble)

    def _fetched(self, files: dict[str, bytes], now: datetime, monotonic_s: float | None) -> News:
        at_least = self.trusted_time(monotonic_s)
        steps = news_of(files, self._stored, self._subscription, now, at_least)
        try:
            request = next(steps)
            while True:
                try:
                    answer = self._fetcher.get(f"{request.folder}/{request.file}", request.most_bytes)
                except UpdateError as error:  # of a delegated role it may be left out
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration as end:
            news: News = end.value
            return news

    def _keep_root(self, root: bytes) -> None:
        """Keeps a newer root that was verified, although what came after it was refused: keys that it took away must
        not count again.
        """
        if root == self._metadata["root"]:
            return
        self._metadata = self._metadata | {"root": root}
        self._write(self._metadata, self._stored)

    def _install(self, news: News, *, is_needed: bool) -> None:
        """Installs news, and what could not be installed before; on a full disk they hold all the same, until the end
        of the process: a vehicle that cannot keep an emergency must not ignore it.
        """
        if is_needed or not self._is_installed:
            self._write(news.metadata, news.packs)

    def _write(self, metadata: Mapping[str, bytes], packs: Mapping[str, Stored]) -> None:
        files = {_METADATA + role: content for role, content in metadata.items()}
        files |= {_PACKS + path: stored.content for path, stored in packs.items()}
        digests = {_PACKS + path: stored.digest for path, stored in packs.items()}
        try:
            try:
                self.trouble = self._installation.install(files, digests).trouble
            except OvertakenError:
                installed = self._installation.recover()
                if installed is not None and _versions(installed.files) > _versions(files):
                    raise
                self.trouble = self._installation.install(files, digests).trouble
        except InstallError as error:
            self.refusals[type(error).__name__] += 1
            self.trouble = str(error)
        self._is_installed = self.trouble is None


def _seconds() -> float:
    """The seconds of this machine, those included while it slept: of no clock do more pass."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _kind(refusal: UpdateError) -> str:
    return str(getattr(refusal, "attack", type(refusal).__name__))


def _versions(files: Mapping[str, bytes]) -> tuple[int, int]:
    """Which of two installations has the newer metadata: by the root, under which all else may begin anew."""
    timestamp = files.get(f"{_METADATA}timestamp")
    newest = 0 if timestamp is None else read(Timestamp, timestamp, "timestamp.json").signed.version
    return root_of(files[f"{_METADATA}root"]).version, newest


def _below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in files.items() if name.startswith(folder)}
