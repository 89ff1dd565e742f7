"""The job that stores how much agents tell and lose."""

from datetime import timedelta

from api.influx.engine import EngineError
from api.jobs.job import Job, Tools
from api.models import RollupProgress
from api.models.base import utc_now
from api.standing.ingest import ingest_points, read_ingest
from api.standing.store import store
from api.told import ToldError
from collectors.text import Text

LATE = timedelta(hours=3)
"""A rollup that is further behind would make a day look emptier than it was, so that nothing is told."""


class NotRead(ToldError):
    """The engine did not tell; the next run looks again."""


def _run(tools: Tools) -> None:
    now = utc_now()
    with tools.database.reading() as session:
        progress = session.get(RollupProgress, 1)
    if progress is None or progress.done_until is None or now - progress.done_until > LATE:
        return
    until = progress.done_until
    try:
        told = read_ingest(tools.engine, tools.config.influx_rollup_database, until)
    except EngineError as error:
        raise NotRead(
            Text(f"測定値の数を読めません: {error}", f"how many points were measured cannot be read: {error}")
        ) from None
    # Two workers in one hour write the same points.
    store(tools.engine, tools.config.influx_database, ingest_points(told, until))


JOB = Job(
    name="ingest",
    text=Text(
        "測定値の数と失われた測定値（毎時14分）",
        "how many points agents measured and lost: at :14 of every hour",
    ),
    minutes="14",
    run=_run,
    expires_s=3000,
)
