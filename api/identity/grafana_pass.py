"""How a person who is signed in here enters Grafana without a second password, and is out of it as soon as out of here.

Grafana's `auth.jwt` with `url_login` makes no session: its pages keep the token of the address and send it with every
request, and each time its signature is looked at, by a set of public keys that Grafana asks for anew once the one it
has is `SET_HOLDS` old. So each entry is signed by a key of its own, which is published exactly as long as it may open:
while the person is not disabled, has not signed out, and their contract is active. A private key signs once and is then
forgotten: there is none that somebody could steal and sign further entries with, and none to be rotated.

Grafana does not ask again for a key that it does not know. A supply of keys is therefore published in advance, and one
is used only once every set that Grafana may hold has it.

Sources: Grafana 13.1, pkg/services/auth/jwt/key_sets.go (cache, `max-age`), pkg/services/authn/clients/jwt.go,
public/app/core/utils/urlToken.ts; RFC 7517 (JWK), RFC 7518 (ES256), RFC 7519 (JWT).
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from api.channels.vault import Vault
from api.identity.identifiers import public_id
from api.models import Contract, ContractState, GrafanaKey, User

ISSUER, AUDIENCE = "office-karte", "grafana"
SET_HOLDS = timedelta(seconds=30)
"""So long Grafana may take a set of keys for the newest: within this, whoever is out here is out there."""

RIPE_AFTER = SET_HOLDS + timedelta(seconds=5)
"""The age at which every set that Grafana may hold has a key; a little more, as requests take time."""

OPENS_FOR = timedelta(hours=12)
"""As long as a session here."""

SUPPLY = 32
"""Keys that wait to be used: so many people may enter within `RIPE_AFTER`."""

SUPPLY_AGES = timedelta(days=1)
"""Keys that nobody used are replaced then."""

_SEAL = "grafana key"
_LEEWAY = timedelta(minutes=1)
"""By so much Grafana forgives clocks that differ (go-jose's default)."""


def fill(session: Session, vault: Vault, now: datetime) -> int:
    """Make keys until there are enough, forget those that are over, and return how many were made."""
    session.execute(
        delete(GrafanaKey).where(
            or_(
                GrafanaKey.ends_at < now - _LEEWAY,
                GrafanaKey.user_id.is_(None) & (GrafanaKey.made_at < now - SUPPLY_AGES),
            )
        )
    )
    waiting = session.scalar(select(func.count(GrafanaKey.id)).where(GrafanaKey.user_id.is_(None))) or 0
    made = [_new_key(vault, now) for _ in range(SUPPLY - waiting)]
    session.add_all(made)
    return len(made)


def enter(session: Session, vault: Vault, user: User, now: datetime) -> str | None:
    """Return a token with which a person enters Grafana; None while no key is ripe.

    Args:
        session: one that writes.
        vault: decrypts the key.
        user: who; whoever asks has seen that they may.
        now: this moment.
    """
    key = session.scalar(
        select(GrafanaKey)
        .where(GrafanaKey.user_id.is_(None), GrafanaKey.made_at <= now - RIPE_AFTER)
        .order_by(GrafanaKey.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if key is None:
        return None
    private = str(vault.open(0, _SEAL, key.private)["pem"])
    key.private, key.user_id, key.session_epoch, key.ends_at = b"", user.id, user.session_epoch, now + OPENS_FOR
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user.public_id,
        # The name of the account that the sync has made, and that no account of Grafana's own can have.
        "login": user.public_id,
        "name": user.username,
        "iat": now - timedelta(seconds=5),
        "exp": now + OPENS_FOR,
    }
    return jwt.encode(claims, private, algorithm="ES256", headers={"kid": key.kid})


def published(session: Session, now: datetime) -> Sequence[dict[str, str]]:
    """Return the public keys of all entries that are open now, and of those to come."""
    is_in = (
        (GrafanaKey.ends_at > now)
        & User.disabled_at.is_(None)
        & (User.session_epoch == GrafanaKey.session_epoch)
        & (User.contract_id.is_(None) | (Contract.state == ContractState.ACTIVE))
    )
    query = (
        select(GrafanaKey.public)
        .outerjoin(User, User.id == GrafanaKey.user_id)
        .outerjoin(Contract, Contract.id == User.contract_id)
        .where(GrafanaKey.user_id.is_(None) | is_in)
        .order_by(GrafanaKey.id)
    )
    return session.scalars(query).all()


def renew_all(session: Session, vault: Vault, now: datetime) -> None:
    """Throw all keys away and make new ones: whoever is in Grafana has to enter anew."""
    session.execute(delete(GrafanaKey))
    fill(session, vault, now)


def renew_supply(session: Session, vault: Vault, now: datetime) -> None:
    """Replace the keys that wait, e.g. as the key that encrypts them has changed; who is in Grafana stays."""
    session.execute(delete(GrafanaKey).where(GrafanaKey.user_id.is_(None)))
    fill(session, vault, now)


def may_enter(user: User) -> bool:
    """Tell whether a person may see dashboards now."""
    is_active = user.contract is None or user.contract.state is ContractState.ACTIVE
    return user.disabled_at is None and is_active


def _new_key(vault: Vault, now: datetime) -> GrafanaKey:
    private = ec.generate_private_key(ec.SECP256R1())
    kid = public_id("gk")
    numbers = json.loads(ECAlgorithm.to_jwk(private.public_key()))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    return GrafanaKey(
        kid=kid,
        private=vault.seal(0, _SEAL, {"pem": pem}),
        public={**numbers, "kid": kid, "use": "sig", "alg": "ES256"},
        made_at=now,
    )
