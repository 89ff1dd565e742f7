"""Handing a file of a report out to somebody, which is noted first."""

from dataclasses import dataclass
from datetime import datetime

from api.db import Database
from api.models import AccessWay, Report, ReportAccess
from api.reports.cabinet import Cabinet


@dataclass(frozen=True, slots=True)
class Asker:
    """Who gets a file.

    Attributes:
        way: how they came to it.
        who: public id of the person, or of the channel whose link was used.
    """

    way: AccessWay
    who: str


def hand_out(cabinet: Cabinet, report: Report, contract: str, kind: str, asker: Asker, now: datetime) -> bytes:
    """Return a file of a report; what cannot be noted is not handed out.

    Args:
        cabinet: where it is.
        report: which.
        contract: public id of its contract.
        kind: of the file, e.g. "pdf".
        asker: who gets it.
        now: this moment.

    Raises:
        ArchiveError: the archive does not give it.
        SQLAlchemyError: it cannot be noted.
    """
    content = cabinet.content(report, contract, kind)
    _note(cabinet.database, report, kind, asker, now)
    return content


def _note(database: Database, report: Report, kind: str, asker: Asker, now: datetime) -> None:
    with database.writing.begin() as session:
        session.add(
            ReportAccess(
                report_id=report.id,
                at=now,
                way=asker.way,
                who=asker.who,
                file=kind,
                hash=str(report.files[kind][0]),
            )
        )
