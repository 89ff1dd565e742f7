"""What a token allows: the seam between the gateway and the contracts' database."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WriteGrant:
    """Leave to write, and the tags that the gateway stamps on every point.

    Attributes:
        contract: public id of the contract, a valid tag value.
        site: public id of the site.
        device: public id of the device.
    """

    contract: str
    site: str
    device: str


@dataclass(frozen=True, slots=True)
class ReadGrant:
    """Leave to read.

    Attributes:
        token: public id of the read token; what is bounded and counted is bounded by it.
        contract: public id of the one contract that may be read; None for staff, who read across contracts.
        rolled_until_ns: Unix nanoseconds of a full hour: what was measured before it is in the hourly rollup as it
            is in the raw data. 0 where nothing is known to be.
    """

    token: str
    contract: str | None
    rolled_until_ns: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a token does not allow what was asked.

    Attributes:
        status: HTTP status: 401 for a token that is missing or not known, 403 for one that is known and not allowed.
        code: stable word for programs, e.g. "token_revoked".
        message: one line for a person.
    """

    status: int
    code: str
    message: str


WriteLookup = Callable[[str], WriteGrant | Refusal]
"""Device token as sent -> what it allows now. Called for every request; what it says is at most half a second old."""

ReadLookup = Callable[[str], ReadGrant | Refusal]
"""Read token as sent -> what it allows now. Called for every query, and again while a long answer is sent."""
