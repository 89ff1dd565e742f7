"""Starts and ends of a machine, in order, and what they say of shutdowns that nobody asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

DAY_S = 86_400
WEEK_S = 7 * DAY_S
_SAME_EVENT_S = 600
"""Windows writes two records of one crash, both at the next start, minutes apart at most."""


class Kind(StrEnum):
    """What a record says."""

    START = "start"
    CLEAN_END = "clean_end"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        at: Unix time in seconds.
        kind: what it says.
    """

    at: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read of a machine.

    Attributes:
        source: where from: eventlog, wtmp, wtmpdb, journal, last.
        booted_at: Unix time of the last start; None if not known.
        crashes: Unix times of starts that followed an unexpected shutdown, oldest first; None if that was not read.
        starts: Unix times of starts, oldest first; None if they were not read.
        reaches_back_s: how far back the source tells; None if not known.
        boot_local: time of the last start as the machine's own clock shows it, where its zone is not known.
    """

    source: str
    booted_at: int | None = None
    crashes: tuple[int, ...] | None = None
    starts: tuple[int, ...] | None = None
    reaches_back_s: int | None = None
    boot_local: str | None = None


def from_records(source: str, records: Iterable[Record], now_s: int) -> Findings:
    """Return what a sequence of starts and ends tells.

    A start that follows another start without an end between them follows a crash: the machine lost power, hung, or
    was reset. What came before the first record is not known.
    """
    ordered = sorted((each for each in records if 0 < each.at <= now_s + DAY_S), key=lambda each: each.at)
    crashes = [each.at for each in ordered if each.kind is Kind.CRASH]
    ended = True
    for each in ordered:
        if each.kind is Kind.START:
            if not ended:
                crashes.append(each.at)
            ended = False
        elif each.kind is Kind.CLEAN_END:
            ended = True
    starts = tuple(each.at for each in ordered if each.kind is Kind.START)
    reach = now_s - ordered[0].at if ordered else None
    return Findings(source, starts[-1] if starts else None, apart(crashes), starts, reach)


def since_start(findings: Findings, booted: int, now_s: int) -> Findings:
    """Return findings with the present start: while the machine was up, nothing else can have happened."""
    uptime_s = max(0, now_s - booted)
    reach_s = findings.reaches_back_s
    return replace(
        findings,
        booted_at=booted,
        crashes=findings.crashes or (),
        reaches_back_s=uptime_s if reach_s is None else max(reach_s, uptime_s),
    )


def apart(times: Iterable[int]) -> tuple[int, ...]:
    """Return times with those left out that belong to the one before them."""
    kept: list[int] = []
    for at in sorted(times):
        if not kept or at - kept[-1] > _SAME_EVENT_S:
            kept.append(at)
    return tuple(kept)


def within(times: Sequence[int], now_s: int, seconds: int) -> int:
    """Return how many times lie in the last so many seconds."""
    return sum(now_s - seconds <= at <= now_s + _SAME_EVENT_S for at in times)
