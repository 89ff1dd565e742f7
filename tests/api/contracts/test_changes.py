from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from api.contracts.changes import (
    cure,
    end_function,
    end_service,
    expire,
    notify_breach,
    order_termination,
    resume,
    suspend,
)
from api.contracts.periods import PeriodRefused
from api.contracts.picture import page
from api.models import (
    AuditEntry,
    ContractState,
    Dispatch,
    Notice,
    NoticeState,
    Reason,
    ReasonCode,
    TransitionRefused,
)
from api.models.contract_reason import REASONS, ReasonUse
from api.notices.dispatching import DispatchRefused, cancel, dispatch
from tests.api.contracts.conftest import Desk

BREACH = Reason(ReasonCode.BREACH)


def state(desk: Desk) -> object:
    return desk.look(lambda contract: contract.state)


def dispatched(desk: Desk, notice: Notice | None) -> None:
    assert notice is not None
    with desk.order() as (order, _contract):
        found = order.session.get_one(Notice, notice.id)
        dispatch(order.session, found, Dispatch.POST, "書留 123", order.now)


@pytest.mark.parametrize("code", [code for code, kind in REASONS.items() if kind.use is ReasonUse.SUSPENSION])
def test_it_suspends_for_each_reason_of_the_terms_and_tells_the_customer(desk: Desk, code: ReasonCode) -> None:
    with desk.order() as (order, contract):
        notice = suspend(order, contract, Reason(code, "11月分"))
        told = contract.reason_text
    assert state(desk) is ContractState.SUSPENDED
    assert told.ja in notice.body
    assert told.en in notice.body_en
    assert (notice.state, notice.effective_on) == (NoticeState.WAITING, date(2026, 4, 1))
    assert "11月分" in told.ja


@pytest.mark.parametrize("code", [code for code, kind in REASONS.items() if kind.use is not ReasonUse.SUSPENSION])
def test_it_suspends_for_no_other_reason(desk: Desk, code: ReasonCode) -> None:
    with pytest.raises(TransitionRefused, match="a reason of the terms is needed"), desk.order() as (order, contract):
        suspend(order, contract, Reason(code))
    assert state(desk) is ContractState.ACTIVE


def test_another_reason_needs_words(desk: Desk) -> None:
    with pytest.raises(TransitionRefused) as refused, desk.order() as (order, contract):
        suspend(order, contract, Reason(ReasonCode.OTHER, "  "))
    assert refused.value.rule == "reason_needs_note"


def test_it_resumes_and_forgets_the_reason(desk: Desk) -> None:
    with desk.order() as (order, contract):
        suspend(order, contract, Reason(ReasonCode.UNPAID_FEES))
        resume(order, contract)
    assert state(desk) is ContractState.ACTIVE
    assert desk.look(lambda contract: [step.event for step in contract.steps]) == ["activate", "suspend", "resume"]


@pytest.mark.parametrize(
    "code", [code for code, kind in REASONS.items() if kind.use is ReasonUse.IMMEDIATE_TERMINATION]
)
def test_an_immediate_end_takes_effect_when_its_notice_is_dispatched(desk: Desk, code: ReasonCode) -> None:
    with desk.order() as (order, contract):
        notice = order_termination(order, contract, Reason(code))
    assert state(desk) is ContractState.ACTIVE
    desk.wait(hours=3)
    dispatched(desk, notice)
    assert state(desk) is ContractState.TERMINATED
    assert desk.look(lambda contract: contract.state_changed_at) == desk.now
    assert desk.look(lambda contract: contract.state_code) == code


def test_an_end_that_is_ordered_is_not_ordered_twice_and_can_be_taken_back(desk: Desk) -> None:
    with desk.order() as (order, contract):
        notice = order_termination(order, contract, Reason(ReasonCode.CANCELLED))
    with pytest.raises(TransitionRefused) as refused, desk.order() as (order, contract):
        order_termination(order, contract, Reason(ReasonCode.CANCELLED))
    assert refused.value.rule == "end_ordered"
    assert notice is not None
    with desk.order() as (order, _contract):
        cancel(order.session.get_one(Notice, notice.id))
    with pytest.raises(DispatchRefused):
        dispatched(desk, notice)
    assert state(desk) is ContractState.ACTIVE


def test_a_breach_ends_a_contract_only_after_its_period_to_cure(desk: Desk) -> None:
    with pytest.raises(TransitionRefused) as refused, desk.order() as (order, contract):
        order_termination(order, contract, BREACH)
    assert refused.value.rule == "breach_notice"
    with pytest.raises(PeriodRefused) as too_short, desk.order() as (order, contract):
        notify_breach(order, contract, "第三者への貸与", date(2026, 4, 7))
    assert too_short.value.rule == "cure_period"
    with desk.order() as (order, contract):
        notify_breach(order, contract, "第三者への貸与", date(2026, 4, 8))
    desk.wait(days=7)
    with pytest.raises(TransitionRefused) as refused, desk.order() as (order, contract):
        order_termination(order, contract, BREACH)
    assert refused.value.rule == "cure_period"
    desk.wait(days=1)
    with desk.order() as (order, contract):
        notice = order_termination(order, contract, BREACH)
    dispatched(desk, notice)
    assert state(desk) is ContractState.TERMINATED


def test_a_cured_breach_ends_nothing(desk: Desk) -> None:
    with desk.order() as (order, contract):
        notify_breach(order, contract, "第三者への貸与", date(2026, 4, 8))
        cure(order, contract)
    desk.wait(days=30)
    with pytest.raises(TransitionRefused) as refused, desk.order() as (order, contract):
        order_termination(order, contract, BREACH)
    assert refused.value.rule == "breach_notice"


def test_a_term_ends_a_contract_the_day_after_its_last_day(desk: Desk) -> None:
    with desk.order() as (order, contract):
        contract.ends_on = date(2026, 4, 1)
    with pytest.raises(TransitionRefused, match="not over"), desk.order() as (order, contract):
        expire(order, contract)
    desk.wait(days=1)
    with desk.order() as (order, contract):
        expire(order, contract)
    assert state(desk) is ContractState.TERMINATED


def test_functions_and_the_service_end_with_notice_only(desk: Desk) -> None:
    with pytest.raises(PeriodRefused) as refused, desk.order() as (order, contract):
        end_function(order, contract, "LINE通知", date(2026, 4, 11))
    assert refused.value.rule == "function_end_notice"
    with pytest.raises(PeriodRefused) as refused, desk.order() as (order, contract):
        end_service(order, contract, date(2026, 5, 1))
    assert refused.value.rule == "service_end_notice"
    with desk.order() as (order, contract):
        end_function(order, contract, "LINE通知", date(2026, 4, 12))
        notice = end_service(order, contract, date(2026, 5, 2))
    for days in (10, 21):
        desk.wait(days=days)
        if days == 10:
            dispatched(desk, notice)
            with pytest.raises(TransitionRefused) as early, desk.order() as (order, contract):
                order_termination(order, contract, Reason(ReasonCode.END_OF_SERVICE))
            assert early.value.rule == "service_end_notice"
    with desk.order() as (order, contract):
        assert order_termination(order, contract, Reason(ReasonCode.END_OF_SERVICE)) is not None


def test_each_order_is_in_the_log_with_who_gave_it(desk: Desk) -> None:
    with desk.order() as (order, contract):
        suspend(order, contract, Reason(ReasonCode.UNPAID_FEES))
    with desk.office.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contract.suspend")).one()
    assert (entry.actor_name, entry.contract) == ("boss", desk.office.contract)
    assert entry.details == {"reason": "unpaid_fees"}
    assert entry.at == desk.now


def test_the_picture_in_the_documents_is_that_of_the_tables(repository: Path) -> None:
    assert (repository / "docs" / "CONTRACTS.md").read_text(encoding="utf-8") == page()
