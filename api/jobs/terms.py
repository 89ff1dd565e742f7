"""The job that tells contracts of terms that are to take effect."""

import logging

from api.jobs.job import Job, Tools
from api.models.base import utc_now
from api.terms.publishing import BATCH, announce
from collectors.text import Text

_log = logging.getLogger(__name__)


def run(tools: Tools) -> None:
    """Write the notices that are missing: of a publication that was cut short, and to contracts that began since."""
    while tools.going():
        told = announce(tools.database, utc_now(), BATCH)
        if told:
            _log.info("%d notices of changed terms", told)
        if told < BATCH:
            return


JOB = Job(
    name="terms",
    text=Text(
        "適用前の規約の変更を、まだ通知していない契約に通知します（10分ごと）",
        "tells contracts of changed terms before they take effect, every ten minutes",
    ),
    minutes="8,18,28,38,48,58",
    run=run,
    expires_s=540,
)
