"""`karte api-token`: by which programs of the staff call the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.audit.actor import operator
from api.audit.log import record
from api.cli.moment import moment_to_come
from api.cli.speech import Failed, lang_option, say
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, local_time, show_json, show_rows
from api.identity.accounts import find_user
from api.identity.api_tokens import TokenRefused, issue_api_token, rotate_api_token
from api.models import ApiToken
from api.models.base import utc_now
from api.web.api_token import GRANTABLE
from collectors.text import Text

_SCOPES = click.Choice(sorted(each.value for each in GRANTABLE))
_expires = click.option(
    "--expires",
    callback=moment_to_come,
    metavar="WHEN",
    default="365d",
    show_default=True,
    help="期限（12h、90d、日付。1年以内） / when it ends: 12h, 90d or a date; within a year",
)


@click.group()
def api_token() -> None:
    """スタッフのAPIトークン / Tokens by which programs of the staff call the API."""


@api_token.command()
@click.argument("user_name", metavar="USER")
@click.option("--label", required=True, help="用途 / what it is for")
@click.option("--scope", "scopes", type=_SCOPES, multiple=True, required=True, help="権限（複数可） / what it may do")
@_expires
@format_option
@lang_option
@data_dir_option
def issue(
    user_name: str, label: str, scopes: tuple[str, ...], expires: datetime, form: str, directory: Path | None
) -> None:
    """USER のAPIトークンを発行します（表示は1回だけ） / Issue a token of USER of the staff, shown this once."""
    with _refusals(), writing(directory) as session:
        owner = find_user(session, user_name)
        if owner is None:
            raise Failed(
                Text(
                    f"ユーザー {user_name} はいません。karte user list で確認してください",
                    f"there is no user {user_name}; `karte user list` names them",
                )
            )
        made, plain = issue_api_token(session, owner, label, scopes, utc_now(), expires)
        _record(session, "token.create", made, scopes=made.scopes)
        row = _row(made)
    _tell(row, plain, form)


@api_token.command("list")
@format_option
@lang_option
@data_dir_option
def list_(form: str, directory: Path | None) -> None:
    """APIトークンの一覧 / List API tokens."""
    with reading(directory) as session:
        query = select(ApiToken).options(joinedload(ApiToken.user)).order_by(ApiToken.id)
        rows = [_row(each) for each in session.scalars(query)]
    follow = next_step("karte api-token issue USER --label LABEL --scope SCOPE", directory)
    show_rows(rows, form, Text(f"APIトークンはまだありません\n{follow.ja}", f"no API token yet\n{follow.en}"))


@api_token.command()
@click.argument("token_id", metavar="TOKEN_ID")
@click.option(
    "--overlap",
    callback=moment_to_come,
    metavar="WHEN",
    default="24h",
    show_default=True,
    help="古いトークンを使える期間（12h、1d、日付） / how long the old one stays good: 12h, 1d or a date",
)
@_expires
@format_option
@lang_option
@data_dir_option
def rotate(token_id: str, overlap: datetime, expires: datetime, form: str, directory: Path | None) -> None:
    """TOKEN_ID（at-…）に代わるトークンを発行します / Issue a token in the place of TOKEN_ID (at-…)."""
    with _refusals(), writing(directory) as session:
        old = _token(session, token_id)
        made, plain = rotate_api_token(session, old, utc_now(), overlap, expires)
        _record(session, "token.rotate", made, former=old.public_id)
        row, end = _row(made), local_time(old.expires_at)
    _tell(row, plain, form)
    if form != "json":
        say(
            Text(
                f"古いトークン {old.public_id} は {end}（日本時間）まで使えます",
                f"the old token {old.public_id} stays good until {end} in Japan",
            )
        )


@api_token.command()
@click.argument("token_id", metavar="TOKEN_ID")
@lang_option
@data_dir_option
def revoke(token_id: str, directory: Path | None) -> None:
    """TOKEN_ID（at-…）を取り消します / Refuse TOKEN_ID (at-…) from now on."""
    with writing(directory) as session:
        found = _token(session, token_id)
        found.revoke(utc_now())
        _record(session, "token.revoke", found)
    say(
        Text(
            f"APIトークン {found.public_id}（{found.label}）を取り消しました。今から使えません",
            f"API token {found.public_id} ({found.label}) is revoked; it is refused from now on",
        )
    )


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except TokenRefused as error:
        raise Failed(error.text) from None


def _token(session: Session, token_id: str) -> ApiToken:
    query = select(ApiToken).options(joinedload(ApiToken.user))
    found = session.scalar(query.where(ApiToken.public_id == token_id.strip().lower()))
    if found is None:
        raise Failed(
            Text(
                f"APIトークン {token_id} はありません。karte api-token list で確認してください",
                f"there is no API token {token_id}; `karte api-token list` names them",
            )
        )
    return found


def _tell(row: Row, plain: str, form: str) -> None:
    if form == "json":
        show_json({"token": plain, **row})
        return
    say(
        Text(
            f"APIトークン {row['id']}（{row['label']}）。表示は今回だけです:\n\n    {plain}\n",
            f"API token {row['id']} ({row['label']}); it is shown this once:\n\n    {plain}\n",
        ),
        Text(
            "次に、リクエストのヘッダーに付けてください: Authorization: Bearer TOKEN",
            "next, send it as a header: Authorization: Bearer TOKEN",
        ),
    )


def _record(session: Session, action: str, token: ApiToken, **details: object) -> None:
    record(session, operator(), action, at=utc_now(), target=token.public_id, details=details)


def _row(each: ApiToken) -> Row:
    return {
        "id": each.public_id,
        "username": each.user.username,
        "label": each.label,
        "scopes": " ".join(each.scopes),
        "created_at": each.created_at,
        "last_used_at": each.last_used_at,
        "expires_at": each.expires_at,
        "revoked_at": each.revoked_at,
    }
