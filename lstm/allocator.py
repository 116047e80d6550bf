"""How soon the C library gives freed memory back to the system: a process that serves wants it soon.

One that trains never does: memory that was given back and is taken again is cleared by the system a page at a time,
which may cost more than what is computed in it. Under a C library that is not glibc nothing changes. Knows neither
arrays nor who asks.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

TRIM_THRESHOLD: Final = -1
MMAP_THRESHOLD: Final = -3
ARENA_MAX: Final = -8

LARGEST_MMAP_THRESHOLD: Final = 32 * 2**20
"""glibc takes no larger one."""


def give_back(beyond: int, arenas: int) -> None:
    """Give back what is freed once it is `beyond` bytes, and keep the rest in few places, `arenas`."""
    _set({TRIM_THRESHOLD: beyond, MMAP_THRESHOLD: beyond, ARENA_MAX: arenas})


def keep() -> None:
    """Keep what is freed, for arrays of the same sizes that will come again."""
    _set({TRIM_THRESHOLD: 2**30, MMAP_THRESHOLD: LARGEST_MMAP_THRESHOLD})


def _set(options: dict[int, int]) -> None:
    with suppress(OSError, AttributeError):  # another C library has no such function, and perhaps no such habit
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in options.items():
            mallopt(option, value)
