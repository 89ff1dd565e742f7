"""What a read token opens, asked of the database for every query: what is revoked or suspended is refused at once."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.exc import SQLAlchemyError

from api.db import Database, without_transaction
from api.gateway.grant import ReadGrant, ReadLookup, Refusal
from api.identity.refusals import not_active, unavailable
from api.identity.seen import SeenRecorder
from api.identity.tokens import DEVICE_PREFIX, READ_PREFIX, READ_TOKEN_LENGTH, secret_hash
from api.models import Contract, ContractState, ReadToken, RollupPending, RollupProgress
from api.models.base import utc_now
from api.models.contract_reason import reason_text
from collectors.text import Text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_HOUR_NS = 3600 * 10**9


def _told(text: Text) -> str:
    """Return a text in both languages: Grafana shows it as it is, and nobody knows who reads it there."""
    return f"{text.ja} / {text.en}"


_UNKNOWN = Refusal(
    401,
    "token_unknown",
    _told(
        Text(
            "読み取りトークンが正しくありません。データソースの設定を確認してください",
            "the read token is not known; check the data source's settings",
        )
    ),
)
_FOR_SENDING = Refusal(
    401,
    "token_unknown",
    _told(
        Text(
            "これは機器のトークンです。読み取りには読み取りトークンが必要です",
            "this is a device token; to query, a read token is needed",
        )
    ),
)
_REVOKED = Refusal(
    403,
    "token_revoked",
    _told(
        Text(
            "この読み取りトークンは取り消されています。サービス提供者にお問い合わせください",
            "this read token was revoked; ask the provider",
        )
    ),
)
_EXPIRED = Refusal(
    403,
    "token_expired",
    _told(
        Text(
            "この読み取りトークンは期限が切れています。サービス提供者にお問い合わせください",
            "this read token has expired; ask the provider",
        )
    ),
)
_UNAVAILABLE = _told(
    Text(
        "契約のデータベースが応答しません。しばらくしてからもう一度お試しください",
        "the contracts' database does not answer; try again in a moment",
    )
)

_DONE_UNTIL = select(RollupProgress.done_until).where(RollupProgress.id == 1).scalar_subquery()
_ITS_PENDING = select(RollupPending.since).where(RollupPending.contract_id == ReadToken.contract_id).scalar_subquery()
_ANY_PENDING = select(func.min(RollupPending.since)).scalar_subquery()

_LOOKUP = (
    select(
        ReadToken.id,
        ReadToken.public_id,
        ReadToken.revoked_at,
        ReadToken.expires_at,
        Contract.public_id,
        Contract.state,
        Contract.state_code,
        Contract.state_reason,
        _DONE_UNTIL,
        # Two plain look-ups and not one condition with an OR, so that a contract's own row is found by its key.
        case((ReadToken.contract_id.is_(None), _ANY_PENDING), else_=_ITS_PENDING),
    )
    .outerjoin(Contract, Contract.id == ReadToken.contract_id)
    .where(ReadToken.token_hash == bindparam("hash"))
)


def read_lookup(database: Database, seen: SeenRecorder | None = None) -> ReadLookup:
    """Return the gateway's view of the read tokens in a database.

    An unknown token is refused with 401, one that is known and not allowed with 403, and where the database does not
    answer the refusal is 503. The messages are for the people who see the dashboards.
    """
    recorder = seen or read_recorder(database)
    reader = without_transaction(database.engine)

    def look_up(token: str) -> ReadGrant | Refusal:
        if token.startswith(DEVICE_PREFIX):
            return _FOR_SENDING
        if len(token) != READ_TOKEN_LENGTH or not token.startswith(READ_PREFIX):
            return _UNKNOWN
        try:
            with reader.connect() as connection:
                row = connection.execute(_LOOKUP, {"hash": secret_hash(token)}).first()
        except SQLAlchemyError as error:
            return unavailable(error, _UNAVAILABLE)
        if row is None:
            return _UNKNOWN
        token_id, public_id, revoked_at, expires_at, contract, state, reason, note, done_until, pending_since = row
        if revoked_at is not None:
            return _REVOKED
        if expires_at is not None and utc_now() >= expires_at:
            return _EXPIRED
        if contract is not None and state is not ContractState.ACTIVE:
            code, why = not_active(state, reason_text(reason, note))
            return Refusal(403, code, _told(why))
        recorder.note(token_id)
        return ReadGrant(public_id, contract, _rolled_until_ns(done_until, pending_since))

    return look_up


def read_recorder(database: Database) -> SeenRecorder:
    """Return the recorder of when read tokens were last used; it notes a token's id."""
    return SeenRecorder(database, ReadToken.last_used_at)


def _rolled_until_ns(done_until: datetime | None, pending_since: datetime | None) -> int:
    """Return the full hour before which the rollup lacks nothing, in Unix nanoseconds; 0 if there is none."""
    if done_until is None:
        return 0
    until = min(done_until, pending_since or done_until)
    return (until - _EPOCH) // _HOUR * _HOUR_NS
