"""Reports by the clock: made once each, by whoever comes first, tried again, and mailed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from api.archive import index
from api.channels.guard import Guard, read_allowance
from api.channels.kind import tools_of
from api.channels.sending import poster_with
from api.channels.vault import Vault
from api.config import Config
from api.db import Database
from api.display.tokyo import TOKYO
from api.identity.signedlink import Linked
from api.influx.registry import create_engine
from api.mail.settling import LEASE
from api.models import (
    AccessWay,
    Channel,
    Contract,
    ContractEvent,
    DeliveryState,
    RemovedWhy,
    Report,
    ReportAccess,
    ReportMail,
    ReportPlan,
    ReportRun,
    RunState,
    Sending,
)
from api.reports import filing
from api.reports.cabinet import chain_of, open_cabinet
from api.reports.delivery import compose, sender
from api.reports.delivery.links import REPORT_LINKS
from api.reports.delivery.sender import Addresses, ReportMails
from api.reports.errors import ReportError
from api.reports.filing import Maker
from api.reports.inputs import ReportInputs, freeze
from api.reports.pdf import Limits
from api.reports.period import Period
from api.reports.retention import expire, kept_since
from api.reports.schedule import maker as making
from api.reports.schedule.maker import ScheduledReports
from api.reports.schedule.plans import note_due, plan_of
from api.reports.store import MEDIA_TYPES, StoredReport
from collectors.text import Lang, Text
from tests.api.channels.services.mail import Mailbox, mailing
from tests.api.office import Office
from tests.api.reports import office as sample

FIRST = datetime(2026, 12, 1, 7, 0, tzinfo=TOKYO)
PDF = b"%PDF-1.7 " + b"x" * 2000
KEY = "a key for tests only, long enough to sign"


@dataclass
class Clock:
    now: datetime = FIRST

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Branch:
    """One contract since November 3rd, whose reports are made by hand and not from stored points."""

    config: Config
    database: Database
    contract: str
    mailbox: Mailbox = field(default_factory=Mailbox)
    clock: Clock = field(default_factory=Clock)
    gathered: list[str] = field(default_factory=list)
    fails: Callable[[], None] = lambda: None

    def gather(
        self, contract: Contract, _engine: object, _config: Config, period: Period, lang: Lang, now: datetime
    ) -> ReportInputs:
        self.fails()
        self.gathered.append(period.name)
        made = sample.inputs(2, lang)
        facts = replace(made.contract, id=contract.public_id, name=contract.name)
        return replace(made, contract=facts, period=period, built_at=now)

    @property
    def maker(self) -> Maker:
        return Maker(create_engine(self.config), self.config, open_cabinet(self.config, self.database))

    def work(self, steps: int = 20) -> None:
        """Note what is due, make it, and send what is to be sent, as a worker does at this moment."""
        note_due(self.database, self.clock())
        made = ScheduledReports(self.database, self.maker, self.clock)
        while steps and made.step():
            steps -= 1
        mails = self.mails()
        while steps and mails.step():
            steps -= 1

    def mails(self) -> ReportMails:
        post = poster_with(Vault([KEY]), tools_of(Guard(read_allowance("127.0.0.1/32"))))
        addresses = Addresses("https://karte.example.jp", KEY)
        return ReportMails(self.database, open_cabinet(self.config, self.database), addresses, post, self.clock)

    def channel(self, to: str = "somu@example.jp", kind: str = "mail", enabled: bool = True) -> str:
        with self.database.writing.begin() as session:
            row = Channel(
                contract_id=self.row(session).id,
                kind=kind,
                name="総務部",
                enabled=enabled,
                settings={
                    "host": "127.0.0.1",
                    "port": self.mailbox.port,
                    "tls": "none",
                    "sender": "karte@example.jp",
                    "to": [to],
                },
            )
            session.add(row)
            session.flush()
            return row.public_id

    def row(self, session: object) -> Contract:
        found: Contract = session.scalars(  # type: ignore[attr-defined]
            select(Contract).where(Contract.public_id == self.contract)
        ).one()
        return found

    def plan(self, **values: object) -> None:
        with self.database.writing.begin() as session:
            plan = session.merge(plan_of(session, self.row(session), self.clock()))
            for name, value in values.items():
                setattr(plan, name, value)

    def runs(self) -> list[ReportRun]:
        with self.database.reading() as session:
            return list(session.scalars(select(ReportRun).order_by(ReportRun.id)))

    def states(self) -> list[tuple[str, RunState]]:
        return [(each.period, each.state) for each in self.runs()]

    def reports(self) -> list[Report]:
        with self.database.reading() as session:
            return list(index.editions(session, self.row(session).id))

    def told(self) -> list[ReportMail]:
        with self.database.reading() as session:
            return list(session.scalars(select(ReportMail).order_by(ReportMail.id)))

    @property
    def got(self) -> list[EmailMessage]:
        return [mail for _to, mail in self.mailbox.envelopes]


@pytest.fixture
def branch(config: Config, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch) -> Branch:
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        contract.created_at = contract.state_changed_at = datetime(2026, 11, 3, tzinfo=UTC)
    made = Branch(config, database, office.contract)
    monkeypatch.setattr(filing, "gather_inputs", made.gather)
    monkeypatch.setattr(filing, "draft", _draft)
    return made


def _draft(inputs: ReportInputs, directory: Path, _limits: Limits) -> StoredReport:
    made = StoredReport(inputs.contract.id, inputs.period.name, inputs.lang, directory)
    for kind in MEDIA_TYPES:
        made.path(kind).write_bytes(b"<p>")
    made.path("json").write_bytes(freeze(inputs))
    made.path("pdf").write_bytes(PDF)
    return made


def test_last_months_report_is_made_once(branch: Branch) -> None:
    branch.clock.now = FIRST - timedelta(minutes=1)
    branch.work()
    assert branch.states() == []

    branch.clock.now = FIRST
    branch.work()
    branch.work()

    assert branch.states() == [("2026-11", RunState.DONE)]
    assert branch.gathered == ["2026-11"]
    assert [(each.period, each.edition) for each in branch.reports()] == [("2026-11", 1)]


def test_after_downtime_each_missed_month_is_made_once(branch: Branch) -> None:
    note_due(branch.database, FIRST - timedelta(days=10))
    branch.clock.now = FIRST + timedelta(days=75)
    branch.work()

    assert branch.gathered == ["2026-11", "2026-12", "2027-01"]


def test_a_contract_older_than_the_schedule_begins_with_last_month(branch: Branch) -> None:
    with branch.database.writing.begin() as session:
        contract = branch.row(session)
        contract.created_at = contract.state_changed_at = datetime(2021, 4, 1, tzinfo=UTC)

    branch.work()
    assert branch.gathered == ["2026-11"]


def test_weeks_begin_when_they_are_agreed(branch: Branch) -> None:
    branch.plan(monthly_since=None, weekly_since=FIRST)
    branch.clock.now = FIRST + timedelta(days=7)
    branch.work()

    assert branch.gathered == ["2026-W49"]


def test_a_contract_that_does_not_run_gets_none(branch: Branch, office: Office) -> None:
    note_due(branch.database, FIRST)
    office.apply(ContractEvent.SUSPEND, "未払い")
    branch.work()
    assert branch.states() == [("2026-11", RunState.SKIPPED)]

    office.apply(ContractEvent.TERMINATE, "解約")
    branch.clock.now = FIRST + timedelta(days=40)
    branch.work()
    assert branch.states() == [("2026-11", RunState.SKIPPED)]
    assert branch.gathered == []


def test_what_fails_is_tried_again_later_and_given_up_after_a_week(branch: Branch) -> None:
    def away() -> None:
        raise ReportError(Text("読めません", "the stored data cannot be read"))

    branch.fails = away
    branch.work()
    (run,) = branch.runs()
    assert (run.state, run.attempts, run.why_en) == (RunState.WAITING, 1, "the stored data cannot be read")
    assert FIRST < run.due_at < FIRST + timedelta(minutes=1)
    assert branch.reports() == []

    branch.clock.now = FIRST + timedelta(hours=2)
    branch.fails = lambda: None
    branch.work()
    assert branch.states() == [("2026-11", RunState.DONE)]

    branch.fails = away
    branch.clock.now = FIRST + timedelta(days=31)
    branch.work()
    for _ in range(3):
        branch.clock.now += timedelta(days=3)
        branch.work()
    assert branch.states()[1] == ("2026-12", RunState.DEAD)


def test_a_fault_of_our_own_stops_no_other_report(branch: Branch, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("a fault")

    branch.fails = broken
    branch.work()

    assert branch.runs()[0].why_en == "an internal error; see the log"
    assert "a fault" in caplog.text


def test_a_worker_that_died_after_the_report_was_made_makes_no_second_one(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ScheduledReports, "_settle", killed)
        with pytest.raises(Killed):
            branch.work()
    branch.work()
    assert branch.states() == [("2026-11", RunState.WAITING)]

    branch.clock.now = FIRST + making.LEASE
    branch.work()
    assert branch.states() == [("2026-11", RunState.DONE)]
    assert len(branch.reports()) == 1


def test_many_workers_make_each_report_once(branch: Branch) -> None:
    note_due(branch.database, FIRST - timedelta(days=10))
    branch.clock.now = FIRST + timedelta(days=150)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        branch.work()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(branch.gathered) == ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]
    assert {state for _period, state in branch.states()} == {RunState.DONE}


def test_the_pdf_is_mailed_in_the_contracts_language(branch: Branch) -> None:
    with mailing(branch.mailbox, None, "none"):
        branch.channel()
        branch.channel(kind="slack")
        branch.channel("off@example.jp", enabled=False)
        branch.work()
        branch.work()

    (mail,) = branch.got
    assert mail["Subject"] == "[診断レポート] 山田商事株式会社: 2026年11月"
    assert mail["To"] == "somu@example.jp"
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert "2026年11月の診断レポートができました" in text
    assert "総合評価" in text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"karte_{branch.contract}_2026-11_ja.pdf"
    assert attached.get_content() == PDF
    (told,) = branch.told()
    assert (told.state, told.reference) == (DeliveryState.SENT, mail["Message-ID"])
    with branch.database.reading() as session:
        access = session.scalars(select(ReportAccess)).one()
    assert (access.way, access.who[:3], access.file) == (AccessWay.MAIL, "ch-", "pdf")


def test_an_english_contract_gets_an_english_mail_with_a_link(branch: Branch) -> None:
    with branch.database.writing.begin() as session:
        branch.row(session).language = "en"
    branch.plan(sending=Sending.LINK)
    with mailing(branch.mailbox, None, "none"):
        channel = branch.channel()
        branch.work()

    (mail,) = branch.got
    text = mail.get_content()
    assert mail["Subject"] == "[Diagnosis report] 山田商事株式会社: November 2026"
    assert "without signing in, until 1 Jan 2027" in text
    signed = text.partition("/reports/link/")[2].split()[0]
    assert REPORT_LINKS.read(KEY, signed) == Linked(branch.reports()[0].public_id, channel)
    assert REPORT_LINKS.read("another key", signed) is None


def test_a_pdf_that_is_too_large_goes_as_a_link(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "ATTACHED_MOST_BYTES", len(PDF) - 1)
    with mailing(branch.mailbox, None, "none"):
        branch.channel()
        branch.work()

    assert "/reports/link/" in branch.got[0].get_content()
    assert compose.ATTACHED_MOST_BYTES == 5 * 1024**2


def test_only_the_channels_that_are_named_get_it(branch: Branch) -> None:
    with mailing(branch.mailbox, None, "none"):
        branch.channel("all@example.jp")
        wanted = branch.channel("president@example.jp")
        branch.plan(channels=[wanted])
        branch.work()

    assert [mail["To"] for mail in branch.got] == ["president@example.jp"]


def test_nothing_is_mailed_where_that_was_agreed(branch: Branch) -> None:
    branch.plan(sending=Sending.NONE)
    with mailing(branch.mailbox, None, "none"):
        branch.channel()
        branch.work()

    assert branch.got == []
    assert branch.states() == [("2026-11", RunState.DONE)]


def test_a_busy_server_is_tried_again_and_gets_the_same_mail(branch: Branch) -> None:
    with mailing(branch.mailbox, None, "none"):
        branch.mailbox.data = ["451 later"]
        branch.channel()
        branch.work()
        (told,) = branch.told()
        assert (told.state, told.attempts) == (DeliveryState.WAITING, 1)
        assert "451 later" in told.why_en

        branch.clock.now = FIRST + timedelta(hours=1)
        branch.work()

    assert len(branch.got) == 1
    assert branch.got[0]["Message-ID"].startswith(f"<{told.public_id}@")


def test_a_server_that_refuses_for_good_is_not_asked_again(branch: Branch) -> None:
    with mailing(branch.mailbox, None, "none"):
        branch.mailbox.replies["somu@example.jp"] = ["550 no such user"]
        branch.channel()
        branch.work()

    (told,) = branch.told()
    assert told.state is DeliveryState.DEAD
    assert "550 no such user" in told.why_en


def test_a_sender_that_died_after_the_server_took_it_sends_it_again(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_args: object, **_named: object) -> None:
        raise Killed

    with mailing(branch.mailbox, None, "none"):
        branch.channel()
        with monkeypatch.context() as patched:
            patched.setattr(ReportMails, "_settle", killed)
            with pytest.raises(Killed):
                branch.work()
        branch.work()
        assert len(branch.got) == 1
        branch.clock.now = FIRST + LEASE
        branch.work()

    assert len({mail["Message-ID"] for mail in branch.got}) == 1
    assert len(branch.got) == 2
    assert branch.told()[0].state is DeliveryState.SENT


def test_what_was_erased_or_ended_meanwhile_is_not_mailed(branch: Branch, office: Office) -> None:
    with mailing(branch.mailbox, None, "none"):
        branch.channel()
        note_due(branch.database, FIRST)
        assert ScheduledReports(branch.database, branch.maker, branch.clock).step()
        with branch.database.reading() as session:
            chain = chain_of(branch.row(session))
        branch.maker.cabinet.erase(chain, branch.reports()[0], RemovedWhy.ERASED, "asked for", "tests")
        branch.work()

    assert branch.got == []
    assert branch.told()[0].why_en == "the report was erased"


def test_a_changed_archive_sends_nothing(branch: Branch) -> None:
    with mailing(branch.mailbox, None, "none"):
        branch.channel()
        note_due(branch.database, FIRST)
        assert ScheduledReports(branch.database, branch.maker, branch.clock).step()
        (report,) = branch.reports()
        path = branch.config.report_dir / "archive" / branch.contract / "objects" / str(report.files["pdf"][0])
        path.chmod(0o600)
        path.write_bytes(b"%PDF forged")
        branch.work()

    assert branch.got == []
    assert "was changed" in branch.told()[0].why_en


def test_reports_are_kept_for_as_many_months_as_agreed(branch: Branch) -> None:
    branch.clock.now = FIRST - timedelta(days=10)
    branch.plan(keep_months=1)
    branch.clock.now = FIRST + timedelta(days=75)
    branch.work()
    with branch.database.reading() as session:
        chain = chain_of(branch.row(session))

    assert expire(branch.maker.cabinet, chain, branch.clock()) == 2
    assert expire(branch.maker.cabinet, chain, branch.clock()) == 0

    assert [(each.period, each.removed_why) for each in branch.reports()] == [
        ("2027-01", None),
        ("2026-12", RemovedWhy.RETENTION),
        ("2026-11", RemovedWhy.RETENTION),
    ]
    assert kept_since(datetime(2026, 2, 10, tzinfo=TOKYO), 3) == datetime(2025, 11, 1, tzinfo=TOKYO)


def test_planning_writes_nothing_where_nothing_is_due(branch: Branch) -> None:
    branch.clock.now = FIRST - timedelta(days=5)
    assert note_due(branch.database, branch.clock()) == 0
    with branch.database.reading() as session:
        plan = session.scalars(select(ReportPlan)).one()
    assert plan.monthly_since == datetime(2026, 11, 3, tzinfo=UTC)
