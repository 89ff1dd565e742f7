"""What one attempt gave, and what several give together."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Failure(StrEnum):
    """Why an attempt did not succeed."""

    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_SUCH_HOST = "no_such_host"
    DNS_FAILED = "dns_failed"
    BAD_ANSWER = "bad_answer"
    HTTP_ERROR = "http_error"
    TLS_FAILED = "tls_failed"
    CERTIFICATE = "certificate_invalid"
    CANNOT_CHECK = "cannot_check"
    """This machine cannot ask at all; it says nothing of the target."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt.

    Attributes:
        time_ms: from the question to the answer; None where none came.
        failure: why it does not count as success; None if it does. An answer may be a failure: HTTP 503.
        detail: for a person, what was said.
        address: IP address that was asked.
        ttl: of an ICMP answer.
        http_status: of an HTTP answer.
        sip_status: of a SIP answer.
        dns_answers: addresses in a DNS answer.
        certificate_days: until the TLS certificate ends.
    """

    time_ms: float | None = None
    failure: Failure | None = None
    detail: str = ""
    address: str = ""
    ttl: int | None = None
    http_status: int | None = None
    sip_status: int | None = None
    dns_answers: int | None = None
    certificate_days: float | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """Response times of several attempts, in milliseconds."""

    minimum: float
    average: float
    maximum: float
    deviation: float
    jitter: float | None
    """Mean difference between one answer's time and the next's (as RFC 3550 section 6.4.1 sees it); None for one."""


def times_of(attempts: Sequence[Attempt]) -> Times | None:
    """Return the times of those that were answered; None if none was."""
    times = [each.time_ms for each in attempts if each.time_ms is not None]
    if not times:
        return None
    steps = [abs(later - earlier) for earlier, later in pairwise(times)]
    return Times(
        minimum=min(times),
        average=statistics.fmean(times),
        maximum=max(times),
        deviation=statistics.pstdev(times),
        jitter=statistics.fmean(steps) if steps else None,
    )
