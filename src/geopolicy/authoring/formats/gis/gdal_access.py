"""GDAL within this process, at arm's length: which files it may open, what it says, and what goes wrong in it."""

from __future__ import annotations

import warnings
import zipfile
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from geopolicy.errors import Problem, ZoneFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopolicy.authoring.formats.source import Reading

_HEAD = 4096
_MOST_UNPACKED = 1 << 30  # bytes of a zip archive: more is no layer of zones
# Files that name other files, hosts or programs, whatever their suffix.
_REFERRING = (b"<OGRVRT", b"<OGRWFS", b"<VRTDataset", b"<GDAL_WMS", b"<GDAL", b"gdalg", b"<OGROAPIF", b"NetworkLink")
_REMOTE = ("/vsi", "://")
_INSTALL = "pip install 'geopolicy[formats]'"


def library() -> Any:
    """Pyogrio, told to fetch nothing.

    Raises
    ------
    ZoneFileError
        If it is not installed.
    """
    try:
        import pyogrio
        import pyogrio.raw
    except ImportError:
        rule = "pyogrio must be installed to read or write this format"
        raise ZoneFileError([Problem("source-library", rule, hint=_INSTALL)]) from None
    pyogrio.set_gdal_config_options(
        {"GML_DOWNLOAD_SCHEMA": False, "GML_SKIP_RESOLVE_ELEMS": "ALL", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none"}
    )
    return pyogrio


@contextmanager
def local_path(reading: Reading, suffix: str) -> Iterator[Path]:
    """The file or folder to open; bytes without one are put into a file for as long.

    Raises
    ------
    ZoneFileError
        If the path leads elsewhere than to this machine, or what is there refers to other places.
    """
    if reading.content:
        with TemporaryDirectory(prefix="geopolicy-") as folder:
            path = Path(folder) / f"source{suffix}"
            path.write_bytes(reading.content)
            _check(path, reading.file)
            yield path
        return
    if any(mark in reading.file.lower() for mark in _REMOTE) or "\0" in reading.file:
        raise _refusal("a source must be a file on this machine", reading.file, reading.file)
    path = Path(reading.file)
    if not path.exists():
        raise _refusal("a source must be a file or folder that exists", reading.file, reading.file)
    _check(path, reading.file)
    yield path.resolve()


def _check(path: Path, file: str) -> None:
    if not path.is_file():
        return
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise _refusal("a source must not be empty", "0 bytes", file)
    found = next((mark for mark in _REFERRING if mark.lower() in head.lower()), None)
    if found is not None:
        rule, hint = "a source must hold its zones itself, and not refer to other files", "convert what it refers to"
        raise _refusal(rule, found.decode(), file, hint)
    if head.startswith(b"PK"):
        _check_archive(path, file)


def _check_archive(path: Path, file: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _refusal("a zip archive must be whole", str(error), file) from None
    if size > _MOST_UNPACKED:
        raise _refusal(f"a zip archive must hold at most {_MOST_UNPACKED:,} bytes", f"{size:,} bytes", file)


@contextmanager
def guarded(file: str, said: list[str], code: str = "source-format") -> Iterator[None]:
    """Whatever goes wrong in GDAL as a problem of the file; its warnings are collected.

    Raises
    ------
    ZoneFileError
        If anything does.
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        said += list(dict.fromkeys(str(warning.message) for warning in caught))
    except ZoneFileError:
        raise
    except UnicodeDecodeError as error:
        hint = "name the encoding of its texts: --with encoding=CP1250"
        rule, value = "texts must be in the encoding that the file states", f"{error.object[:40]!r}"
        raise ZoneFileError([Problem("source-encoding", rule, value, file=file, hint=hint)]) from None
    except MemoryError:
        raise ZoneFileError([Problem(code, "a file must fit into memory", file=file)]) from None
    except Exception as error:  # a library's own, of whatever kind
        rule = "GDAL must be able to read or write the file"
        raise ZoneFileError([Problem(code, rule, _first_line(error), file=file)]) from None


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]


def _refusal(rule: str, value: str, file: str, hint: str | None = None) -> ZoneFileError:
    return ZoneFileError([Problem("source-format", rule, value, file=file, hint=hint)])
