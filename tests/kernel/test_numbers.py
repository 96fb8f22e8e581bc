"""Numbers that C and Python both have: each of them is compared, and none is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import geopolicy
from c_builds import KERNEL
from geopolicy import Reason, _kernel
from geopolicy.engines.kernel_reasons import REASONS
from geopolicy.geometry import frames, grid, tangent_plane
from geopolicy.pack import format as layout
from geopolicy.pack.raw import STATUS
from geopolicy.pack.status import PackStatus

CONSTANTS = {name: value for name, value in vars(_kernel).items() if isinstance(value, int)}
MAJOR, MINOR, PATCH = (int(part) for part in geopolicy.__version__.split("."))
IN_PYTHON = {
    **{status.name if status is PackStatus.OK else f"ERR_{status.name}": status for status in PackStatus},
    **{f"FAMILY_{name.replace('-', '')}": number for number, name in enumerate(frames.FAMILIES)},
    "KERNEL_VERSION": 10_000 * MAJOR + 100 * MINOR + PATCH,
    "FORMAT": layout.FORMAT,
    "FORMAT_OVERLAY": layout.FORMAT_OVERLAY,
    "HEADER_BYTES": layout.HEADER_BYTES,
    "HALF_TURN": grid.HALF_TURN,
    "POLE": grid.POLE,
    "MAX_LAT_E7": tangent_plane.MAX_LAT_E7,
    "LIMIT_M": tangent_plane.LIMIT_M,
}
# What Python takes from the kernel alone.
ONLY_IN_C = re.compile(r"(BUILD|UNKNOWN|EDGE|BATCH|KEPT)_[A-Z]+")


def defined_in(header: str) -> dict[str, str]:
    """The macros of a header that are numbers."""
    text = (KERNEL / header).read_text(encoding="utf-8")
    return dict(re.findall(r"^#define (\w+) \(?(-?[\w.]+)\)?", text, re.MULTILINE))


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_number_of_the_kernel_is_that_of_python(name):
    assert ONLY_IN_C.fullmatch(name) if name not in IN_PYTHON else CONSTANTS[name] == IN_PYTHON[name]


def test_numbers_of_python_are_all_in_the_kernel_and_in_its_stub():
    stub = (Path(geopolicy.__file__).parent / "_kernel.pyi").read_text(encoding="utf-8")
    assert set(IN_PYTHON) <= set(CONSTANTS)
    assert set(re.findall(r"^([A-Z]\w+): int$", stub, re.MULTILINE)) == set(CONSTANTS)


@pytest.mark.parametrize(
    ("header", "pattern", "prefix"),
    [
        ("lookup/gp_kernel.h", r"^    GP_((?:ERR_)?[A-Z]+)\b(?:,| =)", ""),
        ("builder/build.h", r"^    GP_BUILD_([A-Z]+)\b(?:,| =)", "BUILD_"),
        ("binding/answer.h", r"^#define UNKNOWN_([A-Z]+)", "UNKNOWN_"),
    ],
)
def test_enums_of_the_kernel_are_exported_whole_and_in_order(header, pattern, prefix):
    names = re.findall(pattern, (KERNEL / header).read_text(encoding="utf-8"), re.MULTILINE)
    numbers = [CONSTANTS[prefix + name] for name in names]
    is_bits = prefix == "UNKNOWN_"
    assert numbers == [1 << i if is_bits else i for i in range(len(numbers))]
    assert len(numbers) == sum(
        bool(re.fullmatch(rf"{prefix}[A-Z]+" if prefix else r"OK|ERR_[A-Z]+", name)) for name in CONSTANTS
    )


def test_every_status_of_a_pack_has_its_words():
    assert set(STATUS) == set(PackStatus) - {PackStatus.OK, PackStatus.CAPACITY}


def test_every_bit_of_unknown_has_its_reason():
    bits = {name: bit for name, bit in CONSTANTS.items() if name.startswith("UNKNOWN_")}
    assert sum(bits.values()) == len(REASONS) - 1
    assert REASONS[bits["UNKNOWN_POLE"]] == (Reason.NEAR_POLE,)
    assert len({reasons for reasons in REASONS if len(reasons) == 1}) == len(bits)
    assert sum(bits.values()) + 1 == CONSTANTS["BATCH_POSSIBLE"]  # the bit above them


def test_domain_of_fixes_in_c_is_that_of_python():
    macros = defined_in("lookup/gp_layout.h")
    sides = [float(macros[f"DOMAIN_{side}"]) for side in ("SOUTH", "NORTH", "WEST", "EAST")]
    assert tuple(sides) == frames.FIX_DOMAIN
    others = "".join(path.read_text(encoding="utf-8") for path in KERNEL.glob("*/*.c"))
    assert not re.search(r"\b(61|141|69)\.0\b", others)  # nowhere else


def test_layout_of_packs_in_c_is_that_of_python():
    macros = defined_in("lookup/gp_layout.h")
    assert int(macros["ORIGIN_STEP"].rstrip("L")) == layout.ORIGIN_UNITS
    opening = dict(re.findall(r"^#define (\w+) (\d+)u", (KERNEL / "lookup" / "gp_open.c").read_text(), re.MULTILINE))
    assert int(opening["SECTIONS"]) == len(layout.SECTIONS)
    assert int(opening["ID_BYTES"]) == layout.MAX_ID_BYTES
    assert (int(opening["FAMILY_TABLE"]), int(opening["SECTION_TABLE"])) == (layout.FAMILIES_AT, layout.SECTIONS_AT)
    assert int(opening["RING_EXTERIOR"]) == layout.RING_EXTERIOR
