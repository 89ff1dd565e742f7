"""`karte user`: who may sign in."""

from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.accounts import AccountError, create_user, find_user, reset_password
from api.cli.lookup import contract_of
from api.cli.store import Command, data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_rows
from api.models import Role, User
from api.models.base import utc_now
from api.passwords import PasswordRefused, generate_password


@click.group()
def user() -> None:
    """Who may sign in."""


def _password_options(command: Command) -> Command:
    command = click.option(
        "--password-file",
        type=click.File(encoding="utf-8"),
        help="Take the password from the file's first line; - is stdin.",
    )(command)
    return click.option("--prompt", is_flag=True, help="Ask for the password; else one is made and shown once.")(
        command
    )


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="customer with --contract, else staff.")
@click.option("--contract", "contract_id", help="The customer's contract.")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True, help="Of pages and mail.")
@_password_options
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
    """Make the person NAME (a name or a mail address)."""
    if role == Role.STAFF and contract_id:
        raise click.UsageError("staff see all contracts; leave --contract out, or use --role customer")
    if role == Role.CUSTOMER and not contract_id:
        raise click.UsageError("a customer needs --contract")
    password, shown = _password(password_file, prompt)
    with writing(directory) as session:
        contract = contract_of(session, contract_id) if contract_id else None
        try:
            made = create_user(session, name, password, contract, language)
        except (AccountError, PasswordRefused) as error:
            raise click.ClickException(str(error)) from None
        sees = f"contract {contract.public_id} ({contract.name})" if contract else "all contracts"
    click.echo(f"user {made.username} ({made.role}) made; sees {sees}")
    _tell_password(password, shown)
    click.echo("next: sign in at the service's /login page")


@user.command("list")
@format_option
@data_dir_option
def list_(form: str, directory: Path | None) -> None:
    """List who may sign in."""
    with reading(directory) as session:
        rows = [
            _row(each) for each in session.scalars(select(User).options(joinedload(User.contract)).order_by(User.id))
        ]
    show_rows(rows, form, f"no user yet\n{next_step('karte user create NAME', directory)}")


@user.command("reset-password")
@click.argument("name")
@_password_options
@data_dir_option
def reset(name: str, password_file: TextIO | None, prompt: bool, directory: Path | None) -> None:
    """Give NAME a new password and end their sessions."""
    password, shown = _password(password_file, prompt)
    with writing(directory) as session:
        found = _found(session, name)
        try:
            reset_password(found, password)
        except PasswordRefused as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"user {found.username} has a new password; all their sessions have ended")
    _tell_password(password, shown)


@user.command()
@click.argument("name")
@data_dir_option
def disable(name: str, directory: Path | None) -> None:
    """Refuse NAME from now on and end their sessions."""
    with writing(directory) as session:
        found = _found(session, name)
        found.disable(utc_now())
    click.echo(f"user {found.username} cannot sign in any more; all their sessions have ended")


def _found(session: Session, name: str) -> User:
    found = find_user(session, name)
    if found is None:
        raise click.ClickException(f"there is no user {name}; `karte user list` names them")
    return found


def _password(file: TextIO | None, prompt: bool) -> tuple[str, bool]:
    """Return the password to set, and whether it has to be shown."""
    if file and prompt:
        raise click.UsageError("--password-file and --prompt exclude each other")
    if file:
        return file.readline().rstrip("\r\n"), False
    if prompt:
        return click.prompt("password", hide_input=True, confirmation_prompt=True), False
    return generate_password(), True


def _tell_password(password: str, shown: bool) -> None:
    if shown:
        click.echo(f"password, shown this once: {password}")


def _row(each: User) -> Row:
    return {
        "username": each.username,
        "role": each.role.value,
        "contract": each.contract.public_id if each.contract else None,
        "language": each.language,
        "created_at": each.created_at,
        "disabled_at": each.disabled_at,
    }
