"""`karte user`: who may sign in."""

from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.audit.actor import operator
from api.audit.log import record
from api.channels.vault import vault_of
from api.cli.lookup import contract_of
from api.cli.settings import service_config
from api.cli.speech import Command, Failed, WrongUse, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_rows
from api.contracts.changes import Order
from api.identity import person_orders
from api.identity.accounts import AccountError, Person, find_user, reset_password
from api.identity.grafana_pass import SET_HOLDS, renew_all
from api.identity.passwords import PasswordRefused, generate_password
from api.models import Contract, Position, Role, User
from api.models.base import utc_now
from api.models.user import POSITION_WORDS, ROLE_WORDS
from api.told import worded
from collectors.text import Text

_PASSWORD, _AGAIN = Text("パスワード", "password"), Text("もう一度", "again")


@click.group()
def user() -> None:
    """ログインできる人 / Who may sign in."""


def _password_options(command: Command) -> Command:
    command = click.option(
        "--password-file",
        type=click.File(encoding="utf-8"),
        help="パスワードをファイルの1行目から（-は標準入力） / take the password from the file's first line",
    )(command)
    return click.option(
        "--prompt",
        is_flag=True,
        help="パスワードを入力する（省略時は自動で作り、1回だけ表示） / ask for it; else one is made and shown once",
    )(command)


def _person_options(command: Command) -> Command:
    command = click.option("--person", default="", help="氏名 / who it is")(command)
    return click.option("--email", help="アカウントについてのメールの宛先 / where mail about the account goes")(command)


def _position_option(command: Command) -> Command:
    return click.option(
        "--position",
        type=click.Choice([each.value for each in Position]),
        help="お客様での役割（省略時は representative＝代表者） / what the person is to the customer",
    )(command)


@user.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="役割（--contract があれば customer、なければ staff） / role",
)
@click.option("--contract", "contract_id", help="お客様の契約 / the customer's contract")
@_position_option
@_person_options
@click.option(
    "--language",
    type=click.Choice(["ja", "en"]),
    default="ja",
    show_default=True,
    help="画面とメールの言語 / language of pages and mail",
)
@_password_options
@lang_option
@data_dir_option
def create(
    name: str,
    role: str | None,
    contract_id: str | None,
    position: str | None,
    person: str,
    email: str | None,
    language: str,
    password_file: TextIO | None,
    prompt: bool,
    directory: Path | None,
) -> None:
    """NAME（名前かメールアドレス）を登録します / Make the person NAME (a name or a mail address)."""
    if role == Role.STAFF and contract_id:
        raise WrongUse(
            Text(
                "スタッフはすべての契約を見られます。--contract を省くか、--role customer にしてください",
                "staff see all contracts; leave --contract out, or use --role customer",
            )
        )
    if role == Role.CUSTOMER and not contract_id:
        raise WrongUse(Text("お客様には --contract が必要です", "a customer needs --contract"))
    if position and not contract_id:
        raise WrongUse(Text("--position はお客様だけに指定できます", "--position is for customers only"))
    chosen = _chosen_password(password_file, prompt)
    with writing(directory) as session:
        contract = contract_of(session, contract_id) if contract_id else None
        who = Person(person, email, Position(position or Position.REPRESENTATIVE), language)
        try:
            made, password = person_orders.create(_order(session), name, who, contract, chosen)
        except (AccountError, PasswordRefused) as error:
            raise Failed(error.text) from None
        said = _made_line(made, contract)
    say(said)
    _tell_password(password, shown=chosen is None)
    say(Text("次に: サービスの /login ページでログインしてください", "next: sign in at the service's /login page"))


@user.command("list")
@format_option
@lang_option
@data_dir_option
def list_(form: str, directory: Path | None) -> None:
    """ログインできる人の一覧 / List who may sign in."""
    with reading(directory) as session:
        rows = [
            _row(each) for each in session.scalars(select(User).options(joinedload(User.contract)).order_by(User.id))
        ]
    follow = next_step("karte user create NAME", directory)
    show_rows(rows, form, Text(f"ユーザーはまだいません\n{follow.ja}", f"no user yet\n{follow.en}"))


@user.command("reset-password")
@click.argument("name")
@_password_options
@lang_option
@data_dir_option
def reset(name: str, password_file: TextIO | None, prompt: bool, directory: Path | None) -> None:
    """NAME のパスワードを新しくします / Give NAME a new password and end their sessions."""
    chosen = _chosen_password(password_file, prompt)
    password = generate_password() if chosen is None else chosen
    with writing(directory) as session:
        found = _found(session, name)
        try:
            reset_password(found, password, must_change=chosen is None)
        except PasswordRefused as error:
            raise Failed(error.text) from None
        contract = found.contract.public_id if found.contract else ""
        record(session, operator(), "user.password", at=utc_now(), contract=contract, target=found.public_id)
    say(
        Text(
            f"ユーザー {found.username} のパスワードを変更し、すべてのセッションを終了しました",
            f"user {found.username} has a new password; all their sessions have ended",
        )
    )
    _tell_password(password, shown=chosen is None)


@user.command("change-person")
@click.argument("name")
@click.option(
    "--username", help="新しいユーザー名（省略時は今のまま） / what the person signs in with; as before if not given"
)
@_position_option
@_person_options
@lang_option
@data_dir_option
def change_person(
    name: str, username: str | None, position: str | None, person: str, email: str | None, directory: Path | None
) -> None:
    """NAME のIDを別の人に引き継ぎます / Pass NAME's ID to another person; the former one's way in ends."""
    if not person.strip():
        raise WrongUse(Text("--person に新しい人の氏名を指定してください", "name the new person by --person"))
    with writing(directory) as session:
        found = _found(session, name)
        if position and found.role is Role.STAFF:
            raise WrongUse(Text("--position はお客様だけに指定できます", "--position is for customers only"))
        chosen = Position(position) if position else found.position or Position.REPRESENTATIVE
        try:
            who = Person(person, email, chosen, found.language)
            password = person_orders.change_person(_order(session), found, who, username)
        except AccountError as error:
            raise Failed(error.text) from None
    say(
        Text(
            f"{found.public_id} は {found.person_name}（{found.username}）のIDになりました。"
            "以前のパスワード、セッション、APIトークン、2段階認証はすべて無効です",
            f"{found.public_id} is the ID of {found.person_name} ({found.username}) now; the former password, "
            "sessions, API tokens and second factor open nothing any more",
        )
    )
    _tell_password(password, shown=True)
    say(
        Text(
            "次に: 最初のログインでパスワードを変更してもらってください",
            "next: they have to change it when they first sign in",
        )
    )


@user.command()
@click.argument("name")
@lang_option
@data_dir_option
def disable(name: str, directory: Path | None) -> None:
    """NAME をすぐに使えなくします / Refuse NAME from now on: sessions and API tokens end at once."""
    with writing(directory) as session:
        found = _found(session, name)
        tokens = person_orders.revoke(_order(session), found)
    say(
        Text(
            f"ユーザー {found.username} はログインできなくなり、すべてのセッションを終了しました",
            f"user {found.username} cannot sign in any more; all their sessions have ended",
        )
    )
    if tokens:
        say(Text(f"APIトークンを {tokens} 件取り消しました", f"{tokens} API tokens are revoked"))


@user.command()
@click.argument("name")
@lang_option
@data_dir_option
def enable(name: str, directory: Path | None) -> None:
    """NAME を再び使えるようにします / Let NAME sign in again; tokens stay revoked."""
    with writing(directory) as session:
        found = _found(session, name)
        person_orders.enable(_order(session), found)
    say(Text(f"ユーザー {found.username} はログインできます", f"user {found.username} can sign in again"))


@user.command("remove-second-factor")
@click.argument("name")
@lang_option
@data_dir_option
def remove_second_factor(name: str, directory: Path | None) -> None:
    """NAME の2段階認証を解除します（端末の紛失時） / Take NAME's second factor, e.g. where the device is lost."""
    with writing(directory) as session:
        found = _found(session, name)
        person_orders.remove_second_factor(_order(session), found)
    say(
        Text(
            f"ユーザー {found.username} の2段階認証を解除し、すべてのセッションを終了しました",
            f"user {found.username} has no second factor any more; all their sessions have ended",
        )
    )


@user.command("renew-grafana-keys")
@lang_option
@data_dir_option
def renew_grafana_keys(directory: Path | None) -> None:
    """Grafana に入るための鍵をすべて作り直します / Make all keys for entering Grafana anew: all have to enter again."""
    vault = vault_of(service_config(directory))
    with writing(directory) as session:
        renew_all(session, vault, utc_now())
        record(session, operator(), "grafana.renew_keys", at=utc_now())
    seconds = int(SET_HOLDS.total_seconds())
    say(
        Text(
            f"鍵を作り直しました。Grafana を開いている人は、{seconds}秒以内に入り直しが必要になります",
            f"the keys are new; within {seconds} seconds whoever is in Grafana has to enter anew",
        )
    )


def _order(session: Session) -> Order:
    return Order(session, operator(), utc_now())


def _found(session: Session, name: str) -> User:
    found = find_user(session, name)
    if found is None:
        raise Failed(
            Text(
                f"ユーザー {name} はいません。karte user list で確認してください",
                f"there is no user {name}; `karte user list` names them",
            )
        )
    return found


def _chosen_password(file: TextIO | None, prompt: bool) -> str | None:
    """Return the password to set; None where one is to be made and shown."""
    if file and prompt:
        raise WrongUse(
            Text("--password-file と --prompt は同時に使えません", "--password-file and --prompt exclude each other")
        )
    if file:
        return file.readline().rstrip("\r\n")
    if prompt:
        lang = spoken()
        entered: str = click.prompt(_PASSWORD.in_(lang), hide_input=True, confirmation_prompt=_AGAIN.in_(lang))
        return entered
    return None


def _tell_password(password: str, shown: bool) -> None:
    if shown:
        say(Text(f"パスワード（表示は今回だけ）: {password}", f"password, shown this once: {password}"))


def _made_line(made: User, contract: Contract | None) -> Text:
    role = worded(ROLE_WORDS, made.role)
    if contract is None:
        return Text(
            f"ユーザー {made.username}（{role.ja}）を登録しました。すべての契約を見られます",
            f"user {made.username} ({role.en}) made; sees all contracts",
        )
    position = worded(POSITION_WORDS, made.position or "")
    return Text(
        f"ユーザー {made.username}（{role.ja}・{position.ja}）を登録しました。"
        f"契約 {contract.public_id}（{contract.name}）用です",
        f"user {made.username} ({role.en}, {position.en}) made; sees contract {contract.public_id} ({contract.name})",
    )


def _row(each: User) -> Row:
    return {
        "id": each.public_id,
        "username": each.username,
        "person": each.person_name,
        "email": each.email,
        "role": each.role.value,
        "contract": each.contract.public_id if each.contract else None,
        "position": each.position.value if each.position else None,
        "language": each.language,
        "second_factor_at": each.second_factor_at,
        "last_signed_in_at": each.last_signed_in_at,
        "created_at": each.created_at,
        "disabled_at": each.disabled_at,
    }
