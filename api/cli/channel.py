"""`karte channel`: where messages about a contract go."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.rule import Severity
from api.audit.actor import operator
from api.audit.log import record
from api.channels import removal
from api.channels.entry import Entered, channel_of, hidden
from api.channels.fields import FieldText, fields_of
from api.channels.kind import Kind
from api.channels.outcome import Sent
from api.channels.registry import KINDS, kind_of
from api.channels.sending import guard_of, sender
from api.channels.trial import outcome_text, try_channel
from api.channels.vault import SecretUnreadable, Vault, vault_of
from api.cli import lookup
from api.cli.channel_entry import secret_of, settings_of
from api.cli.speech import Failed, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, opened, reading, writing
from api.cli.table import Row, format_option, show_json, show_rows
from api.config import Config, ConfigError, database_url, load, load_local
from api.identity import second_factor
from api.identity.grafana_pass import renew_supply
from api.local.datadir import DataDirError, data_dir
from api.models import Channel, Contract
from api.models.base import utc_now
from api.told import ToldError
from collectors.text import Lang, Text

_SEVERITY = click.Choice([str(each) for each in Severity])


@click.group()
def channel() -> None:
    """通知先（メール、チャットなど） / Channels: where messages about a contract go."""


@channel.command()
@click.argument("name", metavar="[KIND]", required=False)
@format_option
@lang_option
def kinds(name: str | None, form: str) -> None:
    """通知先の種類、または KIND に必要な項目 / List the kinds, or what KIND needs."""
    if name is None:
        lang = spoken()
        rows: list[Row] = [
            {"kind": each.name, "name": each.text.in_(lang), "about": each.about.in_(lang)} for each in KINDS.values()
        ]
        show_rows(rows, form, Text("", ""))
        return
    kind = _kind(name)
    fields = [*fields_of(kind.settings), *fields_of(kind.secret)]
    if form == "json":
        show_json({"kind": kind.name, "fields": [_field_row(each) for each in fields]})
        return
    say(Text(f"{kind.name}: {kind.text.ja}。{kind.about.ja}", f"{kind.name}: {kind.text.en}. {kind.about.en}"))
    say(*(_field_line(each) for each in fields))


def _field_row(field: FieldText) -> Row:
    return {
        "name": field.name,
        "text": field.text.in_(spoken()),
        "what": field.what.in_(spoken()),
        "secret": field.is_secret,
        "required": field.is_required,
        "default": field.default,
    }


def _field_line(field: FieldText) -> Text:
    option = f"--secret {field.name}=FILE" if field.is_secret else f"--set {field.name}=…"
    need = Text("必須", "required") if field.is_required else Text("任意", "optional")
    default = "" if field.default in (None, "") else f" [{field.default}]"
    return Text(
        f"  {option}{default}  {field.text.ja}（{need.ja}）: {field.what.ja}",
        f"  {option}{default}  {field.text.en} ({need.en}): {field.what.en}",
    )


@channel.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("kind_name", metavar="KIND")
@click.option("--name", help="通知先の名前（省略時は種類の名前） / its name, for people")
@click.option("--set", "entered", multiple=True, metavar="FIELD=VALUE", help="設定項目 / a field; several are possible")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="FIELD=FILE",
    help="秘密の値を入れたファイル（- は標準入力） / a file that holds a secret field; - is standard input",
)
@click.option(
    "--language", type=click.Choice(["ja", "en"]), help="メッセージの言語（省略時は契約の言語） / of messages"
)
@click.option(
    "--min-severity", type=_SEVERITY, default="info", show_default=True, help="この重要度から送る / told from this on"
)
@click.option(
    "--digest-from",
    type=_SEVERITY,
    default="info",
    show_default=True,
    help="この重要度以下は1日1回まとめて送る / this and lower ones go into the daily summary",
)
@click.option(
    "--escalation-min",
    type=click.IntRange(0),
    default=0,
    metavar="MINUTES",
    help="この時間だれも対応しないものだけ送る / only what nobody has taken up after so many minutes",
)
@format_option
@lang_option
@data_dir_option
def add(
    contract_id: str,
    kind_name: str,
    name: str | None,
    entered: tuple[str, ...],
    secrets: tuple[str, ...],
    language: Lang | None,
    min_severity: str,
    digest_from: str,
    escalation_min: int,
    form: str,
    directory: Path | None,
) -> None:
    """契約 CONTRACT に種類 KIND の通知先を加えます / Add a channel of KIND to CONTRACT; see `kinds KIND`."""
    kind = _kind(kind_name)
    settings, secret = settings_of(kind, entered), secret_of(kind, secrets)
    config = _config(directory)
    with writing(directory) as session:
        contract = lookup.contract_of(session, contract_id)
        lang: Lang = language or ("en" if contract.language == "en" else "ja")
        wanted = Entered(
            kind=kind.name,
            name=kind.text.in_(lang) if name is None else name,
            settings=settings,
            secret=secret,
            lang=lang,
            min_severity=Severity(min_severity),
            digest_from=Severity(digest_from),
            escalation_min=escalation_min,
        )
        made = _made(contract, wanted, config)
        session.add(made)
        session.flush()
        _record(session, "channel.create", made)
        row, public_id, shown = _details(made, contract, vault_of(config)), made.public_id, made.name
    if form == "json":
        show_json(row)
        return
    say(
        Text(f"通知先 {public_id}（{shown}）を登録しました", f"channel {public_id} ({shown}) is set up"),
        next_step(f"karte channel test {public_id}", directory),
    )


def _made(contract: Contract, wanted: Entered, config: Config) -> Channel:
    try:
        return channel_of(contract.id, wanted, vault_of(config), guard_of(config))
    except ToldError as error:
        raise Failed(error.text) from None


@channel.command("list")
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, form: str, directory: Path | None) -> None:
    """CONTRACT（省略時はすべて）の通知先の一覧 / List the channels of CONTRACT, or all of them."""
    query = select(Channel, Contract).join(Contract, Contract.id == Channel.contract_id).order_by(Channel.id)
    with reading(directory) as session:
        if contract_id:
            query = query.where(Contract.id == lookup.contract_of(session, contract_id).id)
        rows = [_row(each, contract) for each, contract in session.execute(query)]
    follow = next_step("karte channel add CONTRACT KIND", directory)
    show_rows(rows, form, Text(f"通知先はまだありません\n{follow.ja}", f"no channel yet\n{follow.en}"))


@channel.command()
@click.argument("channel_id", metavar="CHANNEL")
@format_option
@lang_option
@data_dir_option
def show(channel_id: str, form: str, directory: Path | None) -> None:
    """CHANNEL（ch-…）の設定。秘密の値は隠します / Show a channel; secrets stay hidden."""
    config = _config(directory)
    with reading(directory) as session:
        found = lookup.channel_of(session, channel_id)
        details = _details(found, session.get_one(Contract, found.contract_id), vault_of(config))
    if form == "json":
        show_json(details)
        return
    settings, secret = details["settings"], details["secret"]
    plain = {name: value for name, value in details.items() if name not in ("settings", "secret")}
    show_rows([plain], form, Text("", ""))
    for name, value in {**settings, **secret}.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"  {name} = {shown}")


@channel.command()
@click.argument("channel_id", metavar="CHANNEL")
@lang_option
@data_dir_option
def test(channel_id: str, directory: Path | None) -> None:
    """CHANNEL にテストのメッセージを送ります / Send a test message through CHANNEL, and tell what came of it."""
    config = _config(directory)
    try:
        send = sender(config)
    except ToldError as error:
        raise Failed(error.text) from None
    with opened(directory) as database:
        with database.reading() as session:
            found = lookup.channel_of(session, channel_id)
            row_id, public_id, name = found.id, found.public_id, found.name
        outcome = try_channel(database, row_id, send, utc_now())
    said = outcome_text(outcome)
    if not isinstance(outcome, Sent):
        raise Failed(Text(f"{name}（{public_id}）: {said.ja}", f"{name} ({public_id}): {said.en}"))
    say(
        Text(
            f"テストのメッセージを {name}（{public_id}）に送信しました。届いたか確認してください",
            f"a test message was sent to {name} ({public_id}); see whether it has arrived",
        )
    )


@channel.command()
@click.argument("channel_id", metavar="CHANNEL")
@lang_option
@data_dir_option
def enable(channel_id: str, directory: Path | None) -> None:
    """CHANNEL への送信を再開します / Send to CHANNEL again."""
    with writing(directory) as session:
        name = _switch(session, channel_id, on=True)
    say(Text(f"{name} に送信します", f"{name} is told again"))


@channel.command()
@click.argument("channel_id", metavar="CHANNEL")
@lang_option
@data_dir_option
def disable(channel_id: str, directory: Path | None) -> None:
    """CHANNEL への送信を止めます / Send nothing to CHANNEL until it is enabled again."""
    with writing(directory) as session:
        name = _switch(session, channel_id, on=False)
    say(Text(f"{name} への送信を止めました", f"{name} is told nothing any more"))


def _switch(session: Session, channel_id: str, *, on: bool) -> str:
    found = lookup.channel_of(session, channel_id)
    found.enabled = on
    _record(session, "channel.change", found)
    return found.name


def _record(session: Session, action: str, found: Channel) -> None:
    contract = session.get_one(Contract, found.contract_id).public_id
    record(session, operator(), action, at=utc_now(), contract=contract, target=found.public_id)


@channel.command()
@click.argument("channel_id", metavar="CHANNEL")
@lang_option
@data_dir_option
def remove(channel_id: str, directory: Path | None) -> None:
    """CHANNEL を削除します（送信の記録も消えます） / Remove CHANNEL, with the record of what was sent to it."""
    with writing(directory) as session:
        found = lookup.channel_of(session, channel_id)
        name, public_id = found.name, found.public_id
        _record(session, "channel.remove", found)
        removal.remove(session, found)
    say(Text(f"通知先 {public_id}（{name}）を削除しました", f"channel {public_id} ({name}) is removed"))


@channel.command()
@lang_option
@data_dir_option
def rekey(directory: Path | None) -> None:
    """秘密の値を今の鍵で暗号化し直します / Encrypt all secrets anew, by the first key of KARTE_ENCRYPTION_KEY."""
    vault = vault_of(_config(directory))
    unreadable: list[str] = []
    with writing(directory) as session:
        channels = session.scalars(select(Channel).where(Channel.secret != b"").order_by(Channel.id)).all()
        for each in channels:
            try:
                each.secret = vault.rekey(each.secret)
            except SecretUnreadable:
                unreadable.append(each.public_id)
        done = len(channels) - len(unreadable)
        factors, lost = second_factor.rekey(session, vault)
        renew_supply(session, vault, utc_now())
    done, names = done + factors, ", ".join(unreadable + lost)
    say(Text(f"{done} 件を暗号化し直しました", f"{done} encrypted anew"))
    if unreadable:
        raise Failed(
            Text(
                f"復号できないものがあります: {names}。以前の鍵を KARTE_ENCRYPTION_KEY に加えてください",
                f"no key opens the secrets of {names}; add the former key to KARTE_ENCRYPTION_KEY",
            )
        )


def _kind(name: str) -> Kind:
    try:
        return kind_of(name)
    except ToldError as error:
        raise Failed(error.text) from None


def _config(directory: Path | None) -> Config:
    """Return the settings: the environment's, or for a data directory those with its own database and key.

    Raises:
        Failed: a setting cannot be used.
    """
    try:
        if directory is None and database_url():
            return load()
        place = data_dir(directory)
        place.create()
        return load_local(place.database_url, place.secret_key())
    except (ConfigError, DataDirError) as error:
        raise Failed(error.text) from None


def _row(found: Channel, contract: Contract) -> Row:
    return {
        "id": found.public_id,
        "kind": found.kind,
        "name": found.name,
        "contract": contract.public_id,
        "lang": found.lang,
        "min_severity": str(found.min_severity),
        "enabled": found.enabled,
        "tested_at": found.tested_at,
        "outcome": Text(found.outcome, found.outcome_en).in_(spoken()) or None,
    }


def _details(found: Channel, contract: Contract, vault: Vault) -> Row:
    try:
        secret: dict[str, str] = hidden(vault.open(found.contract_id, found.kind, found.secret))
    except SecretUnreadable as error:
        secret = {"?": error.text.in_(spoken())}
    return {
        **_row(found, contract),
        "digest_from": str(found.digest_from),
        "escalation_min": found.escalation_min,
        "settings": found.settings,
        "secret": secret,
    }
