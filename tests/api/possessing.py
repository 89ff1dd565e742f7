"""Devices of a contract that list software and assets, for tests of what is made of the lists."""

from datetime import timedelta

from api.gateway.grant import WriteGrant
from api.identity.enrolment import Enrolment
from api.inventory import store
from api.models import DeviceKind
from collectors.inventory import AssetItem, Document, SoftwareItem
from tests.api.lists import START, assets, software
from tests.api.office import Office


class Possessing:
    """What the devices of an office have."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._devices: dict[str, Enrolment] = {}

    def device(self, name: str, kind: DeviceKind = DeviceKind.PC) -> Enrolment:
        """Return a device by its name, enrolled when it is first named."""
        if name not in self._devices:
            self._devices[name] = self.office.enrol(name, kind)
        return self._devices[name]

    def has(self, name: str, *items: SoftwareItem | str, hours: float = 0) -> Enrolment:
        """Let a PC list software."""
        enrolled = self.device(name)
        self._store(enrolled, software(*items, hours=hours), hours)
        return enrolled

    def sees(self, name: str, *items: AssetItem, hours: float = 0) -> Enrolment:
        """Let a probe list what is on the LAN."""
        enrolled = self.device(name, DeviceKind.PROBE)
        self._store(enrolled, assets(items, hours=hours), hours)
        return enrolled

    def _store(self, enrolled: Enrolment, document: Document, hours: float) -> None:
        grant = WriteGrant(enrolled.contract, enrolled.site, enrolled.device)
        store(self.office.database, grant, document, START + timedelta(hours=hours + 1))
