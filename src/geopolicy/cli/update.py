"""``geopolicy update``: signed packs into a vehicle, and what it tells its fleet of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar
from urllib.parse import urlsplit

import typer

from geopolicy.base.atomic import write_atomically
from geopolicy.cli import console, update_answers
from geopolicy.cli.options import AsJson, check_output, seconds_of, unwritable
from geopolicy.cli.secrets import PassphraseFile, Secrets
from geopolicy.errors import UpdateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from securesystemslib.signer import Signer

    from geopolicy.update.client import UpdateClient
    from geopolicy.update.report import Vehicle

T = TypeVar("T")


def update(
    folder: Annotated[Path | None, typer.Argument(help="Where packs are installed.", show_default=False)] = None,
    *,
    source: Annotated[str | None, typer.Option("--from", help="Address of the repository, http or https.")] = None,
    fleet: Annotated[str | None, typer.Option("--fleet", help="The fleet of this vehicle.")] = None,
    region: Annotated[str | None, typer.Option("--region", help="The region whose zones it takes.")] = None,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="Root file that came with the vehicle; needed until something is installed."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Ask again and again; print what changes.")] = False,
    every: Annotated[
        str | None, typer.Option("--every", help="With --watch: how often, such as 90s or 5min.", show_default="60s")
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Ask nothing; show what is installed.")] = False,
    sign: Annotated[
        Path | None, typer.Option("--sign", help="The vehicle's private key (PEM): write a signed status.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file of the signed status; of --status else printed.")
    ] = None,
    read_status: Annotated[
        Path | None, typer.Option("--read-status", help="At the fleet: show a signed status, if it is genuine.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="With --read-status: the vehicle's public key (PEM).")
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> int:
    """Ask a repository for signed packs, and install what is new. Exit code 1 if something was refused.

    Also if the repository was not reached, or, of --status, something has expired. What is installed goes on.

    Example: geopolicy update /var/lib/zones --from https://zones.example.org --fleet taxis --region eu \
--root 1.root.json
    """
    asking = {"--from": source, "--fleet": fleet, "--region": region, "--root": root}
    asking_often = {"--watch": watch, "--every": every}
    signing = {"FOLDER": folder, "--status": status, "--sign": sign, "--output": output}
    if read_status is not None:
        _refuse_beside("--read-status", asking, asking_often, signing)
        return update_answers.tell_read(read_status, _given("--key", key), as_json=as_json)
    _needed_with("--key", key, "--read-status", is_there=False)
    _needed_with("--output", output, "--sign", is_there=sign is not None)
    _needed_with("--passphrase-file", passphrase_file, "--sign", is_there=sign is not None)
    folder = _given("FOLDER", folder)
    check_output(output, [path for path in (sign, root) if path is not None])
    if status:
        _refuse_beside("--status", asking, asking_often)
        _needed_with("--sign", sign, "-o FILE where --json prints", is_there=output is not None or not as_json)
        return _tell_status(folder, Report.of(sign, output, passphrase_file), as_json=as_json)
    _needed_with("--every", every, "--watch", is_there=watch)
    _needed_with("--sign", sign, "-o FILE, or with --status", is_there=output is not None)
    every_s = seconds_of(every or "60s", "--every")
    client = _client(folder, _address(source), _given("--fleet", fleet), _given("--region", region), root)
    report = Report.of(sign, output, passphrase_file)
    if watch:
        return _watch(client, every_s, report, as_json=as_json)
    return _ask(client, report, as_json=as_json)


class Report(NamedTuple):
    """Where the signed status goes, and who signs it; nothing of either where none was asked for."""

    signer: Signer | None
    output: Path | None

    @classmethod
    def of(cls, key: Path | None, output: Path | None, passphrase_file: Path | None) -> Report:
        """What ``--sign`` and ``-o`` ask for."""
        if key is None:
            return cls(None, None)
        from geopolicy.update.keys import key_signer

        return cls(key_signer(key, Secrets(passphrase_file)), output)

    def write(self, vehicle: Vehicle) -> None:
        """Writes the status of a vehicle, if it was asked for."""
        if self.signer is None:
            return
        from geopolicy.update.report import signed_status

        content = signed_status(vehicle, self.signer)
        if self.output is None:
            console.put(content.decode("ascii") + "\n")
            return
        try:
            write_atomically(self.output, content + b"\n")
        except OSError as error:
            raise unwritable(self.output, error) from error


def _ask(client: UpdateClient, report: Report, *, as_json: bool) -> int:
    """Asks once."""
    from geopolicy.update.watching import ask

    asked = ask(client, _now(), time.monotonic())
    report.write(client)
    update_answers.tell(asked, client, as_json=as_json)
    return console.REFUSED if update_answers.is_wrong(asked) else 0


def _watch(client: UpdateClient, every_s: float, report: Report, *, as_json: bool) -> int:
    """Asks until a signal ends the process; no end of its own."""
    from geopolicy.update.report import vehicle_status
    from geopolicy.update.watching import watched

    told, trouble = None, ""
    for asked in watched(client, every_s):
        status = vehicle_status(client)
        try:
            if status != told:
                report.write(client)
                told, trouble = status, ""
        except (console.FileError, typer.BadParameter) as error:  # the disk may have room the next time
            if str(error) != trouble:
                trouble = str(error)
                console.warn(trouble)
        if asked.is_change:
            update_answers.tell_change(asked, client, as_json=as_json)
    return 0


def _tell_status(folder: Path, report: Report, *, as_json: bool) -> int:
    from geopolicy.update.installed import installed_in

    installed = installed_in(folder)
    if installed is None:
        raise UpdateError(f"update: '{folder}' holds no installation; geopolicy update '{folder}' --from URL makes one")
    report.write(installed)
    if report.signer is None or report.output is not None:
        update_answers.tell_status(installed, _now(), as_json=as_json)
    return console.REFUSED if update_answers.has_expired(installed, _now()) else 0


def _client(folder: Path, source: str, fleet: str, region: str, root: Path | None) -> UpdateClient:
    content = None if root is None else root.read_bytes()
    from geopolicy.update.client import UpdateClient
    from geopolicy.update.fetch import Fetcher
    from geopolicy.update.install import InstallError
    from geopolicy.update.news import Subscription
    from geopolicy.update.refusals import RefusedUpdateError

    try:
        return UpdateClient(folder, Fetcher(source), Subscription(fleet, region), content)
    except (RefusedUpdateError, InstallError):
        raise
    except UpdateError as error:
        rule = f"must be the root file that came with the vehicle, since '{folder}' holds no installation"
        raise typer.BadParameter(f"{rule}, got none", param_hint="--root") from error


def _address(source: str | None) -> str:
    """``--from``: an address that can be asked, in which no password stands that would be printed."""
    given = _given("--from", source)
    try:
        parts = urlsplit(given)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.query or parts.fragment:
        rule = "must be an address such as https://zones.example.org/fleet"
        raise typer.BadParameter(f"{rule}, got {given!r}", param_hint="--from")
    if parts.username is not None:
        raise typer.BadParameter("must have no user and no password, which would be printed", param_hint="--from")
    return given


def _given(name: str, value: T | None) -> T:
    if value is None:
        raise typer.BadParameter("must be given", param_hint=name)
    return value


def _refuse_beside(option: str, *others: Mapping[str, object]) -> None:
    names = [name for values in others for name, value in values.items() if value not in (None, False)]
    if names:
        raise typer.BadParameter(f"must not come with {', '.join(names)}", param_hint=option)


def _needed_with(option: str, value: object, other: str, *, is_there: bool) -> None:
    if value is not None and not is_there:
        raise typer.BadParameter(f"must come with {other}", param_hint=option)


def _now() -> datetime:
    return datetime.now(UTC)
