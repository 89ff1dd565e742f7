"""Leave to enrol machines, and taking a machine out: with their entries in the log, whoever orders them and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.audit.log import record
from api.contracts.changes import Order
from api.contracts.quota import settle
from api.identity.issuing import issue_install_id
from api.models import Contract, Device, DeviceKind, InstallId, Site


@dataclass(frozen=True, slots=True)
class Leave:
    """What an install ID is to allow.

    Attributes:
        kind: the only kind that it enrols; None for any target device.
        expires_at: from when on it enrols nothing; None for the usual time.
        max_uses: how many devices it may add; None if only the quota limits it.
    """

    kind: DeviceKind | None = None
    expires_at: datetime | None = None
    max_uses: int | None = None


def issue(order: Order, site: Site, leave: Leave) -> tuple[InstallId, str]:
    """Make an install ID for a site, and return it with its code, which cannot be shown again."""
    made, code = issue_install_id(
        order.session, site, order.now, kind=leave.kind, expires_at=leave.expires_at, max_uses=leave.max_uses
    )
    details = {
        "site": site.public_id,
        "kind": leave.kind.value if leave.kind else None,
        "expires_at": made.expires_at.isoformat(),
        "max_uses": leave.max_uses,
    }
    _record(order, site.contract, "install_id.create", made.public_id, details)
    return made, code


def expire(order: Order, contract: Contract, install_id: InstallId) -> None:
    """Let an install ID enrol nothing from now on; one that has expired stays as it is."""
    if not install_id.expired(order.now):
        install_id.expires_at = order.now
        _record(order, contract, "install_id.expire", install_id.public_id, {})


def revoke(order: Order, contract: Contract, device: Device) -> None:
    """Refuse a device from now on and free its place; one that was stopped for want of it starts again.

    A device that was revoked before stays as it is.
    """
    if device.revoked_at is not None:
        return
    device.revoke(order.now)
    order.session.flush()
    _record(order, contract, "device.revoke", device.public_id, {})
    settle(order.session, contract, order.now)


def _record(order: Order, contract: Contract, action: str, target: str, details: Mapping[str, object]) -> None:
    record(
        order.session,
        order.actor,
        action,
        at=order.now,
        contract=contract.public_id,
        target=target,
        details=details,
    )
