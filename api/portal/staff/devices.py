"""Devices of all contracts, found by the beginning of their name or id."""

from flask import request
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from api.db import read_session
from api.folding import folded
from api.identity.accounts import contracts_of
from api.models import Contract, Device, DeviceKind
from api.models.base import utc_now
from api.portal.frame import staff_page
from api.portal.pager import cut, searched
from api.portal.room import staff_room
from api.readings.condition import SILENT_IN_REPORT
from api.web.signin import signed_in_user

blueprint = staff_room("devices", __name__)

STANDINGS = ("", "silent", "stopped", "revoked")


@blueprint.get("/devices")
def listing() -> str:
    """List devices across contracts."""
    session, q, now = read_session(), searched(), utc_now()
    kind = request.args.get("kind", "")
    standing = request.args.get("standing", "")
    # Asked for each device that is looked at, so that the newest are found without a look at all.
    is_visible = contracts_of(signed_in_user()).order_by(None).where(Contract.id == Device.contract_id).exists()
    query = select(Device).where(is_visible).options(selectinload(Device.contract), selectinload(Device.site))
    if q:
        query = query.where(
            or_(
                Device.search_name.startswith(folded(q), autoescape=True),
                Device.public_id.startswith(q, autoescape=True),
            )
        )
    if kind in set(DeviceKind):
        query = query.where(Device.kind == DeviceKind(kind))
    silent_before = now - SILENT_IN_REPORT
    match standing:
        case "silent":
            runs = (Device.revoked_at.is_(None), Device.stopped_at.is_(None))
            query = query.where(*runs, Device.last_seen_at < silent_before)
        case "stopped":
            query = query.where(Device.stopped_at.is_not(None), Device.revoked_at.is_(None))
        case "revoked":
            query = query.where(Device.revoked_at.is_not(None))
        case _:
            query = query.where(Device.revoked_at.is_(None))
    order = (Device.search_name, Device.id) if q else (Device.id.desc(),)
    return staff_page(
        "portal/staff/devices.html",
        "portal_staff_devices.listing",
        page=cut(session, query.order_by(*order)),
        q=q,
        kind=kind,
        standing=standing if standing in STANDINGS else "",
        silent_before=silent_before,
    )
