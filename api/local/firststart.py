"""What a data directory gets at its first start: a contract with a site, and the first staff user."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.identity.accounts import create_user, find_user
from api.identity.issuing import issue_install_id
from api.identity.passwords import generate_password
from api.local.state import Mode, State
from api.models import Contract, ContractEvent, ContractOption, Device, OptionKind, Site
from api.models.base import service_day, utc_now
from api.models.prefecture import prefecture_code
from collectors.text import Lang, Text

STAFF_USER = "admin"

_CONTRACT_NAME: dict[Mode, Text] = {
    "local": Text("このオフィス", "This office"),
    "demo": Text("みほん会計事務所", "Sample accounting office"),
    "trial": Text("お試し", "Trial"),
}
_SITE_NAME = Text("本社", "Head office")
_CODE_VALID_FOR = timedelta(minutes=30)


def ensure_contract(database: Database, state: State, lang: Lang) -> None:
    """Make the contract and site of a new data directory, and note them in its state."""
    with database.writing.begin() as session:
        if state.contract and _contract(session, state.contract) is not None:
            return
        contract = Contract(name=_CONTRACT_NAME[state.mode].in_(lang), language=lang)
        session.add(contract)
        session.flush()
        contract.apply(ContractEvent.ACTIVATE, utc_now())
        if state.mode == "demo":  # which shows all that there is
            contract.options.append(
                ContractOption(kind=OptionKind.DEVICE_ANALYSIS, amount=1, starts_on=service_day(utc_now()))
            )
        site = Site(name=_SITE_NAME.in_(lang), prefecture=prefecture_code("東京都") or "13")
        contract.sites.append(site)
        session.flush()
        state.contract, state.site = contract.public_id, site.public_id


def issue_code(database: Database, state: State, uses: int) -> str:
    """Return the code of a new install ID for the state's site, good for so many devices and half an hour."""
    now = utc_now()
    with database.writing.begin() as session:
        site = session.scalars(select(Site).where(Site.public_id == state.site)).one()
        _install_id, code = issue_install_id(session, site, now, expires_at=now + _CODE_VALID_FOR, max_uses=uses)
        return code


def ensure_staff_user(database: Database, lang: Lang) -> str | None:
    """Make the first staff user and return the password, which is kept as a hash only; None if there is one already."""
    with database.writing.begin() as session:
        if find_user(session, STAFF_USER) is not None:
            return None
        password = generate_password()
        create_user(session, STAFF_USER, password, None, lang)
        return password


def backdate(database: Database, devices: Sequence[str], since_s: int) -> None:
    """Let devices that bring a history with them have been in their contract for as long."""
    since = datetime.fromtimestamp(since_s, UTC)
    with database.writing.begin() as session:
        for device in session.scalars(select(Device).where(Device.public_id.in_(devices))):
            device.first_seen_at = since
            device.contract.created_at = min(device.contract.created_at, since)


def _contract(session: Session, public_id: str) -> Contract | None:
    return session.scalar(select(Contract).where(Contract.public_id == public_id))
