"""The job that evaluates rules, against a real influxd and against none."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from alert_rules.registry import entries
from api.config import Config
from api.db import Database
from api.influx.registry import create_engine
from api.jobs import rules
from api.jobs.job import Tools
from api.local.influxd import Influxd
from api.models import RuleRun


def tools(database: Database, url: str, name: str) -> Tools:
    config = Config("", "", influx_url=url, influx_database=name)
    return Tools(config, database, create_engine(config), lambda: True)


def test_it_evaluates_every_rule(influxd: Influxd, database: Database, database_name: str) -> None:
    given = tools(database, influxd.url, database_name)
    given.engine.ensure_database(database_name, timedelta(days=36_500))

    rules.JOB.run(given)

    with database.reading() as session:
        done = session.scalar(select(func.count()).select_from(RuleRun).where(RuleRun.evaluated_at.is_not(None)))
    assert done == len(entries())


def test_it_tells_in_one_line_that_the_engine_is_away(database: Database) -> None:
    with pytest.raises(rules.NotEvaluated) as told:
        rules.JOB.run(tools(database, "http://127.0.0.1:9", "karte"))

    assert str(told.value.text.en).startswith(f"{len(entries())} rules could not be evaluated")
    assert "\n" not in told.value.text.en
