"""The way from a reviewed set of zones to a pack in force in a vehicle: signed, checked, never back.

``pip install "geopolicy[update]"``; nothing of it is loaded before a name is used. See docs/how-to/publish.md.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from geopolicy.update.additions import Wanted
    from geopolicy.update.client import Outcome, UpdateClient
    from geopolicy.update.fetch import Fetcher, UnreachableError
    from geopolicy.update.following import Follower
    from geopolicy.update.install import InstallError
    from geopolicy.update.installed import InstalledPacks, installed_in
    from geopolicy.update.keys import SignerEntry, SignerFile, Signers, key_signer, public_key
    from geopolicy.update.news import Subscription
    from geopolicy.update.publish import Repository
    from geopolicy.update.refusals import Attack, RefusedUpdateError
    from geopolicy.update.report import read_status, signed_status, vehicle_status
    from geopolicy.update.repository_files import PublishError
    from geopolicy.update.role_keys import Change, RoleKeys
    from geopolicy.update.watching import Asked, ask, delay_s, watched

__all__ = [
    "Asked",
    "Attack",
    "Change",
    "Fetcher",
    "Follower",
    "InstallError",
    "InstalledPacks",
    "Outcome",
    "PublishError",
    "RefusedUpdateError",
    "Repository",
    "RoleKeys",
    "SignerEntry",
    "SignerFile",
    "Signers",
    "Subscription",
    "UnreachableError",
    "UpdateClient",
    "Wanted",
    "ask",
    "delay_s",
    "installed_in",
    "key_signer",
    "public_key",
    "read_status",
    "signed_status",
    "vehicle_status",
    "watched",
]

# Where each name lives. Loaded when it is first used: a vehicle does not publish, and most do without the extra.
_HOMES = {
    "additions": ("Wanted",),
    "client": ("Outcome", "UpdateClient"),
    "fetch": ("Fetcher", "UnreachableError"),
    "following": ("Follower",),
    "install": ("InstallError",),
    "installed": ("InstalledPacks", "installed_in"),
    "keys": ("SignerEntry", "SignerFile", "Signers", "key_signer", "public_key"),
    "news": ("Subscription",),
    "publish": ("Repository",),
    "refusals": ("Attack", "RefusedUpdateError"),
    "report": ("read_status", "signed_status", "vehicle_status"),
    "repository_files": ("PublishError",),
    "role_keys": ("Change", "RoleKeys"),
    "watching": ("Asked", "ask", "delay_s", "watched"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        except ModuleNotFoundError as error:
            library = (error.name or "").partition(".")[0]
            if library not in ("cryptography", "securesystemslib", "tuf", "urllib3"):
                raise
            needed = f"{__name__}.{name} needs {library}: pip install 'geopolicy[update]'"
            raise ImportError(needed, name=error.name) from error
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
