"""ContractOption: what a contract has beyond the basic service, from a day to a day."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract import Contract


class OptionKind(StrEnum):
    """What can be added to the basic service."""

    EXTRA_DEVICES = "extra_devices"
    """More target devices than the basic service covers."""

    EXTRA_PROBES = "extra_probes"
    """More probes a site than the basic service's one."""

    DEVICE_ANALYSIS = "device_analysis"
    """Reports analyse devices: risk of drives, unusual behaviour, use, capacity."""


OPTION_WORDS: Mapping[str, Text] = {
    OptionKind.EXTRA_DEVICES: Text("対象機器の追加", "more target devices"),
    OptionKind.EXTRA_PROBES: Text("拠点ごとのプローブの追加", "more probes a site"),
    OptionKind.DEVICE_ANALYSIS: Text("機器情報の分析", "device-information analysis"),
}
"""Kind -> its name for people."""


class ContractOption(Base):
    """One option of one contract.

    Attributes:
        public_id: `o-…`.
        amount: how much it adds, in the unit of its kind (target devices, probes a site); 1 where it has none.
        starts_on: first day in Japan on which it holds.
        ends_on: last day on which it holds; None while no end is agreed.
    """

    __tablename__ = "contract_option"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("o"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    kind: Mapped[OptionKind] = mapped_column(word(OptionKind))
    amount: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    contract: Mapped["Contract"] = relationship(back_populates="options")

    def in_force(self, on: date) -> bool:
        """Tell whether the option holds on a day; its first and last day count."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
