"""What the relational database tells a report of a contract."""

from collections.abc import Iterable
from datetime import datetime

from api.analysis.naming import natural
from api.models import Contract, Device
from api.models.base import service_day
from api.reports.inputs import ContractFacts, RegisteredDevice
from api.reports.period import Period


def facts_of(contract: Contract, period: Period) -> ContractFacts:
    """Return the contract with the devices that it had at the period's end, by site and name."""
    targets = [each for each in contract.devices if each.kind.is_target]
    return ContractFacts(
        id=contract.public_id,
        name=contract.name,
        quota=contract.device_quota(service_day(period.last_moment)),
        devices=_registered_all(each for each in targets if _belonged(each, period.end)),
        left=_registered_all(each for each in targets if _left(each, period)),
        probes=_registered_all(
            each for each in contract.devices if not each.kind.is_target and _belonged(each, period.end)
        ),
        sites={each.public_id: each.name for each in contract.sites},
        since=contract.created_at,
    )


def _belonged(device: Device, at: datetime) -> bool:
    return device.first_seen_at < at and (device.revoked_at is None or device.revoked_at >= at)


def _left(device: Device, period: Period) -> bool:
    return device.revoked_at is not None and period.start <= device.revoked_at < period.end


def _registered_all(devices: Iterable[Device]) -> tuple[RegisteredDevice, ...]:
    ordered = sorted(devices, key=lambda each: (natural(each.site.name), natural(each.hostname), each.id))
    return tuple(_registered(each) for each in ordered)


def _registered(device: Device) -> RegisteredDevice:
    return RegisteredDevice(
        id=device.public_id,
        name=device.hostname,
        kind=device.kind.value,
        site=device.site.name,
        os=device.os,
        enrolled_at=device.first_seen_at,
        revoked_at=device.revoked_at,
    )
