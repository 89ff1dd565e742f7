"""Licences of software: what a customer owns, counted against what the lists of its devices name.

A product counts once for each device, in however many entries the device lists it; devices that were revoked do not
count. Every change is recorded in the log.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from api.audit.actor import Actor
from api.audit.log import record
from api.models import Contract, Device, Licence, Software
from api.models.licence import ESCAPE
from collectors.text import Text

FIELDS = ("product", "version", "owned", "note")
"""What people set of a licence."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A licence and how many devices have the product.

    Attributes:
        licence: what is owned.
        installed: devices that list the product.
    """

    licence: Licence
    installed: int

    @property
    def short_by(self) -> int:
        """How many are missing; 0 if none."""
        return max(0, self.installed - self.licence.owned)

    @property
    def text(self) -> Text:
        """In one line how it stands."""
        owned, have = self.licence.owned, self.installed
        if self.short_by:
            return Text(
                f"保有{owned}に対し{have}台で使用、{self.short_by}不足",
                f"installed {have} of {owned} owned, short by {self.short_by}",
            )
        return Text(f"保有{owned}に対し{have}台で使用", f"installed {have} of {owned} owned")


def listed(contract: Contract) -> Select[Licence]:
    """Return the query of a contract's licences."""
    return select(Licence).where(Licence.contract_id == contract.id).order_by(Licence.product, Licence.id)


def counted(session: Session, licences: Collection[Licence]) -> list[Counted]:
    """Return licences with what is installed; one query.

    Patterns are tried on the contract's products and not on each entry of its devices' lists, which are a hundred times
    as many.
    """
    product = (
        select(Software.contract_id, Software.name, Software.folded, Software.version)
        .where(Software.contract_id.in_({each.contract_id for each in licences}))
        .distinct()
        .subquery()
    )
    # Distinct as well, though it is that already: so SQLite does this first, and not each entry by each pattern.
    covered = (
        select(Licence.id.label("licence_id"), *product.c)
        .join(product, _covers(product.c))
        .where(Licence.id.in_([each.id for each in licences]))
        .distinct()
        .subquery()
    )
    same = [Software.__table__.c[each.name] == covered.c[each.name] for each in product.c]
    asked = (
        select(covered.c.licence_id, func.count(Software.device_id.distinct()))
        .join(Software, and_(*same))
        .join(Device, Device.id == Software.device_id)
        .where(Device.revoked_at.is_(None))
        .group_by(covered.c.licence_id)
    )
    installed: dict[int, int] = dict(session.execute(asked).all())
    return [Counted(each, installed.get(each.id, 0)) for each in licences]


def holders(licence: Licence) -> Select[Software, Device]:
    """Return the query of what a licence is counted by, with the device of each entry."""
    return (
        select(Software, Device)
        .join(Licence, _covers(Software.__table__.c))
        .join(Device, Device.id == Software.device_id)
        .where(Licence.id == licence.id, Device.revoked_at.is_(None))
        .order_by(Device.hostname, Software.name, Software.id)
    )


def add(session: Session, contract: Contract, values: Mapping[str, Any], actor: Actor, now: datetime) -> Licence:
    """Note what a customer owns.

    Args:
        session: one that writes.
        contract: whose.
        values: of `FIELDS`.
        actor: who notes it.
        now: this moment.

    Raises:
        InvalidText: a text cannot be used.
    """
    made = Licence(contract_id=contract.id, created_at=now, updated_at=now, **values)
    session.add(made)
    session.flush()
    record(
        session, actor, "licence.add", at=now, contract=contract.public_id, target=made.public_id, details=told(made)
    )
    return made


def change(
    session: Session, contract: Contract, licence: Licence, values: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    """Change what is noted; what is not named stays.

    Raises:
        InvalidText: a text cannot be used.
    """
    before = told(licence)
    for name, value in values.items():
        setattr(licence, name, value)
    after = told(licence)
    changed = {name: {"before": before[name], "after": after[name]} for name in FIELDS if before[name] != after[name]}
    if changed:
        licence.updated_at = now
        session.flush()
        record(
            session,
            actor,
            "licence.change",
            at=now,
            contract=contract.public_id,
            target=licence.public_id,
            details=changed,
        )


def remove(session: Session, contract: Contract, licence: Licence, actor: Actor, now: datetime) -> None:
    """Take a licence out."""
    details = told(licence)
    session.delete(licence)
    session.flush()
    record(
        session,
        actor,
        "licence.remove",
        at=now,
        contract=contract.public_id,
        target=licence.public_id,
        details=details,
    )


def told(licence: Licence) -> dict[str, object]:
    """Return what people set of a licence."""
    return {name: getattr(licence, name) for name in FIELDS}


def _covers(entry: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Return the condition by which an entry of a list, or a product, is of a licence's product."""
    return and_(
        entry.contract_id == Licence.contract_id,
        entry.folded.like(Licence.product_like, escape=ESCAPE),
        func.lower(entry.version).like(Licence.version_like, escape=ESCAPE),
    )
