"""What an input judges of the thing it read: `ok`, `bad` or `unknown`, and why, in words.

`unknown` is a state of its own: a source that cannot be read is never `bad` and never `ok`.
"""

from dataclasses import dataclass
from enum import StrEnum

from collectors.declaration import Field, FieldType, Rollup
from collectors.point import FieldValue
from collectors.text import Text


class State(StrEnum):
    """The three states of a thing that is judged."""

    OK = "ok"
    UNKNOWN = "unknown"
    BAD = "bad"

    @property
    def code(self) -> int:
        """The state as a number that alert rules can compare: 0 ok, 1 unknown, 2 bad."""
        return _CODE[self]


_CODE = {State.OK: 0, State.UNKNOWN: 1, State.BAD: 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement.

    Attributes:
        state: ok, bad or unknown.
        code: stable name of the reason, e.g. "definitions_stale"; advice and tests refer to it.
        reason: the reason for people.
    """

    state: State
    code: str
    reason: Text

    def fields(self) -> dict[str, FieldValue]:
        """Return the values of `VERDICT_FIELDS`."""
        return {
            "state": str(self.state),
            "state_code": self.state.code,
            "reason_code": self.code,
            "reason": self.reason.ja,
            "reason_en": self.reason.en,
        }


VERDICT_FIELDS: tuple[Field, ...] = (
    Field(
        "state",
        FieldType.STRING,
        Text("判定（ok、bad、unknown のいずれか）", "verdict: ok, bad or unknown"),
        rollup=Rollup.STATE,
    ),
    Field(
        "state_code",
        FieldType.INTEGER,
        Text("判定の番号（0 正常、1 不明、2 異常）", "verdict as a number: 0 ok, 1 unknown, 2 bad"),
        rollup=Rollup.STATE,
    ),
    Field("reason_code", FieldType.STRING, Text("判定理由の識別名", "name of the reason"), rollup=Rollup.STATE),
    Field("reason", FieldType.STRING, Text("判定理由（日本語）", "reason in Japanese"), rollup=Rollup.STATE),
    Field("reason_en", FieldType.STRING, Text("判定理由（英語）", "reason in English"), rollup=Rollup.STATE),
)
"""The fields that every judged measurement carries; a measurement takes them into its own declaration."""
