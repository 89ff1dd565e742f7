import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.probe.discovery.fence import fence_of
from collectors.probe.discovery.outlet import Outlet, OutsideFence


class Time:
    """A clock that moves only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@settings(max_examples=30)
@given(rate=st.floats(1, 500), pauses=st.lists(st.floats(0, 2), min_size=1, max_size=60))
def test_it_lets_out_no_more_than_the_rate_in_any_second(rate: float, pauses: list[float]) -> None:
    time = Time()
    left: list[float] = []
    outlet = Outlet(fence_of(["10.0.0.0/30"]), rate, time.clock, time.sleep, lambda _address: left.append(time.now))

    async def send() -> None:
        for pause in pauses:
            time.now += pause if pause > 1 else 0
            await outlet.permit("10.0.0.1")

    asyncio.run(send())
    assert outlet.sent == len(pauses) == len(left)
    for begin in left:
        assert sum(begin <= each < begin + 1.0 - 1e-6 for each in left) <= rate + 1


def test_it_spaces_what_many_tasks_send_at_once() -> None:
    time = Time()
    outlet = Outlet(fence_of(["10.0.0.0/30"]), 10.0, time.clock, asyncio.sleep)

    async def crowd() -> list[float]:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(round(seconds, 6))

        outlet._sleep = sleep
        await asyncio.gather(*(outlet.permit("10.0.0.1") for _ in range(5)))
        return waits

    assert asyncio.run(crowd()) == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("address", ["10.0.1.1", "8.8.8.8", "255.255.255.255", "224.0.0.1", "::1", "localhost", ""])
def test_it_lets_nothing_out_beyond_the_fence(address: str) -> None:
    told: list[str] = []
    outlet = Outlet(fence_of(["10.0.0.0/30"]), witness=told.append)
    with pytest.raises(OutsideFence):
        asyncio.run(outlet.permit(address))
    assert (told, outlet.sent) == ([], 0)


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_it_refuses_a_rate_that_makes_no_sense(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Outlet(fence_of([]), rate)
