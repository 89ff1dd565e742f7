"""The job that stores how far agents are behind the service's version."""

from api.influx.engine import EngineError
from api.jobs.job import Job, Tools
from api.models.base import utc_now
from api.standing.agents import agent_points, read_versions
from api.standing.store import store
from api.told import ToldError
from collectors import __version__
from collectors.text import Text


class NotRead(ToldError):
    """The engine did not tell the versions; the next run looks again."""


def _run(tools: Tools) -> None:
    # Two workers in one hour write the same points.
    at = utc_now().replace(minute=0, second=0, microsecond=0)
    raw = tools.config.influx_database
    try:
        told = read_versions(tools.engine, raw, at)
    except EngineError as error:
        raise NotRead(
            Text(f"エージェントの版を読めません: {error}", f"the agents' versions cannot be read: {error}")
        ) from None
    store(tools.engine, raw, agent_points(told, __version__, at))


JOB = Job(
    name="agents",
    text=Text(
        "エージェントの版の比較（毎時3分）", "compares the agents' versions with the service's: at :03 of every hour"
    ),
    minutes="3",
    run=_run,
    expires_s=3000,
)
