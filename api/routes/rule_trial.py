"""A trial of a rule as the API and the pages ask for it: with the service's engine and the thresholds in force."""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app

from alert_rules.rule import Rule
from api.alerts.history import Databases, Resolution, Span
from api.alerts.thresholds import checked, in_force, scope_of
from api.alerts.trial import Asked, Trial, second_of, try_rule
from api.config import Config
from api.db import read_session
from api.influx.engine import Engine, EngineError
from api.models import Contract
from api.models.base import utc_now
from api.rollup.status import read_status
from api.told import ToldError
from collectors.text import Text

LONGEST_DAYS = 1100
"""The rollup is kept for three years."""


class NotTried(ToldError):
    """The history cannot be read."""


@dataclass(frozen=True, slots=True)
class TrialForm:
    """What somebody asks for.

    Attributes:
        days: how far back.
        value: a threshold to try; None for none.
        subject: of what; "" for the whole contract.
        budget: findings per device and week for a proposal; None for none.
        read: what is read; None for what suits.
    """

    days: int
    value: float | None = None
    subject: str = ""
    budget: float | None = None
    read: Resolution | None = None


def run_trial(rule: Rule, contract: Contract, form: TrialForm) -> Trial:
    """Try a rule on a contract's history.

    Raises:
        ThresholdRefused: the value is out of bounds, or there is no such device or equipment.
        NotTried: the engine refused or did not answer.
    """
    session, now = read_session(), utc_now()
    if form.value is not None:
        checked(rule, form.value)
        scope_of(session, rule, contract, form.subject)
    config: Config = current_app.extensions["karte_config"]
    engine: Engine = current_app.extensions["karte_engine"]
    rolled = read_status(session, now).done_until
    asked = Asked(
        rule=rule,
        contract=contract.public_id,
        span=Span(second_of(now - timedelta(days=form.days)), second_of(now), second_of(rolled) if rolled else None),
        value=form.value,
        subject=form.subject,
        budget=form.budget,
        resolution=form.read,
    )
    databases = Databases(config.influx_database, config.influx_rollup_database)
    try:
        return try_rule(engine, databases, in_force(session), asked)
    except EngineError as error:
        current_app.logger.error("trying rule %s: %s", rule.id, error)
        raise NotTried(
            Text(
                "測定値を読み取れません。データベースが応答していません。しばらくしてからやり直してください。",
                "The measured values cannot be read: the database does not answer. Try again in a while.",
            )
        ) from None
