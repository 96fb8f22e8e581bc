"""The files that ``geopolicy report`` and ``draw`` write: the page, and still pictures of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from geopolicy.cli import console
from geopolicy.cli.options import check_output, unwritable

if TYPE_CHECKING:
    from geopolicy.authoring.zone_drawing import ZoneDrawing
    from geopolicy.pages.drive_report import DriveReport

Png = Annotated[Path | None, typer.Option("--png", help="A still picture: .png. It needs no browser.")]
Svg = Annotated[Path | None, typer.Option("--svg", help="The same as vectors: .svg.")]
SUFFIXES: Mapping[str, tuple[str, ...]] = {"--output": (".html", ".htm"), "--png": (".png",), "--svg": (".svg",)}
_FORMATS = {"--output": "html", "--png": "png", "--svg": "svg"}


class Written(NamedTuple):
    """A file that was written."""

    option: str
    path: Path
    size_bytes: int


def checked_outputs(outputs: Mapping[str, Path | None], inputs: Iterable[Path]) -> dict[str, Path]:
    """The files that are asked for, by option: each can be written, and drawn."""
    wanted = {option: path for option, path in outputs.items() if path is not None}
    if not wanted:
        raise typer.BadParameter("one of --output, --png and --svg must be given, got none", param_hint="--output")
    inputs = list(inputs)
    for option, path in wanted.items():
        if path.suffix.lower() not in SUFFIXES[option]:
            rule = f"must end in {SUFFIXES[option][0]}, got {path.name!r}"
            raise typer.BadParameter(rule, param_hint=option)
        check_output(path, inputs, option)
    if wanted.keys() != {"--output"}:
        be_ready_to_draw()
    return wanted


def be_ready_to_draw() -> None:
    """That pictures can be drawn; what matplotlib says of its caches is no affair of who asks for one."""
    from geopolicy.pages.still_sheet import check_library

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    check_library()


def written_files(shown: DriveReport | ZoneDrawing, wanted: Mapping[str, Path], tiles: str | None) -> list[Written]:
    """Everything is drawn before the first file is written, each whole or not at all."""
    from geopolicy.base.atomic import write_atomically

    makers = {"--output": lambda: page_bytes(shown, tiles), "--png": shown.png, "--svg": shown.svg}
    contents = {option: makers[option]() for option in wanted}
    for option, content in contents.items():
        try:
            write_atomically(wanted[option], content)
        except OSError as error:
            raise unwritable(wanted[option], error, option) from error
    return [Written(option, wanted[option], len(content)) for option, content in contents.items()]


def page_bytes(shown: DriveReport | ZoneDrawing, tiles: str | None) -> bytes:
    """The page as it is written."""
    return shown.html(tiles).encode("utf-8", "backslashreplace")


def files_json(written: Iterable[Written]) -> dict[str, Any]:
    """The page, if there is one, and every file."""
    files = [
        {"format": _FORMATS[option], "path": str(path), "size_bytes": size_bytes}
        for option, path, size_bytes in written
    ]
    page: dict[str, Any] = next((file for file in files if file["format"] == "html"), {})
    return {"output": page.get("path"), "size_bytes": page.get("size_bytes"), "files": files}


def say_written(written: Iterable[Written], counts: str) -> None:
    """A line for each file."""
    for _, path, size_bytes in written:
        console.say(f"{path}: {counts}, {size_bytes / 1e6:.1f} MB")


def check_tiles(tiles: str | None, output: Path | None) -> None:
    """``--tiles``, which is for the page."""
    if tiles is None:
        return
    if output is None:
        raise typer.BadParameter("is for the page, got no --output", param_hint="--tiles")
    from geopolicy.pages.document import tile_host

    try:
        tile_host(tiles)
    except ValueError as error:
        raise typer.BadParameter(str(error).removeprefix("tiles "), param_hint="--tiles") from error
