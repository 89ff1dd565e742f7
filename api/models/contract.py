"""Contract: what a customer is entitled to, and the states it goes through."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.models.contract_option import OptionKind
from api.plaintext import one_line
from api.told import ToldError, worded
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract_option import ContractOption
    from api.models.device import Device
    from api.models.install_id import InstallId
    from api.models.site import Site
    from api.models.user import User

BASIC_QUOTA = 10
"""Target devices (PC, server, NAS) that the basic service covers."""

_NAME_LENGTH = 200
_REASON_LENGTH = 500

RAISES_QUOTA = frozenset({OptionKind.EXTRA_DEVICES})
"""Options whose amount is target devices."""


class ContractState(StrEnum):
    """Where a contract stands. Only an active one may send data."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class ContractEvent(StrEnum):
    """What moves a contract from one state to another."""

    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"


TRANSITIONS: Mapping[tuple[ContractState, ContractEvent], ContractState] = {
    (ContractState.DRAFT, ContractEvent.ACTIVATE): ContractState.ACTIVE,
    (ContractState.DRAFT, ContractEvent.TERMINATE): ContractState.TERMINATED,
    (ContractState.ACTIVE, ContractEvent.SUSPEND): ContractState.SUSPENDED,
    (ContractState.ACTIVE, ContractEvent.TERMINATE): ContractState.TERMINATED,
    (ContractState.SUSPENDED, ContractEvent.RESUME): ContractState.ACTIVE,
    (ContractState.SUSPENDED, ContractEvent.TERMINATE): ContractState.TERMINATED,
}
"""(state, event) -> next state; what is not in the table cannot happen."""

NEEDS_REASON = frozenset({ContractEvent.SUSPEND, ContractEvent.TERMINATE})
"""Events whose reason the customer has a right to know."""


STATE_WORDS: Mapping[str, Text] = {
    ContractState.DRAFT: Text("準備中", "draft"),
    ContractState.ACTIVE: Text("有効", "active"),
    ContractState.SUSPENDED: Text("停止中", "suspended"),
    ContractState.TERMINATED: Text("終了", "terminated"),
}
"""State -> its name for people."""

EVENT_WORDS: Mapping[str, Text] = {
    ContractEvent.ACTIVATE: Text("開始", "activate"),
    ContractEvent.SUSPEND: Text("停止", "suspend"),
    ContractEvent.RESUME: Text("再開", "resume"),
    ContractEvent.TERMINATE: Text("終了", "terminate"),
}
"""Event -> what one does, for people."""


class TransitionRefused(ToldError, ValueError):
    """The event is not possible in the contract's state, or lacks its reason; the message says which."""


class Contract(Base):
    """One customer's contract.

    Attributes:
        public_id: `c-…`; the `contract` tag of every point.
        name: the customer's name, for people.
        state: changed by `apply` only.
        state_reason: why it is suspended or terminated, as told to the customer; "" else.
        state_changed_at: when the state last changed.
        quota_base: target devices without options.
        language: of mail and reports to this customer, "ja" or "en".
    """

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("c"))
    name: Mapped[str] = mapped_column(String(_NAME_LENGTH))
    state: Mapped[ContractState] = mapped_column(word(ContractState), default=ContractState.DRAFT, index=True)
    state_reason: Mapped[str] = mapped_column(String(_REASON_LENGTH), default="")
    state_changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    quota_base: Mapped[int] = mapped_column(Integer, default=BASIC_QUOTA)
    language: Mapped[str] = mapped_column(String(2), default="ja")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    sites: Mapped[list["Site"]] = relationship(back_populates="contract", order_by="Site.id")
    options: Mapped[list["ContractOption"]] = relationship(back_populates="contract", order_by="ContractOption.id")
    devices: Mapped[list["Device"]] = relationship(back_populates="contract", order_by="Device.id")
    install_ids: Mapped[list["InstallId"]] = relationship(back_populates="contract", order_by="InstallId.id")
    users: Mapped[list["User"]] = relationship(back_populates="contract", order_by="User.id")

    @validates("name")
    def _one_line(self, _key: str, name: str) -> str:
        return one_line(name, _NAME_LENGTH, Text("顧客の名前", "the customer's name"))

    def apply(self, event: ContractEvent, at: datetime, reason: str = "") -> None:
        """Move to the next state.

        Raises:
            TransitionRefused: the event is not possible now, or needs a reason and has none.
            InvalidText: the reason cannot be shown in one line.
        """
        after = TRANSITIONS.get((self.state, event))
        if after is None:
            state, does = worded(STATE_WORDS, self.state), worded(EVENT_WORDS, event)
            raise TransitionRefused(
                Text(
                    f"契約 {self.public_id} は「{state.ja}」のため、{does.ja}できません",
                    f"contract {self.public_id} is {state.en}; it cannot {does.en} from there",
                )
            )
        if event in NEEDS_REASON and not reason.strip():
            does = worded(EVENT_WORDS, event)
            raise TransitionRefused(
                Text(
                    f"契約 {self.public_id} を{does.ja}するには理由が必要です",
                    f"to {does.en} contract {self.public_id} a reason is needed",
                )
            )
        told = one_line(reason, _REASON_LENGTH, Text("理由", "the reason")) if event in NEEDS_REASON else ""
        self.state_reason = told
        self.state = after
        self.state_changed_at = at

    def has_option(self, kind: OptionKind, on: date) -> bool:
        """Tell whether an option is in force on a day in Japan."""
        return any(option.kind is kind and option.in_force(on) for option in self.options)

    def device_quota(self, on: date) -> int:
        """Return how many target devices the contract covers on a day in Japan, options included."""
        return self.quota_base + sum(o.amount for o in self.options if o.kind in RAISES_QUOTA and o.in_force(on))
