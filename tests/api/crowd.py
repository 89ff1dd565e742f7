"""Many contracts with much of everything, written straight into the tables: for benches and for counting queries.

Going through the service's own ways, ten thousand contracts would take hours. What only these ways keep true (the
hashes of the audit log, say) is made up here.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from alert_rules.registry import entries
from api.db import Database
from api.identity.identifiers import public_id
from api.models import (
    ApiToken,
    Asset,
    AssetChange,
    AuditEntry,
    Base,
    Channel,
    Contract,
    ContractOption,
    ContractState,
    ContractStep,
    Device,
    DeviceKind,
    DeviceToken,
    Disclosure,
    Finding,
    InstallId,
    Licence,
    Notice,
    ReadToken,
    Report,
    RuleThreshold,
    ServiceMail,
    Site,
    Software,
    SoftwareChange,
    TermsAcceptance,
    TermsDocument,
    Transfer,
    TransferDocument,
    User,
)
from api.models.base import service_day, utc_now

RULE = "memory_full"
"""Whose thresholds are listed."""

_CHUNK = 250
_VERSIONS = 20
_PREFECTURES = 47
_STATES = (*(ContractState.ACTIVE,) * 18, ContractState.SUSPENDED, ContractState.TERMINATED)
_PRODUCTS = [
    f"{maker} {thing}" for maker in ("Acme", "Beta", "千代田", "Delta") for thing in ("Office", "Reader", "CAD")
]
_Rows = dict[type[Base], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much a contract has.

    Attributes:
        devices: how many are enrolled.
        programs: on each device.
        each: of everything else: people, findings, notices, options, licences …
        sites: of them the devices are.
    """

    devices: int = 10
    programs: int = 5
    each: int = 3
    sites: int = 1


@dataclass(frozen=True, slots=True)
class Crowded:
    """A contract, and one public id of each kind that it has.

    Attributes:
        ids: name of a path's parameter -> public id.
        name: of the contract.
    """

    ids: dict[str, str] = field(default_factory=dict)
    name: str = ""


def crowd(database: Database, sizes: Iterable[Size], staff: str) -> list[Crowded]:
    """Make contracts of these sizes.

    Args:
        database: at this program's schema.
        sizes: one a contract.
        staff: name of a member of staff, who gets the tokens.
    """
    with database.writing.begin() as session:
        session.execute(insert(TermsDocument), [_terms_of_all(version) for version in range(1, _VERSIONS + 1)])
        owner = session.scalars(select(User.id).where(User.username == staff)).one()
        first = {table: (session.scalar(select(func.max(table.c.id))) or 0) + 1 for table in _numbered()}
    maker = _Maker({table.name: number for table, number in first.items()}, owner)
    made: list[Crowded] = []
    waiting: list[Size] = []
    for size in sizes:
        waiting.append(size)
        if len(waiting) == _CHUNK:
            made += _write(database, maker, waiting)
            waiting = []
    made += _write(database, maker, waiting)
    with database.writing.begin() as session:
        if database.engine.dialect.name == "postgresql":
            for table in _numbered():
                # The rows above brought their own numbers, of which the sequences know nothing.
                session.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                        f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
                    )
                )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return made


def _terms_of_all(version: int) -> dict[str, Any]:
    now = utc_now()
    return {
        "kind": "service",
        "version": version,
        "title": "利用規約",
        "title_en": "terms",
        "body": "本文",
        "body_en": "text",
        "effective_on": service_day(now) - timedelta(days=_VERSIONS - version),
        "announced_at": now - timedelta(days=99),
        "announced_by": "boss",
        "content_hash": "0" * 64,
    }


def _numbered() -> list[Any]:
    return [table for table in Base.metadata.sorted_tables if "id" in table.c and not _single(table)]


def _single(table: Any) -> bool:
    return table.c.id.autoincrement is False


def _write(database: Database, maker: "_Maker", sizes: list[Size]) -> list[Crowded]:
    rows: _Rows = defaultdict(list)
    made = [maker.contract(rows, size) for size in sizes]
    with database.writing.begin() as session:
        for table in Base.metadata.sorted_tables:
            for model, each in rows.items():
                if model.__table__ is table:
                    session.execute(insert(model), each)
    return made


class _Maker:
    """Makes rows with numbers of their own."""

    def __init__(self, first: dict[str, int], owner: int) -> None:
        self._next = first
        self._owner = owner
        self._rnd = random.Random(8)
        self._now = utc_now()
        self._rules = sorted(entries())
        self._contracts = 0

    def contract(self, rows: _Rows, size: Size) -> Crowded:
        """Add a contract with all it has."""
        self._contracts += 1
        ids: dict[str, str] = {}
        name = f"{'山田鈴木佐藤高橋田中'[self._contracts % 5 * 2 :][:2]}商事 {self._contracts:05d}"
        day = service_day(self._now)
        state = ContractState.ACTIVE if self._contracts == 1 else self._rnd.choice(_STATES)

        def add(model: type[Base], parameter: str = "", /, **values: Any) -> int:
            table = model.__table__
            row = {"id": self._next[table.name], **values}  # type: ignore[attr-defined]
            self._next[table.name] += 1  # type: ignore[attr-defined]
            if parameter:
                row["public_id"] = ids[parameter] = public_id(parameter[0])
            rows[model].append(row)
            return int(row["id"])

        contract = add(
            Contract, "contract_id", name=name, state=state, state_changed_at=self._now, contact="soumu@example.jp"
        )
        own = {"contract_id": contract}
        sites = [
            add(Site, "site_id", **own, name=f"拠点 {number}", prefecture=f"{1 + contract % _PREFECTURES:02d}")
            for number in range(size.sites)
        ]
        devices = [self._device(add, own, sites, number) for number in range(size.devices)]
        for device in devices:
            self._programs(add, {**own, "device_id": device}, size.programs)
        for number in range(size.each):
            self._people(add, own, contract, number)
            self._papers(add, own, ids, number, day)
            self._things(add, own, ids, devices[number % len(devices)] if devices else None, sites[0], number)
        return Crowded(ids, name)

    def _ago(self, days: float) -> Any:
        return self._now - timedelta(days=self._rnd.uniform(0, days))

    def _device(self, add: Any, own: dict[str, int], sites: list[int], number: int) -> int:
        device = add(
            Device,
            "device_id",
            **own,
            site_id=sites[number % len(sites)],
            kind=DeviceKind.PC if number else DeviceKind.SERVER,
            hostname=f"pc-{own['contract_id']:05d}-{number:03d}",
            search_name=f"pc-{own['contract_id']:05d}-{number:03d}",
            machine_hash=self._hash(),
            os="Windows 11 Pro",
            last_seen_at=self._ago(2),
        )
        add(DeviceToken, device_id=device, token_hash=self._hash(), first_used_at=self._now)
        return int(device)

    def _programs(self, add: Any, own: dict[str, int], programs: int) -> None:
        for number in range(programs):
            product = _PRODUCTS[number % len(_PRODUCTS)]
            named = f"{product} {number // len(_PRODUCTS)}"
            add(
                Software,
                **own,
                key_hash=f"{number:064d}",
                name=named,
                publisher=product.split()[0],
                version=f"{number % 7}.{self._rnd.randrange(9)}",
                arch="x64",
                source="registry",
                scope="machine",
                since=self._ago(90),
            )
            if number % 5 == 0:
                at = self._ago(90)
                add(
                    SoftwareChange,
                    **own,
                    at=at,
                    recorded_at=at,
                    change="added",
                    fingerprint=self._hash(),
                    name=named,
                    publisher=product.split()[0],
                    version_after="1.0",
                    after={"name": named},
                )

    def _people(self, add: Any, own: dict[str, int], contract: int, number: int) -> None:
        mail = f"person{number}@c{contract}.example.jp"
        user = {"role": "customer", "position": "it_staff", "password_hash": "$argon2id$x"}
        add(User, "user_id", **own, **user, username=mail, person_name=f"担当 {number}", email=mail)
        add(ReadToken, **own, label=f"Grafana {number}", token_hash=self._hash())
        if number == 0:
            add(
                ApiToken,
                user_id=self._owner,
                label=f"job {contract}",
                scopes=["contracts:read"],
                token_hash=self._hash(),
                expires_at=self._now + timedelta(days=90),
            )
        add(
            AuditEntry,
            at=self._ago(300),
            actor_kind="staff",
            actor_id="u-boss",
            actor_name="boss",
            action=self._rnd.choice(["contract.read", "user.create", "contract.suspend"]),
            contract="",
            target="",
            details={"number": number},
            previous=self._hash(),
            hash=self._hash(),
        )

    def _papers(self, add: Any, own: dict[str, int], ids: dict[str, str], number: int, day: Any) -> None:
        text_of = {"subject": f"通知 {number}", "subject_en": f"notice {number}", "body": "本文", "body_en": "text"}
        made = self._ago(200)
        is_sent = number % 4 > 0
        sent = {
            "state": "dispatched" if is_sent else "waiting",
            "dispatched_at": made if is_sent else None,
            "dispatched_by": "mail" if is_sent else None,
        }
        add(Notice, "notice_id", **own, **text_of, **sent, kind="cure", facts={}, made_at=made, made_by="boss")
        add(
            ServiceMail,
            **own,
            purpose="notice",
            subject=ids["notice_id"],
            address="soumu@example.jp",
            lang="ja",
            due_at=made,
        )
        add(
            ContractStep,
            **own,
            at=made,
            event="suspend",
            before="active",
            after="suspended",
            reason="other",
            note="調査",
            who="boss",
        )
        starts = day + timedelta(days=number)
        add(
            ContractOption,
            "option_id",
            **own,
            kind="extra_devices",
            amount=5,
            starts_on=starts,
            ends_on=starts + timedelta(days=30),
        )
        add(
            Disclosure,
            **own,
            disclosed_on=day,
            authority="地方裁判所",
            legal_ground="文書提出命令",
            handed_over="記録",
            recorded_by="boss",
        )
        transfer = add(
            Transfer,
            "transfer_id",
            **own,
            ground="merger",
            former="前",
            successor="後",
            happened_on=day,
            state="refused",
            applied_by="boss",
        )
        add(
            TransferDocument,
            "document_id",
            transfer_id=transfer,
            name="a.pdf",
            media_type="application/pdf",
            size=5,
            sha256="0" * 64,
            content=b"%PDF-",
            handed_in_by="boss",
        )
        terms = add(
            TermsDocument,
            "terms_id",
            **own,
            kind="individual",
            version=number + 1,
            title="個別規約",
            title_en="individual terms",
            body="本文",
            body_en="text",
            effective_on=starts,
            announced_at=made,
            announced_by="boss",
            content_hash=self._hash(),
        )
        add(TermsAcceptance, **own, document_id=terms, content_hash=self._hash(), way="explicit", accepted_by="boss")

    def _things(
        self, add: Any, own: dict[str, int], ids: dict[str, str], device: int | None, site: int, number: int
    ) -> None:
        opened = self._ago(300)
        is_open = number % 4 == 0
        rule = self._rules[number % len(self._rules)]
        add(
            Finding,
            "finding_id",
            **own,
            rule=rule,
            key=f"{rule}-{own['contract_id']}-{number}",
            tags={"device": ids.get("device_id", ""), "host": "pc"},
            since=opened,
            opened_at=opened,
            value=95.0,
            threshold=90.0,
            closed_at=None if is_open else opened + timedelta(hours=3),
            end=None if is_open else "recovered",
        )
        add(InstallId, "install_id", **own, site_id=site, code_hash=self._hash(), expires_at=self._now)
        add(Channel, "channel_id", **own, kind="mail", name=f"総務部 {number}", settings={"to": ["a@example.jp"]})
        product = f"{_PRODUCTS[number % len(_PRODUCTS)]} {number // len(_PRODUCTS)}"
        add(
            Licence,
            "licence_id",
            **own,
            product=product,
            owned=3,
            product_like=Licence(product=product).product_like,
        )
        add(
            Report,
            **own,
            public_id=public_id("k"),
            number=number + 1,
            period=f"{2010 + number // 12}-{1 + number % 12:02d}",
            lang="ja",
            edition=1,
            starts_at=opened,
            ends_at=opened,
            built_at=opened,
            files={"pdf": [self._hash(), 100]},
        )
        add(RuleThreshold, **own, rule=RULE, subject="", value=80.0 + number % 10, reason="運用", set_by="boss")
        if device is not None:
            self._asset(add, {**own, "device_id": device}, number)

    def _asset(self, add: Any, own: dict[str, int], number: int) -> None:
        at = self._ago(90)
        mac = f"{number:012x}"
        lan = {"kind": "printer", "maker": "Acme", "model": f"MFP-{number}", "names": [f"mfp-{number}"], "mac": [mac]}
        add(Asset, **own, **lan, asset=f"mac:{mac}", ip=["192.0.2.1"], how=["arp"], since=at)
        change = {"change": "added", "asset": f"mac:{mac}", "after": {"kind": "printer"}}
        add(AssetChange, **own, **change, at=at, recorded_at=at)

    def _hash(self) -> str:
        return f"{self._rnd.getrandbits(256):064x}"


def sizes(contracts: int, first: Size, others: Size) -> Iterator[Size]:
    """Yield the sizes of so many contracts, one of which is larger than the others."""
    yield first
    yield from (others for _ in range(contracts - 1))
