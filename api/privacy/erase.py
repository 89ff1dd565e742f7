"""Erasing a contract that has ended. Killed at any moment, the next run goes on from what is there.

What a place holds is noted before it is touched, so that the certificate tells what there was and not what a second run
still found. The certificate is written, with all places counted once more, only when nothing is left in any of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from api.audit.actor import Actor
from api.audit.log import record
from api.influx.engine import CannotDelete
from api.models import Contract, ContractState, Erasure
from api.models.base import SERVICE_ZONE, service_day
from api.models.erasure import REASON_LENGTH
from api.plaintext import one_line
from api.privacy.certificate import Facts, certificate, hash_of
from api.privacy.export import Holdings
from api.privacy.kept import KEPT
from api.privacy.places import ErasureStopped, Place, counted, is_empty, places
from api.privacy.tables import Whose
from api.told import ToldError
from collectors import __version__
from collectors.text import Text

Progress = Callable[[str], None]
"""Called with the name of each place before it is counted, before it is erased, and when it is done."""


class ErasureRefused(ToldError, ValueError):
    """It may not be erased; the message says why and from when on.

    Attributes:
        rule: name of what is not met, for programs.
    """

    def __init__(self, told: Text, rule: str) -> None:
        super().__init__(told)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it.

    Attributes:
        erasure: public id.
        certificate: JSON.
        hash: of the certificate.
    """

    erasure: str
    certificate: str
    hash: str


def due_at(contract: Contract, days: int) -> datetime:
    """Return from when on a contract that has ended may be erased: the beginning of that day in Japan."""
    day = service_day(contract.state_changed_at) + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=SERVICE_ZONE)


def check(contract: Contract, days: int, demand: str, now: datetime) -> None:
    """See that a contract may be erased.

    Args:
        contract: which.
        days: the period of retention.
        demand: who demands it before that is over, and why; "" if nobody does.
        now: this moment.

    Raises:
        ErasureRefused: `not_terminated`, or `retention`.
    """
    if contract.state is not ContractState.TERMINATED:
        raise ErasureRefused(
            Text(
                f"契約 {contract.public_id} は終了していないため、消去できません",
                f"contract {contract.public_id} has not ended; only what has ended can be erased",
            ),
            "not_terminated",
        )
    due = due_at(contract, days)
    if now < due and not demand:
        raise ErasureRefused(
            Text(
                f"契約 {contract.public_id} は {due:%Y-%m-%d} まで保存します（終了後{days}日）。"
                "それより前に消去するには、求めた人と理由が必要です",
                f"contract {contract.public_id} is kept until {due:%Y-%m-%d}, {days} days after its end; to erase it "
                "before, say who demands it and why",
            ),
            "retention",
        )


def erase(
    holdings: Holdings,
    contract: str,
    actor: Actor,
    now: Callable[[], datetime],
    demand: str = "",
    progress: Progress = lambda _place: None,
) -> Erased:
    """Erase a contract, or go on where a run was cut short; one that is erased gives its certificate.

    Args:
        holdings: where the data is.
        contract: public id; there must be one.
        actor: who does it.
        now: tells this moment.
        demand: who demands it before the period of retention is over, and why; "" if nobody does.
        progress: see `Progress`.

    Raises:
        ErasureRefused: it may not be erased.
        ErasureStopped: a place could not be erased now; the others are, and the next run goes on.
        InvalidText: the demand cannot be shown in one line.
        ToldError: Grafana, the archive or the engine did not do it.
    """
    whose = _begin(holdings, contract, actor, now(), demand)
    done = _finished(holdings, whose)
    if done is not None:
        return done
    held_back: ErasureStopped | None = None
    for place in places(holdings, whose):
        progress(place.name)
        _note(holdings, whose, place)
        progress(place.name)
        try:
            place.erase()
        except CannotDelete as error:
            held_back = _by_retention(holdings, whose, error)
        progress(place.name)
    if held_back is not None:
        raise held_back
    return _finish(holdings, whose, actor, now())


def _begin(holdings: Holdings, contract: str, actor: Actor, now: datetime, demand: str) -> Whose:
    days = holdings.config.erase_after_days
    with holdings.database.writing.begin() as session:
        found = session.scalars(select(Contract).where(Contract.public_id == contract)).one()
        whose = Whose(found.id, found.public_id)
        if session.scalar(select(Erasure.id).where(Erasure.contract_id == found.id)) is not None:
            return whose
        check(found, days, demand.strip(), now)
        is_early = now < due_at(found, days)
        reason = one_line(demand, REASON_LENGTH, Text("理由", "the reason")) if is_early else ""
        made = Erasure(
            contract_id=found.id, begun_at=now, begun_by=actor.name, is_early=is_early, reason=reason, found={}
        )
        session.add(made)
        session.flush()
        details = {"early": is_early, "reason": reason}
        record(session, actor, "privacy.erase", at=now, contract=contract, target=made.public_id, details=details)
        return whose


def erasure_of(session: Session, whose: Whose) -> Erasure | None:
    """Return how far a contract's erasure is; None if none was begun."""
    return session.scalar(select(Erasure).where(Erasure.contract_id == whose.row))


def ended_contracts() -> Select[Contract, datetime | None]:
    """Return the query of contracts that have ended, each with when it was erased, those that ended first first."""
    return (
        select(Contract, Erasure.finished_at)
        .outerjoin(Erasure, Erasure.contract_id == Contract.id)
        .where(Contract.state == ContractState.TERMINATED)
        .order_by(Contract.state_changed_at, Contract.id)
    )


def _finished(holdings: Holdings, whose: Whose) -> Erased | None:
    with holdings.database.reading() as session:
        found = erasure_of(session, whose)
    if found is None or found.finished_at is None:
        return None
    return Erased(found.public_id, found.certificate, found.hash)


def _note(holdings: Holdings, whose: Whose, place: Place) -> None:
    with holdings.database.reading() as session:
        found = session.scalars(select(Erasure).where(Erasure.contract_id == whose.row)).one().found
    if place.name in found:
        return
    there = place.count()
    with holdings.database.writing.begin() as session:
        row = session.scalars(select(Erasure).where(Erasure.contract_id == whose.row)).one()
        if place.name not in row.found:
            row.found = {**row.found, place.name: there}


def _finish(holdings: Holdings, whose: Whose, actor: Actor, now: datetime) -> Erased:
    """Count all once more, and write the certificate if nothing is left."""
    left = {place.name: place.count() for place in places(holdings, whose)}
    full = next((name for name, found in left.items() if not is_empty(found)), None)
    if full is not None:
        raise ErasureStopped(
            Text(
                f"消去後も {full} にデータが残っています: {left[full]}。もう一度実行してください",
                f"there still is something in {full} after the erasure: {left[full]}; run it again",
            )
        )
    with holdings.database.writing.begin() as session:
        row = session.scalars(select(Erasure).where(Erasure.contract_id == whose.row)).one()
        contract = session.get_one(Contract, whose.row)
        if row.finished_at is None:
            row.certificate = certificate(_facts(holdings, session, row, contract, actor, now, left))
            row.hash, row.finished_at = hash_of(row.certificate), now
            record(
                session,
                actor,
                "privacy.erased",
                at=now,
                contract=whose.public_id,
                target=row.public_id,
                details={"sha256": row.hash},
            )
        done = Erased(row.public_id, row.certificate, row.hash)
    _forget(holdings)
    return done


def _facts(
    holdings: Holdings,
    session: Session,
    row: Erasure,
    contract: Contract,
    actor: Actor,
    now: datetime,
    left: dict[str, dict[str, object]],
) -> Facts:
    whose = Whose(contract.id, contract.public_id)
    return Facts(
        id=row.public_id,
        contract=contract.public_id,
        ended_at=contract.state_changed_at,
        ended_because=contract.state_code,
        is_early=row.is_early,
        reason=row.reason,
        retention_days=holdings.config.erase_after_days,
        begun_at=row.begun_at,
        begun_by=row.begun_by,
        finished_at=now,
        finished_by=actor.name,
        erased=row.found,
        left=left,
        kept={name: (rows, KEPT[name].reason) for name, rows in counted(session, whose, kept=True).items()},
        version=__version__,
    )


def _forget(holdings: Holdings) -> None:
    """Let SQLite write its log of changes into the file, and empty it: it holds what was deleted."""
    if holdings.database.engine.dialect.name == "sqlite":
        with holdings.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _by_retention(holdings: Holdings, whose: Whose, error: CannotDelete) -> ErasureStopped:
    with holdings.database.reading() as session:
        ended = session.get_one(Contract, whose.row).state_changed_at
    days = max(holdings.config.raw_retention_days, holdings.config.rollup_retention_days)
    gone = service_day(ended + timedelta(days=days + 8))  # a shard is at most a week long, and goes as a whole
    return ErasureStopped(
        Text(
            f"この時系列データベースは契約単位の消去ができません（{error}）。ほかの場所は消去しました。"
            f"測定値は保存期間により {gone} までに消えます。その後もう一度実行すると証明書ができます",
            f"this time-series engine cannot delete the points of one contract ({error}); all else is erased. They end "
            f"with the retention, by {gone}; run it again then for the certificate",
        )
    )
