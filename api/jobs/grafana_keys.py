"""The job that keeps a supply of keys for entering Grafana."""

from api.channels.vault import vault_of
from api.identity.grafana_pass import fill
from api.jobs.job import EVERY_MINUTE, Job, Tools
from api.models.base import utc_now
from collectors.text import Text


def _run(tools: Tools) -> None:
    if not tools.config.grafana_url:
        return
    with tools.database.writing.begin() as session:
        fill(session, vault_of(tools.config), utc_now())


JOB = Job(
    name="grafana-keys",
    text=Text("Grafana に入るための鍵の準備（毎分）", "keys for entering Grafana: every minute"),
    minutes=EVERY_MINUTE,
    run=_run,
    expires_s=50,
)
