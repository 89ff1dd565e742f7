"""What the relational database tells a report of a contract."""

from datetime import datetime

from api.models import Contract, Device
from api.models.base import service_day
from api.reports.inputs import ContractFacts, RegisteredDevice
from api.reports.period import Period


def facts_of(contract: Contract, period: Period) -> ContractFacts:
    """Return the contract with the target devices that it had at the period's end, by site and name."""
    devices = [each for each in contract.devices if each.kind.is_target and _belonged(each, period.end)]
    return ContractFacts(
        id=contract.public_id,
        name=contract.name,
        quota=contract.device_quota(service_day(period.last_moment)),
        devices=tuple(
            _registered(each) for each in sorted(devices, key=lambda each: (each.site.name, each.hostname, each.id))
        ),
    )


def _belonged(device: Device, at: datetime) -> bool:
    return device.first_seen_at < at and (device.revoked_at is None or device.revoked_at >= at)


def _registered(device: Device) -> RegisteredDevice:
    return RegisteredDevice(
        id=device.public_id,
        name=device.hostname,
        kind=device.kind.value,
        site=device.site.name,
        os=device.os,
        enrolled_at=device.first_seen_at,
    )
