"""The loop that sends mails with reports. One runs in every worker; any number of them may run at once.

At least once: a mail is settled after the server took it, so that a worker that dies in between means a mail that comes
twice, under the same id, never none.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.archive.errors import ArchiveError
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.channels.sending import Post
from api.db import Database
from api.identity.signedlink import Linked
from api.jobs.claiming import Claimed, claim, held
from api.jobs.loop import go_on
from api.mail.settling import LEASE, settle
from api.models import (
    AccessWay,
    Channel,
    Contract,
    ContractState,
    DeliveryState,
    Report,
    ReportAccess,
    ReportMail,
    Sending,
)
from api.models.base import utc_now
from api.reports.cabinet import Cabinet
from api.reports.delivery.compose import ATTACHED_MOST_BYTES, Tidings, compose
from api.reports.delivery.headline import headline_of
from api.reports.delivery.links import REPORT_LINKS
from api.reports.period import named
from collectors.text import Lang, Text

LOOKS_EVERY_S = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where links lead, and what signs them.

    Attributes:
        public_url: of this service.
        secret_key: signs the links.
    """

    public_url: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class _Facts:
    mail: ReportMail
    report: Report
    channel: Channel
    contract: Contract


class ReportMails:
    """Sends what is due.

    Args:
        database: where it is noted.
        cabinet: where the reports are.
        addresses: where links lead.
        post: sends a mail through a channel.
        now: tells this moment.
    """

    def __init__(
        self,
        database: Database,
        cabinet: Cabinet,
        addresses: Addresses,
        post: Post,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._cabinet = cabinet
        self._addresses = addresses
        self._post = post
        self._now = now

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set. What fails for a moment, e.g. the database, is tried again."""
        go_on("report mails", self.step, stop, LOOKS_EVERY_S)

    def step(self) -> bool:
        """Send one mail that is due; tell whether there was one."""
        claimed = claim(self._database, ReportMail, 1, LEASE, self._now())
        for each in claimed:
            self._settle(each, *self._attempt(each))
        return bool(claimed)

    def _attempt(self, claimed: Claimed) -> tuple[Outcome, str]:
        """Return what came of a try, and the SHA-256 of what was attached; "" where nothing was."""
        with self._database.reading() as session:
            facts = _facts(session, claimed.id)
            if facts is None:
                return Refused(Text("通知先がなくなりました", "the channel is gone")), ""
            is_again = _was_told_before(session, facts)
        refused = _refused(facts)
        if refused is not None:
            return Refused(refused), ""
        try:
            attached = self._attached(facts)
            tidings = self._tidings(facts, attached, is_again=is_again)
            outcome = self._post(facts.channel, lambda settings: compose(settings, tidings), facts.mail.public_id)
        except ArchiveError as error:
            return Later(None, error.text), ""
        except Exception:
            # A fault of our own must not stop all other mails; it is tried again and stays to be seen.
            _log.exception("report mails: %s could not be sent", facts.mail.public_id)
            return Later(None, Text("内部エラー（ログを確認してください）", "an internal error; see the log")), ""
        return outcome, str(facts.report.files["pdf"][0]) if attached is not None else ""

    def _attached(self, facts: _Facts) -> bytes | None:
        _digest, size = facts.report.files["pdf"]
        if facts.mail.sending is not Sending.ATTACH or int(str(size)) > ATTACHED_MOST_BYTES:
            return None
        return self._cabinet.content(facts.report, facts.contract.public_id, "pdf")

    def _tidings(self, facts: _Facts, attached: bytes | None, *, is_again: bool) -> Tidings:
        report, contract = facts.report, facts.contract
        lang: Lang = "en" if report.lang == "en" else "ja"
        signed = REPORT_LINKS.token(self._addresses.secret_key, Linked(report.public_id, facts.channel.public_id))
        base = self._addresses.public_url.rstrip("/")
        return Tidings(
            id=facts.mail.public_id,
            lang=lang,
            customer=contract.name,
            period=named(report.period, report.ends_at).text,
            headline=headline_of(self._cabinet.content(report, contract.public_id, "json")),
            is_again=is_again,
            link=f"{base}/reports/link/{signed}",
            portal=f"{base}/reports/{contract.public_id}/",
            name=self._cabinet.shelf(contract.public_id).stored(report).path("pdf").name,
            pdf=attached,
            at=self._now(),
        )

    def _settle(self, claimed: Claimed, outcome: Outcome, attached: str) -> None:
        now = self._now()
        with self._database.writing.begin() as session:
            mail = held(session, ReportMail, claimed)
            if mail is None:  # the claim had run out; another sends it again, as a duplicate beats a miss
                return
            settle(mail, outcome, now)
            if isinstance(outcome, Sent) and attached:
                session.add(_handed_out(session, mail, attached, now))


def _facts(session: Session, mail_id: int) -> _Facts | None:
    row = session.execute(
        select(ReportMail, Report, Channel, Contract)
        .join(Report, Report.id == ReportMail.report_id)
        .join(Channel, Channel.id == ReportMail.channel_id)
        .join(Contract, Contract.id == Report.contract_id)
        .where(ReportMail.id == mail_id)
    ).first()
    return _Facts(*row) if row else None


def _refused(facts: _Facts) -> Text | None:
    if not facts.channel.enabled:
        return Text("通知先が無効になっています", "the channel is switched off")
    if facts.contract.state is not ContractState.ACTIVE:
        return Text("契約が有効ではありません", "the contract does not run")
    if facts.report.removed_at is not None:
        return Text("レポートが消去されました", "the report was erased")
    return None


def _was_told_before(session: Session, facts: _Facts) -> bool:
    """Tell whether the channel got an earlier edition of the report."""
    report = facts.report
    earlier = (
        select(ReportMail.id)
        .join(Report, Report.id == ReportMail.report_id)
        .where(
            ReportMail.channel_id == facts.channel.id,
            ReportMail.state == DeliveryState.SENT,
            Report.contract_id == report.contract_id,
            Report.period == report.period,
            Report.lang == report.lang,
            Report.edition < report.edition,
        )
    )
    return session.scalar(earlier.limit(1)) is not None


def _handed_out(session: Session, mail: ReportMail, digest: str, now: datetime) -> ReportAccess:
    channel = session.get_one(Channel, mail.channel_id)
    return ReportAccess(
        report_id=mail.report_id, at=now, way=AccessWay.MAIL, who=channel.public_id, file="pdf", hash=digest
    )
