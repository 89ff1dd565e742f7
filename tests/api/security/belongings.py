"""What a contract has, one of each kind, all marked by a word that no other contract's has."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from api.db import Database
from api.identity.issuing import issue_install_id
from api.identity.tokens import secret_hash
from api.models import (
    Asset,
    Breach,
    Channel,
    Contract,
    ContractOption,
    Device,
    Finding,
    Licence,
    Notice,
    OptionKind,
    ReadToken,
    Software,
    Transfer,
    TransferDocument,
    TransferGround,
    User,
)
from api.models.base import service_day, utc_now
from api.models.user import Position
from tests.api.office import Office


@dataclass(frozen=True)
class Belongings:
    """One of each kind.

    Attributes:
        secret: the word that marks them.
        ids: name of a path's parameter -> public id.
    """

    secret: str
    ids: dict[str, str] = field(default_factory=dict)


def fill(database: Database, office: Office) -> Belongings:
    """Give a contract one of each kind."""
    word = f"secret-{office.contract}-mark"
    office.enrol(word)
    now = utc_now()
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        contract.name, contract.contact = word, f"{word}@example.jp"
        site, device = contract.sites[0], session.scalars(select(Device).where(Device.contract_id == contract.id)).one()
        site.name = word
        option = ContractOption(
            kind=OptionKind.EXTRA_DEVICES, amount=1, starts_on=service_day(now), ends_on=service_day(now)
        )
        contract.options.append(option)
        contract.breaches.append(Breach(note=word, noted_at=now, cure_until=service_day(now) + timedelta(days=9)))
        papers, things = _papers(word, contract), _things(word, contract, device)
        session.add_all([*papers.values(), *things])
        session.flush()
        document = TransferDocument(
            transfer_id=papers["transfer_id"].id,
            name=word,
            media_type="application/pdf",
            size=5,
            sha256="0" * 64,
            content=word.encode(),
            handed_in_by=word,
        )
        session.add(document)
        install_id, _code = issue_install_id(session, site, now)
        session.flush()
        return Belongings(
            word,
            {
                "contract_id": contract.public_id,
                **{name: each.public_id for name, each in papers.items()},
                "device_id": device.public_id,
                "document_id": document.public_id,
                "finding_id": things[0].public_id,
                "install_id": install_id.public_id,
                "option_id": option.public_id,
                "site_id": site.public_id,
            },
        )


def _papers(word: str, contract: Contract) -> dict[str, Any]:
    """Return what is written about a contract, by the name of a path's parameter."""
    user = User(
        username=f"{word}@example.jp",
        password_hash="$argon2id$x",
        role="customer",
        contract=contract,
        position=Position.IT_STAFF,
        person_name=word,
    )
    notice = Notice(
        contract_id=contract.id,
        kind="cure",
        facts={},
        subject=word,
        subject_en=word,
        body=word,
        body_en=word,
        made_by=word,
    )
    transfer = Transfer(
        contract_id=contract.id,
        ground=TransferGround.MERGER,
        former=word,
        successor=word,
        happened_on=date(2026, 1, 1),
        applied_by=word,
    )
    channel = Channel(contract_id=contract.id, kind="mail", name=word, settings={"host": word})
    licence = Licence(contract_id=contract.id, product=word, owned=1, product_like=word)
    reader = ReadToken(contract_id=contract.id, label=word, token_hash=secret_hash(word))
    return {
        "user_id": user,
        "notice_id": notice,
        "transfer_id": transfer,
        "channel_id": channel,
        "licence_id": licence,
        "reader_id": reader,
    }


def _things(word: str, contract: Contract, device: Device) -> tuple[Finding, Software, Asset]:
    """Return what its machines told."""
    now = utc_now()
    finding = Finding(
        contract_id=contract.id,
        rule="memory_full",
        key=word,
        tags={"device": device.public_id, "host": word},
        since=now,
        opened_at=now,
        value=99.0,
        threshold=90.0,
    )
    software = Software(
        contract_id=contract.id,
        device_id=device.id,
        key_hash=word[:64],
        name=word,
        publisher=word,
        version="1",
        arch="",
        source="",
        scope="",
        since=now,
    )
    asset = Asset(
        contract_id=contract.id,
        device_id=device.id,
        asset=word[:64],
        kind="printer",
        maker=word,
        model=word,
        names=[word],
        mac=[],
        ip=[],
        how=[],
        since=now,
    )
    return finding, software, asset
