"""Rules and messages of the local stack: the history looked at once, and for one cycle messages as files."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from alert_rules.registry import entries
from alert_rules.rule import Severity
from api.alerts.beginning import Begun, begin
from api.alerts.evaluator import evaluate_due
from api.alerts.history import Databases, Span
from api.channels.kinds.mail import MailSettings, mail
from api.channels.outcome import Sent
from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.models import Channel, Contract, Delivery, Finding
from api.models.base import utc_now
from api.relay.claim import claim, settle
from api.relay.compose import Addresses, compose
from api.relay.plan import plan
from collectors.text import Lang

_DAY_S = 86_400
_PAST_ANY_WAIT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Told:
    """What a cycle found, and the messages about it.

    Attributes:
        open: how many findings last.
        messages: the messages, as files of mail.
    """

    open: int
    messages: tuple[Path, ...]


def look_back(
    database: Database, engine: Engine, config: Config, days: int, done: Callable[[int], None] = lambda _rules: None
) -> Begun:
    """Evaluate rules that never were over the last days, and all of them now.

    Raises:
        EngineError: the engine refused or did not answer.
    """
    now = utc_now()
    databases = Databases(config.influx_database, config.influx_rollup_database)
    rules = [entry.rule for entry in entries().values()]
    until = int(now.timestamp())
    begun = begin(database, engine, databases, rules, Span(until - days * _DAY_S, until), done)
    evaluate_due(database, engine, config.influx_database, rules, now)
    return begun


def tell_to_files(database: Database, config: Config, contract: str, lang: Lang, directory: Path) -> Told:
    """Write what a channel would be sent now into files, one a message, without waiting for more to come."""
    settings = MailSettings(host="localhost", sender="karte@localhost.localdomain", to=("you@localhost.localdomain",))
    now = utc_now()
    channel_id = _channel(database, contract, lang, settings)
    while plan(database, entries(), now).looked_at:
        pass
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    addresses = Addresses(config.public_url, config.grafana_url, config.secret_key)
    written: list[Path] = []
    while claimed := claim(database, 1, now + _PAST_ANY_WAIT, channel_id):
        with database.reading() as session:
            message = compose(session, session.get_one(Delivery, claimed[0].id), entries(), addresses, now)
        if message is not None:
            path = directory / f"{message.id}.eml"
            _write(path, mail(settings, message).as_bytes())
            written.append(path)
        settle(database, claimed[0], Sent(), now, 0.0)
    with database.writing.begin() as session:
        session.get_one(Channel, channel_id).enabled = False
        open_ = len(session.scalars(select(Finding.id).where(Finding.closed_at.is_(None))).all())
    return Told(open_, tuple(written))


def _channel(database: Database, contract: str, lang: Lang, settings: MailSettings) -> int:
    """Return the channel of the cycle, which is off in between: nothing is ever sent to it."""
    name = "files"
    with database.writing.begin() as session:
        row = session.scalars(select(Contract).where(Contract.public_id == contract)).one()
        channel = session.scalar(select(Channel).where(Channel.contract_id == row.id, Channel.name == name))
        if channel is None:
            channel = Channel(
                contract_id=row.id, kind="mail", name=name, digest_from=Severity.INFO, settings=_plain(settings)
            )
            session.add(channel)
        channel.lang, channel.enabled = lang, True
        session.flush()
        return channel.id


def _plain(settings: MailSettings) -> dict[str, object]:
    return {"host": settings.host, "sender": settings.sender, "to": list(settings.to)}


def _write(path: Path, content: bytes) -> None:
    # For its owner only: a message names what is wrong with the office.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
