"""``geopolicy publish sign``: signatures, and what they complete."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from geopolicy.cli import console
from geopolicy.cli.options import AsJson
from geopolicy.cli.publish import standing
from geopolicy.cli.publish.inputs import SIGNERS, Folder, SignersPath, signer_file
from geopolicy.cli.secrets import PassphraseFile, Secrets

if TYPE_CHECKING:
    from pathlib import Path


def sign(
    folder: Folder, *, signers: SignersPath = SIGNERS, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> int:
    """Sign with the keys at hand, and publish what is complete. Exit code 1 if nothing was signed.

    Run it several times a day where the keys of snapshot and timestamp are: these expire after a day.

    Example: geopolicy publish sign repository --signers private/signers.toml
    """
    from geopolicy.update.keys import Signers
    from geopolicy.update.publish import Repository

    keys = Signers(signer_file(signers, folder), Secrets(passphrase_file))
    done = Repository(folder).sign(keys, standing.now())
    if as_json:
        answer = {
            "signed": [{"role": one.role, "version": one.version, "keyid": one.keyid} for one in done.signed],
            "published": list(done.published),
            "set_aside": [str(error) for error in done.set_aside],
        }
        console.print_json("publish sign", answer | standing.repository_json(folder))
    else:
        for one in done.signed:
            console.say(f"signed {one.role} {one.version} with {one.keyid[:16]}")
        standing.show_lacks(done.lacks)
        for error in done.set_aside:
            console.warn(f"a draft was set aside: {error}")
        if done.published:
            console.say(f"ok: published {', '.join(done.published)}", "green")
        elif done.signed:
            console.say("nothing was published: others must sign", "yellow")
        else:
            console.complain(f"nothing was signed: {_why_not(folder, signers)}", "bold red")
    return 0 if done.signed else console.REFUSED


def _why_not(folder: Path, signers: Path) -> str:
    """Why no key could sign, and what to do."""
    if not signers.exists():
        return f"there is no '{signers}'; --signers FILE names the file that says where the keys are"
    return f"no key of '{signers}' could sign; geopolicy publish status {shlex.quote(str(folder))} says whose must"
