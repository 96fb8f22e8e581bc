"""``--output`` onto a symbolic link: the link stays, and what it leads to is written."""

from __future__ import annotations

import json

import pytest

from audit_samples import write_log


@pytest.fixture
def commands(zones, tmp_path):
    """Every command that writes a file as a whole, with the suffix of that file."""
    write_log(tmp_path / "log")
    return {
        "validate": (["validate", zones], ".geojson"),
        "compile": (["compile", zones], ".gpol"),
        "export": (["log", "export", str(tmp_path / "log")], ".json"),
    }


@pytest.mark.parametrize("name", ["validate", "compile", "export"])
@pytest.mark.parametrize("is_dangling", [True, False])
def test_output_onto_a_link_writes_its_target(cli, commands, tmp_path, name, is_dangling):
    words, suffix = commands[name]
    (tmp_path / "files").mkdir()
    target, link = tmp_path / "files" / f"all{suffix}", tmp_path / f"link{suffix}"
    link.symlink_to(target)
    if not is_dangling:
        target.write_bytes(b"old")
    assert cli(*words, "-o", link)[0] == 0
    assert link.is_symlink()
    assert target.stat().st_size > 100
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("name", ["validate", "compile", "export"])
def test_output_onto_links_in_a_circle_is_wrong_usage(cli, commands, tmp_path, name):
    words, suffix = commands[name]
    link = tmp_path / f"link{suffix}"
    link.symlink_to(link)
    code, out, err = cli(*words, "-o", link)
    assert (code, out) == (2, "")
    assert "Too many levels of symbolic links" in " ".join(err.replace("│", " ").split())
    if name != "export":
        message = json.loads(cli(*words, "-o", link, "--json")[1])["error"]["message"]
        assert message.endswith("Too many levels of symbolic links")
    assert link.is_symlink()
