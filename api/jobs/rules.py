"""The job that evaluates the rules that are due."""

from alert_rules.registry import entries
from api.alerts.evaluator import Round, evaluate_due
from api.jobs.job import EVERY_MINUTE, Job, Tools
from api.models.base import utc_now
from api.told import ToldError
from collectors.text import Text

_NAMED = 5


class NotEvaluated(ToldError):
    """Some rules could not be evaluated; the message names them."""


def _run(tools: Tools) -> None:
    if tools.config.alerting != "python":
        return
    rules = [entry.rule for entry in entries().values()]
    done = evaluate_due(tools.database, tools.engine, tools.config.influx_database, rules, utc_now(), tools.going)
    if done.failed:
        raise NotEvaluated(_told(done))


def _told(done: Round) -> Text:
    named = ", ".join(list(done.failed)[:_NAMED]) + (" …" if len(done.failed) > _NAMED else "")
    why = next(iter(done.failed.values()))
    return Text(
        f"{len(done.failed)} 件のルールを評価できませんでした（{named}）。検知はそのまま残し、"
        f"1分後にやり直します: {why}",
        f"{len(done.failed)} rules could not be evaluated ({named}); findings stay as they are, the next try is in a"
        f" minute: {why}",
    )


JOB = Job(
    name="rules",
    text=Text("ルールの評価（毎分、時間の来たもの）", "evaluates the rules that are due: every minute"),
    minutes=EVERY_MINUTE,
    run=_run,
    expires_s=50,
)
