"""The job that stores thresholds that differ from the rules' own, and which findings are still open."""

from datetime import timedelta
from itertools import chain

from alert_rules.registry import entries
from api.alerts.thresholds import in_force, taken_back
from api.jobs.job import EVERY_MINUTE, Job, Tools
from api.models.base import utc_now
from api.standing.findings import open_points, read_open
from api.standing.store import store
from api.standing.thresholds import threshold_points
from collectors.text import Text

_TOLD_AS_TAKEN_BACK = timedelta(hours=6)
"""Longer than rules look back for thresholds (`alert_rules.export.queries.THRESHOLDS_WITHIN`)."""


def _run(tools: Tools) -> None:
    now = utc_now()
    # Two workers in one minute write the same points.
    minute = now.replace(second=0, microsecond=0)
    hour = minute.replace(minute=0)
    rules = entries()
    with tools.database.reading() as session:
        gone = taken_back(session, now - _TOLD_AS_TAKEN_BACK)
        points = chain(
            threshold_points(in_force(session), gone, rules, minute),
            # The same points all through the hour.
            open_points(read_open(session, hour), rules, hour),
        )
        store(tools.engine, tools.config.influx_database, points)


JOB = Job(
    name="thresholds",
    text=Text(
        "変更されたしきい値（毎分）と、続いている検知（毎時）の記録",
        "thresholds that were changed: every minute; findings that are still open: every hour",
    ),
    minutes=EVERY_MINUTE,
    run=_run,
    expires_s=50,
)
