"""`Idempotency-Key`: a request that creates something may be sent again, and creates it once.

The key is noted before the operation runs and the answer after it; the same key with the same request gives the same
answer for a day. With another request it is refused, and so it is while the first is still running or where the program
died over it: then nobody can tell whether it was done, and the caller has to look.

Source: IETF draft-ietf-httpapi-idempotency-key-header-06, sections 2.6 and 2.7 (409 while it runs, 422 for another
request; a missing key is no error here).
"""

import functools
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import Response, current_app, make_response, request
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from api.channels.vault import vault_of
from api.db import current_database
from api.models.base import utc_now
from api.models.idempotency import KEY_LENGTH, IdempotencyKey
from api.web.errors import ApiError
from api.web.gate import current_caller
from collectors.text import Text

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
_SEAL = "idempotency"
_Operation = TypeVar("_Operation", bound=Callable[..., Any])


def idempotent(operation: _Operation) -> _Operation:
    """Let an operation bear `Idempotency-Key`; it stands directly below the route."""

    @functools.wraps(operation)
    def once(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return operation(*args, **kwargs)
        return _once(_checked(key), lambda: operation(*args, **kwargs))

    return cast(_Operation, once)


def _checked(key: str) -> str:
    if 0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable():
        return key
    raise ApiError(
        400,
        "invalid_idempotency_key",
        Text(
            f"{HEADER} は1～{KEY_LENGTH}文字の印字可能なASCIIにしてください。",
            f"{HEADER} needs 1 to {KEY_LENGTH} printable ASCII characters.",
        ),
    )


def _once(key: str, run: Callable[[], Any]) -> Response:
    caller, fingerprint = current_caller().user.public_id, _fingerprint()
    known = _begin(caller, key, fingerprint)
    if known is not None:
        return _again(known, fingerprint)
    mine = (IdempotencyKey.caller == caller, IdempotencyKey.key == key)
    try:
        response = make_response(run())
    except BaseException:
        # Operations write in one transaction, so one that failed has done nothing and may be tried again.
        with current_database().writing.begin() as session:
            session.execute(delete(IdempotencyKey).where(*mine))
        raise
    sealed = _vault().seal(0, _SEAL, {"body": response.get_data(as_text=True), "type": response.content_type})
    with current_database().writing.begin() as session:
        session.execute(update(IdempotencyKey).where(*mine).values(status=response.status_code, answer=sealed))
    return response


def _begin(caller: str, key: str, fingerprint: str) -> IdempotencyKey | None:
    """Note a key; return what is known of it if somebody noted it before."""
    now = utc_now()
    try:
        with current_database().writing.begin() as session:
            session.execute(delete(IdempotencyKey).where(IdempotencyKey.begun_at < now - KEPT_FOR))
            known = session.scalar(
                select(IdempotencyKey).where(IdempotencyKey.caller == caller, IdempotencyKey.key == key)
            )
            if known is None:
                session.add(IdempotencyKey(caller=caller, key=key, fingerprint=fingerprint, begun_at=now))
            return known
    except IntegrityError:  # another process was faster by a moment
        with current_database().reading() as session:
            return session.scalars(
                select(IdempotencyKey).where(IdempotencyKey.caller == caller, IdempotencyKey.key == key)
            ).one()


def _again(known: IdempotencyKey, fingerprint: str) -> Response:
    if known.fingerprint != fingerprint:
        raise ApiError(
            422,
            "idempotency_key_reused",
            Text(
                f"この {HEADER} は別のリクエストで使われています。新しい値にしてください。",
                f"This {HEADER} was used for another request; take a new one.",
            ),
        )
    if known.status is None:
        raise ApiError(
            409,
            "idempotency_key_in_use",
            Text(
                "同じリクエストを処理中か、途中で止まりました。結果を確認してから、新しいキーでやり直してください。",
                "The same request is running, or was cut off: look whether it was done before you try with a new key.",
            ),
        )
    kept = _vault().open(0, _SEAL, known.answer)
    response = make_response(str(kept["body"]), known.status)
    response.content_type = str(kept["type"])
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _fingerprint() -> str:
    body = request.get_data(cache=True)
    return hashlib.sha256(b"\n".join((request.method.encode(), request.full_path.encode(), body))).hexdigest()


def _vault() -> Any:
    return vault_of(current_app.extensions["karte_config"])
