"""What a read token opens is asked for at most every half second, and never longer remembered than that."""

from collections.abc import Callable

import pytest

from api.gateway.grant import ReadGrant, ReadLookup, Refusal
from api.identity.remembered import REMEMBERED_S, remembered

GRANT = ReadGrant("r-1", "c-1")
REVOKED = Refusal(403, "token_revoked", "revoked")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def counted(answers: dict[str, ReadGrant | Refusal]) -> tuple[ReadLookup, list[str]]:
    asked: list[str] = []

    def look_up(token: str) -> ReadGrant | Refusal:
        asked.append(token)
        return answers[token]

    return look_up, asked


@pytest.fixture
def answers() -> dict[str, ReadGrant | Refusal]:
    return {"a": GRANT, "b": ReadGrant("r-2", "c-2"), "none": Refusal(401, "token_unknown", "unknown")}


def test_it_asks_once_for_many_queries_at_once(
    clock: Callable[[], float], answers: dict[str, ReadGrant | Refusal]
) -> None:
    lookup, asked = counted(answers)
    look_up = remembered(lookup, clock)
    assert [look_up("a") for _query in range(20)] == [GRANT] * 20
    assert look_up("b") == ReadGrant("r-2", "c-2")
    assert asked == ["a", "b"]


def test_it_learns_of_a_revocation_within_a_second(clock: Clock, answers: dict[str, ReadGrant | Refusal]) -> None:
    lookup, _asked = counted(answers)
    look_up = remembered(lookup, clock)
    assert look_up("a") == GRANT
    answers["a"] = REVOKED
    clock.now += REMEMBERED_S
    assert look_up("a") == REVOKED
    assert REMEMBERED_S < 1


def test_it_remembers_no_refusal(clock: Clock, answers: dict[str, ReadGrant | Refusal]) -> None:
    lookup, asked = counted(answers)
    look_up = remembered(lookup, clock)
    assert isinstance(look_up("none"), Refusal)
    answers["none"] = GRANT
    assert look_up("none") == GRANT
    assert asked == ["none", "none"]


def test_it_holds_a_bounded_number(clock: Clock) -> None:
    lookup = remembered(lambda token: ReadGrant(token, None), clock)
    for number in range(25_000):
        assert lookup(str(number)).token == str(number)  # type: ignore[union-attr]
    (kept,) = [cell.cell_contents for cell in lookup.__closure__ or () if isinstance(cell.cell_contents, dict)]
    assert len(kept) <= 10_000
