"""Builds the kernel; all metadata stands in pyproject.toml."""

import os
from pathlib import Path

from setuptools import Extension, setup

KERNEL = Path("src/geopolicy/kernel")

setup(
    ext_modules=[
        Extension(
            "geopolicy._kernel",
            sources=sorted(str(path) for path in KERNEL.glob("*/*.c")),
            depends=sorted(str(path) for path in KERNEL.glob("*/*.h")),
            include_dirs=[str(KERNEL)],
            define_macros=[("Py_LIMITED_API", "0x030b0000")],
            py_limited_api=True,
            # No contraction to fused multiply-add: distances have the same bits on every platform.
            extra_compile_args=[] if os.name == "nt" else ["-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno"],
            # Without a C compiler the reference engine does the work, and `geopolicy doctor` says so.
            optional=os.environ.get("GEOPOLICY_REQUIRE_KERNEL") != "1",
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
