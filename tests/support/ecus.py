"""Processors that we do not have: the kernel built freestanding for them, and run in an emulator.

`build` compiles tests/ecus/guest.c and the kernel for a target, with zig's clang. `Emulated` runs what it made in
Unicorn; `Native` runs the same program, built for this machine, and says what the bits must be.
"""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from c_builds import KERNEL, LOOK_UP, ROOT, WARNINGS, compile_c, missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

GUEST = ROOT / "tests" / "ecus" / "guest.c"
SHF_ALLOC = 2
CALLS = {"points": "guest_point", "discs": "guest_disc", "paths": "guest_path", "transforms": "guest_transform"}
MOST_PACK_BYTES = 0x60000
NUMBERS = 5  # of a question
MOST_WORDS = 8192  # of an answer
PAGE = 0x1000
STACK = 0x4000_0000  # its lowest byte, far from the program
STACK_BYTES = 0x10000
PAINT = b"\xa5"
MOST_PAINTED = 0x4000  # bytes below the top that are painted and looked at
TOOLS = ("ziglang", "unicorn", "elftools")

# Of -ffp-contract the options say nothing: the kernel must see to that by itself.
OPTIONS = ("-std=c11", "-O2", "-ffreestanding", "-nostdlib", "-fno-pic", "-fno-function-sections")
QUIET = ("-g0", "-Wno-unsupported-abi")  # of -mcpu=cortex_r5 clang says that it has no doubles, and uses them
RUN_TIME = "-lcompiler_rt"  # zig's, in place of libgcc: doubles in software, 64-bit division, memcpy, memset, memcmp


@dataclass(frozen=True)
class Target:
    """A processor: how the compiler and the emulator call it, and what a start-up code would set."""

    name: str
    triple: str
    cpu: str
    arch: str  # the emulator's module of constants, in small letters
    modes: tuple[str, ...]
    model: str
    stack_pointer: str
    link: str  # the register that holds where a call returns to
    registers: Mapping[str, int] = field(default_factory=dict)  # that make the floating-point unit answer
    encoding: str = "words"  # how long instructions are: "words", "thumb" or "compressed"

    @property
    def flags(self) -> str:
        """What the compiler is told of the target."""
        return f"--target={self.triple} -mcpu={self.cpu}"


TARGETS = [
    Target(
        "Cortex-M4, doubles in software",
        "thumb-freestanding-eabi",
        "cortex_m4",
        "arm",
        ("THUMB", "MCLASS"),
        "ARM_CORTEX_M4",
        "SP",
        "LR",
        encoding="thumb",
    ),
    Target(
        "Cortex-R5",
        "arm-freestanding-eabihf",
        "cortex_r5",
        "arm",
        ("ARM",),
        "ARM_CORTEX_R5F",
        "SP",
        "LR",
        {"C1_C0_2": 0xF << 20, "FPEXC": 1 << 30},
    ),
    Target(
        "AArch64",
        "aarch64-freestanding-none",
        "cortex_a53",
        "arm64",
        ("ARM",),
        "ARM64_A53",
        "SP",
        "LR",
        {"CPACR_EL1": 3 << 20},
    ),
    Target(
        "RISC-V 32, doubles in software",
        "riscv32-freestanding-none",
        "generic_rv32+m+a+c",
        "riscv",
        ("RISCV32",),
        "RISCV32_ANY",
        "SP",
        "RA",
        encoding="compressed",
    ),
    Target(
        "RISC-V 64",
        "riscv64-freestanding-none",
        "generic_rv64+m+a+f+d+c",
        "riscv",
        ("RISCV64",),
        "RISCV64_ANY",
        "SP",
        "RA",
        {"MSTATUS": 1 << 13},
        encoding="compressed",
    ),
    Target(
        "PowerPC, big-endian",
        "powerpc-freestanding-eabihf",
        "ppc",
        "ppc",
        ("PPC32", "BIG_ENDIAN"),
        "PPC32_E300C3",
        "1",
        "LR",
        {"MSR": 1 << 13},
    ),
    Target(
        "MIPS 32, big-endian",
        "mips-freestanding-eabihf",
        "mips32r2",
        "mips",
        ("MIPS32", "BIG_ENDIAN"),
        "MIPS32_24KF",
        "SP",
        "RA",
    ),
    Target(
        "MIPS 32, little-endian",
        "mipsel-freestanding-eabihf",
        "mips32r2",
        "mips",
        ("MIPS32",),
        "MIPS32_24KF",
        "SP",
        "RA",
    ),
]


def require() -> None:
    """The cross compiler and the emulator, or the test that asks is skipped; in CI it fails."""
    absent = [name for name in TOOLS if importlib.util.find_spec(name) is None]
    if absent:
        missing(f'{", ".join(absent)}: pip install -e ".[ecus]"')


# --- Building ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Program:
    """What was built for a target."""

    path: Path
    kernel_bytes: int  # code and constants of the kernel alone, as it is linked
    run_time_bytes: int  # functions of the run-time library that it needs


def _zig(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "ziglang", "cc", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-4000:]


def build(target: Target, folder: Path, *more: str) -> Program:
    """The guest with the kernel, linked for a target; more options come last."""
    words = [*target.flags.split(), *OPTIONS, *WARNINGS, *QUIET, f"-I{KERNEL / 'lookup'}", *more]
    kernel, guest, program = (folder / name for name in ("kernel.o", "guest.o", "program.elf"))
    _zig(*words, "-r", *LOOK_UP, "-o", kernel)
    _zig(*words, "-c", GUEST, "-o", guest)
    _zig(*words, kernel, guest, RUN_TIME, "-Wl,-e,guest_load", "-Wl,--gc-sections", "-o", program)
    own = {function for path in (kernel, guest) for function, _, _ in _functions(path)}
    run_time = {place: size for function, place, size in _functions(program) if function not in own}
    return Program(program, _code_bytes(kernel), sum(run_time.values()))


def _code_bytes(path: Path) -> int:
    """Bytes of code and constants, without tables for debuggers and unwinding."""
    from elftools.elf.elffile import ELFFile

    with path.open("rb") as file:
        return sum(
            section["sh_size"]
            for section in ELFFile(file).iter_sections("SHT_PROGBITS")
            if section["sh_flags"] & SHF_ALLOC and not section.name.startswith(".eh_frame")
        )


def _functions(path: Path) -> list[tuple[str, int, int]]:
    """Name, address and bytes of all functions; some have more names than one."""
    from elftools.elf.elffile import ELFFile

    with path.open("rb") as file:
        symbols = list(ELFFile(file).get_section_by_name(".symtab").iter_symbols())
    return [
        (own.name, own["st_value"], own["st_size"])
        for own in symbols
        if own["st_info"]["type"] == "STT_FUNC" and own["st_shndx"] != "SHN_UNDEF"
    ]


def build_native(folder: Path) -> Path:
    """The guest with the kernel as a library for this machine."""
    return compile_c("gcc", folder / "guest.so", [GUEST, *LOOK_UP], *WARNINGS, "-O2", "-shared", "-fPIC")


# --- Running -----------------------------------------------------------------------------------------------------


def build_for_linux(cross: str, folder: Path) -> Path:
    """The guest with the kernel as a program of Linux, by the GCC of another processor and its run-time library."""
    compiler = shutil.which(cross)
    if compiler is None:
        missing(cross)
    program = folder / "ask_guest"
    words = [*WARNINGS, "-std=c11", "-O2", "-static", f"-I{KERNEL / 'lookup'}"]
    sources = [str(path) for path in (GUEST.with_name("ask_guest.c"), GUEST, *LOOK_UP)]
    result = subprocess.run(
        [str(compiler), *words, *sources, "-o", program], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return program


@dataclass
class Answer:
    """All words that the guest said to a question, and what it took to find them."""

    words: tuple[int, ...]
    instructions: int = 0
    stack_bytes: int = 0


class Native:
    """The guest on this machine."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._pack = (ctypes.c_uint8 * MOST_PACK_BYTES).in_dll(self._library, "guest_pack")
        self._question = (ctypes.c_uint64 * NUMBERS).in_dll(self._library, "guest_question")
        self._answer = (ctypes.c_uint64 * MOST_WORDS).in_dll(self._library, "guest_answer")
        self._count = ctypes.c_uint64.in_dll(self._library, "guest_count")

    def load(self, pack: bytes) -> Answer:
        assert len(pack) <= MOST_PACK_BYTES
        ctypes.memmove(self._pack, pack, len(pack))
        self._question[0] = len(pack)
        self._library.guest_load()
        return self._said()

    def ask(self, kind: str, numbers: Sequence[float]) -> Answer:
        self._question[:] = _bits(numbers)
        getattr(self._library, CALLS[kind])()
        self._library.guest_tell()
        return self._said()

    def _said(self) -> Answer:
        assert self._count.value <= MOST_WORDS
        return Answer(tuple(self._answer[: self._count.value]))


def _bits(numbers: Sequence[float]) -> tuple[int, ...]:
    return struct.unpack(f"<{NUMBERS}Q", struct.pack(f"<{NUMBERS}d", *numbers, *[0.0] * (NUMBERS - len(numbers))))


class Process:
    """The guest as a process, perhaps in an emulator of processes."""

    def __init__(self, *command: str | Path) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(list(map(str, command)), stdin=pipe, stdout=pipe, text=True)

    def load(self, pack: bytes) -> Answer:
        return self._ask(f"0 {len(pack):x} {pack.hex(' ')}")

    def ask(self, kind: str, numbers: Sequence[float]) -> Answer:
        return self._ask(f"{1 + list(CALLS).index(kind):x} {' '.join(f'{bits:x}' for bits in _bits(numbers))}")

    def _ask(self, line: str) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return Answer(tuple(int(word, 16) for word in self._process.stdout.readline().split()))

    def close(self) -> None:
        """Ends the process, which reads no more questions."""
        self._process.communicate()


class Emulated:
    """The guest on an emulated processor. Counts instructions where blocks of them begin, each block once."""

    def __init__(self, target: Target, program: Path) -> None:
        import unicorn
        from elftools.elf.elffile import ELFFile

        self.target = target
        self.instructions = 0
        self._names = importlib.import_module(f"unicorn.{target.arch}_const")
        modes = sum(getattr(unicorn, f"UC_MODE_{name}") for name in target.modes)
        self.uc: Any = unicorn.Uc(getattr(unicorn, f"UC_ARCH_{target.arch.upper()}"), modes)
        self.uc.ctl_set_cpu_model(getattr(self._names, f"UC_CPU_{target.model}"))
        with program.open("rb") as file:
            elf = ELFFile(file)
            self._order = "<" if elf.little_endian else ">"
            self._load_program(elf)
            self._symbols = {name.name: name["st_value"] for name in elf.get_section_by_name(".symtab").iter_symbols()}
        self.uc.mem_map(STACK, STACK_BYTES)
        for name, value in target.registers.items():
            self._write(name, value)
        self._lengths: dict[tuple[int, int], int] = {}
        self.uc.hook_add(unicorn.UC_HOOK_BLOCK, self._on_block)

    def _load_program(self, elf: Any) -> None:
        pages: set[int] = set()
        for segment in elf.iter_segments("PT_LOAD"):
            first, end = segment["p_vaddr"], segment["p_vaddr"] + segment["p_memsz"]
            for page in range(first // PAGE, -(-end // PAGE)):
                if page not in pages:
                    self.uc.mem_map(page * PAGE, PAGE)
                    pages.add(page)
            self.uc.mem_write(first, segment.data())

    def _write(self, register: str, value: int) -> None:
        self.uc.reg_write(getattr(self._names, f"UC_{self.target.arch.upper()}_REG_{register}"), value)

    def _on_block(self, _uc: Any, address: int, size: int, _data: Any) -> None:
        count = self._lengths.get((address, size))
        if count is None:
            count = self._lengths[address, size] = self._count(bytes(self.uc.mem_read(address, size)))
        self.instructions += count

    def _count(self, code: bytes) -> int:
        """How many instructions a block has."""
        if self.target.encoding == "words":
            return len(code) // 4
        count = place = 0
        while place < len(code):
            (half,) = struct.unpack_from("<H", code, place)
            is_long = half >> 11 >= 0b11101 if self.target.encoding == "thumb" else half & 3 == 3
            place += 4 if is_long else 2
            count += 1
        return count

    def load(self, pack: bytes) -> Answer:
        assert len(pack) <= MOST_PACK_BYTES
        self.uc.mem_write(self._symbols["guest_pack"], pack)
        self._put("guest_question", [len(pack)])
        instructions, stack_bytes = self._call("guest_load")
        return Answer(self._said(), instructions, stack_bytes)

    def ask(self, kind: str, numbers: Sequence[float]) -> Answer:
        self._put("guest_question", _bits(numbers))
        instructions, stack_bytes = self._call(CALLS[kind])
        self._call("guest_tell")
        return Answer(self._said(), instructions, stack_bytes)

    def _call(self, name: str) -> tuple[int, int]:
        """Runs one function; how many instructions that took, and how many bytes of stack."""
        top = STACK + STACK_BYTES - 0x100  # a caller's frame may be written above
        self.uc.mem_write(top - MOST_PAINTED, PAINT * MOST_PAINTED)
        self._write(self.target.stack_pointer, top)
        self._write(self.target.link, self._symbols["guest_halt"])
        before = self.instructions
        self.uc.emu_start(self._symbols[name], self._symbols["guest_halt"] & ~1)
        painted = bytes(self.uc.mem_read(top - MOST_PAINTED, MOST_PAINTED))
        return self.instructions - before, len(painted.lstrip(PAINT))

    def _put(self, name: str, words: Sequence[int]) -> None:
        self.uc.mem_write(self._symbols[name], struct.pack(f"{self._order}{len(words)}Q", *words))

    def _words(self, name: str, count: int) -> tuple[int, ...]:
        return struct.unpack(f"{self._order}{count}Q", self.uc.mem_read(self._symbols[name], 8 * count))

    def _said(self) -> tuple[int, ...]:
        (count,) = self._words("guest_count", 1)
        assert count <= MOST_WORDS
        return self._words("guest_answer", count)
