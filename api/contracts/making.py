"""A contract and its sites come to be."""

from datetime import date

from api.audit.log import record
from api.contracts.changes import Order
from api.models import Contract, Site


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
