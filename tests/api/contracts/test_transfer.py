import hashlib
from datetime import date

import pytest
from sqlalchemy import select

from api.contracts.transfer import (
    MAX_DOCUMENT_BYTES,
    Application,
    TransferRefused,
    apply_for,
    decide,
    hand_in,
    withdraw,
)
from api.models import (
    ContractEvent,
    Notice,
    Reason,
    ReasonCode,
    Transfer,
    TransferGround,
    TransferState,
    TransitionRefused,
)
from tests.api.contracts.conftest import Desk

MERGER = Application(TransferGround.MERGER, "新山田商事株式会社", date(2026, 3, 31))
PDF = b"%PDF-1.7\n..."


def applied(desk: Desk, application: Application = MERGER) -> int:
    with desk.order() as (order, contract):
        return apply_for(order, contract, application).id


def test_a_merger_changes_the_name_and_keeps_what_was(desk: Desk) -> None:
    number = applied(desk)
    with pytest.raises(TransferRefused, match="no document"), desk.order() as (order, contract):
        decide(order, contract, order.session.get_one(Transfer, number), accepted=True)
    with desk.order() as (order, contract):
        transfer = order.session.get_one(Transfer, number)
        hand_in(order, contract, transfer, "登記簿.pdf", PDF)
        decide(order, contract, transfer, accepted=True, decision="登記を確認しました")
    assert desk.look(lambda contract: contract.name) == "新山田商事株式会社"
    assert desk.look(lambda contract: (contract.steps[-1].event, contract.steps[-1].note)) == (
        "transfer",
        "山田商事株式会社 → 新山田商事株式会社",
    )
    with desk.office.database.reading() as session:
        kept = session.get_one(Transfer, number)
        kinds = list(session.scalars(select(Notice.kind).order_by(Notice.id)))
        assert (kept.state, kept.former) == (TransferState.ACCEPTED, "山田商事株式会社")
        assert kept.documents[0].sha256 == hashlib.sha256(PDF).hexdigest()
    assert kinds == ["transfer_received", "transfer_decided"]


def test_a_succession_is_applied_for_within_a_month_with_its_documents(desk: Desk) -> None:
    with pytest.raises(TransferRefused, match="within a month"):
        applied(desk, Application(TransferGround.SUCCESSION, "山田花子", date(2026, 2, 28)))
    number = applied(desk, Application(TransferGround.SUCCESSION, "山田花子", date(2026, 3, 10)))
    desk.wait(days=10)
    with pytest.raises(TransferRefused, match="2026-04-10"), desk.order() as (order, contract):
        hand_in(order, contract, order.session.get_one(Transfer, number), "戸籍.pdf", PDF)


def test_a_refused_application_changes_nothing_and_is_decided_once(desk: Desk) -> None:
    number = applied(desk)
    with desk.order() as (order, contract):
        decide(order, contract, order.session.get_one(Transfer, number), accepted=False, decision="書類の不備")
    assert desk.look(lambda contract: contract.name) == "山田商事株式会社"
    for accepted in (True, False):
        with pytest.raises(TransferRefused, match="refused"), desk.order() as (order, contract):
            decide(order, contract, order.session.get_one(Transfer, number), accepted=accepted)


def test_one_application_is_under_review_at_a_time(desk: Desk) -> None:
    number = applied(desk)
    with pytest.raises(TransferRefused, match="under review"):
        applied(desk)
    with desk.order() as (order, contract):
        withdraw(order, contract, order.session.get_one(Transfer, number))
    applied(desk)


def test_an_ended_contract_passes_to_nobody(desk: Desk) -> None:
    with desk.order() as (order, contract):
        contract.apply(ContractEvent.TERMINATE, order.now, Reason(ReasonCode.CANCELLED))
    with pytest.raises(TransitionRefused):
        applied(desk)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("script.pdf", b"<script>alert(1)</script>"),
        ("program.png", b"MZ\x90"),
        ("large.pdf", PDF + bytes(MAX_DOCUMENT_BYTES)),
    ],
)
def test_it_takes_no_file_but_documents_and_pictures_of_bounded_size(desk: Desk, name: str, content: bytes) -> None:
    number = applied(desk)
    with pytest.raises(TransferRefused), desk.order() as (order, contract):
        hand_in(order, contract, order.session.get_one(Transfer, number), name, content)
