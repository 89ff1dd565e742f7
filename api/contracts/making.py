"""A contract and its sites come to be, and what may be changed of it without a step."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.audit.log import record
from api.contracts.changes import Order
from api.models import Contract, Site

PARTICULARS = ("language", "contact", "ends_on")
"""What may be changed of a contract without a step: language, address for notices, last day of its term."""


def create_contract(order: Order, name: str, language: str, contact: str = "", ends_on: date | None = None) -> Contract:
    """Take an application: the contract is a draft until it is activated.

    Args:
        order: who takes it.
        name: the customer's.
        language: of mail and reports, "ja" or "en".
        contact: mail address for formal notices; "" if none.
        ends_on: last day of its term; None while no end is agreed.

    Raises:
        InvalidText: the name cannot be shown in one line.
    """
    made = Contract(name=name, language=language, contact=contact, ends_on=ends_on)
    order.session.add(made)
    order.session.flush()
    record(order.session, order.actor, "contract.create", at=order.now, contract=made.public_id)
    return made


def add_site(order: Order, contract: Contract, site: Site) -> None:
    """Add a place of a customer; the service area is Japan, which the site itself sees to."""
    contract.sites.append(site)
    order.session.flush()
    record(
        order.session,
        order.actor,
        "site.create",
        at=order.now,
        contract=contract.public_id,
        target=site.public_id,
    )


def change_particulars(order: Order, contract: Contract, values: Mapping[str, Any]) -> None:
    """Change what may be changed without a step.

    Args:
        order: who changes it.
        contract: whose.
        values: those of `PARTICULARS` that change; checked.
    """
    for name, value in values.items():
        if name not in PARTICULARS:
            raise ValueError(f"{name} of a contract is not changed without a step")
        setattr(contract, name, value)
    order.session.flush()
    # The address is a person's; that it was changed is what the log has to know.
    details = {name: str(value) for name, value in values.items() if name != "contact"}
    record(order.session, order.actor, "contract.change", at=order.now, contract=contract.public_id, details=details)
