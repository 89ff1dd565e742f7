"""Repeatable noise that can be asked for at any time in any order (no generator state)."""

from functools import lru_cache
from zlib import crc32

_MASK = (1 << 64) - 1


def unit(key: str, number: int) -> float:
    """Return a number in [0, 1) that depends only on the key and the number.

    The mixing function is SplitMix64's (Steele, Lea, Flood 2014, https://doi.org/10.1145/2660193.2660195).
    """
    z = (_seed(key) + number * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) / (1 << 53)


def smooth(key: str, moment_s: int, period_s: int) -> float:
    """Return slowly changing noise in [-1, 1): a random value each period, linear between them."""
    step, rest = divmod(moment_s, period_s)
    left, right = unit(key, step), unit(key, step + 1)
    return 2.0 * (left + (right - left) * rest / period_s) - 1.0


def jitter(key: str, moment_s: int) -> float:
    """Return noise in [-1, 1) that is new at every moment."""
    return 2.0 * unit(key, moment_s) - 1.0


@lru_cache(maxsize=4096)
def _seed(key: str) -> int:
    return crc32(key.encode()) << 32 | crc32(key.encode()[::-1])
