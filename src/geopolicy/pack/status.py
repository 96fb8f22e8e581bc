"""What can be wrong with a pack, by the numbers of the kernel: they are needed where there is no kernel, too."""

from __future__ import annotations

from enum import IntEnum


class PackStatus(IntEnum):
    """`gp_status_t` of kernel/lookup/gp_kernel.h: the only copy of its numbers in Python."""

    OK = 0
    SIZE = 1
    MAGIC = 2
    FORMAT = 3
    SECTION = 4
    INDEX = 5
    RECORD = 6
    CAPACITY = 7
