"""The job that stores findings as points."""

from alert_rules.registry import entries
from api.jobs.job import EVERY_MINUTE, Job, Tools
from api.models.base import utc_now
from api.rollup.late import LateRecorder
from api.standing.findings import mark_stored, read_transitions, transition_points
from api.standing.late import note_late
from api.standing.store import store
from collectors.text import Text


def _run(tools: Tools) -> None:
    with tools.database.reading() as session:
        transitions = read_transitions(session)
    if not transitions:
        return
    points = list(transition_points(transitions, entries()))
    store(tools.engine, tools.config.influx_database, points)
    now = utc_now()
    note_late(LateRecorder(tools.database), points, now)
    with tools.database.writing.begin() as session:
        mark_stored(session, transitions, now)


JOB = Job(
    name="findings",
    text=Text("ルールの検知の記録（毎分）", "what rules found: every minute"),
    minutes=EVERY_MINUTE,
    run=_run,
    expires_s=50,
)
