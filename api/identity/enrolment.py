"""Enrolment: a machine with an install ID becomes a device of a contract, if the contract's quota has a place for it.

Rules, in this order:
1. The install ID must be known, and not past its time.
2. The contract must be active.
3. The install ID must be for this kind of device. A probe takes no place in the quota, so it needs an install ID that
   was issued for a probe: else a PC could enter as one.
4. A machine that is enrolled already keeps its device and its place, and gets a further token. The older tokens stay
   good until the new one is first used (`api.identity.access`), so an answer that is lost on its way locks no agent
   out.
5. A machine that was revoked comes back as the same device, by an install ID issued after it was revoked.
6. A new or returning target device needs a free place, and an install ID with a use left.

All of it is one transaction that holds the contract's row (PostgreSQL) or the write lock (SQLite) from its first read,
so two machines that want the last place get one place between them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db import Database
from api.identity.tokens import new_device_token, normal_code, secret_hash
from api.models import Contract, ContractState, Device, DeviceKind, DeviceToken, InstallId
from api.models.base import service_day
from api.models.device import count_probes, count_targets, machine_hash
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine tells of itself.

    Attributes:
        hostname: its name.
        machine_id: its own stable id, e.g. the content of /etc/machine-id; kept as a hash only.
        kind: what it is.
        os: name and version of its operating system; "" if not told.
    """

    hostname: str
    machine_id: str
    kind: DeviceKind
    os: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a machine gets.

    Attributes:
        device: public id of the device.
        token: the device token; it is shown here and never again.
        contract: public id of the contract.
        site: public id of the site.
        name: name of the contract's customer, to show to the person at the machine.
        is_new: False where the machine was a device of the contract before.
    """

    device: str
    token: str
    contract: str
    site: str
    name: str
    is_new: bool


class EnrolmentRefused(Exception):
    """The machine is not enrolled.

    Attributes:
        code: stable word for programs.
        message: one line for a person.
        details: numbers and names that the code calls for.
    """

    def __init__(self, code: str, message: Text, **details: Any) -> None:
        super().__init__(f"{code}: {message.en}")
        self.code = code
        self.message = message
        self.details = details


def enrol(database: Database, code: str, machine: Machine, now: datetime) -> Enrolment:
    """Enrol a machine, or the same machine again.

    Args:
        database: where contracts and devices are kept.
        code: the install ID as a person typed it.
        machine: what the machine tells of itself.
        now: the moment of enrolment.

    Raises:
        EnrolmentRefused: a rule of this module says no; nothing is changed.
    """
    normal = normal_code(code)
    if normal is None:
        raise _unknown(mistyped=True)
    with database.writing.begin() as session:
        install_id, contract = _leave(session, secret_hash(normal), machine.kind, now)
        fingerprint = machine_hash(contract.public_id, machine.kind, machine.machine_id)
        device = session.scalar(
            select(Device).where(Device.contract_id == contract.id, Device.machine_hash == fingerprint)
        )
        is_new = device is None
        if device is None or device.revoked_at is not None:
            _see_that_it_may_come_back(device, install_id)
            _take_place(session, contract, install_id, machine.kind, now)
        site = install_id.site
        if device is None:
            device = Device(contract_id=contract.id, machine_hash=fingerprint, first_seen_at=now)
        device.site_id, device.kind, device.hostname, device.os = site.id, machine.kind, machine.hostname, machine.os
        device.last_seen_at, device.revoked_at, device.stopped_at = now, None, None
        token = new_device_token()
        device.tokens.append(DeviceToken(token_hash=secret_hash(token), created_at=now))
        session.add(device)
        session.flush()
        return Enrolment(device.public_id, token, contract.public_id, site.public_id, contract.name, is_new)


def _leave(session: Session, code_hash: str, kind: DeviceKind, now: datetime) -> tuple[InstallId, Contract]:
    """Return the install ID and its contract, locked, if they allow enrolment now."""
    contract_id = session.scalar(select(InstallId.contract_id).where(InstallId.code_hash == code_hash))
    if contract_id is None:
        raise _unknown(mistyped=False)
    contract = session.get_one(Contract, contract_id, with_for_update=True)
    install_id = session.scalars(select(InstallId).where(InstallId.code_hash == code_hash)).one()
    if install_id.expired(now):
        raise EnrolmentRefused(
            "install_id_expired",
            Text(
                "インストールIDの有効期限が切れています。新しいIDを発行してもらってください。",
                "The install ID has expired; ask for a new one.",
            ),
            expired_at=install_id.expires_at.isoformat(),
        )
    if contract.state is not ContractState.ACTIVE:
        raise EnrolmentRefused(
            "contract_not_active",
            Text(
                "契約が有効でないため、機器を登録できません。",
                "The contract is not active, so no device can be enrolled.",
            ),
            state=contract.state.value,
            reason=contract.reason_text.en,
            reason_code=contract.state_code,
        )
    if not install_id.enrols(kind):
        allowed = [install_id.kind] if install_id.kind else [k for k in DeviceKind if k.is_target]
        raise EnrolmentRefused(
            "kind_not_allowed",
            Text(
                f"このインストールIDでは {kind} を登録できません。",
                f"This install ID does not enrol a {kind}.",
            ),
            kind=kind.value,
            allowed=[k.value for k in allowed],
        )
    return install_id, contract


def _see_that_it_may_come_back(device: Device | None, install_id: InstallId) -> None:
    if device is not None and device.revoked_at is not None and install_id.created_at <= device.revoked_at:
        raise EnrolmentRefused(
            "device_revoked",
            Text(
                "この機器は登録を取り消されています。再び登録するには新しいインストールIDが必要です。",
                "This device was revoked; a new install ID is needed to enrol it again.",
            ),
            device=device.public_id,
        )


def _take_place(session: Session, contract: Contract, install_id: InstallId, kind: DeviceKind, now: datetime) -> None:
    if kind.is_target:
        quota, in_use = contract.device_quota(service_day(now)), count_targets(session, contract.id)
        if in_use >= quota:
            raise EnrolmentRefused(
                "quota_exceeded",
                Text(
                    f"契約の対象機器は{quota}台までで、すでに{in_use}台が登録されています。"
                    "オプションで台数を追加するか、使わない機器の登録を取り消してください。",
                    f"The contract covers {quota} target devices and {in_use} are enrolled; "
                    "add devices by an option, or revoke one that is no longer used.",
                ),
                quota=quota,
                in_use=in_use,
            )
    else:
        allowed, present = contract.probe_quota(service_day(now)), count_probes(session, install_id.site_id)
        if present >= allowed:
            raise EnrolmentRefused(
                "quota_exceeded",
                Text(
                    f"この拠点のプローブは{allowed}台までで、すでに{present}台が登録されています。"
                    "使わないプローブの登録を取り消すか、オプションで追加してください。",
                    f"This site may have {allowed} probes and {present} are enrolled; "
                    "revoke one that is no longer used, or add one by an option.",
                ),
                quota=allowed,
                in_use=present,
            )
    if install_id.used_up():
        raise EnrolmentRefused(
            "install_id_used_up",
            Text(
                "インストールIDは使用回数の上限に達しています。新しいIDを発行してもらってください。",
                "The install ID has been used as often as it may; ask for a new one.",
            ),
            max_uses=install_id.max_uses,
        )
    install_id.uses += 1


def _unknown(mistyped: bool) -> EnrolmentRefused:
    message = (
        Text(
            "インストールIDに打ち間違いがあります。20文字の英数字を確かめてください。",
            "The install ID is mistyped; check its 20 characters.",
        )
        if mistyped
        else Text("このインストールIDは登録されていません。", "This install ID is not known.")
    )
    return EnrolmentRefused("install_id_unknown", message, mistyped=mistyped)
