"""What a device token opens, asked of the database; `api.identity.remembered` asks it every half second at most."""

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError

from api.db import Database, without_transaction
from api.gateway.grant import Refusal, WriteGrant, WriteLookup
from api.identity.refusals import not_active, unavailable
from api.identity.seen import SeenRecorder
from api.identity.tokens import DEVICE_PREFIX, DEVICE_TOKEN_LENGTH, READ_PREFIX, secret_hash
from api.models import Contract, ContractState, Device, DeviceToken, Site
from api.models.base import utc_now
from api.models.contract_reason import reason_text

_UNKNOWN = Refusal(401, "token_unknown", "the device token is not known; enrol this device again")
_FOR_READING = Refusal(
    401, "token_unknown", "this is a read token; to send, a device token is needed: enrol this device"
)
_REVOKED = Refusal(403, "token_revoked", "this device token was revoked; enrol the device again or ask the provider")
_STOPPED = Refusal(
    403,
    "device_stopped",
    "the contract covers fewer target devices than are enrolled, and this one is stopped; it keeps what it measures "
    "until an option adds a place",
)
_UNAVAILABLE = "the contracts' database does not answer; send the same points again later"

_LOOKUP = (
    select(
        DeviceToken.id,
        DeviceToken.first_used_at.is_(None).label("unused"),
        (DeviceToken.revoked_at.is_not(None) | Device.revoked_at.is_not(None)).label("revoked"),
        Device.stopped_at.is_not(None).label("stopped"),
        Device.id,
        Device.public_id,
        Site.public_id,
        Contract.public_id,
        Contract.state,
        Contract.state_code,
        Contract.state_reason,
    )
    .join(Device, Device.id == DeviceToken.device_id)
    .join(Site, Site.id == Device.site_id)
    .join(Contract, Contract.id == Device.contract_id)
    .where(DeviceToken.token_hash == bindparam("hash"))
)


def write_lookup(database: Database, seen: SeenRecorder | None = None) -> WriteLookup:
    """Return the gateway's view of the tokens in a database.

    An unknown token is refused with 401, one that is known and not allowed with 403, and where the database does not
    answer the refusal is 503, so that agents keep their points and come back.
    """
    recorder = seen or device_recorder(database)
    reader = without_transaction(database.engine)

    def look_up(token: str) -> WriteGrant | Refusal:
        if token.startswith(READ_PREFIX):
            return _FOR_READING
        if len(token) != DEVICE_TOKEN_LENGTH or not token.startswith(DEVICE_PREFIX):
            return _UNKNOWN
        try:
            with reader.connect() as connection:
                row = connection.execute(_LOOKUP, {"hash": secret_hash(token)}).first()
            if row is None:
                return _UNKNOWN
            token_id, unused, revoked, stopped, device_id, device, site, contract, state, code, note = row
            if revoked:
                return _REVOKED
            if state is not ContractState.ACTIVE:
                word, told = not_active(state, reason_text(code, note))
                return Refusal(403, word, told.en)
            if stopped:
                return _STOPPED
            if unused:
                begin_use(database, token_id, device_id, utc_now())
        except SQLAlchemyError as error:
            return unavailable(error, _UNAVAILABLE)
        recorder.note(device_id, token_id)
        return WriteGrant(contract, site, device)

    return look_up


def device_recorder(database: Database) -> SeenRecorder:
    """Return the recorder of when devices and their tokens were last seen; it notes a device's id and a token's."""
    return SeenRecorder(database, Device.last_seen_at, DeviceToken.last_used_at)


def begin_use(database: Database, token_id: int, device_id: int, now: datetime) -> None:
    """Note that a token is in use, which ends the older tokens of its device: the new one has arrived."""
    with database.writing.begin() as session:
        session.execute(update(DeviceToken).where(DeviceToken.id == token_id).values(first_used_at=now))
        older = (DeviceToken.device_id == device_id, DeviceToken.id < token_id, DeviceToken.revoked_at.is_(None))
        session.execute(update(DeviceToken).where(*older).values(revoked_at=now))
