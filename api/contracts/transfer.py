"""A contract passes to somebody else: application, documents, decision. History is kept, whatever is decided."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from api.audit.log import record
from api.contracts.changes import Order
from api.contracts.guards import Step, check
from api.contracts.periods import succession_documents_by
from api.models import Contract, ContractEvent, Notice, Transfer, TransferDocument, TransferGround, TransferState
from api.models.transfer import GROUND_WORDS, NOTE_LENGTH, TRANSFER_STATE_WORDS
from api.notices.writing import write_notice
from api.plaintext import one_line
from api.told import ToldError
from collectors.text import Text

MAX_DOCUMENT_BYTES = 5 * 1024 * 1024
MAX_DOCUMENTS = 20
_SIGNATURES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""First bytes -> media type: what a file is says its content, not its name."""


class TransferRefused(ToldError, ValueError):
    """The application or a document cannot be taken, or not be decided so; the message says why."""


@dataclass(frozen=True, slots=True)
class Application:
    """What an applicant says.

    Attributes:
        ground: why; there is no other than the four.
        successor: the name of who takes the contract over.
        happened_on: day of the death, merger, split or incorporation.
    """

    ground: TransferGround
    successor: str
    happened_on: date


def apply_for(order: Order, contract: Contract, application: Application) -> Transfer:
    """Take an application.

    Raises:
        TransferRefused: another one is under review, the day is to come, or the month for a succession is over.
        TransitionRefused: the contract has not begun or has ended.
        InvalidText: the successor's name cannot be used.
    """
    check(order.session, Step(contract, ContractEvent.TRANSFER, None, order.today))
    if application.happened_on > order.today:
        raise TransferRefused(
            Text(
                f"{application.happened_on} はまだ来ていません。事由の発生日を指定してください",
                f"{application.happened_on} is yet to come; give the day on which it happened",
            )
        )
    under_review = select(Transfer.public_id).where(
        Transfer.contract_id == contract.id, Transfer.state == TransferState.APPLIED
    )
    other = order.session.scalar(under_review)
    if other is not None:
        raise TransferRefused(Text(f"審査中の申請 {other} があります", f"application {other} is under review already"))
    by = succession_documents_by(application.happened_on) if application.ground is TransferGround.SUCCESSION else None
    if by is not None and order.today > by:
        raise TransferRefused(
            Text(
                f"相続による承継は1か月以内の申請が必要です（期限 {by}）",
                f"a succession must be applied for within a month, which was over on {by}",
            )
        )
    made = Transfer(
        contract_id=contract.id,
        ground=application.ground,
        former=contract.name,
        successor=application.successor,
        happened_on=application.happened_on,
        documents_by=by,
        applied_at=order.now,
        applied_by=order.actor.name,
    )
    order.session.add(made)
    order.session.flush()
    _record(order, contract, made, "transfer.apply", {"ground": made.ground.value})
    ground = GROUND_WORDS[made.ground]
    facts: dict[str, object] = {
        "ground": {"ja": ground.ja, "en": ground.en},
        "successor": made.successor,
        "documents_by": by.isoformat() if by else None,
    }
    write_notice(order.session, contract, "transfer_received", facts, order.actor.name, order.now)
    return made


def hand_in(order: Order, contract: Contract, transfer: Transfer, name: str, content: bytes) -> TransferDocument:
    """Add a document to an application.

    Raises:
        TransferRefused: the application is decided, its time for documents is over, or the file is too large, one too
            many or of a kind that is not taken.
        InvalidText: the file's name cannot be used.
    """
    _see_open(transfer)
    if transfer.documents_by is not None and order.today > transfer.documents_by:
        raise TransferRefused(
            Text(
                f"書類の提出期限 {transfer.documents_by} を過ぎています",
                f"the documents had to be handed in until {transfer.documents_by}",
            )
        )
    count = order.session.scalar(select(func.count()).where(TransferDocument.transfer_id == transfer.id)) or 0
    if count >= MAX_DOCUMENTS:
        raise TransferRefused(Text(f"書類は{MAX_DOCUMENTS}件までです", f"at most {MAX_DOCUMENTS} documents are taken"))
    if not 0 < len(content) <= MAX_DOCUMENT_BYTES:
        raise TransferRefused(
            Text(
                f"ファイルは1バイト以上{MAX_DOCUMENT_BYTES // 1024**2} MiB以下にしてください",
                f"a file needs 1 byte to {MAX_DOCUMENT_BYTES // 1024**2} MiB",
            )
        )
    media_type = next((kind for signature, kind in _SIGNATURES.items() if content.startswith(signature)), None)
    if media_type is None:
        raise TransferRefused(Text("PDF・PNG・JPEG のファイルにしてください", "the file must be a PDF, PNG or JPEG"))
    made = TransferDocument(
        transfer_id=transfer.id,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        handed_in_at=order.now,
        handed_in_by=order.actor.name,
    )
    order.session.add(made)
    order.session.flush()
    _record(order, contract, transfer, "transfer.hand_in", {"document": made.public_id, "sha256": made.sha256})
    return made


def decide(order: Order, contract: Contract, transfer: Transfer, *, accepted: bool, decision: str = "") -> Notice:
    """Decide on an application; the contract's name changes where it is accepted.

    Raises:
        TransferRefused: it is decided already, or no document proves it.
        TransitionRefused: the contract has ended meanwhile.
        InvalidText: the words of the decision cannot be used.
    """
    _see_open(transfer)
    if accepted and not transfer.documents:
        raise TransferRefused(
            Text("承継を証明する書類がまだ提出されていません", "no document that proves it was handed in yet")
        )
    if accepted:
        check(order.session, Step(contract, ContractEvent.TRANSFER, None, order.today))
        contract.apply(ContractEvent.TRANSFER, order.now, None, order.actor.name)
        contract.steps[-1].note = f"{transfer.former} → {transfer.successor}"[:NOTE_LENGTH]
        contract.name = transfer.successor
    transfer.state = TransferState.ACCEPTED if accepted else TransferState.REFUSED
    transfer.decided_at, transfer.decided_by = order.now, order.actor.name
    if decision.strip():
        transfer.decision = one_line(decision, NOTE_LENGTH, Text("決定の説明", "the words of the decision"))
    order.session.flush()
    _record(order, contract, transfer, "transfer.decide", {"outcome": transfer.state.value})
    outcome = TRANSFER_STATE_WORDS[transfer.state]
    facts: dict[str, object] = {
        "outcome": {"ja": outcome.ja, "en": outcome.en},
        "successor": transfer.successor,
        "decision": transfer.decision,
    }
    return write_notice(order.session, contract, "transfer_decided", facts, order.actor.name, order.now)


def withdraw(order: Order, contract: Contract, transfer: Transfer) -> None:
    """Take an application back.

    Raises:
        TransferRefused: it is decided already.
    """
    _see_open(transfer)
    transfer.state, transfer.decided_at, transfer.decided_by = (
        TransferState.WITHDRAWN,
        order.now,
        order.actor.name,
    )
    _record(order, contract, transfer, "transfer.withdraw", {})


def _see_open(transfer: Transfer) -> None:
    if transfer.state is not TransferState.APPLIED:
        state = TRANSFER_STATE_WORDS[transfer.state]
        raise TransferRefused(
            Text(
                f"申請 {transfer.public_id} は「{state.ja}」のため変更できません",
                f"application {transfer.public_id} is {state.en}; it does not change any more",
            )
        )


def _record(order: Order, contract: Contract, transfer: Transfer, action: str, details: dict[str, object]) -> None:
    record(
        order.session,
        order.actor,
        action,
        at=order.now,
        contract=contract.public_id,
        target=transfer.public_id,
        details=details,
    )
