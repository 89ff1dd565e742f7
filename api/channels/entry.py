"""A channel as a person enters it: checked as a whole before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from alert_rules.rule import Severity
from api.channels.fields import HIDDEN, InvalidSettings, read
from api.channels.guard import Guard
from api.channels.kind import Kind
from api.channels.registry import kind_of
from api.channels.vault import Vault
from api.models import Channel
from collectors.text import Lang, Text

SHOWN_CHARACTERS = 4
MIN_HIDDEN = 16
"""A secret must be at least so long for its last characters to be shown: of a short one they would tell too much."""

MAX_ESCALATION_MIN = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person entered.

    Attributes:
        kind: name of the kind.
        name: of the channel, for people.
        settings: fields that may be shown.
        secret: fields that may not.
        lang: of messages.
        min_severity: told from this severity on.
        digest_from: this severity and lower ones go into the daily summary.
        escalation_min: only what is still open after so many minutes; 0: all, at once.
    """

    kind: str
    name: str
    settings: Mapping[str, object]
    secret: Mapping[str, object] = field(repr=False)
    lang: Lang = "ja"
    min_severity: Severity = Severity.INFO
    digest_from: Severity = Severity.INFO
    escalation_min: int = 0


def split(kind: Kind, given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return fields as settings and as secret; one that the kind does not know stays with the settings."""
    secret_names = set(kind.secret.__struct_fields__)
    secret = {name: value for name, value in given.items() if name in secret_names}
    return {name: value for name, value in given.items() if name not in secret_names}, secret


def channel_of(contract_id: int, entered: Entered, vault: Vault, guard: Guard) -> Channel:
    """Return a new channel of a contract, not yet stored.

    Raises:
        InvalidSettings: a field is missing, unknown or cannot be used.
        Forbidden: nothing is sent to the address.
        InvalidText: the name cannot be used.
    """
    kind = kind_of(entered.kind)
    settings, secret = read(kind.settings, entered.settings), read(kind.secret, entered.secret)
    kind.check(settings, secret, guard)
    if not 0 <= entered.escalation_min <= MAX_ESCALATION_MIN:
        raise InvalidSettings(
            Text(
                f"エスカレーションまでの時間は 0 から {MAX_ESCALATION_MIN} 分にしてください",
                f"the time until escalation must be from 0 to {MAX_ESCALATION_MIN} minutes",
            ),
            "escalation_min",
        )
    return Channel(
        contract_id=contract_id,
        kind=kind.name,
        name=entered.name,
        lang=entered.lang,
        min_severity=entered.min_severity,
        digest_from=entered.digest_from,
        escalation_min=entered.escalation_min,
        settings=msgspec.to_builtins(settings),
        secret=vault.seal(contract_id, kind.name, msgspec.to_builtins(secret)),
        outcome="",
        outcome_en="",
    )


def hidden(secret: Mapping[str, object]) -> dict[str, str]:
    """Return secret fields as they may be shown: that there is one, and of a long one how it ends."""
    return {name: _hidden(str(value)) for name, value in secret.items()}


def _hidden(value: str) -> str:
    tail = value.rstrip()[-SHOWN_CHARACTERS:]
    is_telling = len(value) >= MIN_HIDDEN and tail.isalnum()
    return HIDDEN + (tail if is_telling else "")
