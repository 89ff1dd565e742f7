"""Which rows of the relational database belong to a contract: found by the foreign keys of the models themselves.

A new table that leads to a contract is exported and erased without anything being written here. What is written here
are the exceptions, each with its reason: tables that name a contract in another way, tables that are nobody's, columns
that are never handed out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, ForeignKey, LargeBinary, Table, false, not_, or_, select

from api.models import Base
from collectors.text import Text

CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Whose:
    """A contract.

    Attributes:
        row: its row.
        public_id: its public id.
    """

    row: int
    public_id: str


Condition = Callable[[Table, Whose], ColumnElement[bool]]


def _users(whose: Whose) -> ColumnElement[bool]:
    users = Base.metadata.tables["user_account"]
    return users.c.contract_id == whose.row


def _calls_of_users(table: Table, whose: Whose) -> ColumnElement[bool]:
    users = Base.metadata.tables["user_account"]
    return table.c.caller.in_(select(users.c.public_id).where(_users(whose)))


def _entries_about(table: Table, whose: Whose) -> ColumnElement[bool]:
    return table.c.contract == whose.public_id


def _series_of(table: Table, whose: Whose) -> ColumnElement[bool]:
    return table.c.key.contains(f'"{whose.public_id}"', autoescape=True)


BY_TEXT: Mapping[str, Condition] = {
    "audit_entry": _entries_about,
    "idempotency_key": _calls_of_users,
    "rule_standing": _series_of,
}
"""Tables without a foreign key to a contract that name one all the same -> which rows are its."""

OF_NOBODY: Mapping[str, Text] = {
    "failed_tries": Text(
        "試された名前のハッシュだけで、契約と結び付けられない（1日で消える）",
        "only hashes of names that were tried, which lead to no contract; gone after a day",
    ),
    "grafana_lease": Text("どのプロセスが作業中か", "which process is at work"),
    "rollup_progress": Text("集計がどこまで済んだか", "how far the rollup is"),
    "rule_run": Text("ルールをいつ実行したか", "when rules were evaluated"),
}
"""Tables that hold nothing of any contract -> what they hold."""

SECRETS: Mapping[str, Text] = {
    "api_token.token_hash": Text("APIトークンのハッシュ", "hash of an API token"),
    "channel.secret": Text("通知先のパスワードや鍵（暗号化済み）", "a channel's passwords and keys, encrypted"),
    "device.machine_hash": Text(
        "機器の識別子のハッシュ（再登録の鍵）", "hash of a machine's id, by which it enrols anew"
    ),
    "device_token.token_hash": Text("機器トークンのハッシュ", "hash of a device token"),
    "grafana_key.private": Text("Grafanaに入るための鍵（暗号化済み）", "a key that enters Grafana, encrypted"),
    "idempotency_key.answer": Text("APIの回答の写し（暗号化済み）", "a copy of an API's answer, encrypted"),
    "idempotency_key.fingerprint": Text("リクエストのハッシュ", "hash of a request"),
    "idempotency_key.key": Text("利用者のプログラムが選んだ鍵", "a key that the user's program chose"),
    "install_id.code_hash": Text("インストールIDのハッシュ", "hash of an install ID"),
    "read_token.token_hash": Text("読み取りトークンのハッシュ", "hash of a read token"),
    "recovery_code.code_hash": Text("回復コードのハッシュ", "hash of a recovery code"),
    "second_factor.offered": Text("二段階認証の鍵（暗号化済み）", "the key of a second factor, encrypted"),
    "second_factor.secret": Text("二段階認証の鍵（暗号化済み）", "the key of a second factor, encrypted"),
    "user_account.password_hash": Text("パスワードのハッシュ", "hash of a password"),
}
"""Columns that are never handed out -> what they hold. Who has them could act as the customer, or try to."""

SOUNDS_SECRET = re.compile(
    r"secret|hash|passw|passphrase|token|totp|otp|private|seal|cipher|salt|nonce|(^|_)(code|key)$"
)
"""A column of such a name is not handed out either, until somebody has put it into one list or the other."""

HARMLESS = frozenset(
    {
        "audit_entry.hash",
        "contract.state_code",
        "disclosure.is_secret",
        "erasure.hash",
        "finding.key",
        "grafana_org.token_id",
        "inventory_list.content_hash",
        "report_access.hash",
        "report_draft.hash",
        "report_entry.hash",
        "rule_standing.key",
        "snooze.key",
        "software.key_hash",
        "terms_acceptance.content_hash",
        "terms_document.content_hash",
        "user_account.must_change_password",
    }
)
"""Columns that sound so and open nothing: checksums of what is exported as well, names of series, states."""


def tables() -> list[Table]:
    """Return the tables that hold rows of contracts, those first that others refer to."""
    return [table for table in Base.metadata.sorted_tables if is_of_contracts(table)]


def is_of_contracts(table: Table) -> bool:
    """Tell whether a table holds rows of contracts."""
    return table.name == CONTRACT or table.name in BY_TEXT or bool(_ways(table, ()))


def rows_of(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Return which rows of a table belong to a contract."""
    if table.name == CONTRACT:
        return table.c.id == whose.row
    if table.name in BY_TEXT:
        return BY_TEXT[table.name](table, whose)
    return _leads_to(table, whose, ())


def handed_out(table: Table, whose: Whose) -> ColumnElement[bool]:
    """Return which rows of a table the customer may have: not what an order by law forbids to tell of."""
    mine = rows_of(table, whose)
    return mine & not_(table.c.is_secret) if table.name == "disclosure" else mine


def is_secret(column: Column[object]) -> bool:
    """Tell whether a column is never handed out."""
    name = f"{column.table.name}.{column.name}"
    return name in SECRETS or (name not in HARMLESS and SOUNDS_SECRET.search(column.name) is not None)


def plain_columns(table: Table) -> list[Column[object]]:
    """Return the columns that are handed out as values."""
    return [c for c in table.columns if not is_secret(c) and not isinstance(c.type, LargeBinary)]


def file_columns(table: Table) -> list[Column[object]]:
    """Return the columns that are handed out as files of their own."""
    return [c for c in table.columns if not is_secret(c) and isinstance(c.type, LargeBinary)]


def _ways(table: Table, seen: Sequence[str]) -> list[ForeignKey]:
    """Return the foreign keys that lead to a contract: a direct one alone, where there is one."""
    keys = sorted(table.foreign_keys, key=lambda key: key.parent.name)
    direct = [key for key in keys if key.column.table.name == CONTRACT]
    if direct:
        return direct
    path = (*seen, table.name)
    return [key for key in keys if key.column.table.name not in path and _ways(key.column.table, path)]


def _leads_to(table: Table, whose: Whose, seen: Sequence[str]) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    for key in _ways(table, seen):
        target = key.column.table
        if target.name == CONTRACT:
            found.append(key.parent == whose.row)
        else:
            above = _leads_to(target, whose, (*seen, table.name))
            found.append(key.parent.in_(select(key.column).where(above)))
    return or_(false(), *found)
