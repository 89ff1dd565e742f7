"""`karte rules`: what is watched for, with which thresholds, and what it would have found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from alert_rules.advice import AdviceError
from alert_rules.advice import problems as advice_problems
from alert_rules.cases import load_cases
from alert_rules.cases import problems as case_problems
from alert_rules.check import problems
from alert_rules.load import RuleFileError
from alert_rules.query import moment_query
from alert_rules.registry import entries
from alert_rules.rule import Rule
from api.alerts.message import unit_of
from api.alerts.thresholds import (
    Author,
    current,
    history,
    scope_of,
    set_threshold,
    undo,
)
from api.cli.lookup import contract_of
from api.cli.rule_backtest import backtest
from api.cli.rule_export import export
from api.cli.rule_lookup import rule_of, setting_of
from api.cli.speech import Failed, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_json, show_rows
from api.display.measure import measured
from api.models.base import utc_now
from api.told import ToldError
from collectors.text import Text

Command = Callable[..., Any]


@click.group()
def rules() -> None:
    """アラートのルールと基準値 / Alert rules and their thresholds."""


rules.add_command(backtest)
rules.add_command(export)


@rules.command()
@lang_option
def check() -> None:
    """ルール、助言、試験例に誤りがないか調べます / Check rules, advice and recorded cases against the catalogue."""
    try:
        found = entries()
        wrong = [
            *problems(found),
            *advice_problems({entry.rule.advice_id for entry in found.values()}),
            *case_problems(found, load_cases()),
        ]
    except (RuleFileError, AdviceError) as error:
        raise Failed(Text(str(error), str(error))) from None
    if wrong:
        for line in wrong:
            say(Text(line, line), err=True)
        raise Failed(Text(f"{len(wrong)} 件の誤りがあります", f"{len(wrong)} problems"))
    say(
        Text(
            f"{len(found)} 件のルールに誤りはありません",
            f"{len(found)} rules: no problems",
        )
    )


@rules.command("list")
@format_option
@lang_option
def list_(form: str) -> None:
    """すべてのルール / All rules."""
    lang = spoken()
    rows: list[Row] = [
        {
            "rule": entry.rule.id,
            "category": str(entry.category),
            "severity": str(entry.rule.severity),
            "limit": _limit(entry.rule, entry.rule.limit),
            "headline": entry.rule.name.text.in_(lang),
        }
        for entry in entries().values()
    ]
    show_rows(rows, form, Text("ルールはありません", "there are no rules"))
    if form == "table":
        say(next_step("karte rules show RULE", None))


def _limit(rule: Rule, value: float) -> str:
    return measured(value, unit_of(rule), spoken())


@rules.command()
@click.argument("name", metavar="RULE")
@format_option
@lang_option
def show(name: str, form: str) -> None:
    """一つのルールの内容 / One rule: what it asks, when it fires, what can be set."""
    entry = rule_of(name)
    rule = entry.rule
    asked = moment_query(rule, f"time > now() - {rule.window}")
    if form == "json":
        show_json({**_plain(rule), "category": str(entry.category), "influxql": asked})
        return
    lang = spoken()
    say(
        Text(f"{rule.id}: {rule.name.ja}", f"{rule.id}: {rule.name.en}"),
        Text(f"分類 {entry.category.text.ja}、重要度 {rule.severity.text.ja}", f"{entry.category}, {rule.severity}"),
        Text(f"文面 {rule.message.ja}", f"message: {rule.message.en}"),
        Text(f"問い合わせ {asked}", f"asks: {asked}"),
        Text(
            f"条件 {rule.compare} {_limit(rule, rule.limit)}（戻り幅 {rule.margin:g}）、継続 {rule.pending}、"
            f"{rule.every} ごとに判定",
            f"fires {rule.compare} {_limit(rule, rule.limit)} for {rule.pending}, ends {rule.margin:g} within;"
            f" evaluated every {rule.every}",
        ),
    )
    if rule.parameter:
        low, high = (measured(each, unit_of(rule), lang) for each in (rule.parameter.min, rule.parameter.max))
        say(
            Text(
                f"変えられる値 {rule.parameter.id}: {rule.parameter.text.ja}（{low} から {high}）",
                f"can be set: {rule.parameter.id}, {rule.parameter.text.en} ({low} to {high})",
            )
        )
        say(next_step(f"karte rules backtest {rule.id} --contract CONTRACT --since 30d", None))


def _plain(rule: Rule) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(rule)
    return plain


def _scope_options(command: Command) -> Command:
    for option in (
        click.option("--contract", "contract_id", metavar="CONTRACT", required=True, help="契約 / the contract"),
        click.option(
            "--for",
            "subject",
            metavar="ID",
            default="",
            help="機器（d-…）か設備のID。省略時は契約全体 / a device or equipment; else the whole contract",
        ),
    ):
        command = option(command)
    return command


def _who_options(command: Command) -> Command:
    for option in (
        click.option("--reason", required=True, help="理由 / why"),
        click.option("--by", "who", default="command line", show_default=True, help="変更する人 / who changes it"),
    ):
        command = option(command)
    return command


@rules.command("set")
@click.argument("name", metavar="RULE")
@click.argument("setting", metavar="PARAMETER=VALUE")
@_scope_options
@_who_options
@lang_option
@data_dir_option
def set_(
    name: str, setting: str, contract_id: str, subject: str, reason: str, who: str, directory: Path | None
) -> None:
    """基準値を契約か機器に設定します / Set a threshold for a contract or a device."""
    rule = rule_of(name).rule
    value = setting_of(rule, setting)
    with writing(directory) as session:
        scope = _told(lambda: scope_of(session, rule, contract_of(session, contract_id), subject))
        before = current(session, rule, scope)
        _told(lambda: set_threshold(session, rule, scope, value, Author(who, reason), utc_now()))
    _say_change(rule, before, value)
    say(next_step(f"karte rules log {rule.id} --contract {contract_id}", directory))


@rules.command()
@click.argument("name", metavar="RULE")
@_scope_options
@_who_options
@lang_option
@data_dir_option
def reset(name: str, contract_id: str, subject: str, reason: str, who: str, directory: Path | None) -> None:
    """設定を取り除き、上位の値に戻します / Take a threshold back, so that the next wider one holds."""
    rule = rule_of(name).rule
    with writing(directory) as session:
        scope = _told(lambda: scope_of(session, rule, contract_of(session, contract_id), subject))
        before = current(session, rule, scope)
        _told(lambda: set_threshold(session, rule, scope, None, Author(who, reason), utc_now()))
    _say_change(rule, before, None)


@rules.command("undo")
@click.argument("name", metavar="RULE")
@_scope_options
@_who_options
@lang_option
@data_dir_option
def undo_(name: str, contract_id: str, subject: str, reason: str, who: str, directory: Path | None) -> None:
    """直前の変更を取り消します / Undo the newest change of a threshold."""
    rule = rule_of(name).rule
    with writing(directory) as session:
        scope = _told(lambda: scope_of(session, rule, contract_of(session, contract_id), subject))
        before = current(session, rule, scope)
        after = _told(lambda: undo(session, rule, scope, Author(who, reason), utc_now())).value
    _say_change(rule, before, after)


@rules.command()
@click.argument("name", metavar="RULE")
@click.option("--contract", "contract_id", metavar="CONTRACT", required=True, help="契約 / the contract")
@format_option
@lang_option
@data_dir_option
def log(name: str, contract_id: str, form: str, directory: Path | None) -> None:
    """だれがいつ基準値を変えたか / Who changed a threshold, when and why."""
    rule = rule_of(name).rule
    with reading(directory) as session:
        contract = contract_of(session, contract_id)
        rows: list[Row] = [
            {
                "set_at": each.set_at,
                "for": each.subject or None,
                "limit": None if each.value is None else _limit(rule, each.value),
                "set_by": each.set_by,
                "reason": each.reason,
            }
            for each in history(session, rule, contract.id)
        ]
    show_rows(rows, form, Text("変更はありません", "nothing was ever set"))


def _told(change: Callable[[], Any]) -> Any:
    try:
        return change()
    except ToldError as error:
        raise Failed(error.text) from None


def _say_change(rule: Rule, before: float | None, after: float | None) -> None:
    was, now = (Text("上位の値", "the wider value") if each is None else _both(rule, each) for each in (before, after))
    say(
        Text(
            f"{rule.name.ja}: {was.ja} → {now.ja}。次の判定から使われます",
            f"{rule.name.en}: {was.en} → {now.en}, from the next evaluation on",
        )
    )


def _both(rule: Rule, value: float) -> Text:
    return Text(measured(value, unit_of(rule), "ja"), measured(value, unit_of(rule), "en"))
