"""Drives with known dates of failure, for what judges drives by their counters.

The model is of damage and not of counters, so that it shares no rule with the judgement. A drive has weak places. Each
breaks at a random moment; a broken place is found when it is next read, may be repaired by being written anew, and is
replaced or given up. In a drive that will fail something spreads (a head, a particle): from some weeks before its end
places break ever faster, each broken one breaking others, until the drive stops. Some die without a
word: by electronics. What counters show is only what firmware tells: some makers report no uncorrectable errors, some
pack their timeouts, scans find pending sectors late. Agents miss days, PCs are off at weekends, single readings are
wrong, firmware resets a counter.

How many die without a word is as studies found: Pinheiro et al. (FAST '07) saw none of the strong signs in 56 % of
failed drives, Backblaze (2016) saw one of five attributes above zero in most of theirs. Between both: 40 %.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.devices.history import DriveHistory, DriveToday
from collectors.inputs.smart.drive import Kind

DAYS = 360
SILENT_SHARE = 0.4
BLEMISHED_SHARE = 0.06
"""Of healthy drives: those that meet single bad places within the year, and live on."""

_COUNTERS = (
    *("reallocated_sectors_count", "pending_sector_count", "uncorrectable_sector_count"),
    *("uncorrectable_errors", "command_timeout"),
)

Random = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A drive and its fate.

    Attributes:
        history: what it told, until it failed or for `DAYS` days from day 0 on.
        fails_on: day of its failure; None where it lives.
        is_silent: whether it dies without a word.
    """

    history: DriveHistory
    fails_on: int | None
    is_silent: bool


def drives(seed: int, failing: int, healthy: int) -> Iterator[Known]:
    """Yield so many drives that fail and that live, always the same for a seed."""
    random = np.random.default_rng(seed)
    for number in range(failing):
        yield _failing(random, f"F{seed}-{number}")
    for number in range(healthy):
        yield _healthy(random, f"H{seed}-{number}")


def _failing(random: Random, serial: str) -> Known:
    end = int(random.integers(120, DAYS))
    silent = bool(random.random() < SILENT_SHARE)
    broken = _blemishes(random, BLEMISHED_SHARE)
    if not silent:
        begins = max(0, end - int(random.lognormal(3.6, 0.7)))
        broken += _spreading(random, begins, end)
    return Known(_told(random, broken, end, serial), end, silent)


def _healthy(random: Random, serial: str) -> Known:
    return Known(_told(random, _blemishes(random, BLEMISHED_SHARE), DAYS, serial), None, False)


def _blemishes(random: Random, share: float) -> NDArray[np.int64]:
    """Return how many places break on each day of a drive in which nothing spreads: some at once, once or twice."""
    broken = np.zeros(DAYS, np.int64)
    if random.random() < share:
        for _ in range(int(random.integers(1, 3))):
            broken[int(random.integers(0, DAYS))] += int(random.geometric(0.3))
    return broken


def _spreading(random: Random, begins: int, end: int) -> NDArray[np.int64]:
    """Return how many places break on each day of one in which each broken place breaks others."""
    broken = np.zeros(DAYS, np.int64)
    spread, hurt = float(random.uniform(0.05, 0.3)), 3.0
    for day in range(begins, end):
        # Damage is done when heads fly over it, which on most days they hardly do.
        flown = float(random.random() < 0.45)
        fresh = int(random.poisson(flown * spread * min(hurt, 400.0)))
        broken[day], hurt = fresh, hurt + fresh
    return broken


def _told(random: Random, broken: NDArray[np.int64], days: int, serial: str) -> DriveHistory:
    """Return what firmware and agent tell of broken places."""
    counts = {name: np.zeros(days) for name in _COUNTERS}
    hidden = replaced = pending = scanned = errors = timeouts = 0
    writes_anew, meets = float(random.uniform(0.1, 0.9)), float(random.uniform(0.1, 0.8))
    loose_cable = random.random() < 0.03
    for day in range(days):
        hidden += int(broken[day])
        found = int(random.binomial(hidden, meets))
        hidden, pending = hidden - found, pending + found
        met = int(random.binomial(pending, meets))
        errors += int(random.binomial(met, 0.4))
        mended = int(random.binomial(met, writes_anew))
        replaced, pending = replaced + int(random.binomial(mended, 0.8)), pending - mended
        timeouts += int(random.binomial(met, 0.3)) + int(loose_cable and random.poisson(0.3))
        scanned = pending if random.random() < 0.15 else min(scanned, pending)
        for name, value in zip(_COUNTERS, (replaced, pending, scanned, errors, timeouts), strict=True):
            counts[name][day] = value
    return _read(random, _reported(random, counts), days, serial)


def _reported(random: Random, counts: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return what the maker reports."""
    if random.random() < 0.5:
        del counts["uncorrectable_errors"]
    if random.random() < 0.3:
        counts["command_timeout"] *= 2.0**32 + 1
    elif random.random() < 0.5:
        del counts["command_timeout"]
    return counts


def _read(random: Random, counts: Mapping[str, NDArray[np.float64]], days: int, serial: str) -> DriveHistory:
    """Return what an agent read: a PC is off at weekends, a server misses few days; some readings are wrong."""
    on = random.random(days) > 0.02
    if random.random() < 0.6:
        on &= np.arange(days) % 7 < 5
    on[: int(random.integers(0, 30)) if random.random() < 0.1 else 0] = False
    told = {name: values.copy() for name, values in counts.items()}
    for values in told.values():
        values[random.random(days) < 0.001] = 0.0
        values[random.random(days) < 0.004] = np.nan
    if random.random() < 0.01 and days > 60:
        reset = int(random.integers(30, days))
        held = told["reallocated_sectors_count"][reset]
        told["reallocated_sectors_count"][reset:] -= 0.0 if np.isnan(held) else held
    at = np.flatnonzero(on)
    return DriveHistory(
        device="d-1",
        name="sda",
        model="",
        serial=serial,
        kind=Kind.HDD,
        days=at.astype(np.float64),
        counts={name: values[at] for name, values in told.items()},
        celsius=random.normal(38, 4, len(at)),
        today=DriveToday(),
    )
