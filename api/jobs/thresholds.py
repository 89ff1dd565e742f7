"""The job that stores thresholds that differ from the rules' own, and which findings are still open."""

from itertools import chain

from alert_rules.registry import entries
from api.alerts.thresholds import in_force
from api.jobs.job import Job, Tools
from api.models.base import utc_now
from api.standing.findings import open_points, read_open
from api.standing.store import store
from api.standing.thresholds import threshold_points
from collectors.text import Text


def _run(tools: Tools) -> None:
    at = utc_now().replace(minute=0, second=0, microsecond=0)
    rules = entries()
    with tools.database.reading() as session:
        points = chain(threshold_points(in_force(session), rules, at), open_points(read_open(session, at), rules, at))
        store(tools.engine, tools.config.influx_database, points)


JOB = Job(
    name="thresholds",
    text=Text(
        "変更されたしきい値と、続いている検知の記録（毎時0分）",
        "thresholds that were changed, and findings that are still open: every hour",
    ),
    minutes="0",
    run=_run,
    expires_s=600,
)
