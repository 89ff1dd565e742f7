"""A run that brings Grafana in step with the contracts; any number of runs may be cut short, the next one goes on.

An organisation that is wanted as it was costs a comparison and two short lists. The rest is read in full, compared and
put right; so is, in every run, a share of those that need nothing, so that within a day each has been.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.db import Database
from api.grafana import ending
from api.grafana.actions import AccountAction, EnableAccount, OrgAction, RemoveAccount
from api.grafana.answers import Account
from api.grafana.api import MAIN_ORG, Grafana
from api.grafana.boards import BoardsFor, boards_for
from api.grafana.errors import GrafanaAway, GrafanaDenied, GrafanaError
from api.grafana.lease import AlreadySyncing, Lease
from api.grafana.notes import Notes, read_subjects
from api.grafana.organisation import (
    Hand,
    create_org,
    do_account,
    glance_at,
    is_of,
    read_actual,
)
from api.grafana.orgs import is_marked, org_of
from api.grafana.outcome import Outcome, Result
from api.grafana.plan import Glance, Keep, looks_right, plan, plan_accounts, plan_new
from api.grafana.wanted import Subject, Wanted, fingerprint, wanted
from api.models.base import utc_now
from collectors.text import Text

LEAST_VERSION = 11
RUNS_A_DAY = 23
"""Hourly runs make 24, of which one may fail."""

_WORKERS = 2
"""Grafana on SQLite writes one thing at a time: four made forty organisations no faster, and met its lock."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class How:
    """How a run is to be.

    Attributes:
        is_deep: every organisation is read in full.
        is_dry: nothing is changed.
        is_quick: only what is wanted otherwise than before is looked at; costs Grafana nothing where that is none.
        contract: the only one to look at; None for all.
    """

    is_deep: bool = False
    is_dry: bool = False
    is_quick: bool = False
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One organisation in a run.

    Attributes:
        subject: whose.
        wanted: what it must be; for one that is to go, what it was.
        org: Grafana's number; None if it has to be made.
        is_deep: whether it is read in full, come what may.
    """

    subject: Subject
    wanted: Wanted
    org: int | None
    is_deep: bool


class Sync:
    """Brings a Grafana in step with the relational database.

    Args:
        database: the relational database.
        grafana: where.
        source_url: where Grafana reaches the gateway.
        export_dir: where the contents of organisations go that are removed.
        boards: the dashboards of each audience and language.
        going: False once the run is to end early.
        progress: told how many organisations are done, of how many.
        workers: how many organisations are worked on at the same time.
    """

    def __init__(
        self,
        database: Database,
        grafana: Grafana,
        source_url: str,
        export_dir: Path,
        boards: BoardsFor = boards_for,
        going: Callable[[], bool] = lambda: True,
        progress: Callable[[int, int], None] = lambda _done, _due: None,
        workers: int = _WORKERS,
    ) -> None:
        self._database, self._grafana = database, grafana
        self._source_url, self._export_dir, self._boards = source_url, export_dir, boards
        self._going, self._progress, self._workers = going, progress, workers
        self._notes, self._lease = Notes(database), Lease(database)
        self._halt = threading.Event()
        self._lock = threading.Lock()

    def run(self, how: How = How()) -> Outcome:
        """Bring Grafana in step.

        Raises:
            AlreadySyncing: another run is at it.
            GrafanaAway: Grafana does not answer.
            GrafanaDenied: Grafana does not take the password, or it is not a server administrator's.
        """
        begun = time.monotonic()
        now = utc_now()
        with self._database.reading() as session:
            subjects = read_subjects(session, now)
        if how.contract is not None:
            subjects = [subject for subject in subjects if subject.contract == how.contract]
        if how.is_quick:
            subjects = [subject for subject in subjects if self._is_otherwise(subject)]
        if not subjects:
            return Outcome()
        try:
            # A dry run changes nothing, so any number may be at it.
            with nullcontext() if how.is_dry else self._lease.held():
                results, accounts, stopped_by = self._run(subjects, how, now)
        finally:
            self._grafana.close()
        return Outcome(results, accounts, time.monotonic() - begun, stopped_by)

    def _wanted(self, subject: Subject) -> Wanted:
        return wanted(subject, self._boards(subject.is_staff, subject.lang), self._source_url)

    def _is_otherwise(self, subject: Subject) -> bool:
        noted = subject.noted
        match subject.course(noted.org_id is not None):
            case "none":
                return False
            case "ended":
                return not noted.is_emptied
            case _:
                return not noted.has_token or noted.fingerprint != fingerprint(self._wanted(subject))

    def _run(
        self, subjects: Sequence[Subject], how: How, now: datetime
    ) -> tuple[list[Result], list[Text], GrafanaError | None]:
        us = greet(self._grafana)
        run = _Run(how, now, us, self._grafana.orgs(), self._grafana.accounts())
        tasks = self._tasks(subjects, run)
        actions = plan_accounts((person for each in subjects for person in each.people), run.accounts)
        told = self._set_accounts([each for each in actions if not isinstance(each, RemoveAccount)], how)
        results, stopped_by = self._work(tasks, run)
        if stopped_by is None:
            # Only now: who was in an organisation that ended stands in its export.
            told += self._set_accounts([each for each in actions if isinstance(each, RemoveAccount)], how)
        return results, told, stopped_by

    def _tasks(self, subjects: Iterable[Subject], run: "_Run") -> list[Task]:
        found = [(subject, self._org_of(subject, run.orgs)) for subject in subjects]
        kept = [(subject, org) for subject, org in found if subject.course(org is not None) != "none"]
        due = due_for_a_look([subject for subject, _org in kept])
        return [
            Task(subject, self._wanted(subject), org, run.how.is_deep or subject.contract in due)
            for subject, org in kept
        ]

    def _org_of(self, subject: Subject, orgs: Mapping[int, str]) -> int | None:
        if subject.is_staff:
            return MAIN_ORG
        org = org_of(subject.contract, subject.noted.org_id, orgs)
        if org is None or is_marked(subject.contract, org, orgs):
            return org
        # Renamed by hand, or another's since Grafana began to count anew: what is in it tells.
        return org if is_of(self._grafana, subject, org) else None

    def _set_accounts(self, actions: Iterable[AccountAction], how: How) -> list[Text]:
        # Who is to be refused is refused first.
        ordered = sorted(actions, key=lambda each: not (isinstance(each, EnableAccount) and not each.is_enabled))
        told: list[Text] = []
        for action in ordered:
            if not how.is_dry:
                do_account(self._grafana, action)
                self._sign_of_life()
            told.append(action.told)
        return told

    def _work(self, tasks: Sequence[Task], run: "_Run") -> tuple[list[Result], GrafanaError | None]:
        results: list[Result] = []
        stopped_by: GrafanaError | None = None
        self._progress(0, len(tasks))
        with ThreadPoolExecutor(self._workers, thread_name_prefix="grafana") as pool:
            for result in pool.map(lambda task: self._one(task, run), tasks):
                results.append(result)
                self._progress(len(results), len(tasks))
                if isinstance(result.error, GrafanaAway | GrafanaDenied | AlreadySyncing):
                    stopped_by = stopped_by or result.error
        return results, stopped_by

    def _one(self, task: Task, run: "_Run") -> Result:
        shown = task.subject.shown
        if self._halt.is_set() or not self._going():
            return Result(shown, "skipped")
        told: list[Text] = []
        try:
            if task.subject.course(task.org is not None) == "ended":
                return self._end(task, run, told)
            if task.org is None:
                return self._make(task, run, told)
            return self._keep(task, task.org, run, told)
        except (GrafanaAway, GrafanaDenied, AlreadySyncing) as error:
            self._halt.set()
            return Result(shown, "failed", told, error)
        except GrafanaError as error:
            return Result(shown, "failed", told, error)

    def _make(self, task: Task, run: "_Run", told: list[Text]) -> Result:
        actions = plan_new(task.wanted)
        if run.how.is_dry:
            return Result(task.subject.shown, "made", [action.told for action in actions])
        name = task.wanted.name or task.wanted.contract
        org = create_org(self._grafana, name)
        told.append(actions[0].told)
        self._notes.made(task.subject, org)
        self._carry_out(task, org, actions[1:], run, told)
        return Result(task.subject.shown, "made", told)

    def _keep(self, task: Task, org: int, run: "_Run", told: list[Text]) -> Result:
        subject, name = task.subject, run.orgs[org]
        glance = self._inside(org, glance_at(self._grafana, org, name), run)
        is_known = subject.noted.org_id == org and subject.noted.has_token
        is_as_wanted = is_known and subject.noted.fingerprint == fingerprint(task.wanted)
        keep = run.keep(task)
        if is_as_wanted and not task.is_deep and looks_right(task.wanted, glance, keep):
            return Result(subject.shown, "unchanged")
        actual = read_actual(self._grafana, org, task.wanted, glance)
        noted = subject.noted if subject.noted.org_id == org else type(subject.noted)()
        actions = plan(task.wanted, actual, noted, keep)
        if run.how.is_dry:
            return Result(subject.shown, "changed" if actions else "checked", [action.told for action in actions])
        if actions:
            self._notes.made(subject, org)
        self._carry_out(task, org, actions, run, told)
        return Result(subject.shown, "changed" if actions else "checked", told)

    def _inside(self, org: int, glance: Glance, run: "_Run") -> Glance:
        """Be an admin of an organisation that we were put out of: without, nothing of it can be read."""
        if run.us in glance.members or run.how.is_dry:
            return glance
        self._grafana.add_member(org, run.us, "Admin")
        return glance_at(self._grafana, org, glance.name)

    def _carry_out(self, task: Task, org: int, actions: Iterable[OrgAction], run: "_Run", told: list[Text]) -> None:
        hand = Hand(self._grafana, self._notes, run.accounts, task.subject, task.wanted, org, run.now)
        for action in actions:
            hand.do(action)
            told.append(action.told)
            self._sign_of_life()
        self._notes.in_order(task.subject, fingerprint(task.wanted), run.now, bool(told))

    def _end(self, task: Task, run: "_Run", told: list[Text]) -> Result:
        subject, org = task.subject, task.org
        if org is None or (subject.noted.is_emptied and not task.is_deep):
            return Result(subject.shown, "unchanged")
        if run.how.is_dry:
            return Result(subject.shown, "removed", ending.PLANNED)
        self._sign_of_life()
        kind = ending.end_org(self._grafana, self._notes, subject, org, run.us, self._export_dir, run.now, told)
        return Result(subject.shown, kind, told)

    def _sign_of_life(self) -> None:
        with self._lock:
            self._lease.renew()


@dataclass(frozen=True, slots=True)
class _Run:
    """What one run has found.

    Attributes:
        how: how it is to be.
        now: when it began.
        us: the user that we are.
        orgs: all organisations: id -> name.
        accounts: all users of the server: login -> account.
    """

    how: How
    now: datetime
    us: str
    orgs: Mapping[int, str]
    accounts: Mapping[str, Account]

    def keep(self, task: Task) -> Keep:
        """Return who may be in an organisation besides our users: in the staff's, Grafana's own administrators."""
        admins = [account.login for account in self.accounts.values() if account.is_admin]
        return Keep(self.us, admins if task.subject.is_staff else ())


def greet(grafana: Grafana) -> str:
    """See that a Grafana can be brought in step, and return the login of the user that we are.

    Raises:
        GrafanaDenied: it is too old, or the user is no server administrator.
    """
    server = grafana.hello()
    if server.major < LEAST_VERSION:
        raise GrafanaDenied(
            Text(
                f"Grafana {grafana.url} のバージョンは {server.version} です。{LEAST_VERSION} 以降にしてください",
                f"Grafana at {grafana.url} is version {server.version}; {LEAST_VERSION} or later is needed",
            )
        )
    if not server.is_admin:
        raise GrafanaDenied(
            Text(
                f"Grafana のユーザー {server.login} はサーバー管理者ではありません。"
                "KARTE_GRAFANA_USER にサーバー管理者を設定してください",
                f"Grafana's user {server.login} is no server administrator; name one in KARTE_GRAFANA_USER",
            )
        )
    return server.login


def due_for_a_look(subjects: Sequence[Subject]) -> frozenset[str]:
    """Return the contracts to be read in full in this run: those that were not for longest, enough for once a day."""
    share = math.ceil(len(subjects) / RUNS_A_DAY)
    oldest = sorted(subjects, key=lambda subject: subject.noted.checked_at or _LONG_AGO)
    return frozenset(subject.contract for subject in oldest[:share])
