"""`karte rules backtest`: what a rule would have found, and with another threshold."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from alert_rules.backtest import Spell
from alert_rules.comparison import Difference
from alert_rules.rule import Rule
from alert_rules.series import Key
from api.alerts.history import Databases, Looked, Resolution, Span
from api.alerts.message import unit_of
from api.alerts.thresholds import in_force
from api.alerts.trial import Asked, Outcome, Trial, about, moment_of, plain, second_of, try_rule
from api.cli.lookup import contract_of
from api.cli.moment import moment_past
from api.cli.rule_lookup import rule_of, setting_of
from api.cli.settings import service_config, service_engine
from api.cli.speech import Failed, WrongUse, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, opened
from api.cli.table import format_option, local_time, show_json
from api.display.measure import measured
from api.display.tokyo import span_text
from api.influx.engine import EngineError
from api.models.base import utc_now
from api.rollup.status import read_status
from collectors.text import Text

_CELLS = 60
"""Characters of a line of the timeline."""

_SHOWN = 20
"""Lines of the timeline at most; the JSON form has all."""


@click.command()
@click.argument("name", metavar="RULE")
@click.option("--contract", "contract_id", metavar="CONTRACT", required=True, help="契約 / the contract")
@click.option(
    "--since",
    callback=moment_past,
    default="30d",
    show_default=True,
    help="いつから（12h、30d、2026-08-31） / how far back",
)
@click.option("--set", "setting", metavar="PARAMETER=VALUE", help="試す値 / a threshold to try beside today's")
@click.option(
    "--suggest",
    "budget",
    type=click.FloatRange(0),
    metavar="N",
    help="機器1台・1週間あたり N 件以内の値を提案 / propose a threshold that keeps to N findings a device and week",
)
@click.option(
    "--read",
    "asked",
    type=click.Choice(["auto", *(each.value for each in Resolution)]),
    default="auto",
    show_default=True,
    help="読むもの（raw 測定値、hours 1時間ごとの集計） / what is read",
)
@format_option
@lang_option
@data_dir_option
def backtest(
    name: str,
    contract_id: str,
    since: datetime,
    setting: str | None,
    budget: float | None,
    asked: str,
    form: str,
    directory: Path | None,
) -> None:
    """過去のデータで、ルールが何を見つけたはずかを調べます / Try a rule on stored history, changing nothing."""
    rule = rule_of(name).rule
    tried = None if setting is None else setting_of(rule, setting)
    if budget is not None and rule.parameter is None:
        raise WrongUse(
            Text(f"ルール {name} に変えられる値はありません", f"rule {name} has no threshold that can be set")
        )
    config = service_config(directory)
    with service_engine(config, directory) as engine, opened(directory) as database:
        with database.reading() as session:
            contract = contract_of(session, contract_id).public_id
            thresholds, rolled = in_force(session), read_status(session, utc_now()).done_until
        asked_for = Asked(
            rule=rule,
            contract=contract,
            span=Span(second_of(since), second_of(utc_now()), second_of(rolled) if rolled else None),
            value=tried,
            budget=budget,
            resolution=None if asked == "auto" else Resolution(asked),
        )
        databases = Databases(config.influx_database, config.influx_rollup_database)
        try:
            trial = try_rule(engine, databases, thresholds, asked_for)
        except EngineError as error:
            raise Failed(Text(f"データを読めません: {error}", f"stored points cannot be read: {error}")) from None
    if form == "json":
        show_json(plain(trial))
        return
    _tell(trial, *thresholds.of_contract(rule, contract))
    if budget is not None:
        _tell_proposal(rule, budget, trial.proposal)
    if setting is not None:
        say(next_step(f"karte rules set {rule.id} {setting} --contract {contract} --reason …", directory))


def _tell(trial: Trial, today: float, apart: int) -> None:
    """Tell what came of it; `today` is the contract's threshold, and `apart` how many subjects have their own."""
    rule, looked = trial.asked.rule, trial.looked
    span = f"{_when(looked.since)} – {_when(looked.until)}"
    say(
        Text(f"{rule.name.ja}（{rule.id}）: {span}", f"{rule.name.en} ({rule.id}): {span}"),
        Text(f"読んだもの: {looked.resolution.text.ja}", f"read: {looked.resolution.text.en}"),
    )
    if not looked.is_exact:
        say(
            Text(
                "  時刻は1時間単位で、短いものは見落としたり長く見えたりします。--read raw で確かめられます",
                "  to the hour only: short findings may be missed or seem longer; --read raw tells exactly",
            )
        )
    if not looked.past.series:
        say(Text("この期間にデータはありません", "there is no data in that span"))
        return
    say(_tally_line(trial, trial.today, today, Text("今の基準", "today's threshold")))
    if apart:
        say(
            Text(
                f"  うち {apart} 件の機器・設備には、個別の基準を使っています",
                f"  {apart} devices or equipment have thresholds of their own, which were used for them",
            )
        )
    if trial.tried is not None and trial.difference is not None and trial.asked.value is not None:
        say(_tally_line(trial, trial.tried, trial.asked.value, Text("試す値", "tried")))
        _tell_difference(rule, trial.difference)
    for line in _timeline(rule, looked, (trial.tried or trial.today).spells):
        click.echo(line)


def _tally_line(trial: Trial, outcome: Outcome, value: float, what: Text) -> Text:
    unit, tally = unit_of(trial.asked.rule), outcome.tally
    limit = Text(measured(value, unit, "ja"), measured(value, unit, "en"))
    length = span_text(timedelta(seconds=tally.open_s))
    rate = "-" if tally.per_device_week is None else f"{tally.per_device_week:.2g}"
    return Text(
        f"{what.ja}（{limit.ja}）: {tally.count} 件、合わせて{length.ja}、"
        f"機器1台・1週間あたり {rate} 件（{trial.devices} 台）",
        f"{what.en} ({limit.en}): {tally.count} findings, {length.en} together,"
        f" {rate} a device and week ({trial.devices} devices)",
    )


def _tell_difference(rule: Rule, difference: Difference) -> None:
    for spells, what in (
        (difference.missed, Text("見つからなくなる", "would be missed")),
        (difference.gained, Text("新たに見つかる", "would be gained")),
    ):
        for each in spells[:_SHOWN]:
            found = f"{about(rule, each.key)} {_when(each.opened)}"
            say(Text(f"  {what.ja}: {found}", f"  {what.en}: {found}"))


def _timeline(rule: Rule, looked: Looked, spells: Sequence[Spell]) -> list[str]:
    """A line for each series that has findings: `█` where one was open."""
    by_key: dict[Key, list[Spell]] = {}
    for each in spells:
        by_key.setdefault(each.key, []).append(each)
    width = max(1, (looked.until - looked.since) // _CELLS)
    lines = []
    for key, own in list(by_key.items())[:_SHOWN]:
        cells = ["·"] * _CELLS
        for each in own:
            first = min(_CELLS - 1, (each.opened - looked.since) // width)
            last = min(_CELLS - 1, ((each.closed or looked.until) - 1 - looked.since) // width)
            cells[first : last + 1] = ["█"] * (last + 1 - first)
        lines.append(f"  {''.join(cells)}  {about(rule, key)}")
    if len(by_key) > _SHOWN:
        rest = len(by_key) - _SHOWN
        lines.append("  " + Text(f"ほか {rest} 件は --format json で", f"{rest} more with --format json").in_(spoken()))
    return lines


def _tell_proposal(rule: Rule, budget: float, proposal: float | None) -> None:
    if proposal is None:
        say(
            Text(
                f"機器1台・1週間あたり {budget:g} 件に収まる値はありません",
                f"no threshold keeps to {budget:g} findings a device and week",
            )
        )
        return
    shown = Text(measured(proposal, unit_of(rule), "ja"), measured(proposal, unit_of(rule), "en"))
    parameter = rule.parameter.id if rule.parameter else ""
    say(
        Text(
            f"提案: {shown.ja}（--set {parameter}={proposal:g}）。{budget:g} 件以内に収まる、最も早く気づける値です",
            f"proposed: {shown.en} (--set {parameter}={proposal:g}), the most watchful one that keeps to {budget:g}",
        )
    )


def _when(second: int) -> str:
    return local_time(moment_of(second))
