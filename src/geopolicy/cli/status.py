"""``geopolicy status``: the gate card of a vehicle, from its audit log."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geopolicy.audit import Checkpoint, read_log, verify_log
from geopolicy.audit.card import OTHER_PACK, STRANGE_KEY, card_of_log
from geopolicy.base.atomic import write_atomically
from geopolicy.cli import console
from geopolicy.cli.card_page import page_of
from geopolicy.cli.documents import answer_of, text_of
from geopolicy.cli.options import AsJson, check_output, is_pack, unwritable
from geopolicy.pack.pack import read_pack

if TYPE_CHECKING:
    from geopolicy.model.card import GateCard
    from geopolicy.pack.pack import Pack


class CardFormat(StrEnum):
    """What ``status`` writes."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


_FORMATS = {".txt": CardFormat.TEXT, ".json": CardFormat.JSON, ".html": CardFormat.HTML, ".htm": CardFormat.HTML}


def status(
    *,
    card: Annotated[Path, typer.Option("--card", help="The folder of the audit log.", show_default=False)],
    key: Annotated[
        Path | None, typer.Option("--key", help="File with the vehicle's key in hexadecimal digits: names rules.")
    ] = None,
    zones: Annotated[
        list[Path] | None, typer.Option("--zones", help="The pack that decided, or its zone files; can be repeated.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that was kept elsewhere; can be repeated.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; else the card is printed.")
    ] = None,
    form: Annotated[
        CardFormat | None, typer.Option("--format", help="text, json or html; else told from the name.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show the gate card of a log: what was off or restricted last, since when and by which rules, but not where.

    Exit code 1 if the log or a checkpoint does not hold.

    Example: geopolicy status --card /var/lib/vehicle/log --key vehicle.key --zones fleet.gpol -o card.html
    """
    from geopolicy.cli.log.entries import key_in
    from geopolicy.cli.log.report import say_problems

    if (key is None) != (not zones):
        raise typer.BadParameter("needs both a key and zones, got one of them", param_hint="--key and --zones")
    form = _format_of(output, form, as_json=as_json)
    check_output(output, [*(zones or ()), *(checkpoint or ()), *([key] if key else ())])
    report = verify_log(card, [Checkpoint.from_json(path.read_bytes()) for path in checkpoint or ()])
    gate_card = card_of_log(
        read_log(card),
        key_in(key) if key else None,
        _packs_in(zones or []),
        is_proven=report.is_ok,
        proven_number=max(report.proven, default=0),
    )
    _put_out(gate_card, output, form, as_json=as_json)
    say_problems(report)
    return 0 if report.is_ok else console.REFUSED


def _format_of(output: Path | None, form: CardFormat | None, *, as_json: bool) -> CardFormat:
    """What to write, and that what was asked for goes together."""
    if as_json and output is None:
        if form not in (None, CardFormat.JSON):
            raise typer.BadParameter(f"must be json where --json is given, got {form}", param_hint="--format")
        return CardFormat.JSON
    if form is not None or output is None:
        return form or CardFormat.TEXT
    if output.suffix.lower() not in _FORMATS:
        rule = f"must end in .txt, .json or .html, got '{output}'; or say what it is with --format"
        raise typer.BadParameter(rule, param_hint="--output")
    return _FORMATS[output.suffix.lower()]


def _packs_in(paths: list[Path]) -> list[Pack]:
    """The packs given, one of all bases among zone files, and one of each overlay: the same zones, the same digest."""
    packs = [read_pack(path) for path in paths if is_pack(path)]
    files = [path for path in paths if not is_pack(path)]
    if files:
        from geopolicy.pack.compiler import compile as compile_zones
        from geopolicy.zonefile.loading import load_zone_files
        from geopolicy.zonefile.zone_set import layers_of_files

        packs += [compile_zones(zone_set) for zone_set in layers_of_files(load_zone_files(files))]
    return packs


def _put_out(card: GateCard, output: Path | None, form: CardFormat, *, as_json: bool) -> None:
    """Writes or prints the card, and warns where it names no rule because key or zones are not those of the log."""
    if output is not None:
        _write(card, output, form)
    if as_json or (output is None and form == CardFormat.JSON):
        console.print_json("status", card.as_dict())
    elif output is None and form == CardFormat.TEXT:
        for line in str(card).split("\n"):
            console.say(line)
    elif output is None:
        console.put(_content(card, form))
    for note in card.notes:
        if note in (OTHER_PACK, STRANGE_KEY):
            console.warn(note)


def _content(card: GateCard, form: CardFormat) -> str:
    if form == CardFormat.HTML:
        return page_of(card)
    if form == CardFormat.JSON:
        return text_of(answer_of("status", card.as_dict()))
    return f"{card}\n"


def _write(card: GateCard, output: Path, form: CardFormat) -> None:
    try:
        # Like the log itself, a new file is for its owner alone.
        write_atomically(output, _content(card, form).encode(errors="backslashreplace"), new_mode=0o600)
    except OSError as error:
        raise unwritable(output, error) from error
