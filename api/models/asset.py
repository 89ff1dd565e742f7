"""Asset: what a site's probe finds on the LAN now, and what came, vanished and changed there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.folding import folded_lines
from api.models.base import Base, UtcDateTime, word
from api.models.listed import told
from collectors.inventory import AssetItem
from collectors.inventory.changes import Change, ChangeKind

ASSET_LENGTH, KIND_LENGTH, MAKER_LENGTH = 200, 40, 200


class Asset(Base):
    """One thing of a probe's current list.

    Attributes:
        device_id: the probe that found it.
        asset: its id, unique for the probe; the tag `asset` of points about it.
        folded: all by which it is searched, one on each line: id, maker, model, names and addresses.
        since: since when it has been in the list.
        other columns: see `collectors.inventory.AssetItem`.
    """

    __tablename__ = "asset"
    __table_args__ = (UniqueConstraint("device_id", "asset"), Index("ix_asset_contract", "contract_id", "asset"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    asset: Mapped[str] = mapped_column(String(ASSET_LENGTH))
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    maker: Mapped[str] = mapped_column(String(MAKER_LENGTH))
    model: Mapped[str] = mapped_column(String(MAKER_LENGTH))
    names: Mapped[list[str]] = mapped_column(JSON)
    mac: Mapped[list[str]] = mapped_column(JSON)
    ip: Mapped[list[str]] = mapped_column(JSON)
    first_seen: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen: Mapped[datetime | None] = mapped_column(UtcDateTime)
    how: Mapped[list[str]] = mapped_column(JSON)
    folded: Mapped[str] = mapped_column(Text, default=lambda context: searched(context.get_current_parameters()))
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def item(self) -> AssetItem:
        """The item that this row holds."""
        values: dict[str, Any] = {field: getattr(self, field) for field in AssetItem.__struct_fields__}
        texts = {name: tuple(values[name]) for name in ("names", "mac", "ip", "how")}
        return AssetItem(**{**values, **texts})

    def take(self, item: AssetItem) -> None:
        """Hold an item, cleaned already, from now on."""
        for field in AssetItem.__struct_fields__:
            value = getattr(item, field)
            setattr(self, field, list(value) if isinstance(value, tuple) else value)
        self.folded = searched(msgspec.structs.asdict(item))


def searched(values: Mapping[str, Any]) -> str:
    """Return what a thing on the LAN is found by.

    Args:
        values: of its columns.
    """
    lists = (values[name] or () for name in ("names", "mac", "ip"))
    return folded_lines(values["asset"], values["maker"], values["model"], *(text for texts in lists for text in texts))


class AssetChange(Base):
    """One change on a site's LAN; rows are added and never altered.

    Attributes:
        at: when the list was read in which the change shows.
        recorded_at: when the service learned of it.
        change: added (new), removed (vanished) or changed.
        asset: id of the thing.
        before: the thing as it was; None where it is new.
        after: the thing as it became; None where it has vanished.
    """

    __tablename__ = "asset_change"
    __table_args__ = (
        UniqueConstraint("device_id", "at", "asset"),
        Index("ix_asset_change_contract", "contract_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    change: Mapped[ChangeKind] = mapped_column(word(ChangeKind))
    asset: Mapped[str] = mapped_column(String(ASSET_LENGTH))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    def tell(self, change: Change[AssetItem]) -> None:
        """Hold a change between cleaned items."""
        shown = change.after or change.before
        if shown is None:
            raise ValueError("a change from nothing to nothing")
        self.change, self.asset = change.kind, shown.asset
        self.before, self.after = told(change.before), told(change.after)
