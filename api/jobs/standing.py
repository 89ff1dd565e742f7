"""The job that stores how devices, contracts and the service stand; "offline" is a plain threshold on that."""

from itertools import chain

from alert_rules.registry import entries
from api.jobs.job import EVERY_MINUTE, Job, Tools
from api.models.base import utc_now
from api.rollup.status import read_status
from api.standing.deliveries import delivery_point, read_deliveries
from api.standing.devices import contract_points, device_points, read_contracts, read_devices
from api.standing.service import EngineWatch, engine_points, rollup_points
from api.standing.store import store
from api.standing.trouble import read_trouble
from collectors.text import Text

_WATCH = EngineWatch()
"""Of this process: what it could not store yet."""


def _run(tools: Tools) -> None:
    now = utc_now()
    # Two workers in one minute write the same points.
    at = now.replace(second=0, microsecond=0)
    looks = _WATCH.look(tools.engine, at)
    with tools.database.reading() as session:
        points = chain(
            engine_points(looks),
            rollup_points(read_status(session, now), at),
            [delivery_point(read_deliveries(session, now), now, at)],
            contract_points(read_contracts(session, now, read_trouble(session, entries(), now)), at),
            device_points(read_devices(session), now, at),
        )
        store(tools.engine, tools.config.influx_database, points)
    _WATCH.stored()


JOB = Job(
    name="standing",
    text=Text("機器、契約、サービスの状態の記録（毎分）", "how devices, contracts and the service stand: every minute"),
    minutes=EVERY_MINUTE,
    run=_run,
    expires_s=50,
)
