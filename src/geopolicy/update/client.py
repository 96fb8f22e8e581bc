"""The vehicle's side: from a repository, through every check, to packs that are installed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geopolicy.errors import UpdateError
from geopolicy.pack.pack import Pack
from geopolicy.update.install import Installation
from geopolicy.update.news import News, news_of, signed_at
from geopolicy.update.trust import root_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import datetime

    from geopolicy.update.fetch import Fetcher
    from geopolicy.update.news import Subscription
    from geopolicy.update.refusals import RefusedUpdateError

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
        Why news were refused, or could not be fetched or installed: what was installed goes on.
    left_out
        What was refused of delegated roles, while all else was taken: of these what was installed goes on.
    trouble
        What could not be done for the next start, although all of this holds now.
    """

    packs: Mapping[str, Pack]
    is_new: bool
    refusal: UpdateError | None = None
    left_out: tuple[RefusedUpdateError, ...] = ()
    trouble: str | None = None


class UpdateClient:
    """Keeps a folder of packs up to date with a repository, and refuses what is not proven.

    ``geopolicy.open(client.packs.values(), vehicle)`` is an engine of all that is installed, and
    ``monitor.swap(engine, trusted_time=client.signed)`` gives it to a running monitor.

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
    packs
        What is installed, by path.
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
        self._installation = Installation(folder)
        installed = self._installation.recover()
        files = {} if installed is None else installed.files
        self.trouble = None if installed is None else installed.trouble
        self._metadata = _below(_METADATA, files)
        self.packs: Mapping[str, Pack] = {path: Pack(content, path) for path, content in _below(_PACKS, files).items()}
        if root is not None:
            given = root_of(root)
            if not self._metadata or root_of(self._metadata["root"]).version < given.version:
                self._metadata["root"] = root
        if not self._metadata:
            raise UpdateError(
                f"update: '{folder}' holds no installation; give the root file that came with the vehicle"
            )

    @property
    def signed(self) -> datetime | None:
        """When what is installed was signed last: a lower bound of the time."""
        return signed_at(self._metadata.get("timestamp"))

    def update(self, now: datetime) -> Outcome:
        """Asks for news and installs them.

        Parameters
        ----------
        now
            The time, as far as it is known; it counts as no earlier than what was signed.
        """
        try:
            news = self._fetched(now)
            is_new = news.packs != self.packs
            trouble = self._install(news) if is_new or news.metadata != self._metadata else None
        except UpdateError as refusal:
            self.refusals[str(getattr(refusal, "attack", type(refusal).__name__))] += 1
            return Outcome(self.packs, is_new=False, refusal=refusal)
        self._metadata, self.packs = dict(news.metadata), news.packs
        self.refusals.update(str(refusal.attack) for refusal in news.left_out)
        return Outcome(self.packs, is_new, left_out=news.left_out, trouble=trouble)

    def _fetched(self, now: datetime) -> News:
        steps, answer = news_of(self._metadata, self.packs, self._subscription, now), None
        while True:
            try:
                request = steps.send(answer)
            except StopIteration as end:
                news: News = end.value
                return news
            answer = self._fetcher.get(f"{request.folder}/{request.file}", request.most_bytes)

    def _install(self, news: News) -> str | None:
        files = {_METADATA + role: content for role, content in news.metadata.items()}
        files |= {_PACKS + path: bytes(pack.data) for path, pack in news.packs.items()}
        return self._installation.install(files).trouble


def _below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix(folder): content for name, content in files.items() if name.startswith(folder)}
