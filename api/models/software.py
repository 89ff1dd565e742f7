"""Software: what is installed on a device now, and what was installed, removed and updated."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.folding import folded_lines
from api.models.base import Base, UtcDateTime, word
from api.models.listed import fingerprint, told
from collectors.inventory import SOFTWARE, SoftwareItem
from collectors.inventory.changes import Change, ChangeKind

NAME_LENGTH, PUBLISHER_LENGTH, VERSION_LENGTH, WORD_LENGTH = 300, 200, 100, 20


class Software(Base):
    """One product or package of one device's current list.

    Attributes:
        contract_id: the device's, so that a search across a contract needs no other table.
        folded: name and publisher as they are searched, one on each line.
        key_hash: hash of what makes an item one of its own; one row for each device and key.
        since: since when this version has been in the list.
        other columns: see `collectors.inventory.SoftwareItem`.
    """

    __tablename__ = "software"
    __table_args__ = (UniqueConstraint("device_id", "key_hash"), Index("ix_software_search", "contract_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    key_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    publisher: Mapped[str] = mapped_column(String(PUBLISHER_LENGTH))
    version: Mapped[str] = mapped_column(String(VERSION_LENGTH))
    arch: Mapped[str] = mapped_column(String(WORD_LENGTH))
    source: Mapped[str] = mapped_column(String(WORD_LENGTH))
    scope: Mapped[str] = mapped_column(String(WORD_LENGTH))
    folded: Mapped[str] = mapped_column(Text, default=lambda context: _folded(context.get_current_parameters()))
    installed_on: Mapped[date | None] = mapped_column(Date)
    size_kib: Mapped[int | None] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def item(self) -> SoftwareItem:
        """The item that this row holds."""
        return SoftwareItem(**{field: getattr(self, field) for field in SoftwareItem.__struct_fields__})

    def take(self, item: SoftwareItem) -> None:
        """Hold an item, cleaned already, from now on."""
        for field in SoftwareItem.__struct_fields__:
            setattr(self, field, getattr(item, field))
        self.key_hash = fingerprint(*SOFTWARE.key(item))
        self.folded = folded_lines(item.name, item.publisher)


def _folded(values: Mapping[str, Any]) -> str:
    return folded_lines(values["name"], values["publisher"])


class SoftwareChange(Base):
    """One change of a device's software; rows are added and never altered.

    Attributes:
        at: when the list was read in which the change shows.
        recorded_at: when the service learned of it.
        change: added, removed, updated (another version) or changed (date, size …).
        fingerprint: hash of what changed into what, so that a change is recorded once.
        name: of the product, as it is now or was at last.
        version_before: None where it is new.
        version_after: None where it is gone.
        before: the whole item as it was; None where it is new.
        after: the whole item as it became; None where it is gone.
    """

    __tablename__ = "software_change"
    __table_args__ = (
        UniqueConstraint("device_id", "at", "fingerprint"),
        Index("ix_software_change_contract", "contract_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    change: Mapped[ChangeKind] = mapped_column(word(ChangeKind))
    fingerprint: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    publisher: Mapped[str] = mapped_column(String(PUBLISHER_LENGTH))
    version_before: Mapped[str | None] = mapped_column(String(VERSION_LENGTH))
    version_after: Mapped[str | None] = mapped_column(String(VERSION_LENGTH))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    def tell(self, change: Change[SoftwareItem]) -> None:
        """Hold a change between cleaned items."""
        before, after = change.before, change.after
        shown = after or before
        if shown is None:
            raise ValueError("a change from nothing to nothing")
        self.change, self.name, self.publisher = change.kind, shown.name, shown.publisher
        self.version_before = before.version if before else None
        self.version_after = after.version if after else None
        self.before, self.after = told(before), told(after)
        self.fingerprint = fingerprint(*(SOFTWARE.content(each) if each else "" for each in (before, after)))
