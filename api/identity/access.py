"""What a device token opens, asked of the database for every request: a revoked token is refused at once."""

import atexit
import logging
import os
import threading
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import SQLAlchemyError

from api.db import Database, without_transaction
from api.gateway.grant import Refusal, WriteGrant, WriteLookup
from api.identity.tokens import DEVICE_PREFIX, DEVICE_TOKEN_LENGTH, secret_hash
from api.models import Contract, ContractState, Device, DeviceToken, Site
from api.models.base import utc_now

SEEN_EVERY_S = 60.0
"""How coarse `last_seen_at` is."""

_FLUSH_EVERY_S = 5.0

_log = logging.getLogger(__name__)

_UNKNOWN = Refusal(401, "token_unknown", "the device token is not known; enrol this device again")
_REVOKED = Refusal(403, "token_revoked", "this device token was revoked; enrol the device again or ask the provider")
_UNAVAILABLE = Refusal(503, "unavailable", "the contracts' database does not answer; send the same points again later")

_NOT_ACTIVE: Mapping[ContractState, tuple[str, str]] = {
    ContractState.DRAFT: ("contract_not_active", "the contract has not begun"),
    ContractState.SUSPENDED: ("contract_suspended", "the contract is suspended"),
    ContractState.TERMINATED: ("contract_terminated", "the contract has ended"),
}

_LOOKUP = (
    select(
        DeviceToken.id,
        DeviceToken.first_used_at.is_(None).label("unused"),
        (DeviceToken.revoked_at.is_not(None) | Device.revoked_at.is_not(None)).label("revoked"),
        Device.id,
        Device.public_id,
        Site.public_id,
        Contract.public_id,
        Contract.state,
        Contract.state_reason,
    )
    .join(Device, Device.id == DeviceToken.device_id)
    .join(Site, Site.id == Device.site_id)
    .join(Contract, Contract.id == Device.contract_id)
    .where(DeviceToken.token_hash == bindparam("hash"))
)

_SEEN_DEVICE = update(Device).where(Device.id == bindparam("which")).values(last_seen_at=bindparam("at"))
_SEEN_TOKEN = update(DeviceToken).where(DeviceToken.id == bindparam("which")).values(last_used_at=bindparam("at"))


def write_lookup(database: Database, seen: "SeenRecorder | None" = None) -> WriteLookup:
    """Return the gateway's view of the tokens in a database.

    An unknown token is refused with 401, one that is known and not allowed with 403, and where the database does not
    answer the refusal is 503, so that agents keep their points and come back.
    """
    recorder = seen or SeenRecorder(database)
    reader = without_transaction(database.engine)

    def look_up(token: str) -> WriteGrant | Refusal:
        if len(token) != DEVICE_TOKEN_LENGTH or not token.startswith(DEVICE_PREFIX):
            return _UNKNOWN
        try:
            with reader.connect() as connection:
                row = connection.execute(_LOOKUP, {"hash": secret_hash(token)}).first()
            if row is None:
                return _UNKNOWN
            token_id, unused, revoked, device_id, device, site, contract, state, reason = row
            if revoked:
                return _REVOKED
            if state is not ContractState.ACTIVE:
                return _not_active(state, reason)
            if unused:
                begin_use(database, token_id, device_id, utc_now())
        except SQLAlchemyError as error:
            # Only the kind: the text of a database error holds the statement's values.
            _log.error("the contracts' database failed: %s", type(error).__name__)
            return _UNAVAILABLE
        recorder.note(device_id, token_id)
        return WriteGrant(contract, site, device)

    return look_up


def _not_active(state: ContractState, reason: str) -> Refusal:
    code, message = _NOT_ACTIVE[state]
    return Refusal(403, code, f"{message}: {reason}" if reason else message)


def begin_use(database: Database, token_id: int, device_id: int, now: datetime) -> None:
    """Note that a token is in use, which ends the older tokens of its device: the new one has arrived."""
    with database.writing.begin() as session:
        session.execute(update(DeviceToken).where(DeviceToken.id == token_id).values(first_used_at=now))
        older = (DeviceToken.device_id == device_id, DeviceToken.id < token_id, DeviceToken.revoked_at.is_(None))
        session.execute(update(DeviceToken).where(*older).values(revoked_at=now))


class SeenRecorder:
    """Writes down when devices were last seen, beside the requests and not within them.

    A note costs a dictionary lookup; a thread, started by the first note of a process (gunicorn forks its workers),
    writes all that came together in one transaction. What a killed process had not written yet is a few seconds of
    a coarse time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._noted: dict[int, datetime] = {}
        self._waiting: dict[int, tuple[int, datetime]] = {}
        self._process = 0

    def note(self, device_id: int, token_id: int) -> None:
        """Remember that a device just showed a token; at most once a minute for each token."""
        now = utc_now()
        last = self._noted.get(token_id)
        if last is not None and (now - last).total_seconds() < SEEN_EVERY_S:
            return
        with self._lock:
            self._noted[token_id] = now
            self._waiting[token_id] = (device_id, now)
            if self._process != os.getpid():
                self._process = os.getpid()
                threading.Thread(target=self._run, name="karte-seen", daemon=True).start()
                atexit.register(self.flush)

    def flush(self) -> None:
        """Write what waits; where the database is busy it waits on."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        devices = [{"which": device, "at": at} for device, at in waiting.values()]
        tokens = [{"which": token, "at": at} for token, (_device, at) in waiting.items()]
        try:
            with self._database.writing.kw["bind"].begin() as connection:
                connection.execute(_SEEN_DEVICE, devices)
                connection.execute(_SEEN_TOKEN, tokens)
        except SQLAlchemyError:
            with self._lock:
                self._waiting = waiting | self._waiting

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(_FLUSH_EVERY_S):
            self.flush()
