"""The one outlet through which every question of a scan leaves: within the fence, counted, and never too fast."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from collectors.probe.discovery.defaults import RATE
from collectors.probe.discovery.fence import Fence

GROUPS: Final = frozenset({"224.0.0.251", "239.255.255.250"})
"""The multicast groups that may be asked, of mDNS (RFC 6762) and SSDP; with a TTL of 1, so that no router passes it."""


class OutsideFence(Exception):
    """A question was about to leave for an address that may not be touched. A fault of the program, never of a site."""


class Outlet:
    """Lets questions out.

    A question is one UDP or ICMP packet, or one attempt at a TCP connection. They leave evenly spaced, not in bursts.

    Attributes:
        fence: where they may go.
        sent: how many have been let out.
    """

    def __init__(
        self,
        fence: Fence,
        rate: float = RATE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        witness: Callable[[str], None] = lambda _address: None,
    ) -> None:
        """Take the fence and the rate.

        Args:
            fence: where questions may go.
            rate: questions a second.
            clock: seconds that never go back.
            sleep: waits.
            witness: is told each address to which a question leaves.

        Raises:
            ValueError: the rate is not more than 0.
        """
        if not rate > 0:
            raise ValueError(f"a rate of {rate:g} questions a second is not more than 0")
        self.fence = fence
        self.sent = 0
        self._spacing_s = 1.0 / rate
        self._clock, self._sleep, self._witness = clock, sleep, witness
        self._next = clock()

    async def permit(self, address: str) -> None:
        """Wait for a turn to send one question.

        Raises:
            OutsideFence: the address is neither within the fence nor one of `GROUPS`.
        """
        if address not in self.fence and address not in GROUPS:
            raise OutsideFence(f"{address} is outside of {', '.join(map(str, self.fence.networks))}")
        now = self._clock()
        turn = max(self._next, now)
        self._next = turn + self._spacing_s
        self.sent += 1
        if turn > now:
            await self._sleep(turn - now)
        self._witness(address)
