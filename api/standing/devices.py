"""Since when devices are silent, and how far contracts use their quota."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from api.models import Contract, ContractState, Device, DeviceKind, Site
from api.models.base import service_day
from api.readings.scope import to_ns
from api.standing.trouble import NO_TROUBLE, Trouble
from collectors.point import FieldValue, Point
from collectors.service.contract import CONTRACT_STATUS
from collectors.service.device import DEVICE_STATUS


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """An enrolled device; its ids are public ones."""

    contract: str
    site: str
    device: str
    host: str
    kind: DeviceKind
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract; `used` and `quota` are of target devices."""

    contract: str
    name: str
    state: ContractState
    used: int
    quota: int
    probes: int
    trouble: Trouble = NO_TROUBLE


def read_devices(session: Session) -> Iterator[DeviceFacts]:
    """Yield the devices of which points are expected: those of active contracts that are not revoked."""
    asked = (
        select(Contract.public_id, Site.public_id, Device.public_id, Device.hostname, Device.kind, Device.last_seen_at)
        .join(Contract, Contract.id == Device.contract_id)
        .join(Site, Site.id == Device.site_id)
        .where(Device.revoked_at.is_(None), Contract.state == ContractState.ACTIVE)
    )
    for row in session.execute(asked):
        yield DeviceFacts(*row)


def read_contracts(session: Session, now: datetime, trouble: Mapping[int, Trouble]) -> Iterator[ContractFacts]:
    """Yield the contracts that have not ended.

    Args:
        session: of the relational database.
        now: this moment.
        trouble: of contracts, by their row.
    """
    counted = session.execute(
        select(Device.contract_id, Device.kind, func.count())
        .where(Device.revoked_at.is_(None))
        .group_by(Device.contract_id, Device.kind)
    )
    used: dict[int, int] = {}
    probes: dict[int, int] = {}
    for contract, kind, number in counted:
        into = used if kind.is_target else probes
        into[contract] = into.get(contract, 0) + number
    asked = select(Contract).where(Contract.state != ContractState.TERMINATED).options(selectinload(Contract.options))
    day = service_day(now)
    for each in session.scalars(asked):
        yield ContractFacts(
            each.public_id,
            each.name,
            each.state,
            used.get(each.id, 0),
            each.device_quota(day),
            probes.get(each.id, 0),
            trouble[each.id],
        )


def device_points(devices: Iterable[DeviceFacts], now: datetime, at: datetime) -> Iterator[Point]:
    """Yield a point of each device.

    Args:
        devices: all of them.
        now: this moment.
        at: the time of the points.
    """
    time_ns = to_ns(at)
    for each in devices:
        # Another machine's clock may be ahead: nobody was seen in the future.
        silent = max(0.0, (now - each.last_seen_at).total_seconds())
        tags = {
            "contract": each.contract,
            "site": each.site,
            "device": each.device,
            "host": each.host,
            "kind": each.kind.value,
        }
        yield Point(DEVICE_STATUS.name, tags, {"seconds_since_seen": silent}, time_ns)


def contract_points(contracts: Iterable[ContractFacts], at: datetime) -> Iterator[Point]:
    """Yield a point of each contract; the share is absent where the quota is none."""
    time_ns = to_ns(at)
    for each in contracts:
        fields: dict[str, FieldValue] = {
            "name": each.name,
            "state": each.state.value,
            "devices_used": each.used,
            "quota": each.quota,
            "probes": each.probes,
            "findings_critical": each.trouble.critical,
            "findings_warning": each.trouble.warning,
        }
        if each.quota > 0:
            fields["devices_used_percent"] = 100.0 * each.used / each.quota
        if each.trouble.silent_always_on is not None:
            fields["silent_always_on"] = each.trouble.silent_always_on
        if each.trouble.silent_pcs is not None:
            fields["silent_pcs"] = each.trouble.silent_pcs
        yield Point(CONTRACT_STATUS.name, {"contract": each.contract}, fields, time_ns)
