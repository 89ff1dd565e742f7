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
from api.models.contract_reason import REASONS, Reason, ReasonCode, ReasonUse, codes_for, reason_text
from api.models.contract_step import ContractStep
from api.plaintext import one_line
from api.told import ToldError, worded
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract_option import ContractOption
    from api.models.contract_step import Breach
    from api.models.device import Device
    from api.models.install_id import InstallId
    from api.models.site import Site
    from api.models.user import User

BASIC_QUOTA = 10
"""Target devices (PC, server, NAS) that the basic service covers."""

BASIC_PROBES = 1
"""Probes that each site may have in the basic service."""

CONTACT_LENGTH = 254
"""The longest mail address (RFC 5321, 4.5.3.1.3)."""

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
    """What happens to a contract."""

    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    NOTIFY_BREACH = "notify_breach"
    CURE = "cure"
    TRANSFER = "transfer"
    TERMINATE = "terminate"
    EXPIRE = "expire"


_DRAFT, _ACTIVE, _SUSPENDED, _TERMINATED = ContractState

TRANSITIONS: Mapping[tuple[ContractState, ContractEvent], ContractState] = {
    (_DRAFT, ContractEvent.ACTIVATE): _ACTIVE,
    (_DRAFT, ContractEvent.TERMINATE): _TERMINATED,
    (_ACTIVE, ContractEvent.SUSPEND): _SUSPENDED,
    (_ACTIVE, ContractEvent.NOTIFY_BREACH): _ACTIVE,
    (_ACTIVE, ContractEvent.CURE): _ACTIVE,
    (_ACTIVE, ContractEvent.TRANSFER): _ACTIVE,
    (_ACTIVE, ContractEvent.TERMINATE): _TERMINATED,
    (_ACTIVE, ContractEvent.EXPIRE): _TERMINATED,
    (_SUSPENDED, ContractEvent.RESUME): _ACTIVE,
    (_SUSPENDED, ContractEvent.NOTIFY_BREACH): _SUSPENDED,
    (_SUSPENDED, ContractEvent.CURE): _SUSPENDED,
    (_SUSPENDED, ContractEvent.TRANSFER): _SUSPENDED,
    (_SUSPENDED, ContractEvent.TERMINATE): _TERMINATED,
    (_SUSPENDED, ContractEvent.EXPIRE): _TERMINATED,
}
"""(state, event) -> next state; what is not in the table cannot happen."""

REASONS_OF: Mapping[ContractEvent, tuple[ReasonCode, ...]] = {
    ContractEvent.SUSPEND: codes_for(ReasonUse.SUSPENSION),
    ContractEvent.TERMINATE: tuple(
        code
        for code in codes_for(ReasonUse.IMMEDIATE_TERMINATION, ReasonUse.TERMINATION)
        if code is not ReasonCode.EXPIRED
    ),
    ContractEvent.EXPIRE: (ReasonCode.EXPIRED,),
}
"""Event -> the reasons of the terms that it takes; the customer has a right to know which."""

NEEDS_REASON = frozenset(REASONS_OF)
"""Events that happen for a reason only."""


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
    ContractEvent.NOTIFY_BREACH: Text("違反の通知", "notify of a breach"),
    ContractEvent.CURE: Text("是正の確認", "note a breach as cured"),
    ContractEvent.TRANSFER: Text("承継", "transfer"),
    ContractEvent.TERMINATE: Text("終了", "terminate"),
    ContractEvent.EXPIRE: Text("満了", "expire"),
}
"""Event -> what one does, for people."""


class TransitionRefused(ToldError, ValueError):
    """The event is not possible in the contract's state, or a condition of the terms is not met.

    Attributes:
        rule: name of the condition, for programs.
    """

    def __init__(self, text: Text, rule: str = "not_in_this_state") -> None:
        super().__init__(text)
        self.rule = rule


class Contract(Base):
    """One customer's contract.

    Attributes:
        public_id: `c-…`; the `contract` tag of every point.
        name: the customer's name, for people.
        state: changed by `apply` only.
        state_code: the reason of the terms why it is suspended or terminated; "" else.
        state_reason: words beside that reason; "" if none.
        state_changed_at: when the state last changed.
        quota_base: target devices without options.
        language: of mail and reports to this customer, "ja" or "en".
        contact: mail address of the customer for formal notices; "" if only its users' addresses are known.
        ends_on: last day in Japan of its term; None while no end is agreed.
    """

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("c"))
    name: Mapped[str] = mapped_column(String(_NAME_LENGTH))
    state: Mapped[ContractState] = mapped_column(word(ContractState), default=ContractState.DRAFT, index=True)
    state_code: Mapped[str] = mapped_column(String(32), default="")
    state_reason: Mapped[str] = mapped_column(String(_REASON_LENGTH), default="")
    state_changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    quota_base: Mapped[int] = mapped_column(Integer, default=BASIC_QUOTA)
    language: Mapped[str] = mapped_column(String(2), default="ja")
    contact: Mapped[str] = mapped_column(String(CONTACT_LENGTH), default="")
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    sites: Mapped[list["Site"]] = relationship(back_populates="contract", order_by="Site.id")
    options: Mapped[list["ContractOption"]] = relationship(back_populates="contract", order_by="ContractOption.id")
    devices: Mapped[list["Device"]] = relationship(back_populates="contract", order_by="Device.id")
    install_ids: Mapped[list["InstallId"]] = relationship(back_populates="contract", order_by="InstallId.id")
    users: Mapped[list["User"]] = relationship(back_populates="contract", order_by="User.id")
    steps: Mapped[list["ContractStep"]] = relationship(back_populates="contract", order_by="ContractStep.id")
    breaches: Mapped[list["Breach"]] = relationship(back_populates="contract", order_by="Breach.id")

    @validates("name")
    def _one_line(self, _key: str, name: str) -> str:
        return one_line(name, _NAME_LENGTH, Text("顧客の名前", "the customer's name"))

    def apply(self, event: ContractEvent, at: datetime, reason: Reason | None = None, who: str = "") -> None:
        """Move to the next state, and note the step.

        Conditions of the terms that need more than the state (a period that must be over, an acceptance) are looked at
        by `api.contracts.guards`, which the service goes through.

        Args:
            event: what happens.
            at: when.
            reason: why; of those that `REASONS_OF` names for the event.
            who: name of who did it.

        Raises:
            TransitionRefused: the event is not possible now, or needs a reason and has none of its own.
            InvalidText: the note of the reason cannot be shown in one line.
        """
        before, after = self.state, self.possible(event)
        told = self.checked_reason(event, reason) if event in NEEDS_REASON else None
        if event in NEEDS_REASON or after is not before:
            self.state_code, self.state_reason = (told.code.value, told.note) if told else ("", "")
        self.steps.append(
            ContractStep(
                at=at,
                event=event.value,
                before=before.value,
                after=after.value,
                reason=told.code.value if told else "",
                note=told.note if told else "",
                who=who,
            )
        )
        if after is not before:
            self.state, self.state_changed_at = after, at

    def possible(self, event: ContractEvent) -> ContractState:
        """Return the state that an event leads to from here.

        Raises:
            TransitionRefused: it is not possible now.
        """
        after = TRANSITIONS.get((self.state, event))
        if after is not None:
            return after
        state, does = worded(STATE_WORDS, self.state), worded(EVENT_WORDS, event)
        raise TransitionRefused(
            Text(
                f"契約 {self.public_id} は「{state.ja}」のため、{does.ja}できません",
                f"contract {self.public_id} is {state.en}; it cannot {does.en} from there",
            )
        )

    def checked_reason(self, event: ContractEvent, reason: Reason | None) -> Reason:
        """Return a reason as it is kept.

        Raises:
            TransitionRefused: it is none of the terms for the event, or says too little.
            InvalidText: the note cannot be shown in one line.
        """
        does = worded(EVENT_WORDS, event)
        if reason is None or reason.code not in REASONS_OF[event]:
            listed = ", ".join(REASONS_OF[event])
            raise TransitionRefused(
                Text(
                    f"契約 {self.public_id} を{does.ja}するには、規約に定める理由が必要です: {listed}",
                    f"to {does.en} contract {self.public_id} a reason of the terms is needed: {listed}",
                ),
                "reason_of_the_terms",
            )
        if not reason.note.strip():
            if REASONS[reason.code].needs_note:
                named = REASONS[reason.code].text
                raise TransitionRefused(
                    Text(
                        f"理由「{named.ja}」には、お客様に伝える説明が必要です",
                        f'the reason "{named.en}" needs words that tell the customer what it is',
                    ),
                    "reason_needs_note",
                )
            return Reason(reason.code)
        return Reason(reason.code, one_line(reason.note, _REASON_LENGTH, Text("理由", "the reason")))

    @property
    def reason_text(self) -> Text:
        """Why it is suspended or terminated, as told to the customer."""
        return reason_text(self.state_code, self.state_reason)

    def has_option(self, kind: OptionKind, on: date) -> bool:
        """Tell whether an option is in force on a day in Japan."""
        return any(option.kind is kind and option.in_force(on) for option in self.options)

    def device_quota(self, on: date) -> int:
        """Return how many target devices the contract covers on a day in Japan, options included."""
        return self.quota_base + sum(o.amount for o in self.options if o.kind in RAISES_QUOTA and o.in_force(on))

    def probe_quota(self, on: date) -> int:
        """Return how many probes each site may have on a day in Japan, options included."""
        extra = (o.amount for o in self.options if o.kind is OptionKind.EXTRA_PROBES and o.in_force(on))
        return BASIC_PROBES + sum(extra)
