"""InventoryList: which list of a kind a device sent last."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime
from collectors.inventory import DeviceFacts
from collectors.scalar import as_text

HOST_LENGTH, OS_LENGTH, ARCH_LENGTH = 255, 200, 40


class InventoryList(Base):
    """The current list of one kind of one device; its things are rows of the kind's own table.

    Attributes:
        kind: as in `collectors.inventory.KINDS`.
        taken_at: when the device read the list; not later than it came.
        received_at: when a document with this list last came.
        content_hash: the document's `hash`, by which the same list is recognised.
        total: how many things the device has; more than there are rows where the list had to be cut.
        host: name of the machine as told with the list.
        os: its operating system.
        arch: its architecture.
    """

    __tablename__ = "inventory_list"
    __table_args__ = (UniqueConstraint("device_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str] = mapped_column(String(32))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_hash: Mapped[str] = mapped_column(String(64))
    total: Mapped[int] = mapped_column(Integer)
    host: Mapped[str] = mapped_column(String(HOST_LENGTH), default="")
    os: Mapped[str] = mapped_column(String(OS_LENGTH), default="")
    arch: Mapped[str] = mapped_column(String(ARCH_LENGTH), default="")

    def tell(self, facts: DeviceFacts) -> None:
        """Note what the device told of itself, as single lines of printable characters."""
        self.host = as_text(facts.host, HOST_LENGTH) or ""
        self.os = as_text(facts.os, OS_LENGTH) or ""
        self.arch = as_text(facts.arch, ARCH_LENGTH) or ""
