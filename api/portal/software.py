"""Software of a contract's devices: what there is, who has it, and what changed."""

from typing import Any

from sqlalchemy import Select, func, select

from api.folding import folded
from api.models import Device, Software, SoftwareChange
from api.portal.frame import contract_page, shown_contract
from api.portal.pager import asked_words, cut, searched
from api.portal.plain import CHANGE_WORDS
from api.portal.room import customer_room

blueprint = customer_room("software", __name__)
_ACTIVE = "portal_software.listing"


@blueprint.get("/<contract_id>/software")
def listing(contract_id: str) -> str:
    """List the products, with on how many devices each is; or the devices that have one."""
    session, contract = shown_contract(contract_id)
    wanted, product = searched(), asked_words("product", 300)
    query: Select[*tuple[Any, ...]]
    if product:
        query = (
            select(Software, Device)
            .join(Device, Device.id == Software.device_id)
            .where(Software.contract_id == contract.id, Software.name == product, Device.revoked_at.is_(None))
            .order_by(Device.hostname, Software.version, Software.id)
        )
    else:
        installed = func.count(Software.device_id.distinct())
        query = (
            select(Software.name, Software.publisher, Software.version, installed)
            .join(Device, Device.id == Software.device_id)
            .where(Software.contract_id == contract.id, Device.revoked_at.is_(None))
            .group_by(Software.name, Software.publisher, Software.version)
            .order_by(Software.name, Software.version, Software.publisher)
        )
        if wanted:
            query = query.where(Software.folded.contains(folded(wanted), autoescape=True))
    return contract_page(
        "portal/software.html", _ACTIVE, contract, page=cut(session, query), wanted=wanted, product=product
    )


@blueprint.get("/<contract_id>/software/changes")
def changes(contract_id: str) -> str:
    """List what was installed, removed and updated, the newest first."""
    session, contract = shown_contract(contract_id)
    query = (
        select(SoftwareChange, Device)
        .join(Device, Device.id == SoftwareChange.device_id)
        .where(SoftwareChange.contract_id == contract.id)
        .order_by(SoftwareChange.at.desc(), SoftwareChange.id.desc())
    )
    wanted = searched()
    if wanted:
        query = query.where(SoftwareChange.name.icontains(wanted, autoescape=True))
    return contract_page(
        "portal/software_changes.html",
        _ACTIVE,
        contract,
        page=cut(session, query),
        wanted=wanted,
        change_words=CHANGE_WORDS,
    )
