"""A contract with one site, for tests of what is done with one."""

from dataclasses import dataclass

from sqlalchemy import select

from api.db import Database
from api.identity.enrolment import Enrolment, Machine, enrol
from api.identity.issuing import issue_install_id
from api.models import (
    Contract,
    ContractEvent,
    ContractOption,
    Device,
    DeviceKind,
    OptionKind,
    Reason,
    ReasonCode,
    Site,
)
from api.models.base import service_day, utc_now

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Office:
    """A contract with one site, and what is done with it again and again."""

    database: Database
    contract: str
    site: str

    def issue(self, kind: DeviceKind | None = None, max_uses: int | None = None) -> str:
        """Return the code of a new install ID."""
        with self.database.writing.begin() as session:
            site = session.scalars(select(Site).where(Site.public_id == self.site)).one()
            return issue_install_id(session, site, utc_now(), kind=kind, max_uses=max_uses)[1]

    def enrol(self, machine_id: str, kind: DeviceKind = DeviceKind.PC, code: str | None = None) -> Enrolment:
        """Enrol a machine, by a new install ID unless one is given."""
        code = code or self.issue(None if kind.is_target else kind)
        machine = Machine(f"host-{machine_id}", f"machine-id-{machine_id}", kind, "Windows 11 Pro")
        return enrol(self.database, code, machine, utc_now())

    def apply(self, event: ContractEvent, reason: str = "") -> None:
        """Move the contract to its next state."""
        with self.database.writing.begin() as session:
            contract = session.scalars(select(Contract).where(Contract.public_id == self.contract)).one()
            contract.apply(event, utc_now(), reason_for(event, reason))

    def add_devices(self, amount: int) -> None:
        """Raise the quota from today on."""
        with self.database.writing.begin() as session:
            contract = session.scalars(select(Contract).where(Contract.public_id == self.contract)).one()
            today = service_day(utc_now())
            option = ContractOption(kind=OptionKind.EXTRA_DEVICES, amount=amount, starts_on=today, ends_on=None)
            contract.options.append(option)

    def revoke(self, device: str) -> None:
        """Revoke a device."""
        with self.database.writing.begin() as session:
            session.scalars(select(Device).where(Device.public_id == device)).one().revoke(utc_now())


def reason_for(event: ContractEvent, note: str) -> Reason | None:
    """Return a reason of the terms that fits an event, in words of one's own; None where it takes none."""
    if event is ContractEvent.SUSPEND:
        return Reason(ReasonCode.OTHER, note)
    return Reason(ReasonCode.CANCELLED, note) if event is ContractEvent.TERMINATE else None


def make_office(database: Database, name: str) -> Office:
    """Make an active contract with one site in Tokyo."""
    with database.writing.begin() as session:
        contract = Contract(name=name)
        session.add(contract)
        session.flush()
        contract.apply(ContractEvent.ACTIVATE, utc_now())
        site = Site(name="本社", prefecture="13")
        contract.sites.append(site)
        session.flush()
        return Office(database, contract.public_id, site.public_id)
