"""Finding: a rule that fires for a series, from when it opened until it closed; and how each series stands."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Float, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from alert_rules.machine import End, Phase
from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.models.rule_threshold import RULE_LENGTH, WHO_LENGTH

KEY_LENGTH = 1000
_OPEN = text("closed_at IS NULL")


class TransitionKind(StrEnum):
    """What happened to a finding."""

    OPENED = "opened"
    CLOSED = "closed"


class Told(StrEnum):
    """What became of a transition: whether anybody was told, and if not, why."""

    TOLD = "told"
    NO_CHANNEL = "no_channel"
    """No channel of the contract wants messages of this severity."""

    OVER = "over"
    """It was held back and was over before its time came, or its opening was not told either."""

    FLAPPING = "flapping"
    """It comes and goes; a later change was told in its place."""

    INACTIVE = "inactive"
    """The contract is not active."""

    STAFF_ONLY = "staff_only"
    """It concerns the provider, who sees it on the dashboards."""

    RETIRED = "retired"
    """There is no such rule any more."""


class Held(StrEnum):
    """Why a transition waits before it is told."""

    MAINTENANCE = "maintenance"
    SNOOZED = "snoozed"
    OVERRIDDEN = "overridden"
    FLAPPING = "flapping"


class Finding(Base):
    """What a rule found.

    Attributes:
        public_id: `f-…`, for people and messages.
        rule: id of the rule.
        key: which series, as JSON; one open finding a rule and key.
        tags: the series' tags by name.
        since: since when the value was beyond the threshold.
        opened_at: when it became a finding.
        value: what was measured as it opened, in the unit of the rule's field.
        threshold: the threshold then.
        reason: the verdict's reason in Japanese; "" where there is none.
        reason_en: and in English.
        closed_at: when it closed; None while it is open.
        end: why it closed.
        taken_at: when somebody said that they look after it; nobody is reminded from then on.
        taken_by: who.
    """

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_contract_opened", "contract_id", "opened_at"),
        Index("ix_finding_series_opened", "rule", "key", "opened_at"),
        Index("uq_finding_open", "rule", "key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("f"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    rule: Mapped[str] = mapped_column(String(RULE_LENGTH))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    tags: Mapped[dict[str, str]] = mapped_column(JSON)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    value: Mapped[float] = mapped_column(Float)
    threshold: Mapped[float] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(String(2000), default="")
    reason_en: Mapped[str] = mapped_column(String(2000), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end: Mapped[End | None] = mapped_column(word(End))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by: Mapped[str] = mapped_column(String(WHO_LENGTH), default="")


class FindingTransition(Base):
    """A finding that opened or closed, kept until all that must hear of it have.

    Attributes:
        kind: opened or closed.
        at: when, by the evaluation.
        stored_at: when it was written to the time-series engine as a point; None until it is.
        relay_at: when it is to be looked at, to tell it; None once it is settled whether it is told.
        held: why it waits; None where it does not.
        told: what became of it; None until it is settled.
    """

    __tablename__ = "finding_transition"
    __table_args__ = (
        Index("ix_finding_transition_stored_at", "stored_at"),
        Index("ix_finding_transition_relay_at", "relay_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    kind: Mapped[TransitionKind] = mapped_column(word(TransitionKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    relay_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=utc_now)
    held: Mapped[Held | None] = mapped_column(word(Held))
    told: Mapped[Told | None] = mapped_column(word(Told))


class RuleStanding(Base):
    """A series that is not normal: pending, firing or recovering. See `alert_rules.machine.Standing`."""

    __tablename__ = "rule_standing"

    rule: Mapped[str] = mapped_column(String(RULE_LENGTH), primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)
    phase: Mapped[Phase] = mapped_column(word(Phase))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)


class RuleRun(Base):
    """When a rule was last evaluated, and what went wrong since.

    Attributes:
        evaluated_at: the last evaluation that came to an end.
        failed_at: the last one that did not; None if none since the last good one.
        error: why, in the engine's words.
    """

    __tablename__ = "rule_run"

    rule: Mapped[str] = mapped_column(String(RULE_LENGTH), primary_key=True)
    evaluated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(500), default="")
