"""`karte user`: who may sign in."""

from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.cli.lookup import contract_of
from api.cli.speech import Command, Failed, WrongUse, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_rows
from api.identity.accounts import AccountError, create_user, find_user, reset_password
from api.identity.passwords import PasswordRefused, generate_password
from api.models import Contract, Role, User
from api.models.base import utc_now
from api.models.user import ROLE_WORDS
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


@user.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="役割（--contract があれば customer、なければ staff） / role",
)
@click.option("--contract", "contract_id", help="お客様の契約 / the customer's contract")
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
    password, shown = _password(password_file, prompt)
    with writing(directory) as session:
        contract = contract_of(session, contract_id) if contract_id else None
        try:
            made = create_user(session, name, password, contract, language)
        except (AccountError, PasswordRefused) as error:
            raise Failed(error.text) from None
        said = _made_line(made, contract)
    say(said)
    _tell_password(password, shown)
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
    password, shown = _password(password_file, prompt)
    with writing(directory) as session:
        found = _found(session, name)
        try:
            reset_password(found, password)
        except PasswordRefused as error:
            raise Failed(error.text) from None
    say(
        Text(
            f"ユーザー {found.username} のパスワードを変更し、すべてのセッションを終了しました",
            f"user {found.username} has a new password; all their sessions have ended",
        )
    )
    _tell_password(password, shown)


@user.command()
@click.argument("name")
@lang_option
@data_dir_option
def disable(name: str, directory: Path | None) -> None:
    """NAME をログインできなくします / Refuse NAME from now on and end their sessions."""
    with writing(directory) as session:
        found = _found(session, name)
        found.disable(utc_now())
    say(
        Text(
            f"ユーザー {found.username} はログインできなくなり、すべてのセッションを終了しました",
            f"user {found.username} cannot sign in any more; all their sessions have ended",
        )
    )


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


def _password(file: TextIO | None, prompt: bool) -> tuple[str, bool]:
    """Return the password to set, and whether it has to be shown."""
    if file and prompt:
        raise WrongUse(
            Text("--password-file と --prompt は同時に使えません", "--password-file and --prompt exclude each other")
        )
    if file:
        return file.readline().rstrip("\r\n"), False
    if prompt:
        lang = spoken()
        entered = click.prompt(_PASSWORD.in_(lang), hide_input=True, confirmation_prompt=_AGAIN.in_(lang))
        return entered, False
    return generate_password(), True


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
    return Text(
        f"ユーザー {made.username}（{role.ja}）を登録しました。契約 {contract.public_id}（{contract.name}）用です",
        f"user {made.username} ({role.en}) made; sees contract {contract.public_id} ({contract.name})",
    )


def _row(each: User) -> Row:
    return {
        "username": each.username,
        "role": each.role.value,
        "contract": each.contract.public_id if each.contract else None,
        "language": each.language,
        "created_at": each.created_at,
        "disabled_at": each.disabled_at,
    }
