"""Builds the kernel; all metadata stands in pyproject.toml."""

import os
import subprocess
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

KERNEL = Path("src/geopolicy/kernel")
# No contraction to fused multiply-add: distances have the same bits on every platform (gp_port.h asks for it too).
FLAGS = {
    "unix": ["-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fvisibility=hidden"],
    "mingw32": ["-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno"],
    "msvc": ["/std:c11", "/O2", "/fp:precise"],
}


class BuildKernel(build_ext):
    """Gives the compiler those of the flags that it takes: none is needed for a kernel that answers right."""

    def build_extensions(self) -> None:
        """Builds the extensions with the flags that the compiler knows."""
        wanted = FLAGS.get(self.compiler.compiler_type, [])
        for extension in self.extensions:
            extension.extra_compile_args = [flag for flag in wanted if self._takes(flag)]
        super().build_extensions()

    def build_extension(self, extension: Extension) -> None:
        """Builds one; where that fails, none that was built of older sources is left to be taken for it."""
        try:
            super().build_extension(extension)
        except BaseException:
            Path(self.get_ext_fullpath(extension.name)).unlink(missing_ok=True)
            raise

    def _takes(self, flag: str) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "flag.c")
            source.write_text("int main(void) { return 0; }\n", encoding="ascii")
            try:
                self.compiler.compile([str(source)], output_dir=folder, extra_postargs=[flag])
            except (CompileError, OSError, subprocess.SubprocessError):
                return False
        return True


setup(
    cmdclass={"build_ext": BuildKernel},
    ext_modules=[
        Extension(
            "geopolicy._kernel",
            sources=sorted(path.as_posix() for path in KERNEL.glob("*/*.c")),
            depends=sorted(path.as_posix() for path in KERNEL.glob("*/*.h")),
            include_dirs=[KERNEL.as_posix()],
            define_macros=[("Py_LIMITED_API", "0x030b0000")],
            py_limited_api=True,
            # Without a C compiler the reference engine does the work, and `geopolicy doctor` says so.
            optional=os.environ.get("GEOPOLICY_REQUIRE_KERNEL") != "1",
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
