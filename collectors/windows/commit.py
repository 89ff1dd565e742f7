"""Committed memory of Windows, asked of Windows itself: no program is started for it.

Source: K32GetPerformanceInfo and PERFORMANCE_INFORMATION,
https://learn.microsoft.com/windows/win32/api/psapi/ns-psapi-performance_information
"""

import ctypes
import sys
from dataclasses import dataclass

from collectors.input import InputError


@dataclass(frozen=True, slots=True)
class Commit:
    """Memory that Windows has promised to programs.

    Attributes:
        used: bytes promised.
        limit: bytes that can be promised: memory and page files together.
    """

    used: int
    limit: int

    @property
    def percent(self) -> float:
        """Share of the limit that is promised."""
        return 100.0 * self.used / self.limit


class PerformanceInformation(ctypes.Structure):
    """PERFORMANCE_INFORMATION; sizes are in pages."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("commit_total", ctypes.c_size_t),
        ("commit_limit", ctypes.c_size_t),
        ("commit_peak", ctypes.c_size_t),
        ("physical_total", ctypes.c_size_t),
        ("physical_available", ctypes.c_size_t),
        ("system_cache", ctypes.c_size_t),
        ("kernel_total", ctypes.c_size_t),
        ("kernel_paged", ctypes.c_size_t),
        ("kernel_nonpaged", ctypes.c_size_t),
        ("page_size", ctypes.c_size_t),
        ("handle_count", ctypes.c_uint32),
        ("process_count", ctypes.c_uint32),
        ("thread_count", ctypes.c_uint32),
    )


def to_commit(told: PerformanceInformation) -> Commit:
    """Return the committed memory in bytes.

    Raises:
        InputError: the numbers make no sense.
    """
    if not told.commit_limit or not told.page_size:
        raise InputError("Windows tells no commit limit")
    return Commit(told.commit_total * told.page_size, told.commit_limit * told.page_size)


def read_commit() -> Commit:
    """Ask Windows.

    Raises:
        InputError: this is not Windows, or it does not answer.
    """
    if sys.platform == "win32":
        told = PerformanceInformation()
        told.size = ctypes.sizeof(told)
        if not ctypes.windll.kernel32.K32GetPerformanceInfo(ctypes.byref(told), told.size):
            raise InputError(f"K32GetPerformanceInfo failed with error {ctypes.windll.kernel32.GetLastError()}")
        return to_commit(told)
    raise InputError("committed memory is counted by Windows only")
