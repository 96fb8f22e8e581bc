"""The kernel on processors that we do not have: the same bits as here, within the stack that its header states."""

from __future__ import annotations

import re
import runpy
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import ecu_runs
import ecus
from c_builds import ROOT, missing

if TYPE_CHECKING:
    from pathlib import Path

MOST_STACK_BYTES = 2560  # what gp_kernel.h says
TARGETS = pytest.mark.parametrize(
    "target", ecus.TARGETS, ids=lambda target: target.name.replace(",", "").replace(" ", "-")
)


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> ecus.Native:
    """The guest on this machine."""
    return ecus.Native(ecus.build_native(tmp_path_factory.mktemp("native")))


def emulated(target: ecus.Target, folder: Path) -> ecus.Emulated:
    ecus.require()
    return ecus.Emulated(target, ecus.build(target, folder).path)


@pytest.mark.slow
@TARGETS
def test_kernel_on_an_emulated_processor_answers_with_the_same_bits(target, native, tmp_path):
    result = ecu_runs.run(emulated(target, tmp_path), native, ecu_runs.some_questions())
    assert result.differences[:5] == []
    assert result.asked == 2000
    assert 0 < max(result.stack_bytes.values()) <= MOST_STACK_BYTES, result.stack_bytes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Cortex-M4, doubles in software", ["-DGP_INTEGER_FRAMES=0"]),
        ("Cortex-R5", ["-O1"]),
        ("RISC-V 64", ["-O3", "-DGP_PORTABLE"]),
        ("PowerPC, big-endian", ["-DGP_PORTABLE"]),
        ("PowerPC, big-endian", ["-DGP_INTEGER_FRAMES=1"]),
    ],
    ids=lambda value: "".join(value) if isinstance(value, list) else value.partition(",")[0],
)
def test_kernel_with_other_options_answers_with_the_same_bits(name, options, native, tmp_path):
    ecus.require()
    (target,) = (own for own in ecus.TARGETS if own.name == name)
    program = ecus.build(target, tmp_path, *options)
    result = ecu_runs.run(ecus.Emulated(target, program.path), native, ecu_runs.some_questions())
    assert result.differences[:5] == []
    assert result.asked == 2000


@pytest.mark.slow
@TARGETS
def test_instructions_of_blocks_are_those_counted_one_by_one(target, native, tmp_path):
    import unicorn

    ecus.require()
    program = ecus.build(target, tmp_path).path
    by_blocks, one_by_one = (ecus.Emulated(target, program) for _ in range(2))
    counted: Counter[int] = Counter()
    one_by_one.uc.hook_add(unicorn.UC_HOOK_CODE, lambda _uc, address, _size, _data: counted.update([address]))
    few = ecu_runs.some_questions()[::100]
    result = ecu_runs.run(by_blocks, native, few)
    assert ecu_runs.run(one_by_one, native, few).instructions == result.instructions
    # The emulator does not tell what an IT block of Thumb skips; blocks count it, as it takes its turn in a pipeline.
    least = 0.97 if target.encoding == "thumb" else 1.0
    assert least * by_blocks.instructions <= counted.total() <= by_blocks.instructions
    assert counted.total() > 10_000


@pytest.mark.slow
def test_products_and_sums_of_one_rounding_are_seen(native, tmp_path):
    """What the comparison is for: with -ffp-contract=fast clang fuses them against the word of the source."""
    ecus.require()
    (target,) = (own for own in ecus.TARGETS if own.name == "AArch64")
    program = ecus.build(target, tmp_path, "-ffp-contract=fast")
    result = ecu_runs.run(ecus.Emulated(target, program.path), native, ecu_runs.some_questions())
    assert len(result.differences) > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cross", "emulator"), [("arm-linux-gnueabi-gcc", "qemu-arm"), ("mips-linux-gnu-gcc", "qemu-mips")]
)
def test_kernel_of_another_compiler_and_emulator_answers_with_the_same_bits(cross, emulator, native, tmp_path):
    """A second opinion: GCC, its doubles in software for ARM, and QEMU itself."""
    if shutil.which(emulator) is None:
        missing(emulator)
    process = ecus.Process(emulator, ecus.build_for_linux(cross, tmp_path))
    result = ecu_runs.run(process, native, ecu_runs.questions())
    process.close()
    assert result.differences[:5] == []
    assert result.asked > 7000


def test_page_is_what_the_command_writes_and_tells_of_no_difference():
    page = (ROOT / "docs" / "ecus.md").read_text(encoding="utf-8")
    text = re.escape(runpy.run_path(str(ROOT / "tests" / "ecus" / "measure.py"))["TEXT"])
    assert re.fullmatch(re.sub(r"\\{(?:zig|unicorn|same|cost)\\}", lambda _: "(?s:.+?)", text), page)
    rows = re.findall(r"^\| (.+) \| `(.+)` \|.* \| ([\d,]+) \| ([\d,]+) \|$", page, re.MULTILINE)
    assert len({asked for *_, asked, _ in rows}) == 1
    assert [(name, flags, found) for name, flags, _, found in rows] == [
        (target.name, target.flags, "0") for target in ecus.TARGETS
    ]
    costs = re.findall(r"^\| ([^|`]+) \|(?: [\d,]+ \|){8} [\d.]+ \|$", page, re.MULTILINE)
    assert costs == [target.name for target in ecus.TARGETS]


def test_guest_on_this_machine_answers_as_the_vectors_say(native):
    asked = ecu_runs.some_questions()
    result = ecu_runs.run(native, native, asked)
    assert result.differences[:5] == []
    assert {question.pack for question in asked} == {question.pack for question in ecu_runs.questions()}
    assert {question.kind for question in asked} == set(ecus.CALLS)
    assert sum(question.pack == "frames" for question in asked) > 80  # zones in GCJ-02 and BD-09
