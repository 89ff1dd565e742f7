"""The job that keeps the hourly rollup up to date."""

import logging

from api.jobs.job import Job, Tools
from api.rollup.fill import Filled, Filler
from api.rollup.progress import AlreadyFilling
from collectors.text import Text

_log = logging.getLogger(__name__)


def _run(tools: Tools) -> None:
    filler = Filler(tools.database, tools.engine, tools.config, going=tools.going)
    try:
        filled = filler.run()
    except AlreadyFilling as error:
        _log.info("%s", error)
        return
    if filled.points:
        _log.info("%s", _told(filled))


def _told(filled: Filled) -> str:
    until = f"{filled.done_until:%Y-%m-%dT%H:%MZ}" if filled.done_until else "never"
    return (
        f"rolled up {filled.hours} hours, again of {filled.contracts} contracts, {filled.points} points; "
        f"done until {until}"
    )


JOB = Job(
    name="rollup",
    text=Text(
        "1時間ごとの集計（毎時3分と、その後5分ごとに遅れて届いたデータ）",
        "the hourly rollup: at three minutes past every hour, and every five minutes for data that came late",
    ),
    # An hour is due two minutes after its end; where it is not over, a run does only what came late.
    minutes="3,8,13,18,23,28,33,38,43,48,53,58",
    run=_run,
    expires_s=240,
)
