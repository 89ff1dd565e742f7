"""Errors in the logs of a machine, counted by source. Numbers only: no text of a message is ever read or kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_SOURCES = 20
"""Sources that are told one by one, the busiest first; the rest is summed up as `OTHER`."""
OTHER = "(other)"
_MOST_NAME_CHARS = 80


@dataclass(frozen=True, slots=True)
class Count:
    """Errors of one source in one log.

    Attributes:
        critical: emergencies and critical errors.
        errors: errors, without the critical ones.
    """

    critical: int = 0
    errors: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.critical + self.errors

    def plus(self, other: "Count") -> "Count":
        """Return the sum."""
        return Count(self.critical + other.critical, self.errors + other.errors)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was counted in the last 24 hours.

    Attributes:
        counts: by log ("System", "journal") and source.
        capped: whether counting stopped at a limit, so that there are at least so many.
        unread: logs that could not be read, with the reason.
    """

    counts: Mapping[tuple[str, str], Count]
    capped: bool = False
    unread: tuple[str, ...] = ()

    @property
    def total(self) -> Count:
        """The sum over all sources."""
        return summed(self.counts.values())


def summed(counts: Iterable[Count]) -> Count:
    """Return the sum of counts."""
    result = Count()
    for each in counts:
        result = result.plus(each)
    return result


def bounded(counts: Mapping[tuple[str, str], Count]) -> dict[tuple[str, str], Count]:
    """Return the busiest sources of each log, and the rest of a log together."""
    result: dict[tuple[str, str], Count] = {}
    for log in dict.fromkeys(log for log, _ in counts):
        own = {source: each for (name, source), each in counts.items() if name == log}
        busiest = sorted(own, key=lambda source: (-own[source].total, source))
        result |= {(log, source): own[source] for source in busiest[:MOST_SOURCES]}
        if busiest[MOST_SOURCES:]:
            result[log, OTHER] = summed(own[source] for source in busiest[MOST_SOURCES:])
    return result


def tally(records: Iterable[tuple[str, str, bool]]) -> dict[tuple[str, str], Count]:
    """Return counts of records of log, source and whether they are critical."""
    found = Counter((log, _name(source), critical) for log, source, critical in records)
    return {
        (log, source): Count(found[log, source, True], found[log, source, False]) for log, source, _ in sorted(found)
    }


def _name(source: str) -> str:
    return " ".join(source.split())[:_MOST_NAME_CHARS] or "(none)"
