"""``geopolicy kernel``: the folder that programs in C copy."""

from __future__ import annotations

import json
from pathlib import Path

import geopolicy as gp


def test_kernel_path_is_the_folder_of_the_header_and_nothing_else(cli):
    code, out, err = cli("kernel", "--path")
    assert (code, err) == (0, "")
    assert Path(out.removesuffix("\n"), "gp_kernel.h").is_file()


def test_kernel_names_version_and_files(cli):
    code, out, _ = cli("kernel")
    first, *files = out.splitlines()
    assert (code, first.startswith(f"kernel {gp.__version__.partition('.dev')[0]} in ")) == (0, True)
    assert {"  gp_kernel.h", "  gp_open.c", "  CMakeLists.txt", "  gp_kernel.pc.in"} <= set(files)


def test_kernel_that_was_not_installed_is_refused(cli, monkeypatch, tmp_path):
    monkeypatch.setattr(gp, "__file__", str(tmp_path / "__init__.py"))
    code, out, err = cli("kernel", "--path")
    assert (code, out) == (1, "")
    assert err.endswith("must hold gp_kernel.h, got none; install geopolicy again\n")
    code, out, _ = cli("kernel", "--json")
    assert (code, json.loads(out)["kernel_version"], json.loads(out)["files"]) == (1, None, [])
