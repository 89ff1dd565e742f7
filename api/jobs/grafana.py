"""The job that keeps Grafana in step with the contracts."""

import logging

from api.grafana.lease import AlreadySyncing
from api.grafana.outcome import lines, summary
from api.grafana.setting import create_sync, is_set
from api.grafana.sync import How
from api.jobs.job import Job, Tools
from api.models.base import utc_now
from collectors.text import Text

_FULL_UNTIL_MINUTE = 5
"""The first run of an hour looks at all; the others only at what has changed in the contracts since, and where nothing
has they ask Grafana nothing."""

_log = logging.getLogger(__name__)


def _run(tools: Tools) -> None:
    if not is_set(tools.config):
        return
    is_quick = utc_now().minute >= _FULL_UNTIL_MINUTE
    sync = create_sync(tools.config, tools.database, going=tools.going)
    try:
        outcome = sync.run(How(is_quick=is_quick))
    except AlreadySyncing as error:
        _log.info("%s", error)
        return
    for line in lines(outcome):
        _log.info("%s", line.en)
    if outcome.has_changed or not is_quick:
        _log.info("%s", summary(outcome).en)
    if outcome.stopped_by is not None:
        raise outcome.stopped_by


JOB = Job(
    name="grafana",
    text=Text(
        "Grafana を契約に合わせる（毎時2分にすべて、その後5分ごとに契約や利用者の変更分）",
        "Grafana in step with the contracts: all at two minutes past every hour, what changed every five minutes",
    ),
    minutes="2,7,12,17,22,27,32,37,42,47,52,57",
    run=_run,
    expires_s=240,
)
