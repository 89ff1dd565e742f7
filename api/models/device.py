"""Device: a machine that sends points: a target device that an agent runs on, or the probe of a site."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from api.folding import folded
from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract import Contract
    from api.models.device_token import DeviceToken
    from api.models.site import Site

_HOST_LENGTH = 255


class DeviceKind(StrEnum):
    """What a device is. Target devices count against the quota; a probe does not."""

    PC = "pc"
    SERVER = "server"
    NAS = "nas"
    PROBE = "probe"

    @property
    def is_target(self) -> bool:
        """Whether it is a target device."""
        return self is not DeviceKind.PROBE


class DeviceState(StrEnum):
    """Whether a device may send."""

    ENROLLED = "enrolled"
    STOPPED = "stopped"
    """The quota has no place for it."""

    REVOKED = "revoked"


DEVICE_STATE_WORDS: Mapping[str, Text] = {
    DeviceState.ENROLLED: Text("登録中", "enrolled"),
    DeviceState.STOPPED: Text("台数超過で停止中", "stopped, as the quota has no place for it"),
    DeviceState.REVOKED: Text("登録取消", "revoked"),
}
"""State -> its name for people."""

TARGET_KINDS = tuple(kind for kind in DeviceKind if kind.is_target)


class Device(Base):
    """One enrolled machine.

    Attributes:
        public_id: `d-…`; the `device` tag of its points. It stays the same when the machine is enrolled again.
        hostname: as the machine last told.
        machine_hash: `machine_hash` of the machine's own id; one device per contract and hash.
        search_name: the host name as it is searched, from its beginning.
        os: name and version as the machine last told; "" if it did not.
        first_seen_at: when it was first enrolled.
        last_seen_at: last sent data or enrolled; coarse, about a minute.
        revoked_at: since when it may not send and holds no place in the quota; None while it may.
        stopped_at: since when it is stopped as the quota has no place for it; None while it is not.
        stops_first: whether the customer chose it to be stopped where the quota shrinks.
    """

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("contract_id", "machine_hash"),
        Index("ix_device_quota", "contract_id", "revoked_at", "kind"),
        Index("ix_device_search_name", "search_name", "id"),
        # PostgreSQL answers LIKE 'x%' from an index of this class, whatever the database's collation is.
        Index("ix_device_public_id_prefix", "public_id", postgresql_ops={"public_id": "varchar_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("d"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    kind: Mapped[DeviceKind] = mapped_column(word(DeviceKind))
    hostname: Mapped[str] = mapped_column(String(_HOST_LENGTH))
    machine_hash: Mapped[str] = mapped_column(String(64))
    search_name: Mapped[str] = mapped_column(
        # By code point, so that PostgreSQL finds and sorts by the index whatever the database's collation is.
        String(_HOST_LENGTH).with_variant(String(_HOST_LENGTH, collation="C"), "postgresql"),
        default=lambda context: _search_name(context.get_current_parameters()["hostname"]),
    )
    os: Mapped[str] = mapped_column(String(200), default="")
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stops_first: Mapped[bool] = mapped_column(Boolean, default=False)

    contract: Mapped["Contract"] = relationship(back_populates="devices")
    site: Mapped["Site"] = relationship(back_populates="devices")
    tokens: Mapped[list["DeviceToken"]] = relationship(back_populates="device", order_by="DeviceToken.id")

    @property
    def state(self) -> DeviceState:
        """Whether it may send."""
        if self.revoked_at is not None:
            return DeviceState.REVOKED
        return DeviceState.ENROLLED if self.stopped_at is None else DeviceState.STOPPED

    @validates("hostname")
    def _found_by(self, _key: str, hostname: str) -> str:
        self.search_name = _search_name(hostname)
        return hostname

    def revoke(self, at: datetime) -> None:
        """Refuse the device from now on, free its place, and end its tokens; nothing happens to a revoked one."""
        self.revoked_at = self.revoked_at or at
        for token in self.tokens:
            token.revoke(at)


def _search_name(hostname: str) -> str:
    return folded(hostname)[:_HOST_LENGTH]


def machine_hash(contract: str, kind: DeviceKind, machine_id: str) -> str:
    """Return what is kept of a machine's own id.

    systemd asks that a machine id be hashed with an application's own value before it leaves the machine's trust
    (machine-id(5)); the contract's public id in it keeps one machine from being recognised across contracts.
    A machine that also runs the site's probe is two devices, so the probe's hash differs.
    """
    role = "target" if kind.is_target else "probe"
    return hashlib.sha256(f"{contract}\n{role}\n{machine_id.strip().casefold()}".encode()).hexdigest()


def count_targets(session: Session, contract_id: int) -> int:
    """Return how many places of the quota a contract has in use."""
    in_use = select(func.count()).where(
        Device.contract_id == contract_id,
        Device.revoked_at.is_(None),
        Device.stopped_at.is_(None),
        Device.kind.in_(TARGET_KINDS),
    )
    return session.scalar(in_use) or 0


def count_probes(session: Session, site_id: int) -> int:
    """Return how many probes a site has."""
    asked = select(func.count()).where(
        Device.site_id == site_id, Device.revoked_at.is_(None), Device.kind == DeviceKind.PROBE
    )
    return session.scalar(asked) or 0
