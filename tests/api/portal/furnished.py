"""A contract in which there is something on every page of the portal."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from api.db import Database
from api.display.formats import clean
from api.models import (
    Asset,
    AssetChange,
    Contract,
    ContractOption,
    Device,
    DeviceKind,
    Finding,
    Licence,
    Notice,
    OptionKind,
    Position,
    Role,
    Software,
    SoftwareChange,
    TermsDocument,
    TermsKind,
    User,
)
from api.models.base import service_day, utc_now
from api.notices.writing import write_notice
from collectors.inventory.changes import ChangeKind
from tests.api.office import Office
from tests.api.terms.texts import publish_text

HOSTS = ("keiri-pc1", "eigyo-pc2", "file-sv1")


@dataclass(frozen=True, slots=True)
class Furnished:
    """The contract.

    Attributes:
        office: what is done with it.
        devices: public ids of its target devices.
        notice: public id of a notice that waits.
        terms: public id of terms that hold and were not accepted.
        option: public id of an option that has begun.
        person: public id of one of its people, who has no mail address.
        licence: public id of a licence of which too few are owned.
    """

    office: Office
    devices: tuple[str, ...]
    notice: str
    terms: str
    option: str
    person: str
    licence: str

    @property
    def id(self) -> str:
        """Public id of the contract."""
        return self.office.contract


def furnish(database: Database, office: Office, word: str = "") -> Furnished:
    """Give a contract something of everything.

    Args:
        database: where.
        office: which contract.
        word: stands in every name that comes from outside.
    """
    now = utc_now()
    # What people enter is looked at when it is entered.
    today, shown = service_day(now), clean(word)
    devices = tuple(office.enrol(f"{word}{host}").device for host in HOSTS)
    probe = office.enrol(f"{word}probe", DeviceKind.PROBE).device
    terms = _published(database)
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        ids = {each.public_id: each.id for each in session.scalars(select(Device))}
        option = ContractOption(
            kind=OptionKind.EXTRA_DEVICES,
            amount=2,
            starts_on=today - timedelta(days=30),
            ends_on=today + timedelta(days=20),
        )
        contract.options.append(option)
        whose = {"contract_id": contract.id, "device_id": ids[devices[0]]}
        lan = {"contract_id": contract.id, "device_id": ids[probe]}
        findings = (
            ("disk_nearly_full", 97.0, devices[0], HOSTS[0], None),
            ("memory_full", 99.0, devices[1], HOSTS[1], None),
        )
        session.add_all(
            Finding(
                contract_id=contract.id,
                rule=rule,
                key=f'["{office.contract}","{device}"]',
                tags={"device": device, "host": f"{word}{host}", "path": "C:", "contract": office.contract},
                since=now - timedelta(hours=5),
                opened_at=now - timedelta(hours=4),
                value=value,
                threshold=90.0,
                closed_at=closed,
            )
            for rule, value, device, host, closed in (
                *findings,
                ("disk_nearly_full", 95.0, devices[2], HOSTS[2], now - timedelta(hours=1)),
            )
        )
        session.add(
            Software(
                **whose,
                key_hash=f"{office.contract}-1",
                name=f"{word}会計ソフト",
                publisher=f"{word}例示ソフト",
                version="12.1",
                arch="x64",
                source="registry",
                scope="",
                since=now,
            )
        )
        session.add(
            SoftwareChange(
                **whose,
                at=now,
                recorded_at=now,
                change=ChangeKind.UPDATED,
                fingerprint="f",
                name=f"{word}会計ソフト",
                publisher="",
                version_before="12.0",
                version_after="12.1",
            )
        )
        found = {"names": [f"{word}複合機"], "kind": "printer", "maker": f"{word}KARTE", "model": f"{word}MFP 3000"}
        session.add(
            Asset(
                **lan, **found, asset="mfp-1", mac=["02:00:00:00:00:01"], ip=["192.168.1.20"], how=["snmp"], since=now
            )
        )
        session.add(
            AssetChange(
                **lan,
                at=now,
                recorded_at=now,
                change=ChangeKind.CHANGED,
                asset="mfp-1",
                before={**found, "ip": ["192.168.1.19"]},
                after={**found, "ip": ["192.168.1.20"]},
            )
        )
        licence = Licence(contract_id=contract.id, product=f"{shown}会計ソフト", owned=0, note=f"{shown}契約書")
        person = User(
            username=f"hanako-{office.contract}",
            password_hash="$argon2id$x",
            role=Role.CUSTOMER,
            contract=contract,
            position=Position.IT_STAFF,
            person_name=f"{shown}佐藤 花子",
        )
        session.add_all([licence, person])
        notice = write_notice(
            session,
            contract,
            "function_end",
            {"what": f"{shown}機能"},
            f"{word}boss",
            now,
            effective_on=date(today.year + 1, 4, 1),
        )
        session.flush()
        return Furnished(
            office,
            devices,
            notice=notice.public_id,
            terms=terms,
            option=option.public_id,
            person=person.public_id,
            licence=licence.public_id,
        )


def _published(database: Database) -> str:
    """Publish terms of everybody, where there are none yet; return those that hold."""
    with database.reading() as session:
        there = session.scalar(select(TermsDocument.public_id).where(TermsDocument.kind == TermsKind.SERVICE))
    if there:
        return there
    publish_text(database, TermsKind.COMMON, ago=1)
    return publish_text(database, TermsKind.SERVICE)


def notices_of(database: Database, contract: str) -> list[Notice]:
    """Return the notices of a contract, the newest first."""
    with database.reading() as session:
        asked = select(Notice).join(Contract, Contract.id == Notice.contract_id).where(Contract.public_id == contract)
        return list(session.scalars(asked.order_by(Notice.id.desc())))
