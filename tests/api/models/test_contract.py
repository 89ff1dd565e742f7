from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.models import (
    Contract,
    ContractEvent,
    ContractOption,
    ContractState,
    OptionKind,
    Reason,
    ReasonCode,
    TransitionRefused,
)
from api.models.base import utc_now
from api.models.contract import BASIC_QUOTA, EVENT_WORDS, REASONS_OF, TRANSITIONS
from collectors.text import Text

DAY = date(2026, 4, 1)


def fitting(event: ContractEvent) -> Reason | None:
    codes = REASONS_OF.get(event)
    return Reason(codes[0]) if codes else None


def contract(state: ContractState = ContractState.DRAFT) -> Contract:
    return Contract(public_id="c-test", name="山田商事", state=state, state_reason="", quota_base=BASIC_QUOTA)


@pytest.mark.parametrize("state", list(ContractState))
@pytest.mark.parametrize("event", list(ContractEvent))
def test_it_moves_as_the_table_says_and_not_otherwise(state: ContractState, event: ContractEvent) -> None:
    tried = contract(state)
    if (state, event) in TRANSITIONS:
        tried.apply(event, utc_now(), fitting(event))
        assert tried.state is TRANSITIONS[state, event]
    else:
        with pytest.raises(TransitionRefused, match=f"is {state}; it cannot {EVENT_WORDS[event].en}"):
            tried.apply(event, utc_now(), fitting(event))
        assert tried.state is state


@given(st.lists(st.sampled_from(ContractEvent), max_size=12))
def test_it_never_comes_back_from_termination(events: list[ContractEvent]) -> None:
    tried = contract()
    ended = False
    for event in events:
        try:
            tried.apply(event, utc_now(), fitting(event))
        except TransitionRefused:
            continue
        assert not ended
        ended = tried.state is ContractState.TERMINATED
    assert ended == (tried.state is ContractState.TERMINATED)


@pytest.mark.parametrize("event", [ContractEvent.SUSPEND, ContractEvent.TERMINATE])
def test_it_asks_for_a_reason_where_the_customer_has_a_right_to_one(event: ContractEvent) -> None:
    tried = contract(ContractState.ACTIVE)
    with pytest.raises(TransitionRefused, match="a reason of the terms is needed"):
        tried.apply(event, utc_now())
    assert tried.state is ContractState.ACTIVE


def test_it_forgets_the_reason_when_it_resumes() -> None:
    tried = contract(ContractState.ACTIVE)
    tried.apply(ContractEvent.SUSPEND, utc_now(), Reason(ReasonCode.UNPAID_FEES, "10月分"))
    assert tried.reason_text == Text("料金の未払い（10月分）", "unpaid fees (10月分)")
    at = utc_now()
    tried.apply(ContractEvent.RESUME, at)
    assert (tried.reason_text.en, tried.state_changed_at) == ("", at)


@pytest.mark.parametrize(
    ("on", "quota"),
    [
        (DAY - timedelta(days=1), 10),
        (DAY, 13),
        (DAY + timedelta(days=30), 13),
        (DAY + timedelta(days=31), 10),
    ],
)
def test_an_option_raises_the_quota_from_its_first_to_its_last_day(on: date, quota: int) -> None:
    tried = contract()
    tried.options.append(
        ContractOption(kind=OptionKind.EXTRA_DEVICES, amount=3, starts_on=DAY, ends_on=DAY + timedelta(days=30))
    )
    assert tried.device_quota(on) == quota


def test_options_add_up() -> None:
    tried = contract()
    for amount in (2, 5):
        tried.options.append(ContractOption(kind=OptionKind.EXTRA_DEVICES, amount=amount, starts_on=DAY, ends_on=None))
    assert tried.device_quota(DAY) == 17
