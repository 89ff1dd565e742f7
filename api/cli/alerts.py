"""`karte alerts`: what rules have found, who was told, and what could not be sent."""

from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy.orm import Session

from alert_rules.advice import advice
from alert_rules.registry import entries
from api.alerts.listing import (
    Listed,
    Sending,
    about,
    deliveries,
    deliveries_of,
    finding_of,
    findings,
    headline,
    sentence,
    transitions_of,
)
from api.cli.lookup import contract_of
from api.cli.moment import span
from api.cli.speech import Failed, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, local_time, show_json, show_rows
from api.models import DeliveryState, FindingTransition
from api.models.base import utc_now
from api.relay.claim import try_again
from api.relay.marks import MarkRefused, snooze, take_up
from collectors.text import Text

_BY = click.option("--by", "who", default="command line", show_default=True, help="だれが / who")
_CONTRACT = click.option("--contract", "contract_id", metavar="CONTRACT", help="契約 / of one contract")


@click.group()
def alerts() -> None:
    """検知と、その通知 / Findings, and the messages about them."""


@alerts.command("list")
@_CONTRACT
@click.option("--all", "also_over", is_flag=True, help="終わったものも / also those that are over")
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, also_over: bool, form: str, directory: Path | None) -> None:
    """続いている検知（新しい順） / Findings that are open, the newest first."""
    with reading(directory) as session:
        contract = contract_of(session, contract_id).public_id if contract_id else None
        rows = [_row(each) for each in findings(session, contract, also_over=also_over)]
    show_rows(rows, form, Text("続いている検知はありません", "nothing is open"))
    if rows and form == "table":
        say(next_step("karte alerts show ID", directory))


def _row(each: Listed) -> Row:
    entry, finding, lang = entries().get(each.finding.rule), each.finding, spoken()
    return {
        "id": finding.public_id,
        "contract": each.contract,
        "severity": str(entry.rule.severity) if entry else None,
        "subject": about(entry, finding),
        "found": headline(entry, finding, lang),
        "opened_at": finding.opened_at,
        "closed_at": finding.closed_at,
        "taken_by": finding.taken_by or None,
    }


@alerts.command()
@click.argument("finding_id", metavar="ID")
@format_option
@lang_option
@data_dir_option
def show(finding_id: str, form: str, directory: Path | None) -> None:
    """一つの検知: 内容、通知の結果、対処 / One finding: what it is, who was told, what to do."""
    lang = spoken()
    with reading(directory) as session:
        found = _finding(session, finding_id)
        finding, entry = found.finding, entries().get(found.finding.rule)
        sent = [_sending_row(each) for each in deliveries(session, None, None, finding)]
        transitions = transitions_of(session, finding)
    if form == "json":
        show_json(
            {
                **_row(found),
                "text": sentence(entry, finding, lang),
                "transitions": list(map(_transition_row, transitions)),
                "deliveries": sent,
            }
        )
        return
    subject, at = about(entry, finding), local_time(finding.opened_at)
    click.echo(f"{finding.public_id}: {headline(entry, finding, lang)}")
    say(Text(f"対象 {subject}（契約 {found.contract}）", f"about {subject} of {found.contract}"))
    click.echo(sentence(entry, finding, lang))
    say(Text(f"発生 {at}", f"since {at}"))
    if finding.closed_at:
        say(Text(f"終了 {local_time(finding.closed_at)}", f"over since {local_time(finding.closed_at)}"))
    for each in transitions:
        if each.held and each.relay_at:
            until = local_time(each.relay_at)
            say(Text(f"通知を {until} まで保留: {each.held}", f"held back until {until}: {each.held}"))
    click.echo()
    show_rows(sent, "table", Text("通知はまだありません", "no message was made yet"))
    if entry and not finding.closed_at:
        click.echo()
        for number, step in enumerate(advice(entry.rule.advice_id, lang).steps, 1):
            click.echo(f"{number}. {step}")
        say(next_step(f"karte alerts take-up {finding.public_id} --by NAME", directory))


def _transition_row(each: FindingTransition) -> Row:
    return {"kind": str(each.kind), "at": each.at, "held": each.held, "told": each.told, "next_look_at": each.relay_at}


@alerts.command("take-up")
@click.argument("finding_id", metavar="ID")
@_BY
@lang_option
@data_dir_option
def take_up_(finding_id: str, who: str, directory: Path | None) -> None:
    """対応中として記録し、催促を止めます / Note that somebody looks after it: no more reminders."""
    with writing(directory) as session:
        finding = _finding(session, finding_id).finding
        try:
            is_new = take_up(finding, who, utc_now())
        except MarkRefused as refused:
            raise Failed(refused.text) from None
        by = finding.taken_by
    say(
        Text(f"{finding_id} を対応中にしました（{by}）", f"{finding_id} is looked after by {by}")
        if is_new
        else Text(f"{finding_id} はすでに対応中です（{by}）", f"{finding_id} is looked after by {by} already")
    )


@alerts.command("snooze")
@click.argument("finding_id", metavar="ID")
@click.option("--for", "length", required=True, callback=span, help="2h、3d など / e.g. 2h, 3d")
@_BY
@lang_option
@data_dir_option
def snooze_(finding_id: str, length: timedelta, who: str, directory: Path | None) -> None:
    """しばらくお知らせを止めます / Send nothing about it for a while."""
    with writing(directory) as session:
        try:
            until = snooze(session, _finding(session, finding_id).finding, length, who, utc_now())
        except MarkRefused as refused:
            raise Failed(refused.text) from None
    shown = local_time(until)
    say(Text(f"{finding_id} のお知らせを {shown} まで止めます", f"nothing is sent about {finding_id} until {shown}"))


@alerts.command("deliveries")
@_CONTRACT
@click.option(
    "--state", type=click.Choice([str(each) for each in DeliveryState]), help="状態 / waiting, sent or given up (dead)"
)
@format_option
@lang_option
@data_dir_option
def deliveries_(contract_id: str | None, state: str | None, form: str, directory: Path | None) -> None:
    """通知の送信結果（新しい順） / Messages and what came of them, the newest first."""
    with reading(directory) as session:
        contract = contract_of(session, contract_id).public_id if contract_id else None
        rows = [_sending_row(each) for each in deliveries(session, contract, DeliveryState(state) if state else None)]
    show_rows(rows, form, Text("通知はありません", "there are no messages"))
    if form == "table" and any(row["sending"] == DeliveryState.DEAD for row in rows):
        say(next_step("karte alerts retry ID", directory))


def _sending_row(each: Sending) -> Row:
    delivery = each.delivery
    return {
        "id": delivery.public_id,
        "contract": each.contract,
        "channel": each.channel.name,
        "sending": str(delivery.state),
        "created_at": delivery.created_at,
        "settled_at": delivery.settled_at,
        "attempts": delivery.attempts,
        "why": Text(delivery.why, delivery.why_en).in_(spoken()) or None,
    }


@alerts.command()
@click.argument("delivery_ids", metavar="ID…", nargs=-1)
@click.option("--all-dead", is_flag=True, help="送信できなかったものすべて / all that were given up")
@lang_option
@data_dir_option
def retry(delivery_ids: tuple[str, ...], all_dead: bool, directory: Path | None) -> None:
    """送信できなかった通知をもう一度送ります / Send messages again that were given up."""
    if bool(delivery_ids) == all_dead:
        raise Failed(Text("ID か --all-dead のどちらかを指定してください", "name IDs, or say --all-dead"))
    with writing(directory) as session:
        wanted = deliveries(session, None, DeliveryState.DEAD) if all_dead else deliveries_of(session, delivery_ids)
        missing = set(delivery_ids) - {each.delivery.public_id for each in wanted}
        if missing:
            named = ", ".join(sorted(missing))
            raise Failed(Text(f"通知 {named} はありません", f"there is no message {named}"))
        other = [each.delivery.public_id for each in wanted if each.delivery.state is not DeliveryState.DEAD]
        if other:
            named = ", ".join(other)
            raise Failed(Text(f"{named} は送信済みか送信待ちです", f"{named} was sent, or waits to be"))
        try_again(session, [each.delivery for each in wanted], utc_now())
    say(
        Text(f"{len(wanted)} 件をもう一度送ります", f"{len(wanted)} messages will be sent again"),
        next_step("karte alerts deliveries", directory),
    )


def _finding(session: Session, public_id: str) -> Listed:
    found = finding_of(session, public_id.strip().lower())
    if found is None:
        raise Failed(
            Text(
                f"検知 {public_id} はありません。karte alerts list --all で確認してください",
                f"there is no finding {public_id}; `karte alerts list --all` names them",
            )
        )
    return found
