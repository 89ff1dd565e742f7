"""What the chain's entries say, as rows: for lists, downloads and the schedule."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from api.archive.entry import Added, Entry, Removed
from api.models import Report


@dataclass(frozen=True, slots=True)
class Place:
    """Which edition comes next.

    Attributes:
        edition: its number.
        supersedes: number of the entry of the edition before; None for the first.
    """

    edition: int
    supersedes: int | None


def note(session: Session, contract_id: int, entry: Entry) -> None:
    """Bring the rows up to an entry, as part of the session's transaction."""
    match entry.event:
        case Added() as added:
            session.add(
                Report(
                    contract_id=contract_id,
                    number=entry.number,
                    period=added.period,
                    lang=added.lang,
                    edition=added.edition,
                    starts_at=added.starts_at,
                    ends_at=added.ends_at,
                    built_at=added.built_at,
                    files={kind: [file.sha256, file.size] for kind, file in added.files.items()},
                )
            )
        case Removed(number, why):
            report = session.scalar(select(Report).where(Report.contract_id == contract_id, Report.number == number))
            if report is not None and report.removed_at is None:
                report.removed_at, report.removed_why = entry.at, why
    session.flush()


def next_place(session: Session, contract_id: int, period: str, lang: str) -> Place:
    """Return which edition a report of a period and language would be."""
    last = session.execute(
        select(Report.edition, Report.number)
        .where(Report.contract_id == contract_id, Report.period == period, Report.lang == lang)
        .order_by(Report.edition.desc())
        .limit(1)
    ).first()
    return Place(last[0] + 1, last[1]) if last else Place(1, None)


def newest(session: Session, contract_id: int) -> Sequence[Report]:
    """Return the highest edition of every report that is there, the newest period first."""
    best = (
        select(Report.period, Report.lang, func.max(Report.edition).label("edition"))
        .where(Report.contract_id == contract_id, Report.removed_at.is_(None))
        .group_by(Report.period, Report.lang)
        .subquery()
    )
    asked = _of(contract_id).join(
        best,
        (Report.period == best.c.period) & (Report.lang == best.c.lang) & (Report.edition == best.c.edition),
    )
    return session.scalars(asked).all()


def editions(session: Session, contract_id: int) -> Sequence[Report]:
    """Return every report of a contract, also earlier editions and those whose files are gone; the newest first."""
    return session.scalars(_of(contract_id)).all()


def find(session: Session, contract_id: int, period: str, lang: str, edition: int | None = None) -> Report | None:
    """Return a report that is there: of an edition, or of the highest one; None if there is none."""
    asked = _of(contract_id).where(Report.period == period, Report.lang == lang, Report.removed_at.is_(None))
    if edition is not None:
        asked = asked.where(Report.edition == edition)
    return session.scalars(asked.limit(1)).first()


def _of(contract_id: int) -> Select[Report]:
    return (
        select(Report)
        .where(Report.contract_id == contract_id)
        .order_by(Report.starts_at.desc(), Report.period.desc(), Report.lang.desc(), Report.edition.desc())
    )
