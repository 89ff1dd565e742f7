"""The job that keeps Grafana's alert rules in step with ours, where Grafana evaluates them."""

import logging

from alert_rules.registry import entries
from api.grafana.alerting import Done, Wanted, converge, wanted_of
from api.grafana.errors import GrafanaError
from api.grafana.setting import create_grafana, is_set
from api.jobs.job import Job, Tools
from api.models.base import utc_now
from collectors.text import Text

_FULL_UNTIL_MINUTE = 5

_log = logging.getLogger(__name__)


class NotExported(GrafanaError):
    """Some rules could not be put into Grafana; the message says which and why."""


class Exporter:
    """Looks at Grafana's rules once an hour, and where ours are others than those that this process last put there."""

    def __init__(self) -> None:
        self._digest = ""

    def run(self, tools: Tools, minute: int) -> None:
        """Put the rules right.

        Raises:
            GrafanaError: Grafana is away, or did not take all.
        """
        config = tools.config
        if config.alerting != "grafana" or not is_set(config):
            return
        wanted = wanted_of(config, entries())
        if wanted.digest == self._digest and minute >= _FULL_UNTIL_MINUTE:
            return
        done = self._converge(tools, wanted)
        for line in done.told:
            _log.info("%s", line.en)
        if done.failed:
            raise NotExported(_of(done.failed))
        self._digest = wanted.digest

    def _converge(self, tools: Tools, wanted: Wanted) -> Done:
        grafana = create_grafana(tools.config)
        try:
            return converge(grafana, wanted)
        finally:
            grafana.close()


def _of(failed: tuple[Text, ...]) -> Text:
    first, count = failed[0], len(failed)
    if count == 1:
        return first
    return Text(f"{first.ja}（ほか {count - 1} 件）", f"{first.en} (and {count - 1} more)")


_EXPORTER = Exporter()


def _run(tools: Tools) -> None:
    _EXPORTER.run(tools, utc_now().minute)


JOB = Job(
    name="alerting",
    text=Text(
        "Grafana のアラートルールをこのサービスのルールに合わせる（毎時すべて、変わったルールは5分ごと）",
        "Grafana's alert rules in step with the service's: all every hour, rules that changed every five minutes",
    ),
    minutes="1,6,11,16,21,26,31,36,41,46,51,56",
    run=_run,
    expires_s=240,
)
