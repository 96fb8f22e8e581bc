"""``geopolicy publish delegate``: a role that may publish overlays within an area, for a while."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from geopolicy.cli import console
from geopolicy.cli.options import AsJson, seconds_of
from geopolicy.cli.publish import standing
from geopolicy.cli.publish.inputs import (
    SIGNERS,
    Folder,
    Keys,
    SignersPath,
    counts_of,
    pair_of,
    signer_file,
)
from geopolicy.cli.secrets import PassphraseFile, Secrets
from geopolicy.errors import ZoneFileError
from geopolicy.zonefile import strict_json


def delegate(
    folder: Folder,
    role: Annotated[str, typer.Argument(help="The name of the role.", show_default=False)],
    *,
    area: Annotated[Path, typer.Option("--area", help="GeoJSON file of a Polygon or MultiPolygon: where zones lie.")],
    most_duration: Annotated[
        str, typer.Option("--most-duration", help="How long an overlay lasts at most, such as 6h.")
    ],
    sensors: Annotated[str, typer.Option("--sensors", help="Sensors that rules may name, such as camera,lidar.")] = "",
    levels: Annotated[str, typer.Option("--levels", help="Levels that rules may ask, such as off,no_record.")] = "",
    tags: Annotated[str, typer.Option("--tags", help="Tags that rules may ask, such as needs_consent.")] = "",
    limits: Annotated[str, typer.Option("--limits", help="Tightest limits, such as retain_s=3600.")] = "",
    frame: Annotated[str, typer.Option("--frame", help="The frame of the area and the zones.")] = "WGS84",
    count: Annotated[
        str | None, typer.Option("--keys", help="How many of how many keys sign, for a new role; 1/1 if not given.")
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option("--key", help="The public half (PEM) of a key that is elsewhere; can be repeated."),
    ] = None,
    signers: SignersPath = SIGNERS,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> int:
    """Let a role of its own keys publish overlays within an area, for a while; or change what it may.

    What is not listed its rules may not ask. Of a role that is there, the keys stay.

    Example: geopolicy publish delegate repository fire --area city.geojson --sensors camera --levels off \
--most-duration 6h
    """
    counts = counts_of(count or "1/1", "--keys")
    constraint: dict[str, Any] = {"area": _geometry_in(area), "frame": frame}
    constraint |= {"sensors": _list(sensors), "levels": _list(levels), "tags": _list(tags), "limits": _limits(limits)}
    constraint["most_duration_s"] = seconds_of(most_duration, "--most-duration")
    from geopolicy.update.area import constraint_of
    from geopolicy.update.publish import Repository, check_role_name

    text = strict_json.canonical(constraint, sort_keys=True)
    check_role_name(role)
    constraint_of(text, f"{role}.json")  # before a key is made
    repository, moment = Repository(folder), standing.now()
    is_new = role not in [one.role for one in repository.status(moment).roles]
    if not is_new and (count or key):
        command = f"geopolicy publish rotate {shlex.quote(str(folder))} {role}"
        rule = f"must not come for a role that is there; {command} changes its keys"
        raise typer.BadParameter(rule, param_hint="--key and --keys")
    keys = Keys(signer_file(signers, folder), Secrets(passphrase_file))
    own = keys.of(role, counts, key or []) if is_new else None
    repository.delegate(role, text, own, moment)
    if as_json:
        console.print_json("publish delegate", {"made": keys.made} | standing.repository_json(folder))
        return 0
    console.say(f"ok: {role} {'is a role' if is_new else 'has another delegation'}, once it is signed", "green")
    for path in keys.made:
        console.say(f"  {path}")
    standing.show_waiting(repository.status(moment).lacks, folder, signers)
    return 0


def _list(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")] if text else []


def _limits(text: str) -> dict[str, float]:
    limits = {}
    for word in _list(text):
        name, value = pair_of(word, "--limits", "NAME=NUMBER")
        try:
            limits[name] = float(value)
        except ValueError:
            raise typer.BadParameter(f"must be NAME=NUMBER, got {word!r}", param_hint="--limits") from None
    return limits


def _geometry_in(path: Path) -> Any:
    """The geometry of a file: alone, of its feature, or of the one feature of its collection."""
    try:
        document = strict_json.loads(path.read_bytes(), str(path))
    except ZoneFileError as error:
        raise typer.BadParameter(str(error), param_hint="--area") from None
    features = document.get("features") if isinstance(document, dict) else None
    if isinstance(features, list):
        if len(features) != 1:
            rule = "must have one feature; draw a MultiPolygon for several parts"
            raise typer.BadParameter(f"{rule}, got {len(features)}", param_hint="--area")
        document = features[0]
    geometry = document.get("geometry", document) if isinstance(document, dict) else document
    if not isinstance(geometry, dict):
        raise typer.BadParameter("must be GeoJSON with a geometry, got none", param_hint="--area")
    return {name: value for name, value in geometry.items() if name != "bbox"}
